"""A vehicle's plate is its own: no other vehicle in the tenant has it while this one is kept. What is known by a plate
alone may have anybody's: then a person is asked whether it is the same."""

from collections.abc import Iterable

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, InvalidInputError
from chalicelib.domain.plate import plate_problem
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject, SubjectFields, SubjectKind
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import PLATE

PLATE_SEEN = "plate_registered"
MOST_CLAIMS = 4
"""Claims that come or go when two subjects change at once."""


def check_plate(subject: SubjectFields) -> None:
    """Raises InvalidInputError for a plate that has not the form which it is said to have."""
    if problem := plate_problem(subject.plate, subject.plate_form):
        raise InvalidInputError([FieldProblem(field="plate", code=problem, details={"value": subject.plate})])


def others_with_plate(store: Store, tenant: TenantId, subject: SubjectFields) -> list[Subject]:
    """Subjects that are still kept and have its plate, the one registered first at the head; of a vehicle no other
    vehicle, as there the claim decides. Two calls, none without a plate."""
    is_vehicle = subject.kind is SubjectKind.VEHICLE
    found = store.subjects.with_plate(tenant, subject.plate)
    return [one for one in found if not (is_vehicle and one.kind is SubjectKind.VEHICLE)]


def ask_about_plate(store: Store, tenant: TenantId, actor: Actor, draft: SubjectFields) -> None:
    """Raises InvalidInputError (`plate_registered`, with `subject_id` and `holder`) when a subject that this actor may
    know of has the plate."""
    for one in others_with_plate(store, tenant, draft):
        if allowed(actor, Permission.SUBJECT_READ, one.resource):
            details: dict[str, str | int] = {"value": draft.plate, "subject_id": one.id, "holder": one.name}
            raise InvalidInputError([FieldProblem(field="plate", code=PLATE_SEEN, details=details)])


def keep_plates(change: Change, store: Store, pairs: Iterable[tuple[Subject | None, Subject]]) -> None:
    """Claim and release plates in step with subjects that this change saves: (before, after) of each, None before it
    was registered. Raises AlreadyExistsError (kind `plate`) when another vehicle has one: here when it is among these
    subjects, else at commit."""
    known = list(pairs)
    had = {before.held_plate: before.ref for before, _ in known if before is not None and before.held_plate}
    wanted: dict[str, Ref] = {}
    for _, after in known:
        if after.held_plate in wanted:
            raise AlreadyExistsError(kind=PLATE, identity=after.held_plate)
        if after.held_plate:
            wanted[after.held_plate] = after.ref
    for plate, ref in wanted.items():
        if had.get(plate) != ref:
            change.claim(PLATE, plate, ref, [before.ref for before, _ in known if before is not None])
    for plate in had.keys() - wanted.keys():
        if store.owner(change.tenant, PLATE, plate) == had[plate]:
            change.release(PLATE, plate)


def is_of_plate(error: AlreadyExistsError) -> bool:
    """Whether it is a plate that another vehicle has."""
    return bool(error.details["kind"] == PLATE)


def find_by_plate(store: Store, tenant: TenantId, plate: str) -> Subject | None:
    """The vehicle that has this plate."""
    owner = store.owner(tenant, PLATE, plate) if plate else None
    return store.subjects.find_current(tenant, owner.id) if owner else None
