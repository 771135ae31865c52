"""The English catalogue is complete and in step, and no Chinese word of the interface goes round it."""

import ast
import pickle
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from chalicelib.web import catalogue
from chalicelib.web.render import TEMPLATES
from tests.architecture.sources import IN_ONE, ROOT, template, trees, walked
from tests.grouped import every

pytestmark = IN_ONE
WEB = TEMPLATES.parent
CJK = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")
GETTEXT = {"_", "gettext", "ngettext", "mark"}
# The only words that are the same in every language, and the module whose words are formats of values.
SAME_EVERYWHERE = {"中文"}
FORMATS = {"formats.py"}
TEMPLATE_FILES = sorted(TEMPLATES.rglob("*.html"))
MODULES = sorted(path for path in WEB.rglob("*.py") if path.name not in FORMATS and "static" not in path.parts)


@pytest.fixture(scope="module", autouse=True)
def extracted_once() -> Iterator[None]:
    """The whole source is read for words once for all tests of this file."""
    found = pickle.dumps(catalogue.extract_messages())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "extract_messages", lambda: pickle.loads(found))
        yield


def test_catalogue_has_no_problem() -> None:
    assert catalogue.problems() == []


def test_catalogue_finds_words_in_python_and_in_templates() -> None:
    found = {message.id for message in catalogue.extract_messages() if message.id}

    assert "没有找到" in found
    assert "跳到正文" in found
    assert ("还剩%(num)d个工作日", "还剩%(num)d个工作日") in found


def test_a_missing_translation_and_a_lost_placeholder_are_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    real = catalogue.merge

    def spoiled(words: dict[str, str | list[str]] | None = None) -> object:
        return real({"没有找到": "", "依据：%(label)s": "Legal basis"})

    monkeypatch.setattr(catalogue, "merge", spoiled)
    found = "\n".join(catalogue.problems())

    assert "no English: 没有找到" in found
    assert "other placeholders: 依据：%(label)s" in found


def test_english_given_before_its_message_is_kept_as_obsolete() -> None:
    merged = catalogue.merge({"还没有这句话": "Not said yet"})

    assert merged.obsolete["还没有这句话"].string == "Not said yet"
    assert '#~ msgid "还没有这句话"' in catalogue.po_bytes(merged).decode()


@every("path", TEMPLATE_FILES, lambda path: path.relative_to(TEMPLATES).as_posix())
def test_template_has_no_chinese_outside_gettext(path: Path) -> None:
    tree = template(path)
    translated = {
        id(inner)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in GETTEXT
        for argument in call.args
        for inner in [argument, *argument.find_all(nodes.Const)]
    }
    loose = [str(node.data).strip() for node in tree.find_all(nodes.TemplateData) if CJK.search(node.data)]
    loose += [
        node.value
        for node in tree.find_all(nodes.Const)
        if isinstance(node.value, str) and CJK.search(node.value) and id(node) not in translated
    ]

    assert [word for word in loose if word not in SAME_EVERYWHERE] == []


def _is_sample(node: ast.AST) -> bool:
    """What somebody might send, given with a route or in a constant named SAMPLE…: data, which nobody translates."""
    if isinstance(node, ast.keyword):
        return node.arg == "sample_body"
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(one, ast.Name) and one.id.startswith("SAMPLE") for one in targets)


def _loose_strings(tree: ast.AST) -> Iterator[str]:
    allowed: set[int] = set()
    for node in walked(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                allowed.add(id(first.value))
        if _is_sample(node):
            allowed.update(id(inner) for inner in ast.walk(node))
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in GETTEXT:
                allowed.update(id(argument) for argument in node.args)
    for node in walked(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in allowed
            and CJK.search(node.value.strip())
        ):
            yield node.value


@every("path", MODULES, lambda path: path.relative_to(WEB).as_posix())
def test_module_has_no_chinese_outside_gettext(path: Path) -> None:
    loose = list(_loose_strings(trees()[path.relative_to(ROOT).as_posix()]))

    assert loose == [], "use gettext, ngettext or mark; for punctuation formats.join_words and join_clauses"
