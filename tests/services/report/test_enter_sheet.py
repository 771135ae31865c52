"""One period's reports of many subjects from a sheet: each row by the rules of a single report."""

import csv
import io
from datetime import datetime, timedelta

import pytest

from chalicelib.domain.errors import InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import JobState
from chalicelib.domain.periodic_report import PeriodicReport, ReportState, report_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.tenancy import Tenant, TenantKind
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.register.import_report import read_rows_of
from chalicelib.services.report import enter_sheet as service
from chalicelib.services.report.request_sheet import request_sheet, run_sheet
from chalicelib.services.report.submit_report import ReportDraft, submit_report
from chalicelib.storage.subjects import CODE
from tests.builders import TENANT
from tests.services.report.test_periodic_reports import COMMERCE, FORM, GOOD, IDS, OPENED, SCENARIO, TAX, at, issuer
from tests.table_costs import metered
from tests.visiting import save


@pytest.fixture
def store(store):
    subjects = [issuer(0), issuer(1), issuer(2, "other")]
    save(store, Tenant(id=TENANT, label="示例市", kind=TenantKind.CITY, scenarios=[SCENARIO]), *subjects)
    save(store, *[ScenarioMember.of(one, SCENARIO) for one in subjects])
    with store.change(TENANT, at(COMMERCE, OPENED)) as change:
        for one in subjects:
            change.claim(CODE, one.code, one.ref)
        change.event(EventType.SUBJECT_REGISTERED, subjects[0])
    return store


def yuan(values):
    whole = {"complaints_quarter"}
    return {id: str(number) if id in whole else f"{number / 100:,.2f}" for id, number in values.items()}


def row(subject, changes=None, **more):
    return {"统一社会信用代码": issuer(subject).code, "名称": "任意", **yuan(GOOD | (changes or {})), **more}


def sheet(*rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, list({title: None for one in rows for title in one}))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def asked(store, *rows, who=COMMERCE, moment=OPENED, period="2026-Q3", **more):
    content = more.pop("content", None) or sheet(*rows)
    return request_sheet(
        store,
        TENANT,
        at(who, moment),
        content=content,
        filename="存管.csv",
        scenario=SCENARIO,
        form_id=FORM,
        period=period,
        **more,
    )


def run(store, job, clock=lambda: OPENED, stop_at: datetime | None = None):
    return run_job(store, TENANT, job.id, lambda name: service.enter_sheet, clock, stop_at=stop_at)


def entered(store, *rows, **more):
    return run(store, asked(store, *rows, **more))


def report(store, subject=0) -> PeriodicReport | None:
    return store.periodic_reports.find(TENANT, report_id(IDS[subject], SCENARIO, FORM, "2026-Q3"))


def refused(store, job):
    rows = read_rows_of(store, TENANT, job, "problems")
    return {one.row_number: {(each.field, each.code) for each in one.problems} for one in rows}


def test_a_sheet_enters_what_is_right_and_says_of_the_rest_which_row_and_why(store):
    unknown = row(0) | {"统一社会信用代码": "91450103MA5NOBODY1"}
    job = entered(
        store,
        row(0),
        row(1, {"escrow_balance": 1}, complaints_quarter="很多"),
        unknown,
        row(2),
        row(0),
    )

    assert job.state is JobState.DONE, (job.error_code, job.error_problems)
    counts = {name: number for name, number in job.result.items() if number}
    assert counts == {"accepted": 1, "rejected": 3, "duplicate": 1}
    assert refused(store, job) == {
        3: {("complaints_quarter", "not_a_number")},
        4: {("code", "report_subject_unknown")},
        5: {("form_id", "no_report_due")},
    }
    version = report(store).current
    assert version.values == GOOD
    assert (version.is_on_behalf, version.sheet_id, version.paper_sha256) == (True, job.id, job.values["sha256"])
    assert report(store, 1) is None


def test_a_trial_says_the_same_and_writes_nothing(store):
    trial = entered(store, row(0), row(1, complaints_quarter="x"), is_trial=True)
    assert (trial.result["accepted"], trial.result["rejected"], report(store)) == (1, 1, None)

    real = run(store, run_sheet(store, TENANT, at(COMMERCE, OPENED), job_id=trial.id))

    assert real.result == trial.result
    assert report(store).current.values == GOOD


def test_the_same_numbers_are_no_version_and_others_need_a_reason(store):
    entered(store, row(0), row(1))

    again = entered(store, row(0), row(1, {"complaints_quarter": 3}))
    assert (again.result["unchanged"], refused(store, again)) == (1, {3: {("reason", "required")}})

    mended = entered(store, row(1, {"complaints_quarter": 3}, 更正的原因="漏了一件"))
    assert (mended.result["changed"], len(report(store, 1).versions), report(store, 1).versions[1].reason) == (
        1,
        2,
        "漏了一件",
    )


def test_a_far_value_waits_for_its_mark_and_a_late_row_is_noted(store):
    earlier = datetime(2026, 7, 9, 1, tzinfo=OPENED.tzinfo)
    about = {"subject_id": IDS[0], "scenario": SCENARIO, "form_id": FORM, "period": "2026-Q2"}
    draft = ReportDraft(GOOD, paper_sha256="0" * 64)
    submit_report(store, TENANT, at(COMMERCE, earlier), **about, draft=draft)
    far = {"complaints_quarter": 200}

    doubted = entered(store, row(0, far))
    assert refused(store, doubted) == {2: {("complaints_quarter", "report_implausible_row")}}
    late = OPENED + timedelta(days=60)
    checked = run(store, asked(store, row(0, far, 已核对="是"), moment=late), clock=lambda: late)

    assert checked.result["accepted"] == 1
    assert (report(store).state, report(store).is_late) == (ReportState.SUBMITTED, True)


def test_rows_of_a_prefilled_template_without_a_number_are_passed_over(store):
    blank = dict.fromkeys(row(1), "") | {"统一社会信用代码": issuer(1).code}
    job = entered(store, row(0), blank)

    assert (job.result["accepted"], job.result["rejected"], job.total) == (1, 0, 1)


def test_a_job_that_is_stopped_goes_on_and_enters_nothing_twice(store, monkeypatch):
    job = asked(store, row(0), row(1))
    really, made = service.file_report, []

    def die(*given, **named):
        if len(made) == 1:
            raise RuntimeError("killed")
        made.append(named["filing"])
        return really(*given, **named)

    monkeypatch.setattr(service, "file_report", die)
    with pytest.raises(RuntimeError):
        run(store, job)
    monkeypatch.setattr(service, "file_report", really)
    handed_on = run(store, job, lambda: OPENED + timedelta(minutes=20), OPENED)
    assert handed_on.state is JobState.RUNNING

    done = run(store, job)

    assert (done.state, done.result["accepted"]) == (JobState.DONE, 2)
    assert [len(report(store, number).versions) for number in range(2)] == [1, 1]


def test_a_report_that_comes_in_the_same_moment_refuses_its_row_and_not_the_sheet(store, monkeypatch):
    job = asked(store, row(0), row(1))
    really, came = service.file_report, []
    other = {"subject_id": IDS[0], "scenario": SCENARIO, "form_id": FORM, "period": "2026-Q3"}

    def after_the_subject(*given, **named):
        if not came:
            draft = ReportDraft(GOOD | {"complaints_quarter": 3}, paper_sha256="0" * 64)
            came.append(submit_report(store, TENANT, at(COMMERCE, OPENED), **other, draft=draft))
        return really(*given, **named)

    monkeypatch.setattr(service, "file_report", after_the_subject)
    done = run(store, job)

    assert (done.state, done.result["accepted"]) == (JobState.DONE, 1)
    assert refused(store, done) == {2: {("reason", "required")}}
    assert report(store).current.values["complaints_quarter"] == 3


def test_a_row_costs_two_reads_and_what_it_writes(store):
    def calls(*rows, **more):
        job = asked(store, *rows, **more)
        with metered(store) as cost:
            run(store, job)
        return cost.calls

    assert calls(row(0), is_trial=True), "what a process reads once is read"
    one = calls(row(0), is_trial=True)

    assert calls(row(0), row(1), is_trial=True) - one == 2
    assert calls(row(0)) - one == 2, "the marker of the row, and its transaction"


def test_who_receives_something_else_and_a_file_without_columns_are_refused(store):
    with pytest.raises(NotAllowedError):
        asked(store, row(0), who=TAX)
    with pytest.raises(InvalidInputError):
        asked(store, row(0), period="2026-Q4")

    job = entered(store, content="名称,备注\n甲,乙\n".encode())

    assert (job.state, {one.code for one in job.error_problems}) == (JobState.FAILED, {"column_missing"})
