"""Pages of one subject: forms by kind, conflicts, relations, merge and split and the way back, hand-over, contacts."""

import re
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.record import new_id
from chalicelib.domain.subject import Subject, SubjectDraft
from chalicelib.domain.tenancy import Role
from chalicelib.services.register.register_subject import register_subject
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from infra.local.synthetic import synthetic_code
from tests.builders import act, actor
from tests.web.site import TENANT_A, TENANT_B, Browser, Site, open_site

COUNTY = "450105000000"
CODES = iter([synthetic_code("450100", number) for number in range(60, 120)])
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000"
    "000049454e44ae426082"
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(TENANT_A):
            by = act(actor(Role.COORDINATOR))
            enable_scenario(bootstrap.store(), TENANT_A, by, scenario="refined_oil", known=["refined_oil"])
        yield opened


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return site.browser(Role.COORDINATOR)


def made(kind: str = "company", tenant: str = TENANT_A, **more: object) -> Subject:
    values: dict[str, object] = {
        "kind": kind,
        "name": f"示例{new_id()[-6:]}",
        "code": next(CODES) if kind == "company" else None,
        "division": COUNTY,
        "address": f"示例大道{new_id()}号",
    }
    with bootstrap.scope(tenant):
        by = act(actor(Role.COORDINATOR, tenant))
        draft = SubjectDraft.model_validate(values | more)
        subject: Subject = register_subject(bootstrap.store(), tenant, by, draft=draft)
    return subject


def stored(subject: Subject) -> Subject:
    with bootstrap.scope(TENANT_A):
        return bootstrap.store().subjects.get(TENANT_A, subject.id)


def url(subject: Subject, part: str = "") -> str:
    return f"/console/subjects/{subject.id}{part}"


def edit_form(subject: Subject, **changes: str) -> dict[str, str]:
    values = {"version": "1", "name": subject.name, "division": subject.division, "address": subject.address}
    return values | {"status": "active"} | changes


class TestForms:
    @pytest.mark.parametrize(
        ("kind", "shown", "absent"),
        [("tank", "容积", "层数"), ("building", "层数", "容积"), ("unknown_operator", "发现次数", "统一社会信用代码")],
    )
    def test_fields_depend_on_the_kind(self, browser: Browser, kind: str, shown: str, absent: str) -> None:
        page = browser.get(f"/console/subjects/new?kind={kind}").text

        assert shown in page
        assert f">{absent}<" not in page

    def test_changing_the_kind_loses_nothing(self, browser: Browser) -> None:
        form = {"kind": "vehicle", "step": "choose", "name": "槽车", "address": "示例路8号", "plate": "桂A00000"}
        page = browser.post("/console/subjects", form)

        assert page.status == 200
        for text in ("槽车", "示例路8号", "桂A00000", "核定载质量"):
            assert text in page.text

    def test_a_tank_with_its_attributes_place_and_people(self, browser: Browser) -> None:
        form = {
            "kind": "tank",
            "name": "一号罐",
            "division": COUNTY,
            "address": "示例大道18号",
            "latitude": "22.817002",
            "longitude": "108.366543",
            "coordinate_system": "gcj02",
            "kind.volume": "50",
            "kind.medium": "diesel",
            "kind.is_underground": "yes",
            "kind.tested_until": "2027-05-01",
            "people.0.role": "safety_officer",
            "people.0.name": "覃岚琳",
            "people.0.phone": "15400005678",
        }
        page = browser.get(browser.post("/console/subjects", form).location).text

        for text in ("50立方米", "柴油", "22.817002, 108.366543", "GCJ-02", "安全管理人员", "覃*", "154****5678"):
            assert text in page
        assert "15400005678" not in page

    @pytest.mark.parametrize(
        ("kind", "changes", "words"),
        [
            ("tank", {"kind.volume": "0"}, "“容积”超出允许的范围"),
            ("tank", {"kind.volume": "many"}, "“容积”要填数字"),
            ("card_programme", {"kind.prepaid_balance": "1.234"}, "“预收资金余额”要填数字"),
            ("vehicle", {}, "请填写“车牌号”"),
            ("unknown_operator", {"address": ""}, "至少要有地址、坐标、车牌号、照片中的一样"),
            ("site", {"latitude": "91", "longitude": "108"}, "“纬度”要填度数"),
            ("site", {"latitude": "22.8"}, "请填写“经度”"),
            ("site", {"people.0.name": "甲"}, "请选择“身份”"),
        ],
    )
    def test_what_is_wrong_is_named(self, browser: Browser, kind: str, changes: dict[str, str], words: str) -> None:
        form = {"kind": kind, "name": "甲", "division": COUNTY, "address": "示例路1号"}
        reply = browser.post("/console/subjects", form | changes)

        assert reply.status == 422
        assert words in reply.text

    def test_an_operator_known_by_a_photo_alone(self, browser: Browser) -> None:
        boundary = "x7"
        fields = {"csrf_token": browser.csrf_token, "kind": "unknown_operator", "name": "流动加油", "division": COUNTY}
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in fields.items()
        )
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n'
        body += head.encode() + PNG + f"\r\n--{boundary}--\r\n".encode()
        headers = {
            "content-type": f"multipart/form-data; boundary={boundary}",
            "origin": "https://yijianshi.test",
            "sec-fetch-site": "same-origin",
        }
        reply = browser.send("POST", "/console/subjects", headers, body)
        page = browser.get(reply.location).text
        photo = re.search(r'src="(/console/subjects/[^"]+/photos/[0-9a-f]{64})"', page)

        assert photo is not None
        assert browser.get(photo[1]).headers["content-type"] == "image/png"


class TestConflict:
    def test_changes_of_different_fields_both_stay(self, browser: Browser) -> None:
        one = made()
        browser.post(url(one, "/edit"), edit_form(one, address="别人的新址"))
        seen = {"seen.address": one.address, "seen.name": one.name}
        late = browser.post(url(one, "/edit"), edit_form(one, name="我的新名") | seen)

        assert late.location == url(one)
        assert (stored(one).name, stored(one).address) == ("我的新名", "别人的新址")

    def test_changes_of_one_field_are_put_side_by_side(self, browser: Browser) -> None:
        one = made()
        browser.post(url(one, "/edit"), edit_form(one, address="别人的新址"))
        seen = {"seen.address": one.address, "seen.name": one.name}
        late = browser.post(url(one, "/edit"), edit_form(one, name="我的新名", address="我的新址") | seen)

        assert late.status == 409
        assert "别人的新址" in late.text
        assert "我的新址" in late.text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', late.text))
        assert hidden["name"] == "我的新名"
        done = browser.post(url(one, "/edit"), hidden | {"take.address": "theirs"})
        assert done.location == url(one)
        assert (stored(one).name, stored(one).address) == ("我的新名", "别人的新址")


def test_the_history_tells_before_and_after_but_no_personal_data(browser: Browser) -> None:
    one = made(address="旧址1号", phone="15400001234")
    browser.post(url(one, "/edit"), edit_form(one, address="新址2号", phone="15400009999"))
    page = browser.get(url(one)).text

    assert "地址由“旧址1号”改为“新址2号”" in page
    assert "改了联系电话" in page
    assert "15400009999" not in page


def test_contacts_are_shown_in_full_for_a_reason_that_stays(site: Site, browser: Browser) -> None:
    one = made(phone="15400001234", responsible_person="韦晨阳")

    assert browser.post(url(one, "/contacts"), {"reason": ""}).status == 422
    shown = browser.post(url(one, "/contacts"), {"reason": "通知检查时间"})
    assert "15400001234" in shown.text
    assert "通知检查时间" in browser.get(url(one)).text
    assert site.browser(Role.LEGAL_REVIEWER).post(url(one, "/contacts"), {"reason": "看看"}).status == 403


class TestRelations:
    def test_entered_on_one_page_it_is_seen_on_both(self, browser: Browser) -> None:
        tank, station = made("tank"), made()
        form = {"kind": "operated_by", "other_id": station.code or "", "from_on": "2026-01-01"}
        assert browser.post(url(tank, "/relations"), form).location == url(tank, "/relations")

        assert url(station) in browser.get(url(tank)).text
        assert "它经营的" in browser.get(url(station)).text
        browser.post(url(tank, "/relations/remove"), {"kind": "operated_by", "other_id": station.id})
        assert url(station) not in browser.get(url(tank, "/relations")).text

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"other_id": "91450100MA00000071"}, "没有这个监管对象"),
            ({"kind": "married_to"}, "“关系”不在可选范围内"),
            ({"from_on": "2026-02-01", "until_on": "2026-01-01"}, "结束早于开始"),
            ({"other_id": ""}, "请填写“另一个对象”"),
        ],
    )
    def test_what_is_wrong_is_named_and_stays(self, browser: Browser, changes: dict[str, str], words: str) -> None:
        tank, station = made("tank"), made()
        form = {"kind": "operated_by", "other_id": station.id, "from_on": "2026-01-01"} | changes
        reply = browser.post(url(tank, "/relations"), form)

        assert reply.status == 422
        assert words in reply.text


class TestPlates:
    def test_no_plate_twice_and_none_without_the_form_of_one(self, browser: Browser) -> None:
        first = made("vehicle", plate="桂A20001", name="一号车")
        form = {"kind": "vehicle", "name": "二号车", "division": COUNTY, "status": "active"}
        refused = browser.post("/console/subjects", form | {"plate": "桂a·20001"})
        assert refused.status == 422 and f'<a href="{url(first)}">一号车</a>' in refused.text
        refused = browser.post("/console/subjects", form | {"plate": "🚗🚗🚗"})
        assert refused.status == 422 and "不是境内号牌的样子" in refused.text
        kept = browser.post("/console/subjects", form | {"plate": "临桂A20001", "plate_form": "other"})
        assert kept.status == 303
        edit = {"version": "1", "name": "二号车", "division": COUNTY, "plate": "桂A20001", "status": "active"}
        refused = browser.post(f"{kept.location}/edit", edit)
        assert refused.status == 422 and f'<a href="{url(first)}">一号车</a>' in refused.text


class TestMerge:
    def test_compared_merged_found_by_the_old_link_and_undone(self, browser: Browser) -> None:
        kept, other = made(name="示例甲站", address="同一大道1号"), made(name="示例甲站有限公司", address="同一大道1号")
        assert "可能是重复登记" in browser.get(url(kept)).text
        compared = browser.get(url(kept, f"/merge?with={other.code}")).text
        assert "示例甲站有限公司" in compared
        form = {"other_id": other.id, "version": "1", "other_version": "1", "take.name": "other", "take.code": "kept"}
        assert "统一社会信用代码不同" in compared
        refused = browser.post(url(kept, "/merge"), form)
        assert refused.status == 422 and "请写明为什么是同一家" in refused.text
        assert browser.post(url(kept, "/merge"), form | {"reason": "换过营业执照"}).location == url(kept)
        assert "理由：换过营业执照" in browser.get(url(kept)).text

        assert browser.get(url(other)).location == url(kept)
        assert browser.get(f"/console/subjects?q={other.code}").location == url(kept)
        assert stored(kept).name == other.name
        undo = re.search(r'href="(/console/subjects/[^"]+/undo)"', browser.get(url(kept)).text)
        assert undo is not None
        assert "示例甲站" in browser.get(undo[1]).text
        browser.post(undo[1])
        assert (stored(kept).name, stored(other).name) == (kept.name, other.name)
        assert browser.get(url(other)).status == 200

    def test_stale_and_unfit_pairs_are_told(self, browser: Browser) -> None:
        kept, other, tank = made(), made(), made("tank")
        browser.post(url(other, "/edit"), edit_form(other, name="改过"))
        form = {"other_id": other.id, "version": "1", "other_version": "1"}

        assert browser.post(url(kept, "/merge"), form).status == 409
        assert "类型不同" in browser.get(url(kept, f"/merge?with={tank.id}")).text

    def test_split_takes_a_scenario_into_a_new_subject(self, browser: Browser) -> None:
        both = made(memberships=[{"scenario": "refined_oil"}])
        form = {
            "version": "1",
            "scenarios": "refined_oil",
            "kind": "premises",
            "name": "拆出的站点",
            "division": COUNTY,
            "address": "示例路3号",
        }
        wrong = browser.post(url(both, "/split"), form | {"name": ""})
        assert wrong.status == 422
        assert "示例路3号" in wrong.text
        done = browser.post(url(both, "/split"), form)

        assert "拆出的站点" in browser.get(done.location).text
        assert stored(both).memberships == ()
        assert "撤销拆分：拆出的站点" in browser.get(url(both)).text


def test_hand_over_is_offered_listed_and_withdrawn(site: Site, browser: Browser) -> None:
    one = made(phone="15400001234")
    assert browser.post(url(one, "/hand-over"), {"receiver": TENANT_B, "reason": ""}).status == 422
    sent = browser.post(url(one, "/hand-over"), {"receiver": TENANT_B, "reason": "迁到北海"})

    assert "正在移交" in browser.get(sent.location).text
    assert one.name in browser.get("/console/hand-overs").text
    assert site.browser(Role.COORDINATOR, TENANT_B).get(sent.location).status == 404
    assert browser.post(f"{sent.location}/accept", {"division": COUNTY}).status == 409
    assert browser.post(f"{sent.location}/withdraw").location == sent.location
    assert one.name in browser.get("/console/hand-overs?state=ended").text
    assert stored(one).hand_over_id == ""
