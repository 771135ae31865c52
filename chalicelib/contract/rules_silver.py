"""Silver: every item rests on law, every duty is checked, shared questions agree, the package has tests of its own."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from chalicelib.contract.downstream import trace_basis
from chalicelib.contract.figure import FigureStatus
from chalicelib.contract.figure_uses import figures_used
from chalicelib.contract.joint_checklist import differing_questions
from chalicelib.contract.law import INDEX, basis_faults, law_index, own_index
from chalicelib.contract.manifest import Manifest
from chalicelib.contract.package import PackageReading, problems_of, read_extra
from chalicelib.contract.quality import Quality
from chalicelib.contract.rule import Rule, Tier, Tools
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.rules_references import FIGURE_FILES
from chalicelib.contract.scenario import PLACEHOLDER, LegalBasisLibrary
from chalicelib.domain.checklist import Checklist
from chalicelib.domain.evaluation_rules import RuleSource
from chalicelib.domain.handbook import Handbook


def items_cite_bases(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    checklist = reading.part(Checklist)
    for item in checklist.items if checklist else ():
        if not item.legal_basis_ids:
            mend = "cite a basis; one that was not looked up is to_be_confirmed"
            yield RuleFinding("items_cite_bases", "checklist.json", item.id, "no legal basis", mend)


def _bases_cited(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    if reading.scenario is None:
        return
    for basis in reading.scenario.legal_basis.bases:
        if trace_basis(reading.scenario, basis.id).is_empty:
            mend = "cite it where it matters, or remove it"
            yield RuleFinding("items_cite_bases", "legal_basis.json", basis.id, "nothing cites this basis", mend)


def _citations(reading: PackageReading, tools: Tools) -> Iterator[RuleFinding]:
    yield from items_cite_bases(reading, tools)
    yield from _bases_cited(reading, tools)


def _bases_verified(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    library, manifest = reading.part(LegalBasisLibrary), reading.part(Manifest)
    if library is None or manifest is None:
        return
    try:
        law_index()
        own = own_index(reading.folder)
    except ValueError as error:
        mend = 'write {"title": {"text_date": "2021-04-29", "articles": 74}}'
        yield RuleFinding("bases_verified", INDEX, "", f"an index of texts that cannot be read: {error}", mend)
        return
    for basis in library.bases:
        for problem, mend in basis_faults(basis, manifest.version_on, own):
            yield RuleFinding("bases_verified", "legal_basis.json", basis.id, problem, mend)


def _duties_checked(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    handbook = reading.part(Handbook)
    for paragraph in handbook.paragraphs if handbook else ():
        if paragraph.is_duty and not paragraph.check_item_ids:
            mend = "name the check items that look at the duty"
            yield RuleFinding("duties_checked", "handbook.json", paragraph.id, "a duty that nobody checks", mend)
        if not paragraph.legal_basis_ids:
            yield RuleFinding("duties_checked", "handbook.json", paragraph.id, "no legal basis", "cite a basis")


def questions_agree(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    checklist = reading.part(Checklist)
    items = checklist.items if checklist else ()
    for key, group in groupby(sorted(items, key=lambda item: item.question_key), lambda item: item.question_key):
        sharing = list(group)
        for other in sharing[1:]:
            first = sharing[0]
            units = {(one.number.unit, one.number.decimals) if one.number else None for one in (first, other)}
            if first.answer_type is not other.answer_type or len(units) > 1:
                problem = f"{first.id} and {other.id} share {key} but take different answers"
                mend = "give both the same answer type, unit and decimals"
                yield RuleFinding("questions_agree", "checklist.json", other.id, problem, mend)
            if first.department == other.department:
                problem = f"{first.id} asks {key} for the same department"
                yield RuleFinding("questions_agree", "checklist.json", other.id, problem, "merge the two items")


def _questions_agree_with_others(reading: PackageReading, tools: Tools) -> Iterator[RuleFinding]:
    if reading.scenario is None:
        return
    for other in tools.others(reading.name):
        for key in differing_questions(other, reading.scenario):
            asking = next(item for item in reading.scenario.checklist.items if item.question_key == key)
            problem = f"{key} is a question of {other.name} too, with another answer: they cannot share a visit"
            mend = "take its answer type, unit and decimals, or give your item another id or asked_once_key"
            yield RuleFinding("questions_agree", "checklist.json", asking.id, problem, mend)


def _all_questions_agree(reading: PackageReading, tools: Tools) -> Iterator[RuleFinding]:
    yield from questions_agree(reading, tools)
    yield from _questions_agree_with_others(reading, tools)


def _departments_take_part(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    if reading.scenario is None:
        return
    checking = {item.department for item in reading.scenario.checklist.items}
    listed = {item.department for item in reading.scenario.handbook.items}
    for code in reading.scenario.manifest.department_codes:
        for known, file in ((checking, "checklist.json"), (listed, "handbook.json")):
            if code not in known:
                mend = "give it an item or take it out of the manifest"
                yield RuleFinding("departments_take_part", file, code, "the department has no item", mend)


def _proposals_configurable(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    for one in reading.scenario.evaluation.indicators if reading.scenario else ():
        if one.source is RuleSource.PROPOSAL and not one.is_configurable:
            mend = "a figure of our own is the tenant's to set: is_configurable true"
            yield RuleFinding("proposals_configurable", "evaluation.json", one.id, "a proposal shown as fixed", mend)
        if one.source in (RuleSource.LAW, RuleSource.STANDARD) and not one.legal_basis_ids:
            problem, mend = "says it is law but cites nothing", "cite the basis or call it a proposal"
            yield RuleFinding("proposals_configurable", "evaluation.json", one.id, problem, mend)
    for figure in reading.scenario.figures if reading.scenario else ():
        if figure.status is FigureStatus.PROPOSAL and figure.tenant_range is None:
            mend = "a figure of our own is the tenant's to set: say within which tenant_range"
            yield RuleFinding("proposals_configurable", FIGURE_FILES, figure.id, "a proposal shown as fixed", mend)


def _figures_read(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    """Whether the figure's id stands anywhere but where it is defined: in the four ones, in the trade's tables, or in
    its code. The same of the words of what is computed."""
    if reading.scenario is None:
        return
    named = {use.figure_id for use in figures_used(reading.scenario)}
    code = "".join(path.read_text(encoding="utf-8", errors="replace") for path in reading.folder.glob("*.py"))
    for path in sorted(reading.folder.glob(FIGURE_FILES)):
        body = json.loads(path.read_text(encoding="utf-8"))
        defined = [str(one["id"]) for field in ("figures", "derived") for one in body.get(field, ())]
        tables = {field: value for field, value in body.items() if field not in ("figures", "derived")}
        text = json.dumps(tables) + code
        for one in dict.fromkeys(defined):
            if one not in named and f'"{one}"' not in text:
                mend = "name it where it matters (figure_ids, maximum_figure, length_figure, a table), or remove it"
                yield RuleFinding("figures_read", path.name, one, "nothing reads this figure", mend)


def _unwritten(body: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    """(place, text) of every text that its author still has to write."""
    if isinstance(body, str) and body.startswith(PLACEHOLDER):
        yield ".".join(map(str, path)), body.removeprefix(PLACEHOLDER)
    pairs = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for step, value in pairs:
        yield from _unwritten(value, (*path, step))


def _nothing_unwritten(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    files: dict[str, Any] = {f"{part}.json": body for part, body in reading.raw.items()}
    files |= {f"strings/{language}.json": dict(texts) for language, texts in reading.strings.items()}
    for file, body in files.items():
        for place, text in _unwritten(body):
            mend = "write the text for this trade, or remove the entry"
            yield RuleFinding("nothing_unwritten", file, place, f"still to be filled in: {text}", mend)


def _own_tests(reading: PackageReading, tools: Tools) -> Iterator[RuleFinding]:
    folders = [reading.folder / "tests", *([tools.tests / reading.name] if tools.tests else [])]
    files = [path for folder in folders for path in folder.glob("test_*.py")]
    if not any("def test_" in path.read_text(encoding="utf-8", errors="replace") for path in files):
        mend = f"add tests/scenarios/{reading.name}/test_*.py"
        yield RuleFinding("own_tests", "tests", "", "the package has no tests of its own", mend)


def read_quality(reading: PackageReading) -> tuple[Quality | None, list[RuleFinding]]:
    """quality.json, or what is wrong with it."""
    body, findings = read_extra(reading, "quality.json")
    if body is None:
        return None, findings
    try:
        return Quality.model_validate({key: value for key, value in body.items() if key != "$schema"}), findings
    except ValidationError as error:
        mend = 'write {"rules": {"rule_id": {"status": "done | todo | exempt", "reason": ""}}}'
        return None, [
            RuleFinding("quality_declared", "quality.json", place, problem, mend)
            for place, problem in problems_of(error)
        ]


def _quality_declared(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    yield from read_quality(reading)[1]


SILVER = (
    Rule("items_cite_bases", Tier.SILVER, "Every check item cites a legal basis, every basis is cited", _citations),
    Rule("bases_verified", Tier.SILVER, "A verified basis was looked up and is in force", _bases_verified),
    Rule("duties_checked", Tier.SILVER, "Every duty cites its basis and maps to a check item", _duties_checked),
    Rule("questions_agree", Tier.SILVER, "Items that share a question take the same answer", _all_questions_agree),
    Rule("departments_take_part", Tier.SILVER, "Every department has an item", _departments_take_part, True),
    Rule("proposals_configurable", Tier.SILVER, "Own figures are marked and configurable", _proposals_configurable),
    Rule("figures_read", Tier.SILVER, "Every figure is read somewhere", _figures_read),
    Rule("nothing_unwritten", Tier.SILVER, "No text waits for its author", _nothing_unwritten),
    Rule("own_tests", Tier.SILVER, "The package has tests of its own", _own_tests),
    Rule("quality_declared", Tier.SILVER, "quality.json is there and has its shape", _quality_declared),
)
