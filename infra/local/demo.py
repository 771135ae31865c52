"""Loads the demo: tenants, people, registers and plans in several states, all through the services.

Data are synthetic and say so. Everything here is done as the people concerned would do it, so that the history, the
evidence log and the to-do lists of the demo are real.
"""

from collections.abc import Callable, Iterable
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.errors import NotAllowedError
from chalicelib.domain.record import new_id
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import PLATFORM, Actor, Person, Role, Tenant
from chalicelib.services.register.request_import import request_import
from chalicelib.services.tenancy.add_person import add_person
from chalicelib.services.tenancy.bind_identity import bind_identity
from chalicelib.services.tenancy.onboard_tenant import onboard_tenant
from chalicelib.services.tenancy.open_platform import open_platform
from chalicelib.services.tenancy.reset_tenant import write_roster
from chalicelib.workers.handlers import give_up_totals
from infra.local.demo_cast import RUNS_HERE, act, actor_of, finished
from infra.local.demo_client import register_evaluators
from infra.local.demo_handbook import load_handbook
from infra.local.demo_notices import choose_channels
from infra.local.demo_overlays import NEIGHBOUR, publish_packages, share_overlay
from infra.local.demo_people import load_people_matters
from infra.local.demo_plans import TENANT as PLANNED
from infra.local.demo_plans import load_plans
from infra.local.demo_roster import (
    PASSWORD,
    PLATFORM_LABEL,
    PLATFORM_LABEL_EN,
    TENANTS,
    Login,
    platform_operator,
    roster,
    second_operator,
)
from infra.local.demo_street import load_street
from infra.local.demo_subjects import load_around, load_subjects
from infra.local.identity import Directory
from infra.local.synthetic import messy_csv, synthetic_stations

OPERATOR = Actor(
    tenant=PLATFORM, person_id="demo:operator", name="yijianshi", roles=frozenset({Role.PLATFORM_OPERATOR})
)
FEWEST = 14
"""The messy file plants its faults in the first twelve rows."""
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
    "nanning.security",
    "nanning.system",
    "platform.operator",
)
"""The logins that the terminal names one by one; those of the other departments are told as a pattern."""
Say = Callable[[str], None]


def load(directory: Directory, say: Say, *, is_small: bool = False) -> list[list[str]]:
    """Everything, once. Returns the rows that the terminal shows: login, tenant, duty.

    is_small: a few stations per tenant, for a cloud whose queries get slower with every item (moto).
    """
    logins = [*_open_platform(), *(login for tenant in TENANTS for login in _onboard(tenant))]
    say(f"  {len(TENANTS)} tenants onboarded, {publish_packages(OPERATOR)} packages published")
    for tenant in TENANTS:
        if tenant.id in STATIONS:
            count = _import(tenant, max(FEWEST, STATIONS[tenant.id] // 8) if is_small else STATIONS[tenant.id])
            say(f"  {tenant.label}: {count} subjects registered")
    share_overlay()
    choose_channels()
    inspected = load_plans()
    logins += [_subject_user(inspected), *load_people_matters(inspected)]
    load_subjects(inspected)
    load_handbook(inspected)
    with bootstrap.scope(PLANNED):
        count, issuer = load_street()
        logins.append(issuer)
        say(f"  {count} subjects of five more scenarios on one street")
    say("  5 plans made: two drafts, one in opinions, one to draw, one with an inspected station")
    for tenant in TENANTS:
        give_up_totals(tenant, TENANTS, bootstrap.clock()())
    _bind(directory, logins)
    register_evaluators(directory)
    say(f"  {len(logins)} logins made")
    labels = {tenant.id: tenant.label for tenant in TENANTS} | {PLATFORM: PLATFORM_LABEL}
    shown = [login for login in logins if login.username in SHOWN]
    return (
        [["login", "tenant", "duty"]]
        + [[login.username, labels[login.tenant], login.duty] for login in shown]
        + [[f"nanning.*.{duty}", labels[PLANNED], words] for duty, words in _offices(logins).items()]
        + [["password", PASSWORD, "for every login of the demo"]]
    )


def _offices(logins: Iterable[Login]) -> dict[str, str]:
    """Last part of a login of the planned city to which departments have one."""
    parts = [login.username.split(".") for login in logins if login.tenant == PLANNED]
    names = ", ".join(dict.fromkeys(part[1] for part in parts if len(part) == 3 and part[2] == "officer"))
    return {"officer": f"* is one of {names}", "head": "the same", "inspector1": "the same, 1 to 4"}


def reload_tenant(home: Tenant) -> dict[str, Any]:
    """One tenant of the demo as it was at the first start, inside its scope and with everything of it erased. The
    logins lead to the same people as before. Called by the job that resets it."""
    found = next((one for one in TENANTS if one.id == home.id), None)
    if found is None:
        raise NotAllowedError(reason="not_a_demo")
    token = RUNS_HERE.set(True)
    try:
        write_roster(bootstrap.store(), act(OPERATOR), found, roster(found)[0].records())
        count = _import(found, STATIONS[found.id]) if found.id in STATIONS else 0
        if found.id == NEIGHBOUR:
            share_overlay()
        if found.id == PLANNED:
            choose_channels()
            inspected = load_plans()
            _subject_user(inspected)
            load_people_matters(inspected)
            load_around(inspected)
            load_handbook(inspected)
            count += load_street()[0]
    finally:
        RUNS_HERE.reset(token)
    return {"subjects": count}


def _open_platform() -> list[Login]:
    """The platform's own tenant, with two who onboard the others."""
    operators = [platform_operator(), second_operator()]
    people = [person for person, _ in operators]
    open_platform(bootstrap.store(), act(OPERATOR), label=PLATFORM_LABEL, label_en=PLATFORM_LABEL_EN, operators=people)
    return [login for _, login in operators]


def _onboard(tenant: Tenant) -> list[Login]:
    people, logins = roster(tenant)
    onboard_tenant(bootstrap.store(), PLATFORM, act(OPERATOR), tenant=tenant, roster=people)
    return logins


def _import(tenant: Tenant, count: int) -> int:
    """The register comes from a messy file, as it would."""
    store = bootstrap.store()
    stations = synthetic_stations(tenant.divisions, count, seed=len(tenant.label))
    with bootstrap.scope(tenant.id):
        coordinator = actor_of(tenant.id, f"{tenant.id}-coordinator")
        job = request_import(
            store,
            tenant.id,
            act(coordinator),
            upload_id=new_id(),
            filename=f"{tenant.label}成品油零售企业名录.csv",
            scenario="refined_oil",
            content=messy_csv(stations),
        )
        return int(finished(tenant.id, job).result["accepted"])


def _subject_user(subject_id: str) -> Login:
    """Somebody who acts for the station of 南宁市 that was inspected."""
    tenant, store = "gx450100", bootstrap.store()
    with bootstrap.scope(tenant):
        subject = store.subjects.get(tenant, subject_id)
        person = Person(
            id=f"{tenant}-subject",
            name=subject.responsible_person or "韦晨阳",
            roles=frozenset({Role.SUBJECT_USER}),
            subject_ids=[subject.id],
        )
        add_person(store, tenant, act(actor_of(tenant, f"{tenant}-security")), person=person)
    return Login("nanning.subject", tenant, person.id, Role.SUBJECT_USER.value)


def _bind(directory: Directory, logins: Iterable[Login]) -> None:
    labels = {tenant.id: tenant.label for tenant in TENANTS}
    for login in logins:
        subject = directory.ensure(login.username, PASSWORD)
        membership = Membership(tenant=login.tenant, person_id=login.person_id, label=labels.get(login.tenant, ""))
        bind_identity(
            bootstrap.store(), act(OPERATOR), issuer=directory.issuer, subject=subject, memberships=[membership]
        )
