"""Signing up with the code of a served notice: a subject's user comes of it, and nothing before the code."""

from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.binding import BindingRole, make_code
from chalicelib.domain.subject import SubjectDraft, SubjectKind
from chalicelib.domain.tenancy import Role
from chalicelib.services.binding.issue_code import issue_code
from chalicelib.services.binding.join_by_code import joining_actor
from chalicelib.services.register.register_subject import register_subject
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.web.auth.join import join_address
from tests.builders import act, actor
from tests.web.auth.test_routes import _back, _go, provider
from tests.web.site import ISSUER, TENANT_A, TENANT_B, Browser, Membership, Site

__all__ = ["provider"]
WRONG = "2222-2222-2222-2222"


def served(name: str) -> tuple[str, str]:
    """A subject and a code served on it."""
    draft = SubjectDraft(kind=SubjectKind.PREMISES, name=name, division="450105000000", address="邕江大道1号")
    with bootstrap.scope(TENANT_A):
        store, officer = bootstrap.store(), actor(Role.DEPARTMENT_OFFICER)
        subject = register_subject(store, TENANT_A, act(), draft=draft)
        code = make_code()
        issue_code(store, TENANT_A, act(officer), subject_id=subject.id, role=BindingRole.OWNER, code=code)
    return subject.id, code


def returned(site: Site, provider: dict[str, Any], subject: str, code: str, tenant: str = TENANT_A) -> Browser:
    """A browser that scanned the notice and signed in with the provider."""
    provider.update(subject=subject, claims={"name": "韦新"})
    browser = site.browser()
    page = browser.get(join_address(tenant, code))
    assert page.status == 200 and "登录或者注册" in page.text
    sent = _go(browser, f"/login?next={join_address(tenant, code).replace('&', '%26')}")
    assert _back(browser, sent["state"]).location == join_address(tenant, code)
    return browser


def person_of(subject: str) -> Any:
    with bootstrap.scope(TENANT_A):
        who = joining_actor(TENANT_A, identity_id(ISSUER, subject))
        return bootstrap.store().people.find(TENANT_A, who.person_id)


def test_a_stranger_with_a_code_becomes_the_subjects_user(site: Site, provider: dict[str, Any]) -> None:
    subject_id, code = served("邕江一站")
    browser = returned(site, provider, "stranger", code)
    form = {"tenant": TENANT_A, "code": code, "name": "韦新"}
    shown = browser.get(join_address(TENANT_A, code)).text
    assert code in shown and 'value="韦新"' in shown

    assert browser.post("/login/join", form | {"code": WRONG}).status == 422
    assert browser.post("/login/join", form | {"name": " "}).status == 422
    assert person_of("stranger") is None, "nobody is made before the code holds"
    assert browser.post("/login/join", form).location == "/subject"

    person = person_of("stranger")
    assert (person.roles, person.subject_ids) == (frozenset({Role.SUBJECT_USER}), [subject_id])
    assert browser.get("/subject").status == 200 and browser.get("/console/people").status == 403
    again = site.browser()
    assert _back(again, _go(again)["state"]).location == "/subject"
    with bootstrap.scope(TENANT_A):
        login = bootstrap.store().login_bindings.of_person(TENANT_A, person.id)[0]
    assert login.is_active


def test_who_is_known_and_switched_off_does_not_come_in_by_another_code(site: Site, provider: dict[str, Any]) -> None:
    _, code = served("邕江二站")
    member = Membership(tenant=TENANT_A, person_id="gone", label="")
    site.bind("switched-off", member)
    provider["subject"] = "switched-off"
    browser = site.browser()
    sent = _go(browser, f"/login?next={join_address(TENANT_A, code).replace('&', '%26')}")

    assert _back(browser, sent["state"]).status == 403
    assert browser.post("/login/join", {"tenant": TENANT_A, "code": code, "name": "韦新"}).status in (303, 401)


def test_who_works_elsewhere_joins_as_another_person(site: Site, provider: dict[str, Any]) -> None:
    _, code = served("邕江三站")
    site.bind("both", Membership(tenant=TENANT_B, person_id=site.people[TENANT_B, Role.COORDINATOR].id, label="北海市"))
    browser = returned(site, provider, "both", code)

    assert browser.post("/login/join", {"tenant": TENANT_A, "code": code, "name": "韦新"}).location == "/subject"
    assert "北海市" in browser.get("/login/tenant").text
    assert browser.get(join_address(TENANT_A, code)).location.startswith("/subject/bindings/enter?code=")


def test_nobody_joins_without_the_provider_and_no_place_is_guessed(site: Site) -> None:
    browser = site.browser()
    browser.get(join_address(TENANT_A, WRONG))

    assert browser.post("/login/join", {"tenant": TENANT_A, "code": WRONG, "name": "韦新"}).status in (303, 401)
    for place in ("platform", "gx459999", "x"):
        assert browser.get(join_address(place, WRONG)).status == 404
