"""One state change = one TransactWriteItems: records with their versions, one event, one idempotency marker.

A change is built up and then committed; nothing reaches the table before. When the answer to a commit was lost and the
retry meets its own marker, the change counts as done.
"""

from collections.abc import Callable, Iterable
from typing import Any, Self

from pynamodb.exceptions import DoesNotExist, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.transactions import TransactWrite

from chalicelib.domain.act import Act
from chalicelib.domain.errors import AlreadyExistsError, ConflictError, YijianshiError
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.record import Record, Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import AlreadyDoneError, LimitReachedError, StorageUnavailableError, translated
from chalicelib.storage.repository import Repository
from chalicelib.storage.security_events import security_entry
from chalicelib.storage.table import (
    ContentsItem,
    CounterItem,
    EventItem,
    Item,
    PointerItem,
    RecordItem,
    ScopedConnection,
)

MAX_ACTIONS = 100


class Change:
    """Collects what one act writes. Use as `with store.change(tenant, act) as change:`; leaving it commits."""

    def __init__(
        self,
        connection: ScopedConnection,
        repository_of: Callable[[str], Repository[Any]],
        tenant: TenantId,
        act: Act,
    ) -> None:
        self._connection, self._repository_of, self.tenant, self.act = connection, repository_of, tenant, act
        self._notes: set[tuple[TenantId, str]] = set()
        self._checks: list[tuple[keys.Key, Condition, Callable[[], YijianshiError]]] = []
        self._deletes: list[tuple[Item, Callable[[], YijianshiError]]] = []
        self._puts: list[tuple[Item, Condition | None, Callable[[], YijianshiError]]] = []
        self._updates: list[tuple[Item, list[Any], Condition | None, Callable[[], YijianshiError]]] = []
        self._saved: list[tuple[Record, RecordItem]] = []
        self._event: Event | None = None

    @property
    def room(self) -> int:
        """How many more actions this transaction takes besides its event and its marker."""
        return MAX_ACTIONS - 2 - self._actions()

    def save(self, record: Record, before: Record | None = None) -> None:
        """Write a new record (version 0) or the next version of one that was read; ConflictError when the caller of the
        act had seen another version. before: the stored version, where the caller has it, spares reading it again for
        a kind that pointers lead to."""
        record.touch(self.act.at)
        item = self._item(record)
        seen = self.act.seen
        if seen is not None and seen[0] == record.ref and seen[1] != record.version:
            raise ConflictError(kind=record.KIND, id=record.id)
        self._saved.append((record, item))
        is_new = not record.version

        def refuse() -> YijianshiError:
            if is_new:
                return AlreadyExistsError(kind=record.KIND, identity=record.id)
            return ConflictError(kind=record.KIND, id=record.id)

        self._puts.append((item, Item.pk.does_not_exist() if is_new else None, refuse))
        if record.awaits_calendar and record.parent_ref is None:
            self._point(keys.awaits_calendar(self.tenant, record.ref), record.ref, str(record.version))
        self.lead(record, before)

    def clocked(self, record: Record) -> None:
        """The calendar is known by which the record's clocks were determined: nothing leads to it any more."""
        self._unpoint([keys.awaits_calendar(self.tenant, record.ref)], record)

    def lead(self, record: Record, before: Record | None = None) -> None:
        """Keep the pointers to a record that this change saves in step with it; unchanged ones are not written."""
        repository = self._repository_of(record.KIND)
        self._notes |= {(self.tenant, name) for name in repository.notes(record)}
        if not repository.has_pointers:
            return
        if before is None and record.version:
            before = repository.stored(self.tenant, record)
        had = repository.pointers(self.tenant, before) if before is not None else ()
        wanted = repository.pointers(self.tenant, record)
        for key in wanted:
            if key not in had:
                self._point(key, record.ref)
        self._unpoint([key for key in had if key not in wanted], record)

    def _point(self, key: keys.Key, target: Ref, body: str | None = None) -> None:
        pointer = PointerItem(key.partition, key.sort, target=f"{target.kind}#{target.id}", body=body)
        self._puts.append((pointer, None, lambda: ConflictError(kind=target.kind, id=target.id)))

    def _unpoint(self, found: Iterable[keys.Key], record: Record) -> None:
        for key in found:
            pointer = PointerItem(key.partition, key.sort)
            self._deletes.append((pointer, lambda: ConflictError(kind=record.KIND, id=record.id)))

    def _item(self, record: Record) -> RecordItem:
        return self._repository_of(record.KIND).item(self.tenant, record)

    def unchanged(self, record: Record) -> None:
        """Refuse the change with ConflictError when this record, which it does not write, has moved on."""
        item = self._item(record)
        condition = RecordItem.version == record.version
        refuse = lambda: ConflictError(kind=record.KIND, id=record.id)  # noqa: E731
        self._checks.append((keys.Key(item.pk, item.sk), condition, refuse))

    def delete(self, record: Record) -> None:
        """Remove a record at the version that was read (only kinds that are projections or sessions)."""
        item = self._item(record)
        self._deletes.append((item, lambda: ConflictError(kind=record.KIND, id=record.id)))
        repository = self._repository_of(record.KIND)
        self._unpoint(repository.pointers(self.tenant, record) if repository.has_pointers else (), record)

    def claim(self, name: str, value: str, target: Ref, instead_of: Iterable[Ref] = ()) -> None:
        """Own a unique value, e.g. a subject's code; AlreadyExistsError at commit when another record owns it, other
        than those that it is taken over from."""
        key = keys.claim(self.tenant, name, value)
        pointer = PointerItem(key.partition, key.sort, target=f"{target.kind}#{target.id}")
        condition = Item.pk.does_not_exist() | (PointerItem.target == pointer.target)
        for one in instead_of:
            condition = condition | (PointerItem.target == f"{one.kind}#{one.id}")
        self._puts.append((pointer, condition, lambda: AlreadyExistsError(kind=name, identity=value)))

    def release(self, name: str, value: str) -> None:
        key = keys.claim(self.tenant, name, value)
        pointer = PointerItem(key.partition, key.sort)
        self._deletes.append((pointer, lambda: ConflictError(kind=name, id=value)))

    def count(self, key: keys.Key, *, name: str, limit: int | None = None, by: int = 1) -> None:
        """Raise a counter, refused with LimitReachedError when it would pass `limit`."""
        item = CounterItem(key.partition, key.sort)
        actions = [CounterItem.count.add(by), CounterItem.shape.set(CounterItem)]
        condition = None
        if limit is not None:
            condition = CounterItem.count.does_not_exist() | (CounterItem.count <= limit - by)
        self._updates.append((item, actions, condition, lambda: LimitReachedError(name=name, limit=limit)))

    def take_number(self, key: keys.Key, number: int) -> None:
        """Take the next human number of a series: ConflictError when somebody took it since it was read."""
        item = CounterItem(key.partition, key.sort)
        actions = [CounterItem.count.set(number), CounterItem.shape.set(CounterItem)]
        condition = CounterItem.count.does_not_exist() if number == 1 else CounterItem.count == number - 1
        self._updates.append((item, actions, condition, lambda: ConflictError(kind="number", id=key.sort)))

    def event(
        self,
        type: EventType,
        record: Record | Ref,
        data: dict[str, Any] | None = None,
        hashes: dict[str, str] | None = None,
    ) -> Event:
        """The one event of this change, under the record's partition (the parent's for a child)."""
        if self._event is not None:
            raise ValueError("a change has exactly one event")
        ref = record if isinstance(record, Ref) else record.parent_ref or record.ref
        self._event = Event.of(self.act, self.tenant, ref, type, data, hashes)
        return self._event

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.commit()

    def commit(self) -> Event:
        event = self._event
        if event is None:
            raise ValueError("a change without an event is no change")
        marker = self._marker(event)
        place = keys.event(self.tenant, event.record, event.id)
        entry = EventItem(place.partition, place.sort, body=event.model_dump_json())
        security_entry(self.tenant, entry, event)
        self._puts.append((entry, None, lambda: ConflictError(kind="event", id=event.id)))
        if self._actions() + 1 > MAX_ACTIONS:
            raise ValueError("too many actions for one transaction")
        self._write_notes()
        try:
            self._write(marker)
        except TransactWriteError as error:
            self._resolve(error, event)
        for record, _ in self._saved:
            record.version += 1
        return event

    def _actions(self) -> int:
        return sum(map(len, (self._checks, self._puts, self._updates, self._deletes)))

    def _write_notes(self) -> None:
        """Before the transaction and outside it: a note is the same for every writer, who would refuse one another."""
        new = self._notes - self._connection.noted
        if not new:
            return
        key = keys.register_contents(self.tenant)
        actions = [ContentsItem.names.add({name for _, name in new}), ContentsItem.shape.set(ContentsItem)]
        with translated():
            ContentsItem(key.partition, key.sort).update(actions)
        self._connection.noted |= new

    def _marker(self, event: Event) -> PointerItem:
        key = keys.marker(self.tenant, self.act.key)
        return PointerItem(key.partition, key.sort, target=f"{event.record.kind}#{event.record.id}", body=event.id)

    def _write(self, marker: PointerItem) -> None:
        with TransactWrite(connection=self._connection) as write:
            for key, condition, _ in self._checks:
                write.condition_check(RecordItem, key.partition, key.sort, condition)
            for item, _ in self._deletes:
                write.delete(item)
            for item, condition, _ in self._puts:
                write.save(item, condition)
            write.save(marker, Item.pk.does_not_exist())
            for item, actions, condition, _ in self._updates:
                write.update(item, actions, condition)

    def _resolve(self, error: TransactWriteError, event: Event) -> None:
        """Say which part refused. PynamoDB sends checks, deletes, puts, updates: reasons come in that order."""
        refusals = [c[2] for c in self._checks] + [d[1] for d in self._deletes] + [p[2] for p in self._puts]
        marker_position = len(refusals)
        refusals += [self._refuse_marker(event)] + [u[3] for u in self._updates]
        reasons = list(error.cancellation_reasons)
        failed = [n for n, reason in enumerate(reasons) if reason and reason.code == "ConditionalCheckFailed"]
        if marker_position in failed:
            earlier = self._earlier()
            if earlier is not None and earlier.body == event.id:
                return
            raise refusals[marker_position]() from error
        if failed:
            raise refusals[failed[0]]() from error
        if any(reason and reason.code == "TransactionConflict" for reason in reasons):
            raise ConflictError(reason="transaction_conflict") from error
        raise StorageUnavailableError(cause=error.cause_response_code or "transaction") from error

    def _refuse_marker(self, event: Event) -> Callable[[], YijianshiError]:
        def refuse() -> YijianshiError:
            earlier = self._earlier()
            if earlier is None or not earlier.target:
                return ConflictError(reason="marker")
            kind, _, id = earlier.target.partition("#")
            return AlreadyDoneError(Ref(kind=kind, id=id))

        return refuse

    def _earlier(self) -> PointerItem | None:
        key = keys.marker(self.tenant, self.act.key)
        try:
            with translated():
                return PointerItem.get(key.partition, key.sort, consistent_read=True)
        except DoesNotExist:
            return None
