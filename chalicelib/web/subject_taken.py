"""A code or a plate that another subject has: the problem of its field, and the way to that subject's page."""

from typing import Any

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, InvalidInputError
from chalicelib.domain.subject import Subject
from chalicelib.services.register.plates import PLATE_SEEN, find_by_plate, is_of_plate
from chalicelib.services.register.register_subject import find_by_code
from chalicelib.web.request import WebRequest
from chalicelib.web.subject_view import kind_label

_ID = "subject_id"


def taken(request: WebRequest, error: AlreadyExistsError) -> InvalidInputError:
    """What a form or a body is told: `subject_id` of the one that has the value, where the person may know of it."""
    is_plate, value = is_of_plate(error), str(error.details["identity"])
    subject = (find_by_plate if is_plate else find_by_code)(request.store, request.tenant, value)
    details: dict[str, str | int] = {"value": value}
    if subject and allowed(request.actor, Permission.SUBJECT_READ, subject.resource):
        details[_ID] = subject.id
    field, code = ("plate", "plate_taken") if is_plate else ("code", "already_registered")
    return InvalidInputError([FieldProblem(field=field, code=code, details=details)])


def holder(request: WebRequest, error: InvalidInputError | None) -> dict[str, Any] | None:
    """Who has the value that was refused, for the note over a form: {subject, kind, is_plate, is_asked}. is_asked: the
    person may say that it is another one."""
    for found in error.problems if error else []:
        if found.code in ("plate_taken", "already_registered", PLATE_SEEN) and _ID in found.details:
            subject: Subject | None = request.store.subjects.find(request.tenant, str(found.details[_ID]))
            told = {"is_plate": found.field == "plate", "is_asked": found.code == PLATE_SEEN}
            return told | {"subject": subject, "kind": kind_label(subject)} if subject else None
    return None
