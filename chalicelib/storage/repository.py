"""Records of one kind: read by identity, listed by index, placed in the table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.event import Event
from chalicelib.domain.record import Record, Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.table import EventItem, Item, PointerItem, RecordItem

R = TypeVar("R", bound=Record)
Position = dict[str, Any]


@dataclass(frozen=True)
class Placement:
    """Where a record appears in the indexes, and when the table may forget it (epoch seconds)."""

    index1: tuple[str, str] | None = None
    index2: tuple[str, str] | None = None
    index3: tuple[str, str] | None = None
    expires_at: int | None = None


@dataclass(frozen=True)
class Page(Generic[R]):
    """One page of a list; `next` is the position to go on from, None at the end."""

    records: list[R]
    next: Position | None = None


_WHOLE_ROWS = 1000
"""Small records; the table ends a page at 1 MB by itself."""


class Repository(Generic[R]):
    """Reads of one kind of record. Every call takes the tenant first; writes go through a `Change`."""

    model: ClassVar[type[Record]]
    has_pointers: ClassVar[bool] = False
    """Whether `pointers` of this kind may be other than nothing."""

    def pointers(self, tenant: TenantId, record: R) -> tuple[keys.Key, ...]:
        """Small items that lead to the record: a `Change` keeps them in step with it, in the same transaction."""
        return ()

    def notes(self, record: R) -> tuple[str, ...]:
        """What the tenant's `RegisterContents` names because of this record."""
        return ()

    def placement(self, tenant: TenantId, record: R) -> Placement:
        """Index entries of this record; the default is none."""
        return Placement()

    def key(self, tenant: TenantId, record: R) -> keys.Key:
        parent = record.parent_ref
        return keys.child(tenant, parent, record.ref) if parent else keys.record(tenant, record.ref)

    def item(self, tenant: TenantId, record: R) -> RecordItem:
        """The table's form of a record; its version is the one it was read with."""
        key, place = self.key(tenant, record), self.placement(tenant, record)
        item = RecordItem(key.partition, key.sort, kind=record.KIND, body=record.model_dump_json())
        for number in (1, 2, 3):
            entry = getattr(place, f"index{number}")
            if entry:
                setattr(item, f"index{number}_pk", entry[0])
                setattr(item, f"index{number}_sk", entry[1])
        if place.expires_at:
            item.expires_at = place.expires_at
        if record.version:
            item.version = record.version
        return item

    def load(self, item: Item) -> R:
        record = self.model.model_validate_json(item.body)
        record.version = item.version
        return record  # type: ignore[return-value]

    def find(self, tenant: TenantId, id: str) -> R | None:
        return self._find_at(keys.record(tenant, Ref(kind=self.model.KIND, id=id)))

    def get(self, tenant: TenantId, id: str) -> R:
        """The record, or RecordNotFoundError: also for another kind or another tenant's identifier."""
        found = self.find(tenant, id)
        if found is None:
            raise RecordNotFoundError(kind=self.model.KIND, id=id)
        return found

    def find_many(self, tenant: TenantId, ids: Iterable[str], *, is_listed: bool = False) -> dict[str, R]:
        """Records by identifier, 100 a call; those that are not there are missing. is_listed: to be shown only, so that
        the state of about a second ago does and costs half."""
        wanted = [keys.record(tenant, Ref(kind=self.model.KIND, id=id)) for id in dict.fromkeys(ids)]
        if not wanted:
            return {}
        with translated():
            places = [(key.partition, key.sort) for key in wanted]
            found = list(RecordItem.batch_get(places, consistent_read=not is_listed))
        return {record.id: record for item in found if item.kind == self.model.KIND for record in (self.load(item),)}

    def stored(self, tenant: TenantId, record: R) -> R | None:
        """What the table holds of this record now."""
        return self._find_at(self.key(tenant, record))

    def find_child(self, tenant: TenantId, parent: Ref, id: str) -> R | None:
        return self._find_at(keys.child(tenant, parent, Ref(kind=self.model.KIND, id=id)))

    def get_child(self, tenant: TenantId, parent: Ref, id: str) -> R:
        found = self.find_child(tenant, parent, id)
        if found is None:
            raise RecordNotFoundError(kind=self.model.KIND, id=id)
        return found

    def children(self, tenant: TenantId, parent: Ref) -> list[R]:
        """All children of this kind under one parent, oldest first: one query of one partition."""
        partition = keys.record(tenant, parent).partition
        with translated():
            found = list(
                RecordItem.query(
                    partition,
                    RecordItem.sk.startswith(keys.child_prefix(self.model.KIND)),
                    consistent_read=True,
                )
            )
        return [self.load(item) for item in found]

    def page(
        self,
        index: int,
        partition: str,
        *,
        prefix: str = "",
        beyond: str = "",
        after: Position | None = None,
        limit: int = 25,
        is_descending: bool = False,
    ) -> Page[R]:
        """One page of an index partition in key order; of the keys that begin with `prefix`, or come after `beyond`."""
        table_index = getattr(Item, f"index{index}")
        sort = getattr(type(table_index), f"index{index}_sk")
        condition = sort.startswith(prefix) if prefix else sort > beyond if beyond else None
        with translated():
            result = table_index.query(
                partition,
                condition,
                scan_index_forward=not is_descending,
                last_evaluated_key=after,
                limit=limit,
                page_size=limit,
            )
            records = [self.load(item) for item in result]
            return Page(records, result.last_evaluated_key)

    def all(self, index: int, partition: str, *, prefix: str = "", beyond: str = "") -> Iterator[R]:
        """Every record of an index partition, page by page: for jobs and for partitions that are small by design."""
        after: Position | None = None
        while True:
            page = self.page(index, partition, prefix=prefix, beyond=beyond, after=after, limit=_WHOLE_ROWS)
            yield from page.records
            after = page.next
            if after is None:
                return

    def history(self, tenant: TenantId, ref: Ref, limit: int = 200) -> list[Event]:
        """The events of one record and its children, newest first; those of another record that tell of this one too
        (an import's) are read where they are."""
        partition = keys.record(tenant, ref).partition
        with translated():
            found = list(
                Item.query(
                    partition,
                    Item.sk.startswith(keys.EVENT_PREFIX),
                    scan_index_forward=False,
                    limit=limit,
                    consistent_read=True,
                )
            )
            elsewhere = [item for item in found if isinstance(item, PointerItem)]
            told = {item.sk: item for item in EventItem.batch_get(_event_keys(tenant, elsewhere))} if elsewhere else {}
        events = (item if isinstance(item, EventItem) else told.get(item.sk) for item in found)
        return [Event.model_validate_json(item.body) for item in events if item is not None]

    def events_after(self, tenant: TenantId, ref: Ref, event_id: str = "", limit: int = 20) -> list[Event]:
        """The record's own events after this one, oldest first: one query. "" begins with the first."""
        first = keys.event(tenant, ref, event_id) if event_id else keys.Key("", keys.EVENT_PREFIX)
        span = Item.sk.between(first.sort, keys.EVENT_END)
        partition = keys.record(tenant, ref).partition
        with translated():
            found = list(Item.query(partition, span, limit=limit + bool(event_id), consistent_read=True))
        events = [Event.model_validate_json(item.body) for item in found if isinstance(item, EventItem)]
        return [one for one in events if one.id != event_id]

    def _find_at(self, key: keys.Key) -> R | None:
        if not key.fits:
            return None
        try:
            with translated():
                item = RecordItem.get(key.partition, key.sort, consistent_read=True)
        except DoesNotExist:
            return None
        except (ValueError, PynamoDBException) as error:
            raise RecordNotFoundError(kind=self.model.KIND) from error
        return self.load(item) if item.kind == self.model.KIND else None


def _event_keys(tenant: TenantId, pointers: Iterable[PointerItem]) -> list[tuple[str, str]]:
    """Where the events lie that these pointers in a record's history lead to; at most 100 a history."""
    found = []
    for pointer in pointers:
        kind, _, id = (pointer.target or "").partition("#")
        found.append((keys.record(tenant, Ref(kind=kind, id=id)).partition, pointer.sk))
    return found[:100]
