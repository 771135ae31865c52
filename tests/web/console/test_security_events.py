"""The security log: what the audit administrator finds, what it never says, and who does not see it."""

from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.tenancy.note_session import note_session
from tests.web.site import NOW, TENANT_A, open_site

LOG = "/console/security-log"


@pytest.fixture(scope="module")
def site():
    with open_site() as site:
        yield site


@pytest.fixture(scope="module")
def noted(site):
    """A sign-in of today and one of a day before, an export, and long work that is no matter of security."""
    person = site.people[TENANT_A, Role.COORDINATOR]
    who = Actor.of(TENANT_A, person, None)
    with bootstrap.scope(TENANT_A):
        store = bootstrap.store()
        for at in (NOW, NOW - timedelta(days=1)):
            note_session(store, TENANT_A, Act(actor=who, at=at, key=new_id()), is_begun=True)
        for name in ("export_subjects", "rebuild_metrics"):
            request_job(store, TENANT_A, Act(actor=who, at=NOW, key=new_id()), name=name, values={"secret": "甲店"})
    return person


def test_the_audit_administrator_reads_who_signed_in_and_what_left(site, noted):
    auditor = site.browser(Role.AUDIT_ADMINISTRATOR)
    page = auditor.get(LOG).text

    assert noted.name in page
    assert "导出" in page and "甲店" not in page
    assert "导出监管对象" not in auditor.get(f"{LOG}?kind=sign_in&day=2026-11-22").text
    items = auditor.get("/api/v1/security-events?kind=sign_in").json["items"]
    assert [one["type"] for one in items][:2] == ["session_started", "session_started"]
    assert {one["actor_id"] for one in items} == {noted.id}
    before = auditor.get("/api/v1/security-events?day=2026-11-22").json["items"]
    assert [one["at"][:10] for one in before] == ["2026-11-22"]
    assert [one["type"] for one in auditor.get("/api/v1/security-events?kind=data").json["items"]] == ["job_requested"]
    first = auditor.get("/api/v1/security-events?limit=1").json
    assert len(first["items"]) == 1 and first["cursor"]
    assert auditor.get(f"{LOG}?kind=all").status == 422
    assert auditor.get(f"{LOG}?day=yesterday").status == 422


def test_nobody_else_reads_it_and_help_leads_to_no_refusal(site, noted):
    for role in (Role.COORDINATOR, Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR):
        assert site.browser(role).get(LOG).status == 403
        assert site.browser(role).get("/api/v1/security-events").status == 403
    assert f'href="{LOG}"' in site.browser(Role.AUDIT_ADMINISTRATOR).get("/console/help/security_log").text
    assert f'href="{LOG}"' not in site.browser(Role.COORDINATOR).get("/console/help/security_log").text
    assert 'href="/console/plans"' not in site.browser(Role.AUDIT_ADMINISTRATOR).get("/console/help/plans").text


def test_signing_out_is_an_entry(site, noted):
    leaving = site.browser(Role.COORDINATOR)
    leaving.post("/logout")
    with bootstrap.scope(TENANT_A):
        found, _ = bootstrap.store().security_events.page(TENANT_A, NOW.date())
    assert EventType.SESSION_ENDED in {one.type for one in found}
