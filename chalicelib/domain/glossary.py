"""The glossary: one policy term, one English noun. It names the domain's classes and feeds the pages' labels.

The terms are entries of `data/glossary.json`. A stored record is called as its term is, or is one of the term's `forms`
(a public projection, say, or a part that is stored by itself); everything else in a module of the domain belongs to the
term that names the module.
"""

import json
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.label import Code

_TERMS = Path(__file__).parent / "data" / "glossary.json"


class Term(BaseModel):
    """One term. source: the document and article that it comes from, empty for a word of ours.
    modules: of the domain, which it describes; forms: kinds of record that are this thing in another shape."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Code
    zh: str
    en: str
    definition_zh: str
    definition_en: str
    source: str = ""
    modules: tuple[str, ...] = ()
    forms: tuple[Code, ...] = ()

    def label(self, locale: str) -> str:
        return self.en if locale == "en" else self.zh

    def definition(self, locale: str) -> str:
        return self.definition_en if locale == "en" else self.definition_zh


@cache
def terms() -> tuple[Term, ...]:
    """Every term in the order of the file: policy first, then the words of ours."""
    return tuple(Term.model_validate(entry) for entry in json.loads(_TERMS.read_text(encoding="utf-8"))["terms"])


@cache
def _by_name() -> dict[str, Term]:
    return {form: term for term in terms() for form in term.forms} | {term.name: term for term in terms()}


def term(name: str) -> Term:
    """The term of this name, or that a kind of record is a form of. Raises RecordNotFoundError."""
    found = _by_name().get(name)
    if found is None:
        raise RecordNotFoundError(kind="term", id=name)
    return found


def label(name: str, locale: str) -> str:
    """What people call it: `label("finding", "zh")` is 问题; a kind of record is called as its term is."""
    return term(name).label(locale)
