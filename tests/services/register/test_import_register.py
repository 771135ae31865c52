"""Importing a messy register: every row accounted for, nothing half-written, a killed run converges."""

import pytest

from chalicelib.domain.errors import InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import JobState
from chalicelib.domain.record import new_id
from chalicelib.domain.subject import DrawGrade
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.register import import_register as service
from chalicelib.services.register import import_report
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from infra.local.demo_roster import TENANTS
from infra.local.synthetic import messy_csv, messy_rows, messy_xlsx, synthetic_stations
from tests.builders import NOW, TENANT, act, actor

STATIONS = synthetic_stations(["450100000000"], 40)
ROWS, PLANTED = messy_rows(STATIONS)
REFUSED = sum(PLANTED[fault] for fault in ("wrong_check_digit", "short_code", "name_missing", "unknown_county"))


@pytest.fixture
def store(store):
    operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
    onboard_tenant(store, PLATFORM, act(operator), tenant=TENANTS[0], roster=Roster())
    return store


def request(store, content, filename="名录.csv", *, by=None, scenario="refined_oil"):
    return service.request_import(
        store, TENANT, by or act(), upload_id=new_id(), filename=filename, scenario=scenario, content=content
    )


def run(store, job):
    return run_job(store, TENANT, job.id, lambda name: service.import_register, lambda: NOW)


@pytest.mark.parametrize(("make", "filename"), [(messy_csv, "名录.csv"), (messy_xlsx, "名录.xlsx")])
def test_every_row_is_accounted_for(store, make, filename):
    job = run(store, request(store, make(STATIONS), filename))

    assert job.state is JobState.DONE, (job.error_code, job.error_details)
    result = job.result
    assert result["accepted"] == len(STATIONS) - REFUSED
    assert (result["rejected"], result["duplicate"]) == (REFUSED, PLANTED["duplicate"])
    members = list(store.members.of_scenario(TENANT, "refined_oil"))
    assert len(members) == result["accepted"]
    assert {member.grade for member in members} == {DrawGrade.B}


def test_problems_name_row_field_and_value(store):
    job = run(store, request(store, messy_csv(STATIONS)))

    problems = [p for outcome in import_report.read_problems(store, TENANT, job) for p in outcome.problems]
    assert {"code_check_digit", "code_length", "name_missing"} <= {p.code for p in problems}
    assert all({"row", "column", "value"} <= p.details.keys() for p in problems)


def test_a_mended_code_finds_its_subject(store):
    run(store, request(store, messy_csv(STATIONS)))

    lower_case = store.subjects.get(TENANT, store.owner(TENANT, "code", STATIONS[0]["code"]).id)
    assert lower_case.code == STATIONS[0]["code"]
    assert lower_case.attributes("refined_oil")["pump_count"] == STATIONS[0]["pump_count"]


def test_the_same_file_again_registers_nobody_twice(store):
    run(store, request(store, messy_csv(STATIONS)))
    again = run(store, request(store, messy_csv(STATIONS)))

    assert again.result["accepted"] == 0
    assert again.result["duplicate"] == len(STATIONS) - REFUSED + PLANTED["duplicate"]
    assert len(list(store.members.of_scenario(TENANT, "refined_oil"))) == len(STATIONS) - REFUSED


@pytest.mark.parametrize("after", [0, 1])
def test_a_killed_run_goes_on_to_the_same_end(store, monkeypatch, after):
    job, real, commits = request(store, messy_csv(STATIONS)), service._register, []

    def die_after(*args):
        if len(commits) > after:
            raise KeyboardInterrupt
        real(*args)
        commits.append(1)
        if len(commits) > after:
            raise KeyboardInterrupt

    monkeypatch.setattr(service, "_register", die_after)
    with pytest.raises(KeyboardInterrupt):
        run(store, job)
    monkeypatch.setattr(service, "_register", real)
    done = run(store, job)

    assert done.result["accepted"] == len(STATIONS) - REFUSED
    assert done.result["duplicate"] == PLANTED["duplicate"]
    assert len(list(store.members.of_scenario(TENANT, "refined_oil"))) == done.result["accepted"]
    imported = [e for e in store.jobs.history(TENANT, job.ref) if e.type is EventType.SUBJECTS_IMPORTED]
    assert sum(len(event.hashes) for event in imported) == done.result["accepted"]


def test_a_county_lists_its_subjects_by_cursor(store):
    run(store, request(store, messy_csv(STATIONS)))

    found, position = [], None
    while True:
        page = store.subjects.in_counties(TENANT, ["450102000000", "450103000000"], after=position, limit=2)
        found += page.subjects
        position = page.next
        if position is None:
            break
    assert len(found) == len({s.id for s in found}) > 4
    assert [s.division for s in found] == sorted(s.division for s in found)
    assert {s.division[:6] for s in found} == {"450102", "450103"}


def test_a_file_that_is_none_ends_the_job_with_its_reason(store):
    job = run(store, request(store, b"%PDF-1.7", "a.pdf"))

    assert (job.state, job.error_code) == (JobState.FAILED, "invalid_input")
    assert [(problem.field, problem.code) for problem in job.error_problems] == [("file", "file_format")]


def test_what_cannot_be_asked(store):
    with pytest.raises(InvalidInputError):
        request(store, b"x", scenario="unknown")
    with pytest.raises(InvalidInputError):
        request(store, None)
    with pytest.raises(NotAllowedError):
        request(store, b"x", by=act(actor(Role.INSPECTOR)))
