"""A city with hundreds of officers: the daily sweep and the setup checklist read those of whom something is to be said,
not everybody."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.tenancy import ActingBody, Certificate, Person, Role
from chalicelib.domain.todo import heap_of
from chalicelib.services.people.warn_certificates import KEEPER, TOPIC, warn_certificates
from chalicelib.services.tenancy.setup_checklist import SetupTopic, setup_checklist
from chalicelib.storage.store import Store
from tests.builders import NOW, TENANT, actor
from tests.table_costs import metered
from tests.table_items import items_of, write
from tests.visiting import save
from tests.web.site import open_site

OFFICERS, BODIES = 400, 8
TODAY = date(2026, 11, 23)


def spans(*days: int) -> list[Certificate]:
    """Certificates from and to these days, counted from today."""
    return [
        Certificate(
            number=f"4500{n}", valid_from=TODAY + timedelta(days=days[n]), valid_to=TODAY + timedelta(days=days[n + 1])
        )
        for n in range(0, len(days), 2)
    ]


CASES = {
    "ended": spans(-900, -3),
    "bare": [],
    "gap": spans(-900, 10, 60, 900),
    "not-yet": spans(5, 900),
    "followed": spans(-900, 10, 11, 900),
    "brief": spans(-900, 2, 9, 20),
    "had-gap": spans(-9000, -900, -800, 900),
}


def officer(id: str, certificates: list[Certificate], body: int = 0, **more: object) -> Person:
    known = {"roles": frozenset({Role.INSPECTOR}), "acting_body_id": f"body-{body}"} | more
    return Person(id=id, name="韦晨阳", certificates=certificates, **known)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def city() -> Iterator[Store]:
    """Eight bodies, the last with one officer who holds a certificate; every case of a certificate once."""
    with open_site(), bootstrap.scope(TENANT):
        store = bootstrap.store()
        valid = [officer(f"o-{n:04d}", spans(-900, 500 + n), n % (BODIES - 1)) for n in range(OFFICERS)]
        odd = [officer(id, held) for id, held in CASES.items()]
        last = officer("only", spans(-900, 900), BODIES - 1)
        gone = officer("gone", spans(-900, -3), is_active=False)
        bodies = [
            ActingBody(id=f"body-{n}", label=f"第{n}执法支队", division="450100000000", departments=["commerce"])
            for n in range(BODIES)
        ]
        for person in (*valid, *odd, last, gone):
            person.touch(NOW)
        for body in bodies:
            body.touch(NOW)
        write(item for record in (*bodies, *valid, *odd, last, gone) for item in items_of(TENANT, record))
        yield store


def warned(store: Store) -> set[str]:
    return {one.about.id for one in store.todos.every_of_owner(TENANT, heap_of(KEEPER, TOPIC))}


def test_the_sweep_reads_whom_it_warns_of(city: Store) -> None:
    assert warn_certificates(city, TENANT, NOW) == 4
    assert warned(city) == {"ended", "bare", "gap", "brief"}

    with metered() as cost:
        assert warn_certificates(city, TENANT, NOW + timedelta(days=1)) == 0

    assert cost.calls <= 7 and cost.units <= 10


def test_the_sweep_takes_back_what_no_longer_holds(city: Store) -> None:
    mended = city.people.get(TENANT, "bare").with_changes(certificates=spans(-1, 900))
    retired = city.people.get(TENANT, "ended").with_changes(is_active=False)
    save(city, mended, retired)

    assert warn_certificates(city, TENANT, NOW + timedelta(days=2)) == 2
    assert warned(city) == {"gap", "brief"}


def test_the_checklist_reads_the_first_of_what_is_missing(city: Store) -> None:
    with metered() as cost:
        items = setup_checklist(city, TENANT, actor(Role.COORDINATOR), NOW)

    found = {one.topic: one for one in items}
    short = set(found[SetupTopic.INSPECTORS].refs)
    assert f"body-{BODIES - 1}" in short and not short & {f"body-{n}" for n in range(BODIES - 1)}
    assert {"gone", "followed", "had-gap", "gap"}.isdisjoint(found[SetupTopic.CERTIFICATES].refs)
    assert "not-yet" in found[SetupTopic.CERTIFICATES].refs
    assert cost.calls <= 17 and cost.units <= 20


def test_the_checklist_calls_as_often_for_many_bodies(city: Store) -> None:
    with metered() as few:
        items = setup_checklist(city, TENANT, actor(Role.COORDINATOR), NOW)
    before = {one.topic: one for one in items}[SetupTopic.INSPECTORS]
    bodies = [
        ActingBody(id=f"more-{n}", label=f"第{n}执法队", division="450100000000", departments=["commerce"])
        for n in range(40)
    ]
    pair = [officer(f"pair-{n}", spans(-9, 9, *(60, 90) * n), acting_body_id="more-0") for n in range(2)]
    save(city, *bodies, *pair)

    with metered() as many:
        items = setup_checklist(city, TENANT, actor(Role.COORDINATOR), NOW)

    assert many.calls == few.calls
    short = {one.topic: one for one in items}[SetupTopic.INSPECTORS]
    assert short.count == before.count + 39
