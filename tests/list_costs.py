"""What the list pages cost: table calls and read units of a page, and a tenant that is large enough to measure it on.

Shared by the test that holds the bound and by the measurement on 120,000 subjects (tests/bench/bench_lists.py).
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import boto3

from chalicelib import bootstrap
from chalicelib.domain.record import Record, new_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import DrawGrade, ScenarioMembership, Subject
from chalicelib.domain.tenancy import PLATFORM, Person, Role, Tenant, TenantKind
from chalicelib.storage import keys
from chalicelib.storage.register_contents import county_note, grade_note, place_note, scenario_note
from chalicelib.storage.store import Store
from infra.local.synthetic import synthetic_code
from tests.web.site import NOW

MAX_CALLS, MAX_UNITS = 3, 50
SCENARIO, PATROLLED = "refined_oil", "self_built_housing"
ROUNDS = 400
"""Members of a scenario with patrols in one county: more than one call reads."""
COUNTIES = [f"4501{number:02d}000000" for number in (2, 3, 5, 7, 8, 9, 10, 23, 24, 25, 26, 81)]
GRADES = list(DrawGrade)


class ListPage(NamedTuple):
    """A list as somebody opens it. `next_page` follows its cursor once and measures that."""

    role: Role | None
    path: str
    next_page: bool = False


_C, _O, _S = Role.COORDINATOR, Role.DEPARTMENT_OFFICER, Role.SECURITY_ADMINISTRATOR
_Y, _P = Role.SYSTEM_ADMINISTRATOR, Role.PLATFORM_OPERATOR
REGISTER = "/console/subjects"
LIST_PAGES = [
    ListPage(_C, REGISTER),
    ListPage(_C, REGISTER, next_page=True),
    ListPage(_C, f"{REGISTER}?order=division"),
    ListPage(_C, f"{REGISTER}?division=450103000000"),
    ListPage(_C, f"{REGISTER}?division=450103000000&order=changed"),
    ListPage(_C, f"{REGISTER}?division=450103001000"),
    ListPage(_C, f"{REGISTER}?status=closed"),
    ListPage(_C, f"{REGISTER}?kind=vehicle&division=450103000000"),
    ListPage(_C, f"{REGISTER}?scenario={SCENARIO}"),
    ListPage(_C, f"{REGISTER}?scenario={SCENARIO}&division=450103000000&status=closed"),
    ListPage(_C, f"{REGISTER}?scenario={SCENARIO}&order=grade"),
    ListPage(_C, f"{REGISTER}?scenario={SCENARIO}&grade=C&division=450103001000"),
    ListPage(_C, f"{REGISTER}?q=加油"),
    ListPage(_C, f"{REGISTER}?q=加油", next_page=True),
    ListPage(_C, f"{REGISTER}?q=加油&division=450103000000"),
    ListPage(_C, f"{REGISTER}?q=南宁市"),
    ListPage(_C, f"{REGISTER}?q=91450100MA"),
    ListPage(_C, "/api/v1/subjects?limit=100"),
    ListPage(_C, "/api/v1/subjects?q=加油&limit=100"),
    ListPage(_C, "/console/filters"),
    ListPage(_C, "/console/jobs"),
    ListPage(_C, "/console/imports"),
    ListPage(_C, "/console/plans"),
    ListPage(_C, "/console/draws"),
    ListPage(_C, "/console/visits"),
    ListPage(_C, "/console/findings"),
    ListPage(_C, "/console/results"),
    ListPage(_C, "/console/evaluations"),
    ListPage(_C, "/console/people"),
    ListPage(_C, "/console/people?role=inspector"),
    ListPage(_C, "/console/people?q=测试"),
    ListPage(_C, "/console/people/certificates"),
    ListPage(_C, "/console/departments"),
    ListPage(_C, "/console/bodies"),
    ListPage(_C, "/console/divisions"),
    ListPage(_C, "/console/bindings"),
    ListPage(_C, "/console/hand-overs"),
    ListPage(_C, "/console/notifications"),
    ListPage(_C, "/console/evidence"),
    ListPage(Role.AUDIT_ADMINISTRATOR, "/console/security-log"),
    ListPage(Role.AUDIT_ADMINISTRATOR, "/console/security-log?kind=access"),
    ListPage(_C, "/console/bases"),
    ListPage(_C, "/console/bases/changes"),
    ListPage(_C, "/console/bases/limits"),
    ListPage(_C, "/console/self-checks"),
    ListPage(_C, "/console/self-checks", next_page=True),
    ListPage(_C, f"/console/self-checks?scenario={SCENARIO}&division=450103000000&order=oldest"),
    ListPage(_C, "/console/handbook-pushes"),
    ListPage(_P, "/console/packages"),
    ListPage(_P, "/console/tenants"),
    ListPage(_O, "/console/visits"),
    ListPage(_O, "/console/findings"),
    ListPage(_O, "/console/patrols"),
    ListPage(_O, "/console/disposals"),
    ListPage(_C, "/console/reports"),
    ListPage(_C, "/console/reports?form=refined_oil.fuel_month&period=2026-M10"),
    ListPage(_O, "/console/patrols/due"),
    ListPage(_O, "/console/patrols/due", next_page=True),
    ListPage(_O, "/console/patrols/due?division=450102001000"),
    ListPage(_O, "/api/v1/patrols/due?limit=100"),
    ListPage(_S, "/console/people/changes"),
    ListPage(_Y, "/console/messages"),
    ListPage(_Y, "/console/webhooks"),
    ListPage(_S, "/console/clients"),
    ListPage(_C, "/console"),
    ListPage(_C, "/console", next_page=True),
    ListPage(_C, "/api/v1/todos?limit=100"),
    ListPage(_O, "/console"),
    ListPage(Role.APPROVER, "/console"),
    ListPage(Role.LEGAL_REVIEWER, "/console"),
    ListPage(_S, "/console"),
    ListPage(_C, "/console/search?q=加油"),
    ListPage(_C, "/console/search?q=南宁市"),
    ListPage(Role.APPROVER, "/console/deputies"),
    ListPage(_C, "/console/scenarios"),
    ListPage(_C, "/console/tenant/archives"),
    ListPage(Role.INSPECTOR, "/field"),
    ListPage(Role.SUBJECT_USER, "/subject"),
    ListPage(Role.SUBJECT_USER, "/subject/self-checks"),
    ListPage(Role.SUBJECT_USER, "/subject/orders"),
    ListPage(Role.SUBJECT_USER, "/subject/reports"),
    ListPage(Role.SUBJECT_USER, "/subject/bindings"),
    ListPage(Role.SUBJECT_USER, "/subject/notifications"),
    ListPage(None, "/p/gx450100"),
    ListPage(None, "/p/gx450100?q=加油"),
    ListPage(None, "/p/gx450100/draws"),
]
MORE_CALLS = {
    "/console": (6, "a first screen of several boxes: one query per box, and one per key under which to-dos wait"),
    "/console/search": (5, "the box looks for numbers, subjects and people, each its own query"),
    "/subject": (4, "a first screen of several boxes, one query each: findings, orders, reports, and whose they are"),
}
"""List pages that may make more than three calls: how many, and why."""
NO_LISTS = {
    "/": "the way in",
    "/login": "the way in",
    "/login/callback": "the way in",
    "/login/tenant": "the tenants of one login, which the session holds",
    "/login/join": "the way in",
    "/logout/done": "the way out",
    "/api-reference": "the calls of the API, which the code declares",
    "/offline": "a page that the device keeps",
    "/service-worker.js": "a script",
    "/glossary": "terms that the package ships",
    "/console/glossary": "terms that the package ships",
    "/field/glossary": "terms that the package ships",
    "/subject/glossary": "terms that the package ships",
    "/console/calendars": "two years, and proposals that wait",
    "/console/figures": "sums that are stored as such",
    "/console/setup": "a checklist of a dozen conditions, in as many calls for a hundred acting bodies as for one",
    "/console/tenant": "one record",
    "/console/tenant/closing": "one record",
    "/console/tenant/reset": "a question before a deed",
    "/console/onboarding": "a form",
    "/console/message-setting": "a form",
    "/console/message-setting/receipt-key": "a form",
    "/console/notifications/preference": "a form",
    "/subject/notifications/preference": "a form",
    "/console/notifications/unread": "a number",
    "/subject/notifications/unread": "a number",
    "/console/reports/file": "a form",
    "/console/webhooks/receiving": "instructions",
    "/subject/evaluation": "one record",
    "/subject/handbook": "one document",
    "/subject/handbook/file": "one document",
}
"""Pages without parameters that show no list of records, each with what it shows."""


def may_list(path: str) -> bool:
    """Whether a page of this path may show a list: not that of one record, a form for a new one, or a file."""
    is_one = "{" in path or path.rpartition("/")[2] in ("new", "enter")
    return not (is_one or path.startswith("/api/") or path.endswith((".csv", ".xlsx")))


WITHOUT_A_LIST = {
    Role.COORDINATOR: "/console/glossary",
    Role.INSPECTOR: "/field/glossary",
    Role.SUBJECT_USER: "/subject/glossary",
    None: "/glossary",
}
"""A page of each face that reads nothing of its own: what it costs is session, person and department."""


@dataclass
class Cost:
    calls: int = 0
    units: float = 0.0


@contextmanager
def metered(store: Store | None = None) -> Iterator[Cost]:
    """Counts what this store, or that of this process, asks the table for, and the read units of the answers."""
    cost = Cost()
    asked: list[dict[str, Any]] = []
    events = (store or bootstrap.store())._connection.client.meta.events

    def ask(params: dict[str, Any], **_: Any) -> None:
        asked.append(params)

    def note(parsed: dict[str, Any], **_: Any) -> None:
        cost.calls += 1
        cost.units += read_units(asked[-1], parsed)

    events.register("before-parameter-build.dynamodb", ask, unique_id="ask")
    events.register("after-call.dynamodb", note, unique_id="note")
    try:
        yield cost
    finally:
        events.unregister("before-parameter-build.dynamodb", unique_id="ask")
        events.unregister("after-call.dynamodb", unique_id="note")


def read_units(asked: dict[str, Any], parsed: dict[str, Any]) -> float:
    """As the table would charge it, for the emulator charges every query alike: four kilobytes a unit, half of it when
    eventually consistent; a query by the sum of its items, a batch item by item."""
    if "Responses" in parsed:
        units = 0.0
        for name, items in parsed["Responses"].items():
            share = 1.0 if asked["RequestItems"][name].get("ConsistentRead") else 0.5
            missing = len(asked["RequestItems"][name]["Keys"]) - len(items)
            units += share * (sum(_blocks(size_of(item)) for item in items) + max(missing, 0))
        return units
    share = 1.0 if asked.get("ConsistentRead") else 0.5
    if "Items" in parsed or "Count" in parsed:
        return share * _blocks(sum(size_of(item) for item in parsed.get("Items", ())))
    return share * _blocks(size_of(parsed.get("Item") or {}))


def _blocks(size: int) -> int:
    return max(1, -(-size // 4096))


def size_of(item: dict[str, Any]) -> int:
    """Bytes of names and values, in UTF-8."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: dict[str, Any]) -> int:
    (kind, inner), *_ = value.items()
    return sum(len(one.encode()) for one in inner) if kind == "SS" else len(str(inner).encode())


def large_subject(number: int) -> Subject:
    """Of a register of stations: as long as real ones are, in twelve counties with a township each, three in five in
    the scenario."""
    county = COUNTIES[number % len(COUNTIES)]
    code = synthetic_code("450100", number)
    one = Subject(
        name=f"南宁市{_word(number)}{_word(number // 7)}加油站有限公司",
        code=code,
        division=county if number % 2 else f"{county[:6]}001000",
        address=f"南宁市示例大道{number}号{_word(number)}广场一层",
        phone="15400001234",
        responsible_person="韦甲子",
        source="import:01JD00000000000000000SAMP0",
        status="closed" if number % 97 == 0 else "active",
        memberships=(
            ScenarioMembership(
                scenario=SCENARIO,
                draw_grade=GRADES[number % 4],
                attributes={"has_storage_tank": True, "pump_count": 4, "business_form": "retail"},
            ),
        )
        if number % 5 < 3
        else (),
    )
    one.touch(NOW)
    return one


def _patrolled(number: int) -> ScenarioMember:
    one = large_subject(12 * number).with_changes(
        memberships=(ScenarioMembership(scenario=PATROLLED),), status="active"
    )
    return ScenarioMember.of(one, PATROLLED)


def _word(number: int) -> str:
    """Two characters out of a hundred."""
    return "甲乙丙丁戊己庚辛壬癸"[number % 10] + "东南西北中上下左右前"[number // 10 % 10]


def items_of(tenant: str, record: Record) -> Iterator[dict[str, Any]]:
    """The items of a record as a change would write them, its pointers among them."""
    store = bootstrap.store()
    repository = store._by_kind[record.KIND]
    item = repository.item(tenant, record)
    item.version = 1
    yield item.serialize()
    for key in repository.pointers(tenant, record):
        yield _pointer(key, record)


def _pointer(key: keys.Key, record: Record) -> dict[str, Any]:
    target = f"{record.KIND}#{record.id}"
    return {"pk": {"S": key.partition}, "sk": {"S": key.sort}, "shape": {"S": "pointer"}, "target": {"S": target}}


def write_subjects(tenant: str, count: int) -> None:
    """A register of this many subjects, written past the services."""

    def items() -> Iterator[dict[str, Any]]:
        contents = keys.register_contents(tenant)
        names = [
            *(county_note(one) for one in COUNTIES),
            scenario_note(SCENARIO),
            *(grade_note(SCENARIO, one) for one in GRADES),
            scenario_note(PATROLLED),
            place_note(PATROLLED, COUNTIES[0]),
        ]
        key = {"pk": {"S": contents.partition}, "sk": {"S": contents.sort}}
        yield key | {"shape": {"S": "contents"}, "names": {"SS": names}}
        for number in range(count):
            subject = large_subject(number)
            yield from items_of(tenant, subject)
            for membership in subject.memberships:
                yield from items_of(tenant, ScenarioMember.of(subject, membership.scenario))
        for number in range(ROUNDS):
            yield from items_of(tenant, _patrolled(number))

    write(items())


def write_platform(count: int = 50) -> None:
    """The directory of tenants, and the operator who reads it."""
    with bootstrap.scope(PLATFORM):
        operator = Person(id="operator", name="测试运营", roles=frozenset({Role.PLATFORM_OPERATOR}))
        tenants = [Tenant(id=f"gx4501{one}", label=f"测试{one}", kind=TenantKind.CITY) for one in range(10, 10 + count)]
        write(item for one in (operator, *tenants) for item in items_of(PLATFORM, one))


def write_copies(tenant: str, records: Iterable[Record], count: int) -> None:
    """`count` more of each record, under identifiers of their own."""
    write(
        item
        for record in records
        for _ in range(count)
        for item in items_of(tenant, record.model_copy(update={"id": new_id(), "version": 0}))
    )


def write(items: Iterable[dict[str, Any]]) -> None:
    client, table = boto3.client("dynamodb"), os.environ["YIJIANSHI_TABLE_NAME"]
    batch: list[dict[str, Any]] = []

    def put() -> None:
        if batch:
            left = client.batch_write_item(RequestItems={table: [{"PutRequest": {"Item": one}} for one in batch]})
            assert not left.get("UnprocessedItems")
            batch.clear()

    for item in items:
        batch.append(item)
        if len(batch) == 25:
            put()
    put()
