"""Pages from templates: one Jinja2 environment per process, autoescape on, strict about missing values.

`render("pages/console/home.html", locale="zh", ui=…, …)` gives the page as text. Filters come from `formats`, words
from `i18n`; `static_url("css/tokens.css")` adds a content hash, so that a file may be cached for ever.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalicelib.domain.glossary import term as glossary_term
from chalicelib.web import formats, i18n
from chalicelib.web.body_words import body_name
from chalicelib.web.scenarios import item_name

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).resolve().parent / "templates"
COMPILED = TEMPLATES.with_name("templates_compiled")
"""The templates as Python modules, in the package that is deployed only: the first page of a cold start parses none."""
STATIC = Path(__file__).resolve().parent / "static"
STATIC_BASE = "/static/"
KIT = {
    "tabler": "vendor/tabler-1.6.1/tabler.min.css",
    "bootstrap": "vendor/bootstrap-5.3.9/bootstrap.min.css",
    "htmx": "vendor/htmx-2.0.11/htmx.min.js",
    "icons": "vendor/tabler-icons-3.51.0/sprite.svg",
}
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".py": "text/x-python; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
}


def static_file(path: str) -> Path | None:
    """The file behind `/static/<path>`, or None: outside the folder, hidden, of a kind not served, or absent."""
    found = (STATIC / path).resolve()
    inside = found.is_relative_to(STATIC) and not any(part.startswith(".") for part in found.relative_to(STATIC).parts)
    return found if inside and found.suffix in CONTENT_TYPES and found.is_file() else None


@cache
def _content_hash(path: str) -> str:
    found = static_file(path)
    if found is None:
        raise FileNotFoundError(f"no static file {path}")
    return hashlib.sha256(found.read_bytes()).hexdigest()[:12]


def static_url(path: str) -> str:
    """Address of a static file with a hash of its content: /static/css/tokens.css?v=0123456789ab."""
    return f"{STATIC_BASE}{path}?v={_content_hash(path)}"


def kit_url(name: str) -> str:
    """Address of a vendored file by its short name (`tabler`, `bootstrap`, `htmx`, `icons`)."""
    return static_url(KIT[name])


class CellWriter:
    """Writes one table row's cells in order, each with its column's kind, and its name for the phone list form.

    A column is a name, `(name, kind)` or `(name, kind, width)`; kind: "", "num", "act", "code", "ctr", "nw", "mono".
    """

    def __init__(self, columns: Sequence[Any]) -> None:
        self.columns = [(column, "", "") if isinstance(column, str) else (*column, "", "")[:3] for column in columns]
        self._next = 0

    def __call__(self, content: object = "", span: int = 1) -> "Markup":
        """The next cell. `content` is escaped unless a macro made it; None leaves the cell empty."""
        from markupsafe import Markup, escape

        name, kind, _width = self.columns[self._next % len(self.columns)]
        self._next += span
        inner = escape("" if content is None or (kind == "act" and content == "–") else content)
        classes = " ".join(part for part in (kind, "" if inner.strip() else "blank") if part)
        opening = Markup('<td class="{}" data-h="{}"{}>').format(
            classes, name, Markup(' colspan="{}"').format(span) if span > 1 else ""
        )
        return opening + Markup('<span class="in">{}</span></td>').format(inner)


@cache
def environment() -> "Environment":
    """The environment, made at the first page so that a worker's cold start does not pay for it."""
    from jinja2 import Environment, FileSystemLoader, ModuleLoader, StrictUndefined, pass_context

    class PageEnvironment(Environment):
        """`row.items` and `row.count` of a dict mean its own keys first, never its methods."""

        def getattr(self, obj: Any, attribute: str) -> Any:
            if isinstance(obj, Mapping) and attribute in obj:
                return obj[attribute]
            return super().getattr(obj, attribute)

    made = PageEnvironment(
        loader=ModuleLoader(str(COMPILED)) if COMPILED.is_dir() else FileSystemLoader(str(TEMPLATES)),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: i18n.translations(i18n.current_locale()).gettext(message),
        lambda one, many, number: i18n.translations(i18n.current_locale()).ngettext(one, many, number),
        newstyle=True,
    )

    def at_run_time(shown: Callable[..., object]) -> Callable[..., object]:
        # without the context, a filter of a constant would be folded in the language of the first request
        return pass_context(lambda _context, *values, **options: shown(*values, **options))

    made.filters.update({name: at_run_time(shown) for name, shown in formats.FILTERS.items()})
    made.globals.update(
        static_url=static_url,
        kit_url=kit_url,
        deadline=formats.clock,
        current_locale=i18n.current_locale,
        language_tag=lambda: i18n.LANGUAGE_TAGS[i18n.current_locale()],
        cell_writer=CellWriter,
        glossary_term=glossary_term,
        item_name=item_name,
        body_name=body_name,
        glossary_base=lambda face: "" if face == "public" else f"/{face}",
    )
    return made


def compile_templates(folder: Path) -> None:
    """Write every template to `folder` as a Python module. Raises jinja2.TemplateSyntaxError."""
    environment().compile_templates(str(folder), extensions=["html"], zip=None, ignore_errors=False)


def render(template: str, *, locale: str, **context: Any) -> str:
    """The page of `template` (a path below templates/) in `locale`, with `context`; a value missing in it raises."""
    with i18n.use_locale(locale):
        return environment().get_template(template).render(**context)
