"""What a subject is found by: every part of its trade name, its codes, the start of its address, its plate's number.

A text is compared in its search form: NFKC, upper case, letters and digits only. A name's entries begin at the start
positions of its trade name, that is without the place it begins with (南宁市) and without its legal form (有限公司),
twenty at most, and at its whole name; each runs to the name's end. A search takes the same words off the text it looks
for: 南宁市青山加油站 is looked up as 青山加油站, then compared in full. A code is entered at its beginning and at its
ninth place, where the number of the organisation begins (GB 32100-2015); a plate whole, without its province, and by
its number. Phones and persons' names are never entries.
"""

import re
from enum import StrEnum
from functools import cache, lru_cache
from typing import NamedTuple

from chalicelib.domain.division import children
from chalicelib.domain.subject import Subject
from chalicelib.domain.text import normalise

MAX_STARTS = 20
"""Of a trade name with more of them the last stay in: a name is often told apart by its end (…二期3号楼)."""
LAST_STARTS = 6
MAX_PLATE_STARTS = 4
MAX_ENTRIES = MAX_STARTS + 1 + 4 + 1 + MAX_PLATE_STARTS
"""The starts, the whole name, two codes twice, the address, the plate."""
CODE_STARTS = (0, 8)
SEARCHED = frozenset({"name", "address", "code", "operator_code", "plate", "division", "township", "status"})
"""Fields of a subject on which its entries depend."""
MAX_ENTRY = 42
"""Characters of an entry that are kept; a longer text is compared in full once the subject is read."""
MIN_TEXT = 2
"""Characters that a text to look for needs, so that it does not stand for half of the register."""

_LEGAL_FORM = re.compile("股份有限公司|有限责任公司|有限公司|分公司|总公司|公司|普通合伙企业|有限合伙企业|普通合伙")
_PLATE = re.compile(r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏渝陕甘青宁新][A-Z]")


class SearchField(StrEnum):
    NAME = "name"
    CODE = "code"
    ADDRESS = "address"
    PLATE = "plate"


class SearchEntry(NamedTuple):
    """One text by which a subject is found: the beginning of it answers."""

    field: SearchField
    text: str


class SearchLook(NamedTuple):
    """One look-up: entries that begin with `beginning`, of subjects that tell the `whole` text (see `tells`)."""

    beginning: str
    whole: str


def search_form(text: str) -> str:
    """NFKC, upper case, letters and digits of any script; nothing else."""
    return re.sub(r"[\W_]+", "", normalise(text))


def entries_of(subject: Subject) -> tuple[SearchEntry, ...]:
    """At most twenty of the trade name, the whole name, the codes, the address, the plate; none for a tombstone."""
    if subject.is_tombstone:
        return ()
    return _entries(subject.name, subject.code or "", subject.operator_code or "", subject.address, subject.plate)


@lru_cache(1024)
def _entries(name: str, code: str, operator_code: str, address: str, plate: str) -> tuple[SearchEntry, ...]:
    """Kept for a while: who writes a subject asks before how many entries it has."""
    form = search_form(name)
    found = [SearchEntry(SearchField.NAME, form[start:][:MAX_ENTRY]) for start in sorted({0, *starts_of(name)})]
    found += [SearchEntry(SearchField.CODE, one[start:]) for start in CODE_STARTS for one in (code, operator_code)]
    found.append(SearchEntry(SearchField.ADDRESS, without_place(search_form(address))[:MAX_ENTRY]))
    number = search_form(plate)
    # A plate of eight characters (new energy) has a letter before its number.
    starts = range(max(len(number) - 4, 1)) if _PLATE.match(number) else range(1)
    found += [SearchEntry(SearchField.PLATE, number[start:]) for start in starts[:MAX_PLATE_STARTS]]
    return tuple(dict.fromkeys(entry for entry in found if entry.text))


def starts_of(name: str) -> list[int]:
    """Positions in the search form of a name at which an entry of its trade name begins, at most twenty: the stretches
    between place and legal form take turns, so that the branch's own name is found too (某石油有限公司青山加油站)."""
    text, words = _words(name)
    stretches = []
    begin = 0
    for form in [*_LEGAL_FORM.finditer(text), None]:
        end = form.start() if form else len(text)
        first = begin + len(text[begin:end]) - len(without_place(text[begin:end]))
        stretches.append([at for at in range(first, end - 1) if words[at]])
        begin = form.end() if form else end
    turns = [at for turn in range(len(text)) for one in stretches for at in one[turn : turn + 1]]
    if len(turns) > MAX_STARTS:
        turns = turns[: MAX_STARTS - LAST_STARTS] + turns[-LAST_STARTS:]
    return sorted(turns)


def _words(name: str) -> tuple[str, list[bool]]:
    """The search form, and for each character whether a word may begin there: not inside Latin letters and digits."""
    text, words, was_inside = "", [], False
    for character in normalise(re.sub(r"\s", "·", name)):
        is_latin = character.isascii() and character.isalnum()
        if character.isalnum():
            text += character
            words.append(not (is_latin and was_inside))
        was_inside = is_latin
    return text, words


def without_place(text: str) -> str:
    """Without the names of region, city and county that it begins with; the text itself when nothing else is left."""
    rest = _places().sub("", text)
    return rest if len(rest) >= MIN_TEXT else text


@cache
def _places() -> re.Pattern[str]:
    names = {"广西"}
    for region in children():
        names.add(region.name)
        for city in children(region.code):
            names |= {city.name, city.name.removesuffix("市")}
            names |= {one.name for one in children(city.code) if len(one.name) > 2}
    return re.compile(f"^(?:{'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})+")


def search_look(text: str) -> SearchLook | None:
    """Where to look for a text; None for one that is too short."""
    whole = search_form(text)
    if len(whole) < MIN_TEXT:
        return None
    rest = without_place(whole)
    # What is left of a text like 南宁市有限公司 says nothing: then the text is taken as it stands.
    beginning = whole if _LEGAL_FORM.match(rest) else rest
    return SearchLook(beginning[:MAX_ENTRY], whole)


def tells(subject: Subject, look: SearchLook) -> SearchEntry | None:
    """The entry under which this look-up lists the subject: its first that fits, so that it is listed once."""
    compared = {SearchField.NAME: search_form(subject.name), SearchField.ADDRESS: search_form(subject.address)}
    for entry in entries_of(subject):
        if entry.text.startswith(look.beginning) and look.whole in compared.get(entry.field, entry.text):
            return entry
    return None
