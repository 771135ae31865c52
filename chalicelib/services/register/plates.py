"""A vehicle's plate is its own: nobody else in the tenant has it while the vehicle is kept."""

from collections.abc import Iterable

from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, InvalidInputError
from chalicelib.domain.plate import plate_problem
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject, SubjectFields
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import PLATE

MOST_CLAIMS = 4
"""Claims that come or go when two subjects change at once."""


def check_plate(subject: SubjectFields) -> None:
    """Raises InvalidInputError for a plate that has not the form which it is said to have."""
    if problem := plate_problem(subject.plate, subject.plate_form):
        raise InvalidInputError([FieldProblem(field="plate", code=problem, details={"value": subject.plate})])


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
