"""The drawn subjects with names and teams: for the plan's group, until the inspections are over."""

from pydantic import BaseModel, ConfigDict, TypeAdapter

from chalicelib.domain.draw import DrawnBy
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import TeamMember, VisitSubject
from chalicelib.services.draw import files
from chalicelib.storage.store import Store


class DrawnSubject(BaseModel):
    """One drawn subject. order: from 1, by ticket; missing: acting-body id → officers short, to be named by hand."""

    model_config = ConfigDict(frozen=True)

    order: int
    subject: VisitSubject
    county: str
    grade: str
    weight: int
    stratum: str
    drawn_by: DrawnBy
    blind: str
    ticket: str
    team: list[TeamMember]
    missing: dict[str, int] = {}


RESULT = TypeAdapter(list[DrawnSubject])


def drawn_subjects(store: Store, tenant: TenantId, draw_id: str) -> list[DrawnSubject]:
    """In ticket order. The caller has checked that the reader belongs to the plan's group (`draw.read`)."""
    return result_of(store, tenant, store.draws.get(tenant, draw_id))


def result_of(store: Store, tenant: TenantId, draw: RandomDraw) -> list[DrawnSubject]:
    """The same of a draw that was read before."""
    if not draw.result_sha256:
        raise IllegalTransitionError(state=draw.state.value, step="read_result")
    return RESULT.validate_json(store.objects.read(tenant, files.result_key(tenant, draw.id, draw.result_sha256)))
