"""The draw in a browser: every step by the people whose step it is, and what the public sees meanwhile."""

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import Person, Role
from chalicelib.services.jobs.run_job import run_job
from chalicelib.workers.jobs import work_of
from tests.services.draw.case import COMMERCE, COORDINATOR, JUSTICE, SECRETS, City
from tests.web.site import TENANT_A, Browser, Site, open_site

VERIFIER = Path(__file__).parents[3] / "chalicelib/web/static/verify/verify_draw.py"


class Stage:
    """A site with the draw's city in it and a browser for each of its people."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with bootstrap.scope(TENANT_A):
            self.city = City(bootstrap.store())
            self._people()
        self.coordinator = self.browser(COORDINATOR.person_id)
        self.commerce = self.browser(COMMERCE.person_id)
        self.justice = self.browser(JUSTICE.person_id)
        self.public = site.browser()

    def _people(self) -> None:
        people = [
            (COORDINATOR, Role.COORDINATOR, None),
            (COMMERCE, Role.DEPARTMENT_OFFICER, "d-commerce"),
            (JUSTICE, Role.JUSTICE_SUPERVISOR, "d-justice"),
        ]
        with self.city.store.change(TENANT_A, self.city.act()) as change:
            for actor, role, department in people:
                person = Person(id=actor.person_id, name="韦晨阳", roles=frozenset({role}), department_id=department)
                change.save(person)
            change.event(EventType.PERSON_ADDED, person)

    def browser(self, person_id: str) -> Browser:
        browser = Browser(self.site)
        self.site.sign_in(browser, Membership(tenant=TENANT_A, person_id=person_id, label="南宁市"))
        return browser

    def run_jobs(self) -> None:
        with bootstrap.scope(TENANT_A):
            for job in self.city.store.jobs.recent(TENANT_A).records:
                run_job(self.city.store, TENANT_A, job.id, work_of, self.city.clock)

    def sequence(self) -> None:
        with bootstrap.scope(TENANT_A):
            self.city.sequence()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_site() as site:
        yield Stage(site)


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


FORM = {
    "seed_departments": ["commerce", "justice"],
    "reveal_due_at": "2026-11-25T17:00",
    "lottery_round": "",
    "fallback_source": "double_colour_ball",
    "fallback_round": "2026136",
    "fallback_due_at": "2026-11-27T21:15",
}


def test_a_draw_from_the_plan_to_the_certificate(stage: Stage, tmp_path: Path) -> None:
    plan = f"/console/plans/{stage.city.plan_id}/draw"
    form = stage.coordinator.get(plan)
    assert form.status == 200
    assert "南宁市商务局" in form.text
    wrong = stage.coordinator.post(plan, FORM | {"seed_departments": ["commerce"]})
    assert wrong.status == 422
    assert "两个以上不同的部门" in wrong.text
    assert 'value="2026136"' in wrong.text, "what was typed stays"

    opened = stage.coordinator.post(plan, FORM)
    assert opened.status == 303
    base = opened.location
    draw_id = base.rsplit("/", 1)[1]
    assert "还差2个部门封存随机数" in stage.coordinator.get(base).text
    assert stage.coordinator.get(plan).location == base
    assert stage.public.get(f"/p/{TENANT_A}/draws/{draw_id}").status == 404, "nothing is public before C"

    for browser, code in ((stage.commerce, "commerce"), (stage.justice, "justice")):
        page = browser.get(base)
        assert "data-draw-seal" in page.text
        assert browser.post(f"{base}/seed", {"sha256": "short"}).status == 422
        digest = hashlib.sha256(bytes.fromhex(SECRETS[code])).hexdigest()
        assert browser.post(f"{base}/seed", {"sha256": digest}).status == 303
    assert stage.commerce.post(f"{base}/freeze").status == 403

    assert "可以锁定抽取池" in stage.coordinator.get(base).text
    assert stage.coordinator.post(f"{base}/freeze").status == 303
    assert "正在锁定抽取池" in stage.coordinator.get(base).text
    stage.run_jobs()
    waiting = stage.coordinator.get(base)
    assert "等待存证签名" in waiting.text
    assert 'hx-trigger="every 2s"' in waiting.text
    partial = stage.coordinator.get(f"{base}/progress", {"hx-request": "true"})
    assert "draw-progress" in partial.text
    early = stage.commerce.post(f"{base}/reveal", {"secret": SECRETS["commerce"]})
    assert early.status == 409
    public = stage.public.get(f"/p/{TENANT_A}/draws/{draw_id}")
    assert public.status == 200
    assert "等待抽取" in public.text

    stage.sequence()
    assert stage.coordinator.get(f"{base}/progress", {"hx-request": "true"}).headers["hx-refresh"] == "true"
    wrong = stage.commerce.post(f"{base}/reveal", {"secret": SECRETS["justice"]})
    assert wrong.status == 422
    assert "不是同一个随机数" in wrong.text
    assert SECRETS["justice"] in wrong.text, "what was typed stays"
    for browser, code in ((stage.commerce, "commerce"), (stage.justice, "justice")):
        assert browser.post(f"{base}/reveal", {"secret": SECRETS[code]}).status == 303
    assert stage.coordinator.post(f"{base}/draw").status == 303
    stage.run_jobs()

    done = stage.coordinator.get(base)
    assert re.search(r"<h1>抽中\d+家</h1>", done.text)
    assert "示例加油站" in done.text
    assert "data:image/svg+xml" in done.text
    assert "示例加油站05" in stage.coordinator.get(f"{base}/excluded/closed_or_moved").text
    assert "南综监抽〔2026〕18-1号" in stage.coordinator.get("/console/draws").text

    page = stage.public.get(f"/p/{TENANT_A}/draws/{draw_id}")
    assert "data-verify-draw" in page.text
    assert "示例加油站" not in page.text
    certificate = stage.public.get(f"/p/{TENANT_A}/draws/{draw_id}/certificate.json")
    (tmp_path / "certificate.json").write_bytes(certificate.body)
    ran = subprocess.run([sys.executable, str(VERIFIER), str(tmp_path / "certificate.json")], check=False)
    assert ran.returncode == 0
    pool = stage.public.get(f"/p/{TENANT_A}/draws/{draw_id}/pool.jsonl")
    assert len(pool.text.splitlines()) == json.loads(certificate.body)["commitment"]["N"]
    assert stage.public.get(f"/p/{TENANT_A}/draws/{draw_id}/snapshot.jsonl").status == 404
    assert "一次抽取" not in stage.public.get(f"/p/{TENANT_A}/draws").text

    opening = stage.justice.post(f"{base}/opening")
    assert json.loads(opening.body)["kind"] == "draw_full_opening/1"
    assert stage.coordinator.post(f"{base}/opening").status == 403

    _void(stage, base, draw_id)


def _void(stage: Stage, base: str, draw_id: str) -> None:
    assert stage.coordinator.get(f"{base}/void").status == 200
    short = stage.coordinator.post(f"{base}/void", {"reason": "错"})
    assert short.status == 422
    assert stage.coordinator.post(f"{base}/void", {"reason": "入池名单漏了一批对象"}).status == 303
    assert stage.coordinator.post(f"{base}/void/confirm").status == 403
    assert "确认作废" in stage.justice.get(base).text
    assert stage.justice.post(f"{base}/void/confirm").status == 303
    page = stage.public.get(f"/p/{TENANT_A}/draws/{draw_id}")
    assert "入池名单漏了一批对象" in page.text
    assert "已作废：入池名单漏了一批对象" in stage.public.get(f"/p/{TENANT_A}/draws").text
    assert stage.coordinator.get(f"/console/plans/{stage.city.plan_id}/draw").status == 200


def test_the_evidence_page(stage: Stage) -> None:
    stage.sequence()
    page = stage.coordinator.get("/console/evidence")
    assert "已存证" in page.text
    assert bootstrap.signer().key.key_id[:4] in flat(page.text)
    listed = stage.coordinator.get("/api/v1/evidence/checkpoints").json
    newest, oldest = listed["items"][0]["tree_size"], listed["items"][-1]["tree_size"]
    proof = stage.coordinator.get(f"/api/v1/evidence/consistency/{oldest}/{newest}")
    assert proof.status == 200
    assert stage.coordinator.get("/api/v1/evidence/consistency/0/1").status == 404
