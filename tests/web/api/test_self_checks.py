"""Self-checks over the API: a subject's own step by step with photos, private, shared, listed for officials; handbooks
pushed, opened, reminded."""

import hashlib
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.item import Answer, AnswerType, Compliance
from chalicelib.domain.self_check import SelfCheckAnswer
from chalicelib.domain.tenancy import Role
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.self_check.self_check_sheet import read_sheet
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from chalicelib.workers.jobs import work_of
from tests.builders import NOW, TENANT, act
from tests.resulting import registered, staff
from tests.visiting import SCENARIO, SUBJECT_ID, png, save
from tests.web.inspected import as_person
from tests.web.site import Site, open_site

CHECKS, SHARED, PUSHES = "/api/v1/self-checks", "/api/v1/shared-self-checks", "/api/v1/handbook-pushes"
LIST = "/console/self-checks"
KEY = "business_licence"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(TENANT):
            store = bootstrap.store()
            registered(store)
            save(store, *[one for one in staff() if one.id == "p-owner"])
            enable_scenario(store, TENANT, act(), scenario=SCENARIO, known=[SCENARIO])
        yield opened


def answer_the_rest(store, check_id: str) -> None:
    """Past the services: each answer over the API would read the whole list."""
    check = store.self_checks.get(TENANT, check_id)
    values = {"self_check_id": check_id, "answered_by": "p-owner", "answered_at": NOW, "saved_at": NOW}
    given = {AnswerType.NUMBER: Answer(number=3), AnswerType.TEXT: Answer(text="记录")}
    compliant = Answer(compliance=Compliance.COMPLIANT)
    while gaps := [one for one in read_sheet(store, TENANT, check, NOW).questions if one.gaps]:
        answers = [(one, given.get(one.entry.answer_type, compliant)) for one in gaps]
        save(
            store,
            *(
                one.given.with_changes(answer=answer)
                if one.given
                else SelfCheckAnswer(id=one.key, answer=answer, **values)
                for one, answer in answers
            ),
        )


def test_a_subject_checks_itself_with_photos_and_officials_see_it_only_while_it_is_shared(site: Site) -> None:
    owner, coordinator = as_person(site, "p-owner"), site.browser(Role.COORDINATOR)
    check = owner.call("POST", CHECKS, {"subject_id": SUBJECT_ID, "scenario": SCENARIO}).json
    one = f"{CHECKS}/{check['id']}"
    assert owner.call("POST", f"{one}/finish").status == 422
    assert owner.call("PUT", f"{one}/answers/moat", {"compliance": "compliant"}).status == 422
    assert owner.call("PUT", f"{one}/answers/{KEY}", {"comment": "x"}).status == 422

    assert owner.call("POST", f"{one}/uploads", {"content_type": "application/pdf"}).status == 422
    upload = owner.call("POST", f"{one}/uploads", {"content_type": "image/png"}).json
    content = png()
    with bootstrap.scope(TENANT):
        bootstrap.store().objects.put(TENANT, upload["fields"]["key"], content, "image/png")
    photos = f"{one}/answers/{KEY}/photos"
    assert owner.call("POST", photos, {"upload_id": "nothing"}).status in (404, 422)
    taken = owner.call("POST", photos, {"upload_id": upload["upload_id"]})
    sha = hashlib.sha256(content).hexdigest()
    assert taken.status == 201 and taken.json["answer"]["photos"] == [sha]

    (number,) = [each for each in owner.call("GET", one).json["items"] if each["entry"]["key"] == "fuel_sales_litres"]
    assert (
        number["gaps"]
        and owner.call("PUT", f"{one}/answers/fuel_sales_litres", {"number": 3}).json["answer"]["number"] == 3
    )
    with bootstrap.scope(TENANT):
        answer_the_rest(bootstrap.store(), check["id"])
    done = owner.call("POST", f"{one}/finish").json
    assert (done["state"], done["photos"]) == ("finished", 1)
    own_photo, staff_photo = (f"/{face}/self-checks/{check['id']}/photos/{sha}" for face in ("subject", "console"))
    assert owner.get(own_photo).body == content
    assert owner.get(f"/subject/self-checks/{check['id']}/photos/{'0' * 64}").status == 404

    def seen() -> tuple:
        """Whether any page or call of officials shows it: the lists, itself, its photo."""
        lists = [coordinator.get(path).text for path in (SHARED, LIST, f"/console/subjects/{SUBJECT_ID}/self-checks")]
        itself = [
            coordinator.get(path).status for path in (f"{SHARED}/{check['id']}", f"{LIST}/{check['id']}", staff_photo)
        ]
        return [check["id"] in text for text in lists], itself

    assert seen() == ([False] * 3, [404] * 3)
    for path in ("/console", f"/console/subjects/{SUBJECT_ID}", f"/console/search?q={done['subject_name']}"):
        assert check["id"] not in coordinator.get(path).text
    assert coordinator.call("GET", f"/api/v1/subjects/{SUBJECT_ID}/self-checks").status == 403
    assert owner.call("PUT", f"{one}/sharing").status == 200
    assert seen() == ([True] * 3, [200] * 3)
    other = next(code for code in ("450103000000", "450107000000") if code != check["division"])
    for query, is_there in {
        f"scenario={SCENARIO}": True,
        "scenario=catering": False,
        f"division={check['division']}&order=oldest": True,
        f"division={other}": False,
    }.items():
        for path in (LIST, SHARED):
            found = coordinator.get(f"{path}?{query}")
            assert (found.status, check["id"] in found.text) == (200, is_there)
    assert [coordinator.get(f"{LIST}?{bad}").status for bad in ("scenario=x", "division=1", "order=size")] == [422] * 3
    assert owner.call("DELETE", f"{one}/sharing").status == 200
    assert seen() == ([False] * 3, [404] * 3)
    assert owner.call("GET", f"/api/v1/subjects/{SUBJECT_ID}/self-checks").json["items"][0]["id"] == check["id"]
    assert owner.call("DELETE", f"{photos}/{sha}").status == 409, "finished is finished"


def test_a_handbook_is_pushed_opened_and_reminded(site: Site) -> None:
    owner, coordinator = as_person(site, "p-owner"), site.browser(Role.COORDINATOR)
    assert coordinator.call("POST", PUSHES, {"scenario": "nothing"}).status == 422
    push = coordinator.call("POST", PUSHES, {"scenario": SCENARIO, "note": "新版"}).json
    one = f"{PUSHES}/{push['id']}"
    assert coordinator.call("POST", f"{one}/reminder").status == 422, "not sent yet"
    with bootstrap.scope(TENANT):
        store = bootstrap.store()
        run_job(store, TENANT, store.jobs.of_name(TENANT, "push_handbook").records[0].id, work_of, bootstrap.clock())

    receipts = f"{one}/receipts"
    assert [each["id"] for each in coordinator.call("GET", receipts).json["items"]] == [SUBJECT_ID]
    assert owner.call("POST", f"/api/v1/subjects/{SUBJECT_ID}/handbook-openings", {"push_id": push["id"]}).json[
        "openings"
    ]
    assert coordinator.call("GET", f"{receipts}?state=opened").json["items"][0]["openings"]
    assert coordinator.call("GET", PUSHES).json["items"][0]["opened"] == 1
    assert coordinator.call("POST", f"{one}/reminder").json["reminders"] == 1
    assert coordinator.call("POST", f"{one}/reminder").status == 422
    assert coordinator.call("GET", f"{receipts}?state=lost").status == 422
    assert owner.call("GET", receipts).status == 403
