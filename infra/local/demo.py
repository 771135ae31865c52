"""Loads the demo: tenants, people, registers and plans in several states, all through the services.

Data are synthetic and say so. Everything here is done as the people concerned would do it, so that the history, the
evidence log and the to-do lists of the demo are real.
"""

import time
from collections.abc import Callable, Iterable

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import PLATFORM, Actor, Person, Role, Tenant
from chalicelib.services.register.import_register import request_import
from chalicelib.services.tenancy.add_person import add_person
from chalicelib.services.tenancy.bind_identity import bind_identity
from chalicelib.services.tenancy.onboard_tenant import onboard_tenant
from infra.local.demo_roster import PASSWORD, TENANTS, Login, roster
from infra.local.identity import Directory
from infra.local.synthetic import messy_csv, synthetic_stations

OPERATOR = Actor(
    tenant=PLATFORM, person_id="demo:operator", name="yijianshi", roles=frozenset({Role.PLATFORM_OPERATOR})
)
STATIONS = {"gx450100": 240, "gx450500": 80, "gxasean1": 60}
SHOWN = (
    "nanning.coordinator",
    "nanning.commerce.officer",
    "nanning.commerce.head",
    "nanning.commerce.inspector1",
    "nanning.justice",
    "nanning.subject",
    "beihai.coordinator",
    "park.coordinator",
    "region.overseer",
)
"""The logins that the terminal names; the page of logins lists them all."""
Say = Callable[[str], None]


def load(directory: Directory, say: Say) -> list[list[str]]:
    """Everything, once. Returns the rows that the terminal shows: login, tenant, duty."""
    logins = [login for tenant in TENANTS for login in _onboard(tenant)]
    say(f"  {len(TENANTS)} tenants onboarded")
    for tenant in TENANTS:
        if tenant.id in STATIONS:
            count = _import(tenant)
            say(f"  {tenant.label}: {count} subjects registered")
    logins.append(_subject_user())
    _bind(directory, logins)
    say(f"  {len(logins)} logins made")
    labels = {tenant.id: tenant.label for tenant in TENANTS}
    shown = [login for login in logins if login.username in SHOWN]
    return [["login", "tenant", "duty"]] + [
        [login.username, labels[login.tenant], login.duty] for login in shown
    ] + [["password", PASSWORD, "for every login of the demo"]]


def act(actor: Actor) -> Act:
    return Act(actor=actor, at=bootstrap.clock()())


def actor_of(tenant: str, person_id: str) -> Actor:
    """The person as the services see them; call inside the tenant's scope."""
    store = bootstrap.store()
    person = store.people.get(tenant, person_id)
    department = store.departments.find(tenant, person.department_id) if person.department_id else None
    return Actor.of(tenant, person, department.code if department else None)


def finished(tenant: str, job: Job, seconds: float = 120) -> Job:
    """Wait until the pump has run a job; RuntimeError when it failed or took too long."""
    store, until = bootstrap.store(), time.monotonic() + seconds
    while time.monotonic() < until:
        job = store.jobs.get(tenant, job.id)
        if job.state is JobState.DONE:
            return job
        if job.state is JobState.FAILED:
            raise RuntimeError(f"{job.name}: {job.error_code} {job.error_details}")
        time.sleep(0.2)
    raise RuntimeError(f"{job.name} did not end within {seconds:.0f} s")


def _onboard(tenant: Tenant) -> list[Login]:
    people, logins = roster(tenant)
    onboard_tenant(bootstrap.store(), PLATFORM, act(OPERATOR), tenant=tenant, roster=people)
    return logins


def _import(tenant: Tenant) -> int:
    """The register comes from a messy file, as it would."""
    store = bootstrap.store()
    stations = synthetic_stations(tenant.divisions, STATIONS[tenant.id], seed=len(tenant.label))
    with bootstrap.scope(tenant.id):
        coordinator = actor_of(tenant.id, f"{tenant.id}-coordinator")
        job = request_import(
            store,
            tenant.id,
            act(coordinator),
            upload_id="demo",
            filename=f"{tenant.label}成品油零售企业名录.csv",
            scenario="refined_oil",
            content=messy_csv(stations),
        )
        return int(finished(tenant.id, job).result["accepted"])


def _subject_user() -> Login:
    """Somebody who acts for one filling station of 南宁市."""
    tenant, store = "gx450100", bootstrap.store()
    station = synthetic_stations(["450100000000"], 12)[11]
    with bootstrap.scope(tenant):
        owner = store.owner(tenant, "code", station["code"])
        if owner is None:
            raise RuntimeError(f"{station['code']} was not registered")
        person = Person(
            id=f"{tenant}-subject",
            name=station["responsible_person"],
            roles=frozenset({Role.SUBJECT_USER}),
            subject_ids=[owner.id],
        )
        add_person(store, tenant, act(actor_of(tenant, f"{tenant}-security")), person=person)
    return Login("nanning.subject", tenant, person.id, Role.SUBJECT_USER.value)


def _bind(directory: Directory, logins: Iterable[Login]) -> None:
    for login in logins:
        subject = directory.ensure(login.username, PASSWORD)
        membership = Membership(tenant=login.tenant, person_id=login.person_id, label=login.duty)
        bind_identity(
            bootstrap.store(), act(OPERATOR), issuer=directory.issuer, subject=subject, memberships=[membership]
        )
