"""The register of subjects: by division, name and last change, and by any part of a name (access patterns 2 and 5)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from chalicelib.domain.division import county_of
from chalicelib.domain.record import timestamp
from chalicelib.domain.search_text import (
    MAX_ENTRY,
    SearchField,
    SearchLook,
    entries_of,
    search_form,
    search_look,
    tells,
    without_place,
)
from chalicelib.domain.subject import Subject, SubjectStatus
from chalicelib.domain.subject_query import SubjectOrder
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.register_contents import county_note
from chalicelib.storage.repository import Placement, Position, Repository
from chalicelib.storage.table import Item, PointerItem

PAGE_ROWS = 50
MAX_PAGES = 5
MAX_ROWS = PAGE_ROWS * MAX_PAGES
"""Rows that one page of a list reads at most, when filters that no key answers leave out most of them."""
MAX_READS = 2
"""Calls that one page of a list makes for its rows; a list over many small counties goes on behind the cursor."""
MAX_MERGED = 10
"""Merges in a row that a link is followed through."""
CODE = "code"
"""Name of the claim under which a subject's code is unique."""
PLATE = "plate"
"""Name of the claim under which a vehicle's plate is unique."""
Wanted = Callable[[Subject], bool]
WantedPlace = Callable[[str, str], bool]
"""(division, subject id) of an entry, before its subject is read."""


@dataclass(frozen=True)
class SubjectPage:
    """One page of a list over several partitions. `is_cut`: it is short although there is more behind `next`."""

    subjects: list[Subject]
    next: Position | None
    is_cut: bool = False


class Subjects(Repository[Subject]):
    model = Subject
    has_pointers = True

    def placement(self, tenant: TenantId, record: Subject) -> Placement:
        county = county_of(record.division) or record.division
        changed = timestamp(record.changed_at) if record.changed_at else ""
        return Placement(
            index1=(
                keys.subjects_of_county(tenant, county),
                f"{record.division}#{record.kind}#{record.search_name[:120]}#{record.id}",
            ),
            index2=(keys.subjects_by_name(tenant), f"{record.search_name[:120]}#{record.id}"),
            index3=(keys.subjects_by_change(tenant, county), f"{changed}#{record.id}"),
        )

    def pointers(self, tenant: TenantId, record: Subject) -> tuple[keys.Key, ...]:
        """What the subject is found by (access pattern 5): at most thirty short items, a dozen of most."""
        place, id = record.division, record.id
        return tuple(keys.search_entry(tenant, text, field.value, place, id) for field, text in entries_of(record))

    def notes(self, record: Subject) -> tuple[str, ...]:
        return (county_note(record.division),)

    def load(self, item: Item) -> Subject:
        subject = super().load(item)
        changed = (item.index3_sk or "").partition("#")[0]
        subject.changed_at = datetime.fromisoformat(changed) if changed else None
        return subject

    def find_current(self, tenant: TenantId, id: str) -> Subject | None:
        """The subject, or the one that a merged duplicate became."""
        found = self.find(tenant, id)
        for _ in range(MAX_MERGED):
            if found is None or not found.merged_into:
                break
            found = self.find(tenant, found.merged_into)
        return found

    def with_plate(self, tenant: TenantId, plate: str, limit: int = 10) -> list[Subject]:
        """Subjects anywhere in the tenant that have this plate and are not closed or kept elsewhere, the oldest first:
        two calls, none without a plate."""
        found = self.find_many(tenant, self._plated(tenant, plate, limit)) if plate else {}
        kept = (one for one in found.values() if one.plate == plate and one.status is not SubjectStatus.CLOSED)
        return sorted(kept, key=lambda one: one.id)

    def _plated(self, tenant: TenantId, plate: str, limit: int) -> list[str]:
        place = keys.searched(tenant, search_form(plate)[:MAX_ENTRY])
        return [one.id for one in self._entries(place.partition, f"{place.sort}#{SearchField.PLATE}#", limit)]

    def alike(self, tenant: TenantId, subject: Subject, limit: int = 10) -> list[Subject]:
        """Others of its county with the same name or address in their search form, and others anywhere with its plate:
        three calls, four with a plate. Tombstones, which have no entries, are left out."""
        form = search_form(subject.name), search_form(subject.address)
        ids = [*self._named(tenant, SearchField.NAME, form[0], subject.division, limit + 1)]
        if form[1]:
            ids += self._named(tenant, SearchField.ADDRESS, without_place(form[1]), subject.division, limit + 1)
        if subject.plate:
            ids += self._plated(tenant, subject.plate, limit + 1)
        found = self.find_many(tenant, [id for id in ids if id != subject.id])
        same = (
            one
            for one in found.values()
            if form[0] == search_form(one.name)
            or _is_at(form[1], one)
            or (subject.plate and subject.plate == one.plate)
        )
        return list(islice(same, limit))

    def at_place(self, tenant: TenantId, kind: str, division: str, name: str, address: str) -> list[Subject]:
        """Subjects of this kind and county with this name and address, in their search forms: two calls."""
        ids = self._named(tenant, SearchField.NAME, search_form(name), division, PAGE_ROWS)
        found = self.find_many(tenant, ids).values()
        wanted = search_form(name), search_form(address)
        return [
            one for one in found if one.kind == kind and wanted[0] == search_form(one.name) and _is_at(wanted[1], one)
        ]

    def _named(self, tenant: TenantId, field: SearchField, text: str, division: str, limit: int) -> list[str]:
        """Identifiers of subjects of one county whose entry is exactly this text, as far as entries are kept."""
        text = text[:MAX_ENTRY]
        if not text:
            return []
        county = (county_of(division) or division)[:6]
        place = keys.searched(tenant, text)
        return [found.id for found in self._entries(place.partition, f"{place.sort}#{field}#{county}", limit)]

    def search(
        self,
        tenant: TenantId,
        text: str,
        *,
        after: Position | None = None,
        limit: int = PAGE_ROWS,
        wanted: Wanted | None = None,
        wanted_place: WantedPlace | None = None,
    ) -> SubjectPage:
        """Subjects that a text finds: any part of the trade name, the beginning of the whole name, of a code or of its
        organisation's number, of the address behind its place names, of a plate or its number; in the order of what
        follows the text.

        Two calls: the entries (250 of them where `wanted_place` chooses, by what an entry says), then their subjects,
        among which `wanted` chooses. A text of one character finds nothing (domain/search_text.py).
        """
        look = search_look(text)
        if look is None:
            return SubjectPage([], None)
        place = keys.searched(tenant, look.beginning)
        size = MAX_ROWS if wanted_place else limit
        read = self._entries(place.partition, place.sort, size, after["at"] if after else None)
        fitting = [hit for hit in read if wanted_place is None or wanted_place(hit.division, hit.id)]
        hits = fitting[:limit]
        subjects = self.find_many(tenant, [hit.id for hit in hits], is_listed=True)
        shown = [one for one in _told(look, hits, subjects) if wanted is None or wanted(one)]
        if len(hits) < len(fitting):
            return SubjectPage(shown, {"at": hits[-1].sort}, is_cut=len(shown) < limit)
        following = {"at": read[-1].sort} if len(read) == size else None
        return SubjectPage(shown, following, is_cut=len(shown) < limit and following is not None)

    def _entries(self, partition: str, prefix: str, limit: int, after: str | None = None) -> "list[_Hit]":
        condition = PointerItem.sk.startswith(prefix) if prefix else None
        begin = {"pk": {"S": partition}, "sk": {"S": after}} if after else None
        with translated():
            found = PointerItem.query(partition, condition, last_evaluated_key=begin, limit=limit, page_size=limit)
            return [_Hit.of(item) for item in found]

    def in_counties(
        self,
        tenant: TenantId,
        counties: Sequence[str],
        *,
        order: SubjectOrder = SubjectOrder.DIVISION,
        prefix: str = "",
        after: Position | None = None,
        limit: int = PAGE_ROWS,
        wanted: Wanted | None = None,
    ) -> SubjectPage:
        """Subjects of these counties (12-digit codes), county after county, each in the order asked for; by name those
        of the whole tenant, whatever the counties.

        prefix: significant digits of a township or village, for the order by division only. wanted: filters that no key
        answers, applied after the read. A page makes two calls and reads 250 rows at most; where that leaves it short,
        `is_cut` says so. `after` is what the last page gave as `next`.
        """
        index, partitions = _partitions(tenant, order, counties)
        found: list[Subject] = []
        place, position = (after["place"], after["at"]) if after else (0, None)
        reads = rows = 0
        while place < len(partitions) and len(found) < limit and reads < MAX_READS and rows < MAX_ROWS:
            size = min(MAX_ROWS - rows, MAX_ROWS if wanted else limit - len(found))
            page = self.page(
                index,
                partitions[place],
                prefix=prefix,
                after=position,
                limit=size,
                is_descending=order is SubjectOrder.CHANGED,
            )
            reads, rows = reads + 1, rows + len(page.records)
            fitting = [subject for subject in page.records if wanted is None or wanted(subject)]
            taken = fitting[: limit - len(found)]
            found += taken
            position = page.next if len(taken) == len(fitting) else self._position(tenant, taken[-1], index)
            place += position is None
        is_over = place >= len(partitions)
        following = None if is_over else {"place": place, "at": position}
        return SubjectPage(found, following, is_cut=len(found) < limit and not is_over)

    def _position(self, tenant: TenantId, subject: Subject, index: int) -> Position:
        """Where a page that ended at this subject would go on."""
        item = self.item(tenant, subject)
        return {name: {"S": getattr(item, name)} for name in ("pk", "sk", f"index{index}_pk", f"index{index}_sk")}


def _partitions(tenant: TenantId, order: SubjectOrder, counties: Sequence[str]) -> tuple[int, list[str]]:
    """The index that keeps this order, and its partitions one after another."""
    if order is SubjectOrder.NAME:
        return 2, [keys.subjects_by_name(tenant)]
    if order is SubjectOrder.CHANGED:
        return 3, [keys.subjects_by_change(tenant, county) for county in counties]
    return 1, [keys.subjects_of_county(tenant, county) for county in counties]


@dataclass(frozen=True)
class _Hit:
    """An entry that begins with the text: its sort key, and the parts of it."""

    sort: str
    rest: str
    field: str
    division: str
    id: str

    @classmethod
    def of(cls, item: PointerItem) -> "_Hit":
        return cls(item.sk, *item.sk.split("#"))


def _told(look: SearchLook, hits: Sequence[_Hit], subjects: dict[str, Subject]) -> list[Subject]:
    """The subjects of these hits, each once: under the first entry that tells it."""
    shown: dict[str, Subject] = {}
    for hit in hits:
        subject = subjects.get(hit.id)
        entry = tells(subject, look) if subject else None
        if subject and entry and (entry.field, entry.text[keys.SEARCH_HEAD :]) == (hit.field, hit.rest):
            shown[hit.id] = subject
    return list(shown.values())


def _is_at(form: str, subject: Subject) -> bool:
    return bool(form) and form == search_form(subject.address)
