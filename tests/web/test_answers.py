"""Answers: redirects stay at home, JSON is JSON, files keep their names, words are shown once."""

from datetime import date

import pytest
from pydantic import BaseModel

from chalicelib.domain.tenancy import Role
from chalicelib.web import cookies
from chalicelib.web.answers import Answer, file_answer, is_local, json_answer, see_other
from tests.web.site import Site


class Thing(BaseModel):
    on: date


@pytest.mark.parametrize("url", ["/", "/console/plans?x=1&y=%E5%8D%97", "/a//b"])
def test_our_own_addresses_are_local(url: str) -> None:
    assert is_local(url)


ELSEWHERE = ["", "x", "//evil.test", "/\\evil.test", "http://evil.test", "/a\nb", "/a b", "/中", "/a\\b", "/\t/x"]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_nothing_else_is(url: str) -> None:
    assert not is_local(url)
    with pytest.raises(ValueError, match="not a path"):
        see_other(url)


def test_words_are_shown_on_the_next_page_and_only_there(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)
    sealed = see_other("/console", "已保存<b>", "green").headers["Set-Cookie"][0]
    browser.cookies[cookies.FLASH] = sealed.split(";")[0].partition("=")[2]

    first = browser.get("/logout/done").text
    second = browser.get("/logout/done").text

    assert "已保存&lt;b&gt;" in first
    assert "已保存" not in second


def test_a_forged_flash_is_not_shown(site: Site) -> None:
    browser = site.browser()
    browser.cookies[cookies.FLASH] = "forged"

    assert "yj-flash" not in browser.get("/logout/done").text


def test_json_takes_models_inside_plain_values() -> None:
    answer = json_answer({"things": [Thing(on=date(2026, 11, 23))], "set": {"b", "a"}}, 201, etag=3)

    assert (answer.status_code, answer.headers["ETag"]) == (201, '"3"')
    assert answer.body == '{"things":[{"on":"2026-11-23"}],"set":["a","b"]}'


def test_what_is_no_json_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError):
        json_answer({"x": object()})


def test_a_file_keeps_its_name_in_any_script() -> None:
    answer = file_answer(b"x", "text/csv", '登记"表\r\n.csv')

    disposition = answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''%E7%99%BB%E8%AE%B0%22%E8%A1%A8%0D%0A.csv" in disposition
    assert "\r" not in disposition
    assert 'filename="_____' in disposition


def test_two_cookies_are_two_headers() -> None:
    answer = Answer("", content_type="text/plain")
    answer.add_cookie("a=1")
    answer.add_cookie("b=2")

    assert answer.to_dict()["multiValueHeaders"] == {"Set-Cookie": ["a=1", "b=2"]}
