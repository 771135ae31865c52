"""No class of the domain is called by a word that the glossary does not know."""

import inspect
import pkgutil
import re
from enum import Enum
from importlib import import_module

from pydantic import BaseModel

import chalicelib.domain
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.glossary import terms
from chalicelib.domain.record import Record
from chalicelib.storage.evidence_log import LogState
from tests.grouped import every

# Modules that are tools and not policy: what they define has no word in the regulator's language.
TOOLS = {
    "record": "what every stored record shares",
    "errors": "what can go wrong",
    "label": "texts inside data",
    "text": "telephone numbers, codes and names as people type them",
    "glossary": "the terms themselves",
}
MODULES = sorted(found.name for found in pkgutil.iter_modules(chalicelib.domain.__path__))
DESCRIBED = {module for term in terms() for module in term.modules}
KNOWN = {name for term in terms() for name in (term.name, *term.forms)}
# The table of the architecture's names: one policy term, one noun.
POLICY = re.findall(
    r"\w+",
    """
    handbook checklist inspection evaluation scenario tenant supervision_item check_item subject premises division
    local_authority lead_department partner_department mandate park delegation no_disturbance duty legal_basis
    self_check random_draw pool disclosure inspection_plan inspection_task visit inspector certificate recusal
    opinion schedule disposition merged_visit unannounced_inspection remote_inspection inspection_code annual_cap
    preflight finding evidence evidence_recognition rectification reinspection result alert indicator response_plan
    clue clue_transfer referral penalty credit_grade risk_level objection credit_repair satisfaction
    sharing_catalogue data_quality effectiveness
    """,
)


def classes(module: str) -> list[type]:
    loaded = import_module(f"chalicelib.domain.{module}")
    return [one for one in vars(loaded).values() if inspect.isclass(one) and one.__module__ == loaded.__name__]


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


RECORDS = [LogState, *(c for m in MODULES for c in classes(m) if issubclass(c, Record) and c is not Record)]


@every("record", RECORDS, lambda record: record.__name__)
def test_a_record_is_a_term_or_a_form_of_one(record):
    assert record.KIND in KNOWN
    assert snake(record.__name__) == record.KIND, "the kind is the class's name"


@every("module", MODULES)
def test_what_a_module_defines_belongs_to_a_term(module):
    values = [one for one in classes(module) if issubclass(one, BaseModel | Enum) and not issubclass(one, Record)]

    unnamed = [one.__name__ for one in values if snake(one.__name__) not in KNOWN]
    assert not unnamed or module in DESCRIBED or module in TOOLS


def test_a_module_that_is_described_is_there_and_no_tool():
    assert set(MODULES) >= DESCRIBED
    assert set(MODULES) >= set(TOOLS)
    assert DESCRIBED.isdisjoint(TOOLS)


def test_every_policy_term_is_in_the_glossary():
    names = {term.name for term in terms()}

    assert [name for name in POLICY if name not in names] == []


def test_every_form_is_a_record():
    kinds = {record.KIND for record in RECORDS}

    assert {form for term in terms() for form in term.forms} <= kinds


@every("term", terms(), lambda term: term.name)
def test_the_name_is_the_english_noun_written_small(term):
    assert term.name == term.en.replace("-", "" if term.name == "todo" else " ").lower().replace(" ", "_")
    assert re.fullmatch(r"[A-Za-z -]+", term.en)
    assert re.search(r"[\u4e00-\u9fff]", term.zh)
    assert term.definition_zh.endswith("。")
    assert term.definition_en.endswith(".")
    assert not re.search(r"[\u4e00-\u9fff]", term.definition_en)


def test_every_error_has_a_code_of_its_own():
    found = [one.code for module in MODULES for one in classes(module) if issubclass(one, YijianshiError)]

    assert len(found) == len(set(found))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in found)
