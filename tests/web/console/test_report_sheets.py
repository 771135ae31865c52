"""Many subjects' reports of one period through a browser and over the API: template, trial, run, rows to mend."""

import io
from collections.abc import Iterator

import openpyxl
import pytest

from chalicelib import bootstrap
from chalicelib.domain.periodic_report import PeriodicReport, ReportState, report_id
from chalicelib.domain.report_sheet import OWN
from chalicelib.domain.subject import ScenarioMembership
from chalicelib.domain.tenancy import Role
from chalicelib.services.jobs.run_job import run_job
from chalicelib.web.i18n import translations
from chalicelib.workers.jobs import work_of
from tests.builders import TENANT
from tests.resulting import registered
from tests.visiting import SCENARIO, SUBJECT_ID, save
from tests.web.console.test_imports import send
from tests.web.site import NOW, Site, open_site

PERIOD, FORM = "2026-M10", f"{SCENARIO}.fuel_month"
BASE, API = "/console/reports/sheets", "/api/v1/report-sheets"
GOOD = f"{SUBJECT_ID},90000,40000,50000,79000"
HEAD = "对象编号,fuel_opening_litres,fuel_purchases_litres,fuel_sales_litres,fuel_closing_litres"
BODY = {"scenario": SCENARIO, "form_id": "fuel_month", "period": PERIOD}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(TENANT):
            store = bootstrap.store()
            registered(store)
            subject = store.subjects.get(TENANT, SUBJECT_ID)
            membership = ScenarioMembership(scenario=SCENARIO, attributes={"has_storage_tank": True})
            save(store, subject.with_changes(memberships=(membership,)))
        yield opened


def run_jobs() -> None:
    with bootstrap.scope(TENANT):
        store = bootstrap.store()
        for job in store.jobs.recent(TENANT).records:
            run_job(store, TENANT, job.id, work_of, lambda: NOW)


def csv(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows]).encode()


def test_a_sheet_is_tried_mended_and_entered_in_the_browser(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)
    listed = browser.get(f"/console/reports?form={FORM}&period={PERIOD}").text
    assert f"{BASE}/new?form={FORM}" in listed
    page = browser.get(f"{BASE}/new?form={FORM}&period={PERIOD}").text
    assert f'name="form" value="{FORM}"' in page
    head = openpyxl.load_workbook(io.BytesIO(browser.get(f"{BASE}/template?form={FORM}&period={PERIOD}").body)).active
    assert [cell.value for cell in head[1]][:2] == ["对象编号", "统一社会信用代码"]

    nothing = send(browser, BASE, form=FORM, period=PERIOD, mode="trial", file=("空.csv", b""))
    future = send(browser, BASE, form=FORM, period="2026-M11", mode="trial", file=("报送.csv", csv(GOOD)))
    assert (nothing.status, future.status) == (422, 422)
    assert f'name="form" value="{FORM}"' in future.text and "还没有结束" in future.text

    content = csv(GOOD, "01JD00000000000000000NBODY,1,2,3,4")
    tried = send(browser, BASE, form=FORM, period=PERIOD, mode="trial", file=("报送.csv", content))
    assert "排队中" in browser.get(tried.location).text
    run_jobs()
    shown = browser.get(tried.location).text
    assert "可以录入1家，1行要改" in shown and "“对象编号”在监管对象里找不到" in shown

    entered = browser.post(f"{tried.location}/run", {})
    run_jobs()
    assert "录入了1家" in browser.get(entered.location).text
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"{entered.location}/errors.xlsx").body)).active
    assert sheet["B2"].value == "01JD00000000000000000NBODY"
    assert "已报送" in browser.get(f"/console/reports?form={FORM}&period={PERIOD}").text
    assert site.browser(Role.INSPECTOR).get(entered.location).status in (403, 404)


def test_a_column_that_the_file_does_not_have_is_named(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)
    content = "\n".join(line.rpartition(",")[0] for line in (HEAD, GOOD)).encode()
    tried = send(browser, BASE, form=FORM, period="2026-M08", mode="trial", file=("少一列.csv", content))
    run_jobs()

    page = browser.get(tried.location).text
    assert "要改的行" in page and page.count("期末库存") == 2, "in the row's column, and in the sentence"


def test_the_same_over_the_api(site: Site) -> None:
    program = site.browser(Role.COORDINATOR)
    wrong = csv(f"{SUBJECT_ID},x,40000,50000,79000").decode()
    made = program.call("POST", API, BODY | {"period": "2026-M09", "csv": wrong, "is_trial": True})
    run_jobs()

    found = program.call("GET", made.headers["location"]).json
    rows = program.call("GET", f"{API}/{found['id']}/problems").json["items"]
    real = program.call("POST", f"{API}/{found['id']}/runs", {})

    assert (made.status, real.status, found["state"], found["result"]["rejected"]) == (202, 202, "done", 1)
    assert rows[0]["problems"][0]["code"] == "not_a_number"
    assert program.call("GET", f"{API}/{found['id']}/errors").status == 200
    assert program.call("POST", API, BODY | {"form_id": "made_up", "csv": wrong}).status == 422


def test_a_template_names_whom_somebody_waits_for(site: Site) -> None:
    place = {"division": "450103000000", "scenario": SCENARIO, "form_id": "fuel_month", "period": "2026-M07"}
    made = [
        PeriodicReport(
            id=report_id(state.value, SCENARIO, "fuel_month", "2026-M07"),
            subject_id=f"subject-{state.value}",
            subject_name=state.value,
            received_by="commerce",
            state=state,
            **place,
        )
        for state in ReportState
    ]
    with bootstrap.scope(TENANT):
        save(bootstrap.store(), *made)

    answer = site.browser(Role.COORDINATOR).get(f"{BASE}/template?form={FORM}&period=2026-M07")

    rows = openpyxl.load_workbook(io.BytesIO(answer.body)).active.iter_rows(min_row=2, values_only=True)
    assert [row[2] for row in rows] == ["expected", "overdue", "returned"]


def test_a_template_in_either_language_is_read_again() -> None:
    for column in OWN:
        for locale in ("zh", "en"):
            label = translations(locale).gettext(column.label)
            assert label in (column.label, *column.synonyms), (locale, column.id)
