"""To-do entries by owner, in order of deadline (access pattern 6)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.todo import Todo
from chalicelib.storage import keys
from chalicelib.storage.change import Change
from chalicelib.storage.repository import Page, Placement, Position, Repository

READ = 200
"""Entries of one owner that one query reads at most: about 120 KB, 15 read units."""

Place = tuple[str, str, str]
"""Where an entry lies: partition, sort key, and its sort key among what waits for the owner."""


@dataclass(frozen=True)
class Waiting:
    """shown: one page, most urgent first. read: everything that was read from here on, in the same order, whether it is
    shown or not. is_whole: nothing more waits than was read. next: by owner, from where on to go; None at the end.
    passed: how many of `read` the next page leaves behind."""

    shown: list[Todo]
    read: list[Todo]
    is_whole: bool
    next: dict[str, Place] | None
    passed: int


class Todos(Repository[Todo]):
    model = Todo

    def placement(self, tenant: TenantId, record: Todo) -> Placement:
        return Placement(index3=(keys.work_of(tenant, record.heap), keys.work_sort(record.due_at, record.about)))

    def of_owner(self, tenant: TenantId, owner: str, after: Position | None = None, limit: int = 50) -> Page[Todo]:
        return self.page(3, keys.work_of(tenant, owner), after=after, limit=limit)

    def of_heap(self, tenant: TenantId, heap: str) -> Page[Todo]:
        """The most urgent of a heap (see `Todo.heap`), to be counted: one query."""
        return self.of_owner(tenant, heap, limit=READ)

    def of_owners(
        self,
        tenant: TenantId,
        owners: Sequence[str],
        fits: Callable[[Todo], bool],
        after: Mapping[str, Place] | None = None,
        limit: int = 50,
    ) -> Waiting:
        """One page of what waits under several keys, in order of deadline: one query each. Of an owner of whom more
        waits than one query reads, and so of the others too, only what falls due before that is told."""
        after = after or {}
        rows: list[tuple[str, int, Place, Todo]] = []
        ends: list[str] = []
        for number, owner in enumerate(owners):
            place = after.get(owner)
            found = self.of_owner(tenant, owner, self._position(tenant, owner, place) if place else None, READ)
            placed = [(self._place(tenant, todo), todo) for todo in found.records]
            rows += [(place[2], number, place, todo) for place, todo in placed]
            if found.next and placed:
                ends.append(placed[-1][0][2])
        known = sorted((row for row in rows if not ends or row[0] <= min(ends)), key=lambda row: row[:2])
        fitting = [at for at, row in enumerate(known) if fits(row[3])]
        is_more = bool(ends) or len(fitting) > limit
        passed = known[: fitting[limit - 1] + 1] if len(fitting) > limit else known
        return Waiting(
            shown=[known[at][3] for at in fitting[:limit]],
            read=[row[3] for row in known],
            is_whole=not ends,
            next={**after, **{owners[row[1]]: row[2] for row in passed}} if is_more else None,
            passed=len(passed),
        )

    def _place(self, tenant: TenantId, todo: Todo) -> Place:
        key = self.key(tenant, todo)
        return key.partition, key.sort, keys.work_sort(todo.due_at, todo.about)

    @staticmethod
    def _position(tenant: TenantId, owner: str, place: Place) -> Position:
        partition, sort, work_sort = place
        values = {"pk": partition, "sk": sort, "index3_pk": keys.work_of(tenant, owner), "index3_sk": work_sort}
        return {name: {"S": value} for name, value in values.items()}

    def every_of_owner(self, tenant: TenantId, owner: str) -> Iterator[Todo]:
        """All that waits for a role or a body, page by page: for the clock."""
        return self.all(3, keys.work_of(tenant, owner))

    def replace(self, change: Change, about: Ref, wanted: list[Todo]) -> None:
        """Within this change, make `wanted` the whole list of what waits at this record."""
        present = {todo.id: todo for todo in self.children(change.tenant, about)}
        for todo in wanted:
            held = present.pop(todo.id, None)
            if held is None:
                change.save(todo)
            elif held.model_dump(exclude={"created_at"}) != todo.model_dump(exclude={"created_at"}):
                change.save(todo.model_copy(update={"version": held.version, "created_at": held.created_at}))
        for done in present.values():
            change.delete(done)
