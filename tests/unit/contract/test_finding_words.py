"""Everything that a rule or a model can say about a package has its Chinese."""

import ast
import json
import re

import pytest
from pydantic import ValidationError

from chalicelib.contract import finding_words as words
from chalicelib.contract.registry import ROOT
from chalicelib.contract.rules import check_package
from chalicelib.contract.scenario import PARTS

CONTRACT = ROOT / "chalicelib" / "contract"
SAYING = (*CONTRACT.glob("rules*.py"), CONTRACT / "package.py", CONTRACT / "registry.py", CONTRACT / "law.py")
MODELS = sorted({ROOT / (model.__module__.replace(".", "/") + ".py") for model in PARTS.values()})
CALLS = {"RuleFinding": (3, 4), "say": (1, 2)}
NAMES = {"problem", "mend", "what"}


def templates(path):
    """Texts that a module says of a package, `{}` for what varies: arguments of findings, names, pairs, ValueErrors."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = [node.args[at] for at in CALLS.get(name, ()) if at < len(node.args)]
            if name == "append" and isinstance(node.args[0], ast.Tuple):
                given += node.args[0].elts
            if name == "ValueError":
                given += node.args
            yield from filter(None, map(template, given))
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = zip(target.elts, getattr(node.value, "elts", [])) if isinstance(target, ast.Tuple) else []  # noqa: B905
                for name, value in [(target, node.value), *pairs]:
                    if getattr(name, "id", "") in NAMES and template(value):
                        yield template(value)


def template(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


@pytest.mark.parametrize("path", [*SAYING, *MODELS], ids=lambda path: path.stem)
def test_every_text_has_its_chinese(path):
    said = [one for one in templates(path) if re.search("[a-z]", one.replace("{}", ""))]

    assert [one for one in said if words.in_language(one, "zh") == one] == []


def test_the_reader_of_the_sources_sees_texts():
    assert "the file is missing" in set(templates(CONTRACT / "package.py"))
    assert "no {} {}" in set(templates(CONTRACT / "rules_references.py"))


def test_numbers_of_holes_agree():
    catalogue = json.loads((CONTRACT / "finding_words.json").read_text(encoding="utf-8"))

    for english, chinese in catalogue.items():
        given = len(re.findall(r"\{\w*\}", english))
        used = {int(one) for one in re.findall(r"(?<!\{)\{(\d)\}", chinese)}
        assert used <= set(range(given)), english


def test_pydantic_is_understood():
    with pytest.raises(ValidationError) as refused:
        PARTS["manifest"].model_validate({"name": "No", "version": 1, "subject_kinds": [], "extra": 1})

    said = [one["msg"] for one in refused.value.errors()]
    assert all(re.search("[一-鿿]", words.in_language(one, "zh")) for one in said), said


def test_findings_of_a_broken_package_read_in_both_languages():
    findings = check_package(ROOT / "tests" / "fixtures" / "scenarios" / "broken_station").findings

    assert findings
    for one in findings:
        problem, mend = words.finding_words(one, "zh")
        assert re.search("[一-鿿]", problem), one
        assert re.search("[一-鿿]", mend), one
        assert words.finding_words(one, "en") == (one.problem.removeprefix("Value error, "), one.mend)
