"""The whole path in a real browser, from a messy file to the next plan; and that all of it is there tomorrow."""

import io
import re
import subprocess
import sys

import openpyxl
import pytest
from playwright.sync_api import expect

from chalicelib.cli.draw import VERIFIER
from infra.local.demo_roster import TENANTS, roster
from tests.browser.harness import PHONE
from tests.browser.journey import console
from tests.browser.journey.city import SUBJECT_LOGIN, TENANT, stations
from tests.browser.journey.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

STEPS = ["起草计划", "提交审批", "批准计划", "生成任务", "答复意见", "结束意见征集", "负责人批准检查", "排定检查日期"]


def test_the_file_is_read_and_its_faults_are_named(walked: Walk) -> None:
    sheet = openpyxl.load_workbook(walked.refused_rows).active
    rows = {str(row[0]): str(row[-1]) for row in sheet.iter_rows(min_row=2, values_only=True)}

    for words in ("校验位不对", "是16位，应为18位", "请补上名称", "没有“不存在的区”这个县区"):
        assert words in walked.refused_words
        assert any(words in told for told in rows.values())
    assert {"8", "9", "10", "11"} <= set(rows)
    for words in ("代码改为半角大写", "去掉多余空格", "日期统一写法", "电话统一写法"):
        assert words in walked.mended_words


def test_an_answer_opens_another_question(walked: Walk) -> None:
    before, after = walked.question_counts

    assert before > 20
    assert after == before + 1


def test_the_plan_tells_its_history(walked: Walk) -> None:
    page = walked.page(f"/console/plans/{walked.plan_id}")
    history = console.card(page, "办理记录")

    for step in STEPS:
        expect(history).to_contain_text(step)
    console.told(page, re.compile(f"检查{walked.drawn_count}家，已了结1家"))


def test_anybody_can_recompute_the_draw(walked: Walk) -> None:
    page = walked.people.fresh()
    page.goto(f"{walked.public}/draws/{walked.draw_id}")
    certificate, verifier = walked.folder / "certificate.json", walked.folder / "verify_draw.py"

    console.press(page, "在这台设备上重算")
    expect(page.locator("[data-verify-result]")).to_have_text("已在本机重算：名单、次序、人员全部一致。")
    for name, file in (("下载证书", certificate), ("下载核验程序", verifier)):
        with page.expect_download() as download:
            page.get_by_role("region", name="在网页上重算").get_by_role("link", name=name).click()
        download.value.save_as(file)
    done = subprocess.run(
        [sys.executable, "-I", verifier.name, certificate.name],
        cwd=walked.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert verifier.read_bytes() == VERIFIER.read_bytes()
    assert walked.firm not in certificate.read_text("utf-8")


def test_the_public_finds_the_firm_and_no_person(walked: Walk) -> None:
    page = walked.people.fresh()
    page.goto(walked.public)

    page.get_by_role("searchbox").fill(walked.firm[3:8])
    console.press(page, "查询")

    console.headed(page, walked.firm)
    for words in ("问题已整改", "铅封、主板和编码器完好无改动", "复查合格", "不合格1项"):
        console.told(page, words)
    text = page.content()
    people = [one.name for one in roster(next(one for one in TENANTS if one.id == TENANT))[0].people]
    owners = [one["responsible_person"] for one in stations()]
    assert [name for name in people + owners if name in text] == []
    assert re.findall(r"1540000\d{4}|桂A\d{6}", text) == []


def test_credit_and_risk_have_reasons(walked: Walk) -> None:
    page = walked.page(f"/console/subjects/{walked.subject_id}/evaluation")

    expect(console.card(page, "信用等级的依据")).to_contain_text("铅封、主板和编码器完好无改动")
    expect(console.card(page, "风险等级的依据")).to_contain_text("进销存差异")
    expect(console.card(page, "现在")).to_contain_text(re.compile("扣[1-9][0-9]*分"))


def test_the_firm_sees_its_credit_and_not_its_risk(walked: Walk) -> None:
    page = walked.page("/subject/evaluation", SUBJECT_LOGIN)

    console.told(page, "铅封、主板和编码器完好无改动")
    assert "风险等级" not in page.locator("main").inner_text()


def test_the_next_pool_is_made_of_the_new_grades(walked: Walk) -> None:
    """The firm has left the stratum in which everybody starts, for the one that its evaluation names."""
    first, second = walked.pools
    page = walked.page(f"/console/subjects/{walked.subject_id}/evaluation")
    found = re.search("([A-D])档", console.card(page, "现在").inner_text())
    assert found is not None

    assert first == {"A": 0, "B": 21, "C": 0, "D": 0}
    assert found[1] in "CD"
    assert second == {**first, "B": 20, found[1]: 1}


def test_no_page_broke_the_content_policy(walked: Walk) -> None:
    walked.people.assert_clean()


@pytest.mark.nightly
def test_without_a_network_a_page_says_so_and_opens_again_by_itself(walked: Walk) -> None:
    page = walked.people.fresh(PHONE, walked.inspectors["市商务局"], has_worker=True)
    page.goto("/field")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller")

    page.context.set_offline(True)
    page.goto("/field")
    console.headed(page, "现在没有网络")
    assert page.locator(".yj-card").evaluate("card => getComputedStyle(card).backgroundColor") == "rgb(255, 255, 255)"
    assert "退出" not in page.content()

    page.context.set_offline(False)
    expect(page).to_have_title(re.compile("今天的检查"), timeout=30_000)


def test_the_second_start_finds_everything(walked: Walk) -> None:
    assert walked.site.stop() == 0
    walked.site.start()

    page = walked.page(f"/console/plans/{walked.plan_id}")
    console.headed(page, console.PLAN_TITLE)
    console.told(page, re.compile(f"检查{walked.drawn_count}家，已了结1家"))
    with page.expect_download() as download:
        page.evaluate(f"location.assign('/console/imports/{walked.job_id}/errors.xlsx')")
    assert openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).active.max_row > 1
    public = walked.people.fresh()
    public.goto(f"{walked.public}/subjects/{walked.subject_id}")
    console.headed(public, walked.firm)
    console.told(public, "问题已整改")
    assert walked.site.said.count("loading the demo data (once) …") == 1
