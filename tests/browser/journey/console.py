"""What people do in the console. Each step begins on the page where it is done and ends when the page says it is."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PLAN_TITLE = "江南区和西乡塘区加油站联合抽查"
SECRET = re.compile("^[0-9a-f]{64}$")


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()


def ask(page: Page, label: str) -> None:
    """Click a button that asks first, and say yes in its dialog."""
    page.get_by_role("link", name=label, exact=True).click()
    page.locator("dialog[open]").get_by_role("button", name=label, exact=True).click()


def told(page: Page, text: str | re.Pattern[str]) -> None:
    """The page says so, somewhere."""
    expect(page.locator("body")).to_contain_text(text)


def headed(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name)


def last_part(page: Page) -> str:
    return page.url.partition("?")[0].rsplit("/", 1)[1]


# -- the register --------------------------------------------------------------------------------------------------


def import_register(page: Page, file: Path) -> Path:
    """From the list of subjects; the file goes to the bucket from the page. The workbook with the refused rows."""
    page.get_by_role("link", name="导入名录").first.click()
    page.locator("#field-file").set_input_files(file)
    expect(page.locator(".yj-filebox .yj-state")).to_have_text("已上传")
    press(page, "直接导入")
    headed(page, re.compile("^登记了"))
    with page.expect_download() as download:
        page.click("a[href$='/errors.xlsx']")
    sheet = file.with_name("errors.xlsx")
    download.value.save_as(sheet)
    return sheet


# -- the plan ------------------------------------------------------------------------------------------------------


def draft_plan(page: Page, title: str = PLAN_TITLE, percent: str = "8") -> str:
    """From the list of plans: two counties, all three bodies, the same share of every grade. Its identifier."""
    page.get_by_role("link", name="新建计划").first.click()
    page.fill("#field-title", title)
    page.get_by_label("南宁市全域").uncheck(force=True)
    for county in ("江南区", "西乡塘区"):
        page.get_by_label(county).check(force=True)
    for grade in "ABCD":
        page.get_by_label(f"{grade}级的比例").fill(percent)
    page.fill("#field-uniform_k", "1")
    press(page, "存为草稿")
    headed(page, title)
    return last_part(page)


def submit_plan(page: Page) -> None:
    ask(page, "提交审批")
    told(page, "已提交，等牵头单位负责人审批")


def approve_plan(page: Page) -> None:
    ask(page, "批准计划")
    told(page, "计划已批准")


def generate_tasks(page: Page) -> None:
    ask(page, "生成任务")
    told(page, "任务已生成，正在征求各执法主体意见")


def agree(page: Page) -> None:
    press(page, "同意")
    told(page, "意见已提交")


def close_opinions(page: Page) -> None:
    ask(page, "结束意见征集")
    told(page, "意见征集已结束")


def approve_inspection(page: Page) -> None:
    ask(page, "批准检查")
    told(page, "已批准本单位的检查")


# -- the draw ------------------------------------------------------------------------------------------------------


def open_draw(page: Page) -> str:
    """Two departments will seal seeds: the leading one and the justice department. The draw's identifier."""
    page.get_by_role("link", name="抽取对象和人员").click()
    headed(page, "先定随机源，再锁定名单")
    for department in ("市商务局", "市司法局"):
        expect(page.get_by_label(department, exact=True)).to_be_checked()
    page.fill("#field-fallback_round", "2026999")
    press(page, "定下随机源")
    told(page, "随机源已定")
    return last_part(page)


def seal_seed(page: Page) -> str:
    """The seed is made in this browser and stays there; its digest goes with the form. The digest."""
    press(page, "生成随机数")
    expect(page.locator("#field-sha256")).to_have_value(SECRET)
    digest = page.locator("#field-sha256").input_value()
    press(page, "封存")
    told(page, "已封存")
    return digest


def freeze_pool(page: Page) -> None:
    """Until the log has signed the commitment."""
    press(page, "锁定抽取池")
    expect(card(page, "抽取证明")).to_contain_text("签署")


def pool_of(page: Page) -> dict[str, int]:
    """Grade → how many of it are in the pool."""
    rows = card(page, "权重与分层").locator("tbody tr").all()
    cells = [row.locator("td, th").all_inner_texts() for row in rows]
    return {words[0][0]: int(words[2]) for words in cells if words[0].endswith("级")}


def reveal_seed(page: Page) -> None:
    """This browser still has the seed."""
    expect(page.locator("#field-secret")).to_have_value(SECRET)
    press(page, "揭示")
    told(page, "已揭示，与封存时一致")


def draw(page: Page) -> list[tuple[str, dict[str, list[str]]]]:
    """Name of each drawn subject in the order of the tickets, with the names of its officers by acting body."""
    press(page, "开始抽取")
    rows = card(page, re.compile("^抽中的")).locator("tbody tr")
    expect(rows).not_to_have_count(0)
    found = []
    for row in rows.all():
        teams = [line.partition("：") for line in row.locator("td").last.inner_text().splitlines()]
        found.append((row.locator("td").nth(1).inner_text(), {body: names.split("、") for body, _, names in teams}))
    return found


def schedule(page: Page) -> str:
    """As it is offered: from today on. Ends on the plan with its visits; the identifier of the last."""
    page.get_by_role("link", name=re.compile("检查日期")).first.click()
    press(page, "开始排期")
    headed(page, re.compile("：已完成$"))
    page.get_by_role("link", name="看结果").click()
    last = card(page, "入企检查").locator("tbody tr").last.get_by_role("link", name="改期")
    return str(last.get_attribute("href")).split("/")[-2]


# -- the result ----------------------------------------------------------------------------------------------------


def confirm_result(page: Page) -> None:
    press(page, "确认本部门结果")
    told(page, re.compile("本部门结果已确认|各部门都确认了"))


def publish_result(page: Page) -> None:
    press(page, "公示")
    told(page, "已公示")
