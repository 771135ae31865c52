"""Subjects of the demo besides filling stations: a tank, a building, a vehicle, a card programme, an operator nobody
knows, how they relate, a record entered twice, and a hand-over waiting on either side."""

from datetime import date

from chalicelib import bootstrap
from chalicelib.domain.subject import CoordinateSystem, ResponsiblePerson, Subject, SubjectDraft, SubjectKind
from chalicelib.domain.subject_kind import RelationKind
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.register.offer_hand_over import offer_hand_over
from chalicelib.services.register.register_subject import register_subject
from chalicelib.services.register.relate_subjects import relate_subjects
from infra.local.demo_cast import act, actor_of

HOME, NEIGHBOUR = "gx450100", "gx450500"


def load_subjects(station_id: str) -> None:
    """Around one station of 南宁市, and one subject of 北海市 that is offered to it."""
    with bootstrap.scope(HOME):
        station = bootstrap.store().subjects.get(HOME, station_id)
        _around(station)
        yard = _made(HOME, SubjectKind.SITE, "示例加油站改建工地", station.division, address="示例大道66号")
        _offer(HOME, yard, NEIGHBOUR, "建设单位注册地迁到北海市，工地也由那边监管")
    with bootstrap.scope(NEIGHBOUR):
        division = bootstrap.store().tenants.get(NEIGHBOUR, NEIGHBOUR).divisions[0][:4] + "02000000"
        lorry = _made(
            NEIGHBOUR, SubjectKind.VEHICLE, "示例油品运输车", division, plate="桂E00000", address="海城区示例路9号"
        )
        _offer(NEIGHBOUR, lorry, HOME, "车辆已转到南宁市经营")


def load_around(station_id: str) -> None:
    """What stands around the station alone: a tenant that starts anew offers nothing to its neighbour again."""
    with bootstrap.scope(HOME):
        _around(bootstrap.store().subjects.get(HOME, station_id))


def _around(station: Subject) -> None:
    """What belongs to the station, what lies beside it, and the same station entered a second time."""
    place = {"located_at": "22.817002,108.366543", "coordinate_system": CoordinateSystem.GCJ02}
    shop = _made(
        HOME,
        SubjectKind.PREMISES,
        station.name.removesuffix("有限公司") + "便利店",
        station.division,
        address=station.address,
        kind_attributes={"floor_area": 120, "opened_on": "2019-05-01", "uses_gas": False},
        responsible_people=(
            ResponsiblePerson(role="safety_officer", name="韦晨阳", phone="15400005678"),
            ResponsiblePerson(role="site_contact", name="覃岚琳", phone="15400009012"),
        ),
        **place,
    )
    tank = _made(
        HOME,
        SubjectKind.TANK,
        "一号埋地油罐",
        station.division,
        address=station.address,
        operator_code=station.code,
        kind_attributes={"medium": "gasoline", "volume": 50, "is_underground": True, "tested_until": "2027-06-30"},
    )
    building = _made(
        HOME,
        SubjectKind.BUILDING,
        "示例大道18号综合楼",
        station.division,
        address=station.address,
        kind_attributes={"structure": "frame", "floor_count": 3, "use": "business", "built_in": 2012},
    )
    cards = _made(
        HOME,
        SubjectKind.CARD_PROGRAMME,
        "示例加油预付卡",
        station.division,
        address=station.address,
        operator_code=station.code,
        kind_attributes={"card_count": 1200, "prepaid_balance": 35_680_000},
    )
    _made(
        HOME,
        SubjectKind.UNKNOWN_OPERATOR,
        "示例大道路口夜间流动加油",
        station.division,
        plate="桂A00000",
        kind_attributes={"doing": "夜间用面包车给货车加油", "first_seen_on": "2026-10-12", "times_seen": 3},
    )
    _made(HOME, SubjectKind.PREMISES, shop.name, station.division, address=station.address + "一楼")
    _relate(shop, station, RelationKind.OPERATED_BY, date(2019, 5, 1))
    _relate(shop, building, RelationKind.LOCATED_IN)
    _relate(tank, station, RelationKind.OPERATED_BY)
    _relate(cards, station, RelationKind.OPERATED_BY, date(2024, 1, 1))
    _relate(station, building, RelationKind.LOCATED_IN)


def _made(tenant: TenantId, kind: SubjectKind, name: str, division: str, **more: object) -> Subject:
    draft = SubjectDraft.model_validate({"kind": kind, "name": name, "division": division, "source": "form"} | more)
    by = act(actor_of(tenant, f"{tenant}-coordinator"))
    subject: Subject = register_subject(bootstrap.store(), tenant, by, draft=draft)
    return subject


def _relate(source: Subject, target: Subject, kind: RelationKind, from_on: date | None = None) -> None:
    by = act(actor_of(HOME, f"{HOME}-coordinator"))
    relate_subjects(bootstrap.store(), HOME, by, subject_id=source.id, other_id=target.id, kind=kind, from_on=from_on)


def _offer(tenant: TenantId, subject: Subject, receiver: TenantId, reason: str) -> None:
    by = act(actor_of(tenant, f"{tenant}-coordinator"))
    offer_hand_over(bootstrap.store(), tenant, by, subject_id=subject.id, receiver=receiver, reason=reason)
