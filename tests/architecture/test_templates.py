"""Rules over every template: it parses, is short, escapes everything, and carries no inline script or style."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

from jinja2 import nodes

from chalicelib.web.render import KIT, STATIC, TEMPLATES
from tests.architecture.sources import IN_ONE, template
from tests.grouped import every

pytestmark = IN_ONE
GALLERY = Path(__file__).resolve().parent.parent / "browser" / "gallery"
SHIPPED = sorted(TEMPLATES.rglob("*.html"))
COMPONENTS = [path for path in SHIPPED if path.parent.name == "components"]
EVERY = SHIPPED + sorted(GALLERY.rglob("*.html"))
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / KIT["icons"]).read_text(encoding="utf-8")))


def _name(path: Path) -> str:
    return path.relative_to(path.parents[2]).as_posix()


@cache
def _source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def _without_comments(path: Path) -> str:
    return re.sub(r"\{#.*?#\}", "", _source(path), flags=re.S)


@cache
def _named() -> Counter[str]:
    """How often each name stands before a parenthesis: once where a macro is made, again wherever it is used."""
    return Counter(re.findall(r"\b(\w+)\(", "\n".join(_without_comments(path) for path in EVERY)))


@every("path", EVERY, _name)
def test_template_parses_and_is_short(path: Path) -> None:
    template(path)

    assert len(_source(path).splitlines()) <= 120


@every("path", EVERY, _name)
def test_nothing_escapes_the_escaping(path: Path) -> None:
    tree = template(path)

    assert not [node for node in tree.find_all(nodes.Filter) if node.name == "safe"]
    assert not list(tree.find_all((nodes.MarkSafe, nodes.MarkSafeIfAutoescape, nodes.ScopedEvalContextModifier)))


@every("path", EVERY, _name)
def test_no_inline_script_style_or_handler(path: Path) -> None:
    source = _without_comments(path)

    assert not re.search(r"<script(?![^>]*\ssrc=)", source, re.I)
    assert not re.search(r"<style", source, re.I)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", source, re.I)
    assert not re.search(r"\bhx-on|javascript:|hx-vals=.?js:", source, re.I)


@every("path", EVERY, _name)
def test_forms_that_post_carry_the_token(path: Path) -> None:
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", _without_comments(path), re.S | re.I):
        assert "csrf_token" in form


@every("path", EVERY, _name)
def test_icons_are_in_the_sprite(path: Path) -> None:
    source = _without_comments(path)
    named = re.findall(r"\bicon\('([\w-]+)'", source) + re.findall(r"icon_name='([\w-]+)'", source)

    assert set(named) <= ICONS


def test_icons_named_in_modules_are_in_the_sprite() -> None:
    modules = "\n".join(path.read_text(encoding="utf-8") for path in TEMPLATES.parent.rglob("*.py"))

    assert set(re.findall(r"\bicon=\"([\w-]+)\"", modules)) <= ICONS


@every("path", SHIPPED, _name)
def test_shared_templates_say_how_they_are_used(path: Path) -> None:
    if path.parent.name in {"components", "layouts"}:
        assert _source(path).startswith("{#")


@every("path", COMPONENTS, _name)
def test_every_macro_is_shown_or_used(path: Path) -> None:
    own = re.findall(r"\{%-?\s*macro (\w+)\(", _source(path))

    assert [name for name in own if _named()[name] < 2] == []


@every("path", COMPONENTS, _name)
def test_every_macro_is_explained_in_a_comment(path: Path) -> None:
    comments = "\n".join(re.findall(r"\{#.*?#\}", _source(path), re.S))
    own = re.findall(r"\{%-?\s*macro ([a-z]\w*)\(", _source(path))

    assert [name for name in own if not re.search(rf"\b{name}\b", comments)] == []
