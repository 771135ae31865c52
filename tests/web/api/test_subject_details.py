"""Contacts in full, for a reason that stays, and photos over the API."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Role
from tests.visiting import png
from tests.web.site import TENANT_A, Browser, Reply, Site, open_site

BODY = {"name": "示例", "division": "450105000000", "address": "示例路1号", "kind": "premises"}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return site.browser(Role.COORDINATOR)


def made(browser: Browser, **more: str) -> str:
    reply = browser.call("POST", "/api/v1/subjects", BODY | more)
    assert reply.status == 201, reply.text
    return f"/api/v1/subjects/{reply.json['id']}"


def with_photo(browser: Browser, path: str, content: bytes, headers: dict[str, str] | None = None) -> Reply:
    part = b'--edge\r\ncontent-disposition: form-data; name="photo"; filename="a.png"\r\n\r\n' + content
    sent = {"content-type": "multipart/form-data; boundary=edge", "x-csrf-token": browser.csrf_token}
    sent |= {"origin": "https://yijianshi.test", "sec-fetch-site": "same-origin", **(headers or {})}
    return browser.send("POST", path, sent, part + b"\r\n--edge--\r\n")


def test_contacts_are_told_once_for_a_reason_that_stays(site: Site, browser: Browser) -> None:
    path = made(browser, phone="15400001234", responsible_person="韦晨阳", name="有联系人")

    assert browser.call("POST", f"{path}/contacts", {"reason": " "}).status == 422
    told = browser.call("POST", f"{path}/contacts", {"reason": "通知检查时间"})
    assert told.json["items"] == [{"role": "", "name": "韦晨阳", "phone": "15400001234"}]
    with bootstrap.scope(TENANT_A):
        ref = bootstrap.store().subjects.get(TENANT_A, path.rsplit("/", 1)[1]).ref
        kept = bootstrap.store().subjects.history(TENANT_A, ref)
    assert [one.data["reason"] for one in kept if one.type == EventType.CONTACTS_REVEALED] == ["通知检查时间"]
    assert site.browser(Role.LEGAL_REVIEWER).call("POST", f"{path}/contacts", {"reason": "看看"}).status == 403


def test_a_photo_is_added_listed_and_shown(site: Site, browser: Browser) -> None:
    path = made(browser, name="有照片")

    added = with_photo(browser, f"{path}/photos", png(), {"if-match": '"1"'})
    assert (added.status, added.json["version"]) == (200, 2), added.text
    (one,) = browser.get(f"{path}/photos").json["items"]
    shown = browser.get(f"{path}/photos/{one['sha256']}")
    assert (shown.headers["content-type"], shown.body) == ("image/png", png())
    assert with_photo(browser, f"{path}/photos", b"no photo").status == 422
    assert browser.call("POST", f"{path}/photos", {}).json["problems"][0]["code"] == "file_missing"
    assert browser.get(f"{path}/photos/{'0' * 64}").status == 404
    assert with_photo(site.browser(Role.EVALUATOR), f"{path}/photos", png()).status == 403
