"""A person's list, opening, choices; the administrator's messages and settings; what nobody else sees."""

from chalicelib import bootstrap
from chalicelib.domain.notification import Notification
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.notification_rules import Channel, notification_rules
from chalicelib.domain.record import Ref, new_id
from chalicelib.domain.tenancy import Role
from chalicelib.services.notification.channels import Outgoing
from chalicelib.services.notification.recording import RecordingGateway
from tests.builders import NOW
from tests.visiting import save
from tests.web.site import TENANT_A, TENANT_B, Site

OFFICER = f"{TENANT_A}-{Role.DEPARTMENT_OFFICER.value}"
BASE = "/console/notifications"


def tell(person_id: str = OFFICER, template: str = "opinion_requested", cause: str = "") -> Notification:
    """An entry of a person's list, as the reaction to an event writes it."""
    rule = notification_rules().template(template)
    about = Ref(kind="inspection_plan", id="01JD0000000000000000000000")
    entry = Notification.of(rule, person_id, about, (cause or new_id(),), at=NOW, number="南一件事〔2026〕1号")
    with bootstrap.scope(TENANT_A):
        save(bootstrap.store(), entry)
    return entry


def message(state: MessageState) -> NotificationMessage:
    made = NotificationMessage(
        person_id=OFFICER,
        channel=Channel.SMS,
        notification_ids=["n1"],
        template="opinion_requested",
        template_version=1,
        state=state,
        created_at=NOW,
        masked_address="138****2233",
    )
    with bootstrap.scope(TENANT_A):
        save(bootstrap.store(), made)
    return made


def unread(browser) -> str:
    return browser.get(f"{BASE}/unread").text


def test_the_list_the_count_and_opening(site: Site) -> None:
    browser = site.browser(Role.DEPARTMENT_OFFICER)
    assert "还没有通知" in browser.get(BASE).text
    assert unread(browser) == ""
    first, second = tell(), tell(template="result_to_confirm")

    page = browser.get(BASE).text
    assert "有2条通知没看" in page and "〔2026〕1号" in page
    assert f'hx-get="{BASE}/unread"' in page
    assert ">2<" in unread(browser)
    assert "有一份检查结果" not in browser.get(f"{BASE}?group=plans").text

    done = browser.post(f"{BASE}/{first.id}/open", {"key": new_id()})
    assert (done.status, done.location) == (303, f"/console/plans/{first.about.id}")
    assert browser.post(f"{BASE}/{second.id}/open", {"key": new_id(), "stay": "yes"}).location == BASE
    assert "通知都看过了" in browser.get(BASE).text
    assert "没有符合条件的通知" in browser.get(f"{BASE}?show=unread").text


def test_all_at_once_and_in_english(site: Site) -> None:
    browser = site.browser(Role.DEPARTMENT_OFFICER)
    tell()
    assert "silence counts as consent" in browser.get(f"{BASE}?lang=en").text

    assert browser.post(f"{BASE}/open", {"key": new_id()}).status == 303
    assert unread(browser) == ""


def test_somebody_elses_is_refused_and_another_tenants_is_not_there(site: Site) -> None:
    entry = tell()

    assert site.browser(Role.COORDINATOR).post(f"{BASE}/{entry.id}/open").status == 403
    assert site.browser(Role.DEPARTMENT_OFFICER, TENANT_B).post(f"{BASE}/{entry.id}/open").status == 404


def test_a_choice_is_kept_and_a_wrong_one_loses_nothing(site: Site) -> None:
    browser = site.browser(Role.INSPECTOR)
    url = f"{BASE}/preference"
    form = {"mobile": "13877112233", "channels_plans": ["sms"], "quiet": "own", "quiet_from": "22:00", "language": "zh"}

    wrong = browser.post(url, form | {"key": new_id(), "mobile": "123"})
    assert wrong.status == 422
    assert "“手机号”" in wrong.text and "“免打扰结束”" in wrong.text and 'value="22:00"' in wrong.text
    assert browser.post(url, form | {"key": new_id(), "quiet_to": "06:30"}).status == 303

    with bootstrap.scope(TENANT_A):
        held = bootstrap.store().notification_preferences.of(TENANT_A, f"{TENANT_A}-inspector")
    assert held.channels["plans"] == {Channel.SMS, Channel.IN_APP}
    assert held.quiet_hours is not None and held.quiet_hours.ends_at == "06:30"
    assert 'value="13877112233"' in browser.get(url).text


def test_the_administrator_sees_states_and_retries_what_failed(site: Site) -> None:
    lost, sent = message(MessageState.GIVEN_UP), message(MessageState.SENT)
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)
    with bootstrap.scope(TENANT_A):
        gateway = RecordingGateway(bootstrap.store(), Channel.SMS)
        gateway.send(Outgoing(lost.id, TENANT_A, "t", "13877112233", "有一件待办", "https://x.test"))

    assert "138****2233" in browser.get("/console/messages").text
    assert lost.id not in browser.get("/console/messages?state=sent").text
    assert browser.get("/console/messages?state=nowhere").status == 422
    assert "有一件待办" in browser.get(f"/console/messages/{lost.id}").text
    assert browser.post(f"/console/messages/{lost.id}/retry", {"key": new_id()}).status == 303
    assert "排队中" in browser.get(f"/console/messages/{lost.id}").text
    assert browser.post(f"/console/messages/{sent.id}/retry", {"key": new_id()}).status == 409
    assert site.browser(Role.COORDINATOR).get("/console/messages").status == 403


def test_the_tenants_settings(site: Site) -> None:
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)
    url = "/console/message-setting"
    form = {"channels": ["sms"], "digest_at": "09:00", "sms_day_cap": "20", "sms_price_fen": "5", "version": "0"}

    assert "“每日汇总时间”" in browser.post(url, form | {"key": new_id(), "digest_at": "25:00"}).text
    assert browser.post(url, form | {"key": new_id()}).status == 303
    assert browser.post(url, form | {"key": new_id()}).status == 409
    assert 'value="09:00"' in browser.get(url).text


def test_over_the_api(site: Site) -> None:
    entry = tell(cause="api")
    browser = site.browser(Role.DEPARTMENT_OFFICER)

    listed = browser.call("GET", "/api/v1/notifications?unread=true").json["items"]
    assert entry.id in [one["id"] for one in listed]
    assert "意见" in next(one["words"] for one in listed if one["id"] == entry.id)
    opened = browser.call("POST", f"/api/v1/notifications/{entry.id}/open", headers={"idempotency-key": new_id()})
    assert opened.json["read_at"]
    chosen = browser.call("PUT", "/api/v1/notification-preference", {"has_digest": True, "quiet": "none"})
    assert (chosen.status, chosen.json["has_digest"], chosen.json["version"]) == (200, True, 1)
    stale = browser.call("PUT", "/api/v1/notification-preference", {"has_digest": False}, headers={"if-match": '"7"'})
    assert stale.status == 412
