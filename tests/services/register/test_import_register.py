"""Importing a messy register: every row accounted for, nothing half-written, a run that stops goes on to its end."""

import csv
import io
from datetime import timedelta

import pytest

from chalicelib.domain.errors import InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import JobState
from chalicelib.domain.record import new_id
from chalicelib.domain.subject import DrawGrade
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.jobs.cancel_job import cancel_job, retry_job
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.register import import_register as service
from chalicelib.services.register import import_rows
from chalicelib.services.register.import_report import read_changes, read_rows_of
from chalicelib.services.register.register_subject import change_subject, find_by_code
from chalicelib.services.register.request_import import repeat_import, request_import
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from infra.local.demo_roster import TENANTS
from infra.local.synthetic import HEADERS, messy_csv, messy_rows, messy_xlsx, synthetic_stations
from tests.builders import NOW, TENANT, act, actor

STATIONS = synthetic_stations(["450100000000"], 40)
ROWS, PLANTED = messy_rows(STATIONS)
REFUSED = sum(PLANTED[fault] for fault in ("wrong_check_digit", "short_code", "name_missing", "unknown_county"))
NAME, CODE, PHONE, PLACE, PUMPS = (HEADERS[n] for n in ("name", "code", "phone", "address", "pump_count"))


@pytest.fixture
def store(store):
    operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
    onboard_tenant(store, PLATFORM, act(operator), tenant=TENANTS[0], roster=Roster())
    return store


@pytest.fixture
def small_batches(monkeypatch):
    """Batches of four rows in transactions of two, one after the other."""
    monkeypatch.setattr(service, "ROWS_PER_BATCH", 4)
    monkeypatch.setattr(service, "WRITERS", 1)
    monkeypatch.setattr(service, "_AHEAD", 1)
    monkeypatch.setattr(import_rows, "MAX_ITEMS", 6)


def request(store, content, filename="名录.csv", *, by=None, scenario="refined_oil", **more):
    return request_import(
        store, TENANT, by or act(), upload_id=new_id(), filename=filename, scenario=scenario, content=content, **more
    )


def run(store, job, clock=lambda: NOW, stop_at=None):
    return run_job(store, TENANT, job.id, lambda name: service.import_register, clock, stop_at=stop_at)


def table(*rows, headers=(NAME, CODE, HEADERS["division_name"], PLACE, PHONE)):
    text = io.StringIO()
    writer = csv.DictWriter(text, headers, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def row(number=0, **more):
    return {title: STATIONS[number][field] for field, title in HEADERS.items()} | more


def members(store):
    return list(store.members.of_scenario(TENANT, "refined_oil"))


@pytest.mark.parametrize(("make", "filename"), [(messy_csv, "名录.csv"), (messy_xlsx, "名录.xlsx")])
def test_every_row_is_accounted_for(store, make, filename):
    job = run(store, request(store, make(STATIONS), filename))

    assert job.state is JobState.DONE, (job.error_code, job.error_details)
    result = job.result
    assert result["accepted"] == len(STATIONS) - REFUSED
    assert (result["rejected"], result["duplicate"]) == (REFUSED, PLANTED["duplicate"])
    assert job.progress == job.total == len(STATIONS) + PLANTED["duplicate"]
    assert len(members(store)) == result["accepted"]
    assert {member.grade for member in members(store)} == {DrawGrade.B}
    lower_case = find_by_code(store, TENANT, STATIONS[0]["code"])
    assert lower_case.attributes("refined_oil")["pump_count"] == STATIONS[0]["pump_count"]


def test_problems_name_row_field_and_value(store):
    job = run(store, request(store, messy_csv(STATIONS)))

    problems = [p for outcome in read_rows_of(store, TENANT, job, "problems") for p in outcome.problems]
    assert {"code_check_digit", "code_length", "name_missing"} <= {p.code for p in problems}
    assert all({"row", "column", "value"} <= p.details.keys() for p in problems)


def test_a_trial_finds_everything_and_writes_nothing(store):
    trial = run(store, request(store, messy_csv(STATIONS), is_trial=True))
    assert (members(store), find_by_code(store, TENANT, STATIONS[0]["code"])) == ([], None)

    real = run(store, repeat_import(store, TENANT, act(), job_id=trial.id, is_trial=False))
    again = run(store, repeat_import(store, TENANT, act(), job_id=trial.id, is_trial=True))

    assert trial.result == real.result
    assert trial.result["accepted"] == len(members(store)) > 0
    assert (again.result["accepted"], again.result["unchanged"]) == (0, real.result["accepted"])


def test_the_same_file_again_changes_nobody(store):
    run(store, request(store, messy_csv(STATIONS)))
    before = {m.subject_id: store.subjects.get(TENANT, m.subject_id).version for m in members(store)}
    again = run(store, request(store, messy_csv(STATIONS)))

    assert (again.result["accepted"], again.result["changed"]) == (0, 0)
    assert again.result["unchanged"] == len(STATIONS) - REFUSED
    assert {m.subject_id: store.subjects.get(TENANT, m.subject_id).version for m in members(store)} == before
    assert [e for e in store.jobs.history(TENANT, again.ref) if e.type is EventType.SUBJECTS_IMPORTED] == []


def test_what_the_sheet_says_is_changed_and_the_rest_left_alone(store):
    run(store, request(store, messy_csv(STATIONS)))
    before = find_by_code(store, TENANT, STATIONS[0]["code"])
    partial = table(
        {CODE: STATIONS[0]["code"], PHONE: "0771-1234567", PUMPS: "9"},
        {CODE: STATIONS[1]["code"], PHONE: "", PUMPS: str(STATIONS[1]["pump_count"])},
        headers=(CODE, PHONE, PUMPS),
    )

    job = run(store, request(store, partial))

    changed = find_by_code(store, TENANT, STATIONS[0]["code"])
    assert (job.result["changed"], job.result["unchanged"]) == (1, 1)
    assert (changed.phone, changed.name, changed.address) == ("0771-1234567", before.name, before.address)
    expected = before.attributes("refined_oil") | {"pump_count": 9}
    assert changed.attributes("refined_oil") == expected
    assert find_by_code(store, TENANT, STATIONS[1]["code"]).phone == STATIONS[1]["phone"]
    (told,) = read_changes(store, TENANT, job)
    assert {one.field: (one.before, one.after) for one in told.changes} == {
        "phone": (before.phone, "0771-1234567"),
        "pump_count": (str(STATIONS[0]["pump_count"]), "9"),
    }
    (event,) = store.subjects.history(TENANT, changed.ref)
    assert event.data["changed"] == {"2": {"phone": "", "pump_count": str(STATIONS[0]["pump_count"])}}


def test_of_two_rows_that_change_one_subject_the_first_counts_and_the_job_ends(store):
    run(store, request(store, messy_csv(STATIONS)))
    code = STATIONS[0]["code"]
    codes_only = table({CODE: code, PUMPS: "9"}, {CODE: code, PUMPS: "8"}, headers=(CODE, PUMPS))

    trial = run(store, request(store, codes_only, is_trial=True))
    job = run(store, request(store, codes_only))

    assert (job.state, job.result["changed"], job.result["duplicate"]) == (JobState.DONE, 1, 1)
    again = run(store, request(store, codes_only))
    assert trial.result == job.result
    assert (again.result["unchanged"], again.result["duplicate"]) == (1, 1)
    assert find_by_code(store, TENANT, code).attributes("refined_oil")["pump_count"] == 9


def test_an_empty_cell_erases_only_where_the_mapping_says_so_and_that_is_remembered(store):
    run(store, request(store, table(row(0), row(1))))
    headers = (NAME, CODE, PHONE)
    empty = table(row(0, **{PHONE: ""}), headers=headers)
    chosen = {NAME: "name", CODE: "code", PHONE: "phone"}

    assert run(store, request(store, empty)).result["unchanged"] == 1
    erased = run(store, request(store, empty, chosen=chosen, clears=["phone"]))
    assert erased.result["changed"] == 1
    assert find_by_code(store, TENANT, STATIONS[0]["code"]).phone == ""

    run(store, request(store, table(row(1, **{PHONE: ""}), headers=headers)))  # nobody chose anything: as last time
    assert find_by_code(store, TENANT, STATIONS[1]["code"]).phone == ""


def test_columns_that_a_person_chose_are_remembered_for_these_headers(store):
    headers = ("字号", CODE, HEADERS["division_name"], PLACE)
    chosen = dict(zip(headers, ("name", "code", "division", "address"), strict=True))
    first, second = (table({"字号": f"甲{n}", **row(n)}, headers=headers) for n in (0, 1))

    assert run(store, request(store, first)).result["rejected"] == 1
    assert run(store, request(store, first, chosen=chosen)).result["accepted"] == 1
    assert run(store, request(store, second)).result["accepted"] == 1
    assert find_by_code(store, TENANT, STATIONS[1]["code"]).name == "甲1"


def test_without_a_code_kind_county_name_and_address_tell_who_it_is(store):
    kind = "对象类型"
    headers = (NAME, HEADERS["division_name"], PLACE, PHONE, kind)
    tank = {**row(0), kind: "储罐", PHONE: ""}
    elsewhere = {**tank, PLACE: "江南区另一处9号", HEADERS["division_name"]: "江南区"}
    run(store, request(store, table(tank, elsewhere, headers=headers)))

    job = run(store, request(store, table({**tank, PHONE: "15400009999"}, elsewhere, headers=headers)))

    assert (job.result["accepted"], job.result["changed"], job.result["unchanged"]) == (0, 1, 1)
    assert len(members(store)) == 2


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_killed_run_goes_on_to_the_same_end(store, monkeypatch, small_batches, after):
    run(store, request(store, table(row(0, **{PHONE: "15499999999"}), row(11, **{PHONE: "15499999999"}))))
    job, real, commits = request(store, messy_csv(STATIONS)), import_rows._write, []

    def die_after(*args):
        if len(commits) > after:
            raise KeyboardInterrupt
        real(*args)
        commits.append(1)

    monkeypatch.setattr(import_rows, "_write", die_after)
    with pytest.raises(KeyboardInterrupt):
        run(store, job)
    monkeypatch.setattr(import_rows, "_write", real)
    done = run(store, job)

    assert (done.result["accepted"], done.result["changed"]) == (len(STATIONS) - REFUSED - 2, 2)
    assert (done.result["duplicate"], done.result["unchanged"]) == (PLANTED["duplicate"], 0)
    assert len(members(store)) == len(STATIONS) - REFUSED
    imported = [e for e in store.jobs.history(TENANT, job.ref) if e.type is EventType.SUBJECTS_IMPORTED]
    named = [id for event in imported for id in event.hashes]
    assert len(named) == len(set(named)) == done.result["accepted"] + 2
    told = {one.row_number: [c.field for c in one.changes] for one in read_changes(store, TENANT, done)}
    assert len(told) == 2
    assert all("phone" in fields for fields in told.values())


class Ticking:
    def __init__(self):
        self.at = NOW

    def __call__(self):
        self.at += timedelta(seconds=1)
        return self.at


def test_a_long_import_is_handed_on_from_run_to_run_and_counts_every_row_once(store, small_batches):
    job, clock, runs = request(store, messy_csv(STATIONS)), Ticking(), []
    while not runs or not runs[-1].is_finished:
        runs.append(run(store, job, clock, clock.at + timedelta(seconds=8)))

    assert len(runs) > 2
    assert runs[-1].result["accepted"] == len(STATIONS) - REFUSED == len(members(store))
    assert len(list(read_rows_of(store, TENANT, runs[-1], "problems"))) == REFUSED
    assert runs[-1].progress == len(STATIONS) + PLANTED["duplicate"]


def test_a_cancelled_import_says_what_it_wrote_and_goes_on_when_asked(store, small_batches, monkeypatch):
    job, real = request(store, messy_csv(STATIONS)), import_rows._write

    def cancelled_meanwhile(*args):
        real(*args)
        if store.jobs.get(TENANT, job.id).is_cancellable:
            cancel_job(store, TENANT, act(), job_id=job.id)

    monkeypatch.setattr(import_rows, "_write", cancelled_meanwhile)
    stopped = run(store, job, Ticking())
    assert stopped.state is JobState.CANCELLED
    counts = stopped.checkpoint["report"]["counts"]
    assert 0 < counts["accepted"] == len(members(store)) < len(STATIONS) - REFUSED

    monkeypatch.setattr(import_rows, "_write", real)
    retry_job(store, TENANT, act(), job_id=job.id)
    assert run(store, job).result["accepted"] == len(STATIONS) - REFUSED == len(members(store))


def test_a_subject_that_somebody_changes_meanwhile_is_read_again(store, monkeypatch):
    run(store, request(store, table(row(0), row(1))))
    subject, real, once = find_by_code(store, TENANT, STATIONS[0]["code"]), import_rows._write, []

    def overtaken(*args):
        if not once:
            once.append(1)
            changes = {"responsible_person": "覃甲丑"}
            change_subject(store, TENANT, act(), subject_id=subject.id, changes=changes)
        real(*args)

    monkeypatch.setattr(import_rows, "_write", overtaken)
    job = run(store, request(store, table(row(0, **{PHONE: "15400009999"}))))

    found = store.subjects.get(TENANT, subject.id)
    assert (found.phone, found.responsible_person, job.result["changed"]) == ("15400009999", "覃甲丑", 1)


def test_somebody_of_one_county_imports_into_that_county_only(store):
    run(store, request(store, table(row(0))))
    county = next(s for s in STATIONS if s["division_code"] != STATIONS[0]["division_code"])["division_code"]
    own = actor(Role.COORDINATOR, person_id="p-county", division=county)
    moved = table({CODE: STATIONS[0]["code"], PHONE: "15400009999"}, headers=(CODE, PHONE))

    job = run(store, request(store, messy_csv(STATIONS), by=act(own)))
    refused = run(store, request(store, moved, by=act(own)))

    assert {m.county for m in members(store)} == {STATIONS[0]["division_code"], county}
    assert job.result["rejected"] > REFUSED
    (problem,) = next(read_rows_of(store, TENANT, refused, "problems")).problems
    assert problem.code == "registered_elsewhere"


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


def test_a_file_whose_columns_name_nobody_ends_the_job_and_keeps_its_head(store):
    job = run(store, request(store, "字号,电话\n甲,1\n".encode()))

    assert (job.state, job.error_problems[0].code) == (JobState.FAILED, "column_missing")
    assert job.checkpoint["head"]["headers"] == ["字号", "电话"]
    assert job.checkpoint["head"]["samples"] == [["甲", "1"]]


def test_what_cannot_be_asked(store):
    with pytest.raises(InvalidInputError):
        request(store, b"x", scenario="unknown")
    with pytest.raises(InvalidInputError):
        request(store, None)
    with pytest.raises(InvalidInputError):
        request(store, b"x", chosen={"a": "no_such_column"})
    with pytest.raises(InvalidInputError):
        request(store, b"x", chosen={"a": "name", "b": "name"})
    with pytest.raises(InvalidInputError):
        request(store, b"x", clears=["name"])
    with pytest.raises(NotAllowedError):
        request(store, b"x", by=act(actor(Role.INSPECTOR)))


def test_rows_tell_whom_they_belong_to_and_what_cannot_be_kept_is_said(store):
    headers = (NAME, CODE, HEADERS["division_name"], PLACE, PHONE, "对象类型", "经营主体代码")
    company, station, stray = (row(n) for n in range(3))
    company |= {"对象类型": "企业"}
    station |= {"对象类型": "经营场所", "经营主体代码": company[CODE]}
    stray |= {"对象类型": "经营场所", "经营主体代码": STATIONS[9]["code"]}

    job = run(store, request(store, table(station, company, stray, headers=headers)))
    again = run(store, request(store, table(station, company, stray, headers=headers)))

    assert job.state is JobState.DONE, (job.error_code, job.error_details)
    assert (job.result["accepted"], job.result["rejected"]) == (3, 0), job.result
    registered = [store.subjects.get(TENANT, one.subject_id) for one in members(store)]
    held = store.subject_relations.of_subject(TENANT, next(one.id for one in registered if one.name == station[NAME]))
    assert [(one.kind.value, one.other_id) for one in held] == [
        ("operated_by", find_by_code(store, TENANT, company[CODE]).id)
    ]
    assert again.state is JobState.DONE
    told = [problem.code for one in read_rows_of(store, TENANT, job, "warnings") for problem in one.problems]
    assert "related_unknown" in told


def test_a_vehicle_is_known_by_its_plate(store):
    headers = ("对象类型", "名称", "所在县区", "车牌号", "号牌类别")
    lorry = dict(zip(headers, ("车辆", "一号车", "南宁市青秀区", "桂A·10001", ""), strict=True))
    rows = [
        lorry,
        lorry,
        lorry | {"名称": "二号车", "车牌号": "🚗🚗🚗"},
        lorry | {"名称": "三号车", "车牌号": "临桂A1", "号牌类别": "其他号牌"},
    ]
    first = run(store, request(store, table(*rows, headers=headers)))
    assert [first.result[name] for name in ("accepted", "duplicate", "rejected")] == [2, 1, 1]

    again = [lorry, lorry | {"名称": "另一辆", "车牌号": "桂A10001"}, lorry | {"名称": "三号车", "车牌号": "桂A10002"}]
    second = run(store, request(store, table(*again[:1], headers=headers)))
    third = run(store, request(store, table(*again[1:], headers=headers)))
    assert (second.result["unchanged"], third.result["rejected"], third.result["accepted"]) == (1, 1, 1)
    found = [one for outcome in read_rows_of(store, TENANT, third, "problems") for one in outcome.problems]
    assert [(one.code, one.details["holder"]) for one in found] == [("plate_taken", "一号车")]


def test_a_plate_that_another_has_is_told_and_no_reason_to_refuse_who_is_known_by_it(store):
    headers = ("对象类型", "名称", "所在县区", "车牌号")
    unknown = dict(zip(headers, ("不明经营者", "流动加油车", "南宁市青秀区", "桂A10001"), strict=True))
    lorry = unknown | {"对象类型": "车辆", "名称": "一号车"}
    run(store, request(store, table(lorry, headers=headers)))

    done = run(store, request(store, table(unknown, unknown | {"名称": "另一个"}, headers=headers)))
    again = run(store, request(store, table(unknown, headers=headers)))

    assert (done.result["accepted"], done.result["warned"], again.result["unchanged"]) == (2, 2, 1)
    told = [one for outcome in read_rows_of(store, TENANT, done, "warnings") for one in outcome.problems]
    assert [(one.code, one.details["holder"]) for one in told] == [("plate_seen_before", "一号车")] * 2
    two = (unknown | {"名称": name, "车牌号": "桂A10009"} for name in ("甲车", "乙车"))
    batch = run(store, request(store, table(*two, headers=headers)))
    told = [one for outcome in read_rows_of(store, TENANT, batch, "warnings") for one in outcome.problems]
    assert [one.details["holder"] for one in told] == ["甲车"]

    nowhere = run(store, request(store, table(unknown | {"车牌号": ""}, headers=headers)))
    told = [one.code for outcome in read_rows_of(store, TENANT, nowhere, "problems") for one in outcome.problems]
    assert told == ["clue_missing"]


def test_a_plate_is_looked_up_once_for_a_batch(store, monkeypatch):
    headers = ("对象类型", "名称", "所在县区", "车牌号")
    rows = [dict(zip(headers, ("不明经营者", name, "南宁市青秀区", "桂A10001"), strict=True)) for name in "甲乙"]
    really, asked = type(store.subjects).with_plate, []
    monkeypatch.setattr(
        type(store.subjects), "with_plate", lambda *given: asked.append(given[-1]) or really(*given), raising=True
    )

    done = run(store, request(store, table(*rows, headers=headers)))

    assert (done.result["accepted"], asked) == (2, ["桂A10001"])


def test_a_kind_that_the_scenario_does_not_take_joins_by_no_sheet(store):
    headers = ("对象类型", "名称", "所在县区", "地址")
    house = dict(zip(headers, ("房屋", "示例楼", "南宁市青秀区", "示例巷1号"), strict=True))
    refused = run(store, request(store, table(house, headers=headers)))

    assert (refused.result["rejected"], refused.result["accepted"]) == (1, 0)
    (found,) = [one for outcome in read_rows_of(store, TENANT, refused, "problems") for one in outcome.problems]
    assert (found.field, found.code) == ("kind", "kind_not_in_scenario")
