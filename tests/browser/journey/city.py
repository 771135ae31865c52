"""A small onboarded city for the journey: three acting bodies and the justice department, with their logins.

It takes the place of the demo when the site starts for the tests: people are there, the register and everything after
it are made by them, in the browser.
"""

import threading
from collections.abc import Callable

from chalicelib import bootstrap
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import PLATFORM, Person, Role
from chalicelib.services.tenancy.add_person import add_person
from chalicelib.services.tenancy.bind_identity import bind_identity
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from chalicelib.services.tenancy.open_platform import open_platform
from infra.local.demo import OPERATOR
from infra.local.demo_cast import act, actor_of
from infra.local.demo_roster import (
    PASSWORD,
    PLATFORM_LABEL,
    PLATFORM_LABEL_EN,
    TENANTS,
    Login,
    platform_operator,
    roster,
)
from infra.local.identity import Directory
from infra.local.synthetic import Station, messy_csv, synthetic_stations

TENANT = "gx450100"
COUNTIES = ["450105000000", "450107000000"]
"""江南区 and 西乡塘区: the stations are there, and only there."""
STATIONS = 25
BODIES = ("commerce", "emergency_management", "market_regulation")
OFFICES = (*BODIES, "justice", "big_data")
SUBJECT_LOGIN = "nanning.subject"


def stations() -> list[Station]:
    return synthetic_stations(COUNTIES, STATIONS)


def register_csv() -> bytes:
    """The messy GBK file that the coordinator has: see infra/local/synthetic.py for the faults in it."""
    return messy_csv(stations())


def load(directory: Directory, say: Callable[[str], None], *, is_small: bool = False) -> list[list[str]]:
    """Onboard the city, make its logins, listen for commands. The rows that the terminal shows."""
    tenant = next(one for one in TENANTS if one.id == TENANT)
    everybody, logins = roster(tenant)
    departments = [one for one in everybody.departments if one.code in OFFICES]
    kept = {one.id for one in departments}
    few = Roster(
        departments=departments,
        acting_bodies=[one for one in everybody.acting_bodies if set(one.departments) <= set(BODIES)],
        people=[one for one in everybody.people if one.department_id is None or one.department_id in kept],
    )
    onboard_tenant(bootstrap.store(), PLATFORM, act(OPERATOR), tenant=tenant, roster=few)
    people = {one.id for one in few.people}
    shown = [login for login in logins if login.person_id in people]
    operator, operator_login = platform_operator()
    open_platform(
        bootstrap.store(), act(OPERATOR), label=PLATFORM_LABEL, label_en=PLATFORM_LABEL_EN, operators=[operator]
    )
    shown.append(operator_login)
    for login in shown:
        _bind(directory, login)
    threading.Thread(target=_listen, args=(directory, say), daemon=True).start()
    say(f"  {len(shown)} logins made")
    return [["login", "tenant", "duty"], *([login.username, tenant.label, login.duty] for login in shown)]


def _listen(directory: Directory, say: Callable[[str], None]) -> None:
    """`subject ID` on standard input makes a login for this subject and is answered with `login NAME`: no page of
    this release makes people. Unbuffered, since a buffered reader holds a lock that the interpreter wants at exit."""
    with open(0, "rb", buffering=0, closefd=False) as commands:
        for line in commands:
            word, _, value = line.decode().strip().partition(" ")
            if word == "subject":
                say(f"login {add_subject_user(directory, value)}")


def add_subject_user(directory: Directory, subject_id: str) -> str:
    """Somebody who acts for this subject; the name of the login."""
    with bootstrap.scope(TENANT):
        subject = bootstrap.store().subjects.get(TENANT, subject_id)
        person = Person(
            id=f"{TENANT}-subject",
            name=subject.responsible_person or "韦晨阳",
            roles=frozenset({Role.SUBJECT_USER}),
            subject_ids=[subject.id],
        )
        add_person(bootstrap.store(), TENANT, act(actor_of(TENANT, f"{TENANT}-security")), person=person)
    _bind(directory, Login(SUBJECT_LOGIN, TENANT, person.id, Role.SUBJECT_USER.value))
    return SUBJECT_LOGIN


def _bind(directory: Directory, login: Login) -> None:
    subject = directory.ensure(login.username, PASSWORD)
    membership = Membership(tenant=login.tenant, person_id=login.person_id, label="南宁市")
    bind_identity(bootstrap.store(), act(OPERATOR), issuer=directory.issuer, subject=subject, memberships=[membership])
