"""The list of subjects by filters, for the page and the API: county by county, at most five pages read for one."""

from dataclasses import dataclass
from typing import Any

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.subject import Subject, SubjectKind, SubjectStatus
from chalicelib.domain.tenancy import Actor
from chalicelib.domain.text import check_uscc, normalise
from chalicelib.services.register.register_subject import find_by_code
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.places import counties_of
from chalicelib.web.request import WebRequest

PAGE_ROWS = 25
FILTERS = ("q", "county", "scenario", "kind", "status")


@dataclass(frozen=True)
class SubjectList:
    """One page. counties: those to choose from; is_cut: the filters read their share of the register, and there is
    more; hit: the subject whose code was typed, alone on its page."""

    subjects: list[Subject]
    counties: list[str]
    scenarios: list[str]
    cursor: str
    is_cut: bool
    hit: Subject | None = None


def filters_of(request: WebRequest) -> dict[str, str]:
    """The filters of the query; InvalidInputError for one that cannot be."""
    values = {name: request.query.text(name) for name in FILTERS}
    for name, known in (("kind", SubjectKind), ("status", SubjectStatus)):
        if values[name] and values[name] not in {one.value for one in known}:
            raise invalid(name, "unknown_choice")
    return values


def list_subjects(request: WebRequest, limit: int = PAGE_ROWS) -> SubjectList:
    values = filters_of(request)
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    counties = counties_of(tenant.divisions, request.actor)
    hit = _by_code(request, values["q"])
    if hit is not None:
        return SubjectList([hit], counties, tenant.scenarios, "", False, hit)
    if values["county"] and values["county"] not in counties:
        raise invalid("county", "unknown_choice")
    found = _read(request, values, counties, limit)
    return SubjectList(
        subjects=found.subjects,
        counties=counties,
        scenarios=tenant.scenarios,
        cursor=seal_cursor(request, found.next),
        is_cut=found.is_cut,
    )


def _read(request: WebRequest, values: dict[str, str], counties: list[str], limit: int) -> Any:
    """One county's subjects, or those of every county that the actor may know of, county by county."""
    subjects, after = request.store.subjects, open_cursor(request)
    filtered = any(values[name] for name in FILTERS if name != "county") or request.actor.division
    wanted = _Wanted(values, request.actor) if filtered else None
    among = [values["county"]] if values["county"] else counties
    return subjects.in_counties(request.tenant, among, after=after, limit=limit, wanted=wanted)


def _by_code(request: WebRequest, text: str) -> Subject | None:
    code = check_uscc(text) if text else None
    if code is None or not code.is_valid:
        return None
    subject = find_by_code(request.store, request.tenant, code.value)
    may = subject is not None and allowed(request.actor, Permission.SUBJECT_READ, subject.resource)
    return subject if may else None


class _Wanted:
    """Filters that no key answers: any part of the name or address, the beginning of a code, scenario, kind, state."""

    def __init__(self, values: dict[str, str], actor: Actor) -> None:
        self._actor = actor
        self._text = normalise(values["q"])
        self._scenario, self._kind, self._status = values["scenario"], values["kind"], values["status"]

    def __call__(self, subject: Subject) -> bool:
        if self._kind and subject.kind.value != self._kind:
            return False
        if self._status and subject.status.value != self._status:
            return False
        if self._scenario and subject.membership(self._scenario) is None:
            return False
        if self._text and not self._tells(subject):
            return False
        return allowed(self._actor, Permission.SUBJECT_READ, subject.resource)

    def _tells(self, subject: Subject) -> bool:
        if self._text in subject.search_name or self._text in normalise(subject.address):
            return True
        return any(code and code.startswith(self._text) for code in (subject.code, subject.operator_code))
