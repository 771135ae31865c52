"""The author's preview at /preview: a package's four ones beside its data and its findings, read anew at each request.

Part of the local server alone: it is no route of the app, and nothing of it is deployed. It needs no sign-in, because
it shows only files of this machine to this machine; a page of another site cannot read it (the Host is looked at).
"""

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from chalicelib.contract import law
from chalicelib.contract.registry import BrokenScenarioError, registry
from chalicelib.contract.rules import check_package
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.package_tools import package_tools
from chalicelib.web.headers import content_security_policy
from chalicelib.web.i18n import choose_locale, use_locale
from chalicelib.web.render import environment
from infra.local.preview_words import words
from infra.local.server import PREVIEW

BASE = PREVIEW
HOSTS = ("127.0.0.1", "localhost", "[::1]")
FOLDER = Path(__file__).with_suffix("")
FILES = {"preview.js": "text/javascript; charset=utf-8", "preview.css": "text/css; charset=utf-8"}
HTML = "text/html; charset=utf-8"
_FOLLOWED = (".json", ".html", ".py")


@dataclass(frozen=True)
class Preview:
    """An answer. headers: those of the site's pages, so that what holds there holds here."""

    status: int
    content_type: str
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Content-Type": self.content_type,
            "Content-Length": str(len(self.body)),
            "Content-Security-Policy": content_security_policy(""),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cache-Control": "no-store",
        }


def answer(path: str, headers: Mapping[str, str]) -> Preview:
    """The page, file or mark at an address below /preview."""
    if headers.get("Host", "").rpartition(":")[0] not in HOSTS:
        return Preview(403, "text/plain; charset=utf-8", b"Open the preview at 127.0.0.1 or localhost.")
    split = urlsplit(path)
    query = {name: values[-1] for name, values in parse_qs(split.query).items()}
    locale = choose_locale(query=query.get("lang"), accept_language=headers.get("Accept-Language"))
    steps = [step for step in split.path.removeprefix(BASE).split("/") if step]
    if len(steps) == 1 and steps[0] in FILES:
        return Preview(200, FILES[steps[0]], (FOLDER / steps[0]).read_bytes())
    with use_locale(locale):
        try:
            return _page(steps, query, locale)
        except RecordNotFoundError:
            text = _render("missing.html", _shared(split.path, locale, ""))
            return Preview(404, HTML, text.encode())


def _page(steps: list[str], query: Mapping[str, str], locale: str) -> Preview:
    from infra.local.preview_parts import PARTS, part_context

    if not steps or steps[0] not in registry().names():
        registry().forget()
    if not steps:
        rows = [_row(name) for name in registry().names()]
        text = _render("index.html", {**_shared(BASE, locale, ""), "rows": rows, "title_words": words("title")})
        return Preview(200, HTML, text.encode())
    name, part = steps[0], steps[1] if len(steps) > 1 else "handbook"
    folder = _folder(name)
    mark = _mark(folder)
    if part == "mark" and len(steps) == 2:
        return Preview(200, "application/json", json.dumps({"mark": mark}).encode())
    if part not in PARTS or len(steps) > 2:
        raise RecordNotFoundError(kind="scenario_part", identity=part)
    _load_again(folder, mark)
    context = _shared(f"{BASE}/{name}/{part}", locale, f"?lang={quote(query['lang'])}" if "lang" in query else "")
    context |= {"mark": mark, **part_context(name, folder, part, query)}
    return Preview(
        200, HTML, _own_links(_render(context["template"], context), name, context["data"]["lines"]).encode()
    )


def _own_links(text: str, name: str, lines: Iterable[tuple[int, str, bool]]) -> str:
    """The console's pages ask for a sign-in and know no package that no tenant enabled: its list becomes ours, and
    a basis leads to its line in the data beside it."""
    at = {found[1]: number for number, line, _ in lines if (found := re.search(r'"id": "(\w+)"', line))}
    text = text.replace('href="/console/scenarios"', f'href="{BASE}"')
    link = re.compile(f'href="/console/bases/{re.escape(name)}/(\\w+)"')
    return link.sub(lambda found: f'href="#line-{at.get(found[1], 1)}"', text)


def _folder(name: str) -> Path:
    """Where the package lies, also while its files are broken. Raises RecordNotFoundError."""
    try:
        return registry().folder(name)
    except BrokenScenarioError as error:
        raise RecordNotFoundError(kind="scenario", identity=name) from error


def _row(name: str) -> dict[str, Any]:
    try:
        report = check_package(registry().folder(name), package_tools(), name)
    except BrokenScenarioError as error:
        return {"name": name, "label": name, "tier": None, "count": len(error.findings)}
    scenario = report.reading.scenario
    label = scenario.manifest.label if scenario else name
    return {"name": name, "label": label, "tier": report.tier, "count": len(report.findings)}


def _mark(folder: Path) -> str:
    """Changes whenever a file of the package, or the index of law that authors add to, does."""
    files = [law.SHARED_INDEX, *(path for path in sorted(folder.rglob("*")) if path.suffix in _FOLLOWED)]
    states = [(path.as_posix(), path.stat().st_mtime_ns, path.stat().st_size) for path in files]
    return hashlib.sha256(repr(states).encode()).hexdigest()[:16]


_loaded: dict[Path, str] = {}


def _load_again(folder: Path, mark: str) -> None:
    """After a change, drop what was read of packages and this one's modules, so that all of it is as the files are."""
    if _loaded.get(folder) != mark:
        registry().forget()
        law.law_index.cache_clear()
        for name, module in list(sys.modules.items()):
            if Path(getattr(module, "__file__", None) or "/").is_relative_to(folder):
                del sys.modules[name]
    _loaded[folder] = mark


@cache
def _environment() -> Environment:
    """The pages' environment with the preview's own frame in the place of the console's."""
    ours = environment()
    loader = ours.loader
    assert loader is not None
    return ours.overlay(loader=ChoiceLoader([FileSystemLoader(FOLDER), loader]))


def _render(template: str, context: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(**context)


@dataclass(frozen=True)
class Ui:
    """What the frame and the console's templates ask for."""

    locale: str
    path: str
    csrf_token: str = ""
    key: str = ""
    tenant_label: str = ""


def _shared(path: str, locale: str, more: str) -> dict[str, Any]:
    return {"ui": Ui(locale, path), "words": words, "base": BASE, "more": more, "mark": "", "levels": (), "data": None}
