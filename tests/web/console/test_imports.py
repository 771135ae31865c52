"""Importing through a browser and over the API: messy files as a form, the result page, the error sheet."""

import io
import json
from collections.abc import Iterator

import openpyxl
import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import Person, Role
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.register.request_import import upload_key
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from chalicelib.workers.jobs import work_of
from infra.local.synthetic import HEADERS, messy_csv, messy_rows, messy_xlsx, synthetic_stations
from tests.builders import act, actor
from tests.web.site import NOW, TENANT_A, TENANT_B, Browser, Reply, Site, open_site

STATIONS = synthetic_stations(["450100000000"], 14)
PLANTED = messy_rows(STATIONS)[1]
REFUSED = sum(PLANTED[fault] for fault in ("wrong_check_digit", "short_code", "name_missing", "unknown_county"))
BOUNDARY = "----yijianshi"


def multipart(**parts: str | tuple[str, bytes]) -> tuple[str, bytes]:
    """Content type and body of a form with texts and files."""
    body = b""
    for name, value in parts.items():
        text = isinstance(value, str)
        head = f'Content-Disposition: form-data; name="{name}"'
        head += "" if text else f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream'
        content = value.encode() if isinstance(value, str) else value[1]
        body += f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
    return f"multipart/form-data; boundary={BOUNDARY}", body + f"--{BOUNDARY}--\r\n".encode()


def send(browser: Browser, path: str, **parts: str | tuple[str, bytes]) -> Reply:
    kind, body = multipart(csrf_token=browser.csrf_token, **parts)
    headers = {"content-type": kind, "origin": "https://yijianshi.test", "sec-fetch-site": "same-origin"}
    return browser.send("POST", path, headers | {"x-csrf-token": browser.csrf_token}, body)


def run_jobs() -> None:
    with bootstrap.scope(TENANT_A):
        store = bootstrap.store()
        for job in store.jobs.recent(TENANT_A).records:
            run_job(store, TENANT_A, job.id, work_of, lambda: NOW)


@pytest.fixture
def site() -> Iterator[Site]:
    """Each test its own register."""
    with open_site() as opened:
        for tenant in (TENANT_A, TENANT_B):
            with bootstrap.scope(tenant):
                by = act(actor(Role.COORDINATOR, tenant))
                enable_scenario(bootstrap.store(), tenant, by, scenario="refined_oil", known=["refined_oil"])
        yield opened


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser(Role.COORDINATOR)


@pytest.mark.parametrize(("make", "filename"), [(messy_csv, "名录.csv"), (messy_xlsx, "名录.xlsx")])
def test_a_messy_file_by_form_to_its_error_sheet(browser: Browser, make, filename: str) -> None:
    started = send(browser, "/console/imports", scenario="refined_oil", file=(filename, make(STATIONS)))
    assert started.status == 303
    assert "排队中" in browser.get(started.location).text
    run_jobs()

    page = browser.get(started.location).text
    assert f"登记了{len(STATIONS) - REFUSED}家，{REFUSED}行要改" in page
    assert "的校验位不对" in page
    assert "所在县区" in page  # the header as it stands in the file
    assert "不存在的区" in page
    assert "代码改为半角大写" in page
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"{started.location}/errors.xlsx").body)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0][0] == "原文件行号"
    assert rows[0][-1] == "问题和改法"
    assert len(rows) == 1 + REFUSED
    assert any("校验位" in row[-1] for row in rows[1:])


def test_the_sheet_and_the_page_speak_english(browser: Browser) -> None:
    started = send(browser, "/console/imports", scenario="refined_oil", file=("list.csv", messy_csv(STATIONS)))
    run_jobs()

    page = browser.get(f"{started.location}?lang=en").text
    sheet = openpyxl.load_workbook(io.BytesIO(browser.get(f"{started.location}/errors.xlsx?lang=en").body)).active

    assert "check digit" in page
    assert sheet.cell(1, 1).value == "Row in your file"


def test_the_progress_alone_is_asked_for_and_the_end_reloads(browser: Browser) -> None:
    started = send(browser, "/console/imports", scenario="refined_oil", file=("名录.csv", messy_csv(STATIONS)))
    asked = {"hx-request": "true"}

    running = browser.get(started.location, asked)
    run_jobs()
    ended = browser.get(started.location, asked)

    assert "<html" not in running.text
    assert 'hx-trigger="every 2s"' in running.text
    assert ended.headers["hx-refresh"] == "true"


def test_a_file_without_its_columns_says_what_was_found(browser: Browser) -> None:
    file = "字号,电话\n甲,1\n乙,2\n".encode()
    started = send(browser, "/console/imports", scenario="refined_oil", file=("a.csv", file))
    run_jobs()

    page = browser.get(started.location).text

    assert "这个文件没有导入" in page
    assert "缺“统一社会信用代码”这一列" in page
    assert "文件里找到的列：电话、字号" in page


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"scenario": "refined_oil"}, "请选择“名录文件”的文件"),
        ({"file": ("a.csv", b"x")}, "请选择“场景”"),
        ({"scenario": "unknown", "file": ("a.csv", b"x")}, "还没有启用"),
        ({"scenario": "refined_oil", "file": ("a.csv", b"x" * 4_000_001)}, "文件超过4 MB"),
        ({"scenario": "refined_oil", "file_id": "01JD00000000000000000SAMP0"}, "没有收到文件"),
        ({"scenario": "refined_oil", "file_id": "../../gx450500"}, "没有收到文件"),
    ],
)
def test_what_is_wrong_with_the_form_stands_on_the_form(browser: Browser, parts, words: str) -> None:
    reply = send(browser, "/console/imports", **parts)

    assert reply.status == 422
    assert words in reply.text


def test_a_large_file_goes_to_the_object_store_first(browser: Browser) -> None:
    signed = browser.post("/console/imports/uploads", {"filename": "名录.csv", "size": "9000000", "content_type": ""})
    assert signed.status == 201
    form = json.loads(signed.body)
    with bootstrap.scope(TENANT_A):
        key = upload_key(TENANT_A, form["upload_id"])
        assert form["fields"]["key"] == key
        bootstrap.store().objects.put(TENANT_A, key, messy_csv(STATIONS), "application/octet-stream")

    values = {"scenario": "refined_oil", "file_id": form["upload_id"], "file_name": "大名录.csv"}
    started = browser.post("/console/imports", values)
    run_jobs()

    assert "大名录.csv" in browser.get(started.location).text
    assert "大名录.csv" in browser.get("/console/imports").text
    too_large = browser.post("/console/imports/uploads", {"filename": "a", "size": "50000001", "content_type": ""})
    assert too_large.status == 422


def test_the_same_form_twice_is_one_import(browser: Browser) -> None:
    key = "01JD0000000000000000000001"
    parts = {"scenario": "refined_oil", "key": key, "file": ("a.csv", messy_csv(STATIONS))}

    first, second = send(browser, "/console/imports", **parts), send(browser, "/console/imports", **parts)

    assert first.location == second.location


def test_the_sample_is_understood_by_the_import(browser: Browser) -> None:
    sample = browser.get("/console/imports/sample.csv?scenario=refined_oil").body.decode("utf-8-sig").splitlines()
    headers = sample[0].split(",")
    own = {
        "名称": "甲加油站",
        "统一社会信用代码": STATIONS[0]["code"],
        "县区": "江南区",
        "地址": "江南区1号",
        "有储油罐": "否",
    }
    filled = "\n".join([*sample, ",".join(own.get(header, "") for header in headers)])
    started = send(browser, "/console/imports", scenario="refined_oil", file=("样表.csv", filled.encode("utf-8-sig")))
    run_jobs()

    page = browser.get(started.location).text

    assert "登记了1家，没有要改的行" in page  # the example row is passed over
    assert "没有用到的列" not in page


def test_the_help_names_the_columns_of_the_scenario(browser: Browser) -> None:
    page = browser.get("/console/imports/new?lang=en").text

    assert "有储油罐" in page
    assert "Has storage tanks" in page


def test_a_file_is_tried_its_columns_corrected_and_then_registered(browser: Browser) -> None:
    text = messy_csv(STATIONS).decode("gb18030").replace(HEADERS["phone"], "热线").encode()
    tried = send(browser, "/console/imports", scenario="refined_oil", mode="trial", file=("名录.csv", text))
    run_jobs()
    page = browser.get(tried.location).text
    assert f"可以登记{len(STATIONS) - REFUSED}家" in page
    assert "还什么都没有写" in page
    assert "没有用到的列：热线" in page

    job_id = tried.location.rsplit("/", 1)[1]
    columns = browser.get(f"/api/v1/imports/{job_id}").json["columns"]
    place = {header: number for number, header in enumerate(columns["headers"])}
    chosen = {f"column_{place[header]}": column for column, header in columns["fields"].items()}
    twice = browser.post(f"{tried.location}/columns", chosen | {f"column_{place['热线']}": "name"})
    assert twice.status == 422
    assert "都对应“名称”" in twice.text
    wanted = chosen | {f"column_{place['热线']}": "phone", f"clear_{place['热线']}": "yes"}
    corrected = browser.post(f"{tried.location}/columns", wanted)
    run_jobs()
    page = browser.get(corrected.location).text
    assert "没有用到的列" not in page

    started = browser.post(f"{corrected.location}/run", {})
    run_jobs()
    page = browser.get(started.location).text
    assert f"登记了{len(STATIONS) - REFUSED}家" in page

    again = send(browser, "/console/imports", scenario="refined_oil", file=("名录.csv", text))
    run_jobs()
    assert "没有登记或者更新" in browser.get(again.location).text


def test_what_an_import_changed_is_shown_and_downloaded(browser: Browser) -> None:
    send(browser, "/console/imports", scenario="refined_oil", file=("名录.csv", messy_csv(STATIONS)))
    run_jobs()
    row = f"{STATIONS[0]['code']},0771-1234567"
    sheet = f"{HEADERS['code']},{HEADERS['phone']}\n{row}\n".encode()
    started = send(browser, "/console/imports", scenario="refined_oil", file=("电话.csv", sheet))
    run_jobs()

    page = browser.get(started.location).text
    changes = browser.get(f"{started.location}/changes.csv").body.decode("utf-8-sig")

    assert "更新了1家" in page
    assert f"2,{STATIONS[0]['name']},联系电话,{STATIONS[0]['phone']},0771-1234567" in changes


def test_a_waiting_import_is_stopped_and_goes_on(browser: Browser) -> None:
    started = send(browser, "/console/imports", scenario="refined_oil", file=("名录.csv", messy_csv(STATIONS)))
    job_id = started.location.rsplit("/", 1)[1]

    stopped = browser.post(f"/console/jobs/{job_id}/cancel", {})
    run_jobs()
    assert stopped.location == started.location
    assert "停下了：什么都没有登记" in browser.get(started.location).text
    assert "已停止" in browser.get("/console/jobs?kind=import_register").text
    assert browser.call("POST", f"/api/v1/jobs/{job_id}/cancel", {}).status == 409

    browser.post(f"/console/jobs/{job_id}/retry", {})
    run_jobs()
    assert f"登记了{len(STATIONS) - REFUSED}家" in browser.get(started.location).text


def test_somebody_of_one_county_finds_only_their_own_imports(site: Site, browser: Browser) -> None:
    started = send(browser, "/console/imports", scenario="refined_oil", file=("全市.csv", messy_csv(STATIONS)))
    person = Person(id="p-county", name="覃甲寅", roles=frozenset({Role.COORDINATOR}), division="450102000000")
    administrator = act(actor(Role.SECURITY_ADMINISTRATOR, TENANT_A))
    with bootstrap.scope(TENANT_A), bootstrap.store().change(TENANT_A, administrator) as change:
        change.save(person)
        change.event(EventType.PERSON_ADDED, person)
    of_county = site.browser()
    site.sign_in(of_county, Membership(tenant=TENANT_A, person_id=person.id, label="南宁市"))
    send(of_county, "/console/imports", scenario="refined_oil", file=("兴宁.csv", messy_csv(STATIONS)))

    for path in ("/console/imports", "/console/jobs", "/api/v1/imports", "/api/v1/jobs"):
        found = of_county.get(path).text
        assert "兴宁.csv" in found, path
        assert "全市.csv" not in found, path
        assert {"全市.csv", "兴宁.csv"} <= {name for name in ("全市.csv", "兴宁.csv") if name in browser.get(path).text}
    assert of_county.get(started.location).status == 404
    assert of_county.post(f"{started.location}/run", {}).status == 404


def test_an_import_over_the_api(browser: Browser) -> None:
    started = send(browser, "/api/v1/imports", scenario="refined_oil", file=("名录.csv", messy_csv(STATIONS)))
    assert started.status == 202
    assert started.json["state"] == "queued"
    run_jobs()

    job = browser.get(started.location)
    rows = browser.get(f"{started.location}/problems").json["items"]

    assert job.headers["etag"]
    assert job.json["result"]["accepted"] == len(STATIONS) - REFUSED
    assert "object_key" not in job.text
    assert job.json["columns"]["fields"]["name"] == HEADERS["name"]
    assert [row["outcome"] for row in rows] == ["rejected"] * REFUSED
    twice = browser.get(f"{started.location}/problems?kind=duplicates").json
    assert ([row["outcome"] for row in twice["items"]], twice["next_start"]) == (["duplicate"], None)
    sheet = browser.get(f"{started.location}/errors").body
    assert openpyxl.load_workbook(io.BytesIO(sheet)).active.max_row == 1 + REFUSED
    assert browser.get(f"{started.location}/errors?part=2").status == 404
    assert {problem["code"] for row in rows for problem in row["problems"]} >= {"code_length", "division_unknown"}
    assert set(rows[0]["values"]) == set(HEADERS.values())
    assert browser.get("/api/v1/imports").json["items"][0]["id"] == job.json["id"]


def test_the_api_takes_an_upload_by_its_id(browser: Browser) -> None:
    signed = browser.call("POST", "/api/v1/imports/uploads", {"size": 9_000_000})
    with bootstrap.scope(TENANT_A):
        key = upload_key(TENANT_A, signed.json["upload_id"])
        bootstrap.store().objects.put(TENANT_A, key, messy_csv(STATIONS), "application/octet-stream")
    body = {"scenario": "refined_oil", "upload_id": signed.json["upload_id"], "filename": "名录.csv"}

    started = browser.call("POST", "/api/v1/imports", body)

    assert (started.status, started.json["filename"]) == (202, "名录.csv")


def test_an_import_is_the_coordinators_and_the_tenants_own(site: Site, browser: Browser) -> None:
    started = send(browser, "/console/imports", scenario="refined_oil", file=("名录.csv", messy_csv(STATIONS)))
    inspector, elsewhere = site.browser(Role.INSPECTOR), site.browser(Role.COORDINATOR, TENANT_B)

    assert send(inspector, "/console/imports", scenario="refined_oil", file=("a.csv", b"x")).status == 403
    assert inspector.get(started.location).status == 403
    assert elsewhere.get(started.location).status == 404
    assert elsewhere.get(f"{started.location}/errors.xlsx").status == 404
