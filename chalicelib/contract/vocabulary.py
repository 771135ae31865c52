"""What packages have in common, so that a new one says it the same way: departments, attributes of subjects, questions
that are asked once, texts of law that wait for confirmation; and the English of a Chinese text that one translated."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.contract.scenario import PLACEHOLDER, Scenario
from chalicelib.domain.legal_basis import BasisStatus


class WordKind(StrEnum):
    """In the order in which an author needs them. item: one without `asked_once_key`, whose id is its question."""

    DEPARTMENT = "department"
    ATTRIBUTE = "attribute"
    QUESTION = "question"
    ITEM = "item"
    WAITING_BASIS = "waiting_basis"


@dataclass(frozen=True)
class SharedWord:
    """code: as other packages write it (of a basis: its title and article). about: the type of the answer or attribute,
    with the choices of one, the note of a basis. scenarios: who has it, by name."""

    kind: WordKind
    code: str
    label: str
    about: str
    scenarios: tuple[str, ...]


def shared_words(packages: Iterable[Scenario], text: str = "") -> list[SharedWord]:
    """Everything that has `text` in its code or label, each once, by kind; the label is that of the first package.
    Without a text the items are left out: there are hundreds. What nobody has written yet is no word to share."""
    first: dict[tuple[WordKind, str], tuple[str, str]] = {}
    holders: dict[tuple[WordKind, str], dict[str, None]] = {}
    for package in packages:
        for kind, code, label, about in _words(package):
            if any(PLACEHOLDER in said for said in (code, label, about)):
                continue
            first.setdefault((kind, code), (label, about))
            holders.setdefault((kind, code), {})[package.name] = None
    for kind, code in [key for key in first if key[0] is WordKind.ITEM and (WordKind.QUESTION, key[1]) in first]:
        holders[WordKind.QUESTION, code] |= holders[kind, code]
        del first[kind, code]
    order = list(WordKind)
    return [
        SharedWord(kind, code, label, about, tuple(holders[kind, code]))
        for (kind, code), (label, about) in sorted(first.items(), key=lambda row: order.index(row[0][0]))
        if (text or kind is not WordKind.ITEM) and (text in code or text in label)
    ]


def _words(package: Scenario) -> Iterator[tuple[WordKind, str, str, str]]:
    for department in package.manifest.departments:
        yield WordKind.DEPARTMENT, department.code, department.label, ""
    for attribute in package.manifest.attributes:
        choices = ", ".join(f"{one.code} {one.label}" for one in attribute.choices)
        about = f"{attribute.type.value}: {choices}" if choices else attribute.type.value
        yield WordKind.ATTRIBUTE, attribute.code, attribute.label, about
    for item in sorted(package.checklist.items, key=lambda one: not one.question):
        kind = WordKind.QUESTION if item.asked_once_key else WordKind.ITEM
        unit = f", {item.number.unit}" if item.number else ""
        yield kind, item.question_key, item.question or item.name, item.answer_type.value + unit
    for basis in package.legal_basis.bases:
        if basis.status is BasisStatus.TO_BE_CONFIRMED:
            yield WordKind.WAITING_BASIS, f"{basis.title} {basis.article}".rstrip(), basis.summary, basis.note


def known_translations(packages: Iterable[Scenario], language: str) -> Mapping[str, str]:
    """Chinese -> its text in `language`, of the first package that has one."""
    known: dict[str, str] = {}
    for package in packages:
        texts = package.strings.get(language, {})
        for key, chinese in package.labels.items():
            if texts.get(key):
                known.setdefault(chinese, texts[key])
    return known
