"""To-do entries by owner, in order of deadline (access pattern 6)."""

from collections.abc import Iterator

from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.todo import Todo
from chalicelib.storage import keys
from chalicelib.storage.change import Change
from chalicelib.storage.repository import Page, Placement, Position, Repository


class Todos(Repository[Todo]):
    model = Todo

    def placement(self, tenant: TenantId, record: Todo) -> Placement:
        return Placement(index3=(keys.work_of(tenant, record.owner), keys.work_sort(record.due_at, record.about)))

    def of_owner(self, tenant: TenantId, owner: str, after: Position | None = None, limit: int = 50) -> Page[Todo]:
        return self.page(3, keys.work_of(tenant, owner), after=after, limit=limit)

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
