"""Templates are compiled once for all processes that run here, as Python keeps its own modules compiled: every test
worker and every start of the site would otherwise take two seconds for them."""

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from jinja2 import FileSystemBytecodeCache

from chalicelib.web import render
from infra.template import INFRA

KEPT = INFRA.parent / "build" / "templates"


def keep_templates_compiled() -> None:
    """From now on in this process. Jinja compares the text of each template; each version of what compiles them has a
    folder of its own. A checkout that cannot be written to goes without."""
    settings = Path(render.__file__).read_bytes() + version("jinja2").encode()
    folder = KEPT / sha256(settings).hexdigest()[:12]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    render.environment().bytecode_cache = FileSystemBytecodeCache(str(folder))
