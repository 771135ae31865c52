"""Files of a scenario over the pages: out for reviewers and form tools, back with differences or with what is wrong."""

import io
import json
from collections.abc import Iterator

import openpyxl
import pytest

from chalicelib.contract.registry import registry
from chalicelib.domain.checklist import Checklist
from chalicelib.domain.tenancy import Role
from tests.unit.contract.test_xlsform import edited
from tests.web.site import HOST, Browser, Reply, open_site

FILES = "/console/scenarios/refined_oil/files"
BOUNDARY = "b0undary"


@pytest.fixture(scope="module")
def author() -> Iterator[Browser]:
    with open_site() as site:
        yield site.browser(Role.SCENARIO_AUTHOR)


def send(browser: Browser, content: bytes, **fields: str) -> Reply:
    """The form with its file, as a browser sends it."""
    values = {"csrf_token": browser.csrf_token, **fields}
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in values.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="x.xlsx"\r\n'
    parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + b"\r\n")
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    headers = {
        "content-type": f"multipart/form-data; boundary={BOUNDARY}",
        "origin": f"https://{HOST}",
        "sec-fetch-site": "same-origin",
    }
    return browser.send("POST", FILES, headers, body)


def test_the_workbook_for_reviewers_holds_every_item_in_both_languages(author: Browser) -> None:
    scenario = registry().get("refined_oil")
    for language, titles in (("en", None), ("zh", ["手册条款", "监管事项", "检查单", "评价规则", "法律依据"])):
        reply = author.get(f"{FILES}/review?lang={language}")
        book = openpyxl.load_workbook(io.BytesIO(reply.body))

        assert titles is None or book.sheetnames == titles
        checks = list(book.worksheets[2].values)
        assert len(checks) == 1 + len(scenario.checklist.items)
        assert checks[0][-1] in ("审核意见", "Reviewer's remarks")
        labels = scenario.in_language(language).checklist.items
        assert {row[1] for row in checks[1:]} == {one.question or one.name for one in labels}
        assert not [cell for row in checks for cell in row if str(cell).startswith("=")]


def test_a_checklist_goes_out_and_comes_back_the_same(author: Browser) -> None:
    content = author.get(f"{FILES}/xlsform").body

    same = send(author, content)
    changed = send(author, edited(content, yj_severity="minor"))
    file = send(author, content, go="file")

    assert same.status == 200 and "和现在的检查单一样" in same.text
    assert changed.status == 200 and "1处不同" in changed.text and "minor" in changed.text
    body = {key: value for key, value in json.loads(file.body).items() if key != "$schema"}
    assert Checklist.model_validate_json(json.dumps(body)) == registry().get("refined_oil").checklist
    assert json.loads(send(author, content, go="strings").body) == registry().get("refined_oil").strings["en"]


def test_bad_files_are_refused_with_their_places(author: Browser) -> None:
    content = author.get(f"{FILES}/xlsform").body

    bad = send(author, edited(content, yj_department="castle_guard"), go="file")
    no_workbook = send(author, b"no workbook")

    assert bad.status == 422 and "survey row " in bad.text and "castle_guard不在可用的代码里" in bad.text
    assert no_workbook.status == 422 and send(author, b"").status == 422
    assert author.get(f"{FILES}/castle").status == 404
    assert author.get("/console/scenarios/castles/files").status == 404
    assert author.get(f"{FILES}/handbook?kind=premises").headers["content-disposition"].startswith("attachment")
