"""What is open at one person: visits of their teams and to-do entries of their own."""

from chalicelib.domain.departure import OpenWork, OpenWorkKind
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.todo import Todo
from chalicelib.domain.visit_member import VisitMember
from chalicelib.services.people.warn_certificates import TOPIC as CERTIFICATE
from chalicelib.storage.store import Store

_MOST = 1000
"""Open visits and entries of one person that a departure takes at once; what is more shows after the first."""


def open_work(store: Store, tenant: TenantId, person_id: str) -> list[OpenWork]:
    """Visits by date, then to-do entries by deadline: two queries. A warning of one's own certificate is no work."""
    visits = [_visit(one) for one in store.visit_members.work_of(tenant, person_id, limit=_MOST)]
    todos = [
        _todo(one) for one in store.todos.of_owner(tenant, person_id, limit=_MOST).records if one.topic != CERTIFICATE
    ]
    return [*visits, *todos]


def _visit(member: VisitMember) -> OpenWork:
    return OpenWork(kind=OpenWorkKind.VISIT, id=member.visit_id, title=member.subject_name, due_at=member.starts_at)


def _todo(todo: Todo) -> OpenWork:
    return OpenWork(
        kind=OpenWorkKind.TODO,
        id=f"{todo.about.kind}.{todo.about.id}.{todo.id}",
        title=todo.title,
        due_at=todo.due_at,
        topic=todo.topic,
        about=todo.about,
    )


def find_todo(store: Store, tenant: TenantId, work: OpenWork) -> Todo | None:
    """The entry itself."""
    about = work.about or Ref(kind="", id="")
    id = work.id.removeprefix(f"{about.kind}.{about.id}.")
    return store.todos.find_child(tenant, about, id)
