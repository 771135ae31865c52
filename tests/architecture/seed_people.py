"""Matters of people for the world of the route matrix."""

from datetime import timedelta

from chalicelib.domain.access import Permission
from chalicelib.domain.access_change import AccessChange, AccessChangeKind
from chalicelib.domain.binding import Binding, BindingCode, BindingRequest, BindingRole, BindingSource
from chalicelib.domain.departure import Departure, DepartureState
from chalicelib.domain.deputy import Deputy
from chalicelib.domain.record import Record
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Person, Role
from chalicelib.domain.visit import Photo
from tests.architecture.seed_values import TODAY
from tests.web.site import NOW


def people_records(user: Person, officer: Person, approver: Person, subject: Subject) -> list[Record]:
    """Who acts for the subject and for whom, and what waits about people."""
    about = {"subject_id": subject.id, "subject_name": subject.name, "division": subject.division}
    who = {"person_id": user.id, "person_name": user.name}
    photo = Photo(object_key="x", sha256="0" * 64, size=1, content_type="application/pdf", taken_at=NOW)
    return [
        Binding(
            id=f"{subject.id}.{user.id}",
            role=BindingRole.OWNER,
            source=BindingSource.ADMINISTRATOR,
            bound_at=NOW,
            bound_by="seed",
            **about,
            **who,
        ),
        BindingCode(
            code_sha256="0" * 64,
            role=BindingRole.OWNER,
            issued_at=NOW,
            issued_by="seed",
            expires_at=NOW + timedelta(days=30),
            **about,
        ),
        BindingRequest(
            role=BindingRole.OWNER, statement="说明", evidence=[photo], requested_at=NOW, reason="", **about, **who
        ),
        AccessChange(
            kind=AccessChangeKind.CHANGE_PERSON,
            person_id=officer.id,
            person_name=officer.name,
            values={"division": None},
            before={"division": subject.division},
            seen_version=1,
            requested_by="seed",
            requested_by_name="王*",
            requested_role=Role.SECURITY_ADMINISTRATOR,
            requested_at=NOW,
        ),
        Deputy(
            principal_id=approver.id,
            principal_name=approver.name,
            deputy_id=officer.id,
            deputy_name=officer.name,
            from_on=TODAY,
            to_on=TODAY + timedelta(days=30),
            permissions=frozenset({Permission.TASK_APPROVE}),
            reason="出差",
            named_at=NOW,
        ),
        Departure(
            person_id="left",
            person_name="王*",
            successors={},
            started_at=NOW,
            started_by="seed",
            state=DepartureState.COMPLETED,
        ),
    ]
