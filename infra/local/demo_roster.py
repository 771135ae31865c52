"""The demo's tenants and people: synthetic names, real structure. Every login is printed by `make run`.

One person per duty and tenant, so that the whole path can be walked; inspectors are drawn from four per acting body.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from chalicelib.domain.tenancy import PLATFORM, ActingBody, Certificate, Department, Person, Role, Tenant, TenantKind
from chalicelib.services.tenancy.onboard_tenant import Roster

PASSWORD = "Yijianshi-demo-2026"  # the demo's own cloud on this machine; no real account has it
INSPECTORS_PER_BODY = 4

DEPARTMENTS = [
    ("commerce", "商务局", "Commerce Bureau"),
    ("emergency_management", "应急管理局", "Emergency Management Bureau"),
    ("market_regulation", "市场监督管理局", "Market Regulation Bureau"),
    ("taxation", "税务局", "Taxation Bureau"),
    ("ecology_environment", "生态环境局", "Ecology and Environment Bureau"),
    ("fire_rescue", "消防救援支队", "Fire and Rescue Brigade"),
    ("public_security", "公安局", "Public Security Bureau"),
    ("transport", "交通运输局", "Transport Bureau"),
    ("meteorology", "气象局", "Meteorological Bureau"),
    ("housing_construction", "住房和城乡建设局", "Housing and Construction Bureau"),
    ("natural_resources", "自然资源局", "Natural Resources Bureau"),
    ("education", "教育局", "Education Bureau"),
    ("urban_management", "城市管理局", "Urban Management Bureau"),
]
JUSTICE = ("justice", "司法局", "Justice Bureau")
BIG_DATA = ("big_data", "大数据发展局", "Big Data Development Bureau")
STREET = ("township_street", "新竹街道办事处", "Xinzhu Subdistrict Office", "450103001000")
"""Of 南宁市 alone, whose street lies there: who has people moved out of a building in danger."""

SURNAMES = "韦黄覃梁陆李陈莫蒙农罗潘谢吴周唐廖石"
GIVEN = "晨阳岚琳桐航雨宁泽然语安之远知行若川景明"


@dataclass(frozen=True)
class Login:
    """One demo account: who it is, for the table that `make run` prints."""

    username: str
    tenant: str
    person_id: str
    duty: str


TENANTS = [
    Tenant(
        id="gx450100",
        label="南宁市",
        label_en="Nanning",
        short_label="南",
        kind=TenantKind.CITY,
        divisions=["450100000000"],
        scenarios=[
            "refined_oil",
            "self_built_housing",
            "prepaid_card",
            "bottled_gas",
            "catering",
            "off_campus_tutoring",
        ],
        is_synthetic=True,
    ),
    Tenant(
        id="gx450500",
        label="北海市",
        label_en="Beihai",
        short_label="北",
        kind=TenantKind.CITY,
        divisions=["450500000000"],
        scenarios=["refined_oil"],
        is_synthetic=True,
    ),
    Tenant(
        id="gxasean1",
        label="中国—东盟产业合作区",
        label_en="China–ASEAN Industrial Cooperation Zone",
        short_label="东盟",
        kind=TenantKind.PARK,
        divisions=["450108000000", "450702000000"],
        scenarios=["refined_oil"],
        is_synthetic=True,
    ),
    Tenant(
        id="gx450000",
        label="广西壮族自治区",
        label_en="Guangxi Zhuang Autonomous Region",
        short_label="桂",
        kind=TenantKind.REGION,
        divisions=["450000000000"],
        is_synthetic=True,
    ),
]

PREFIXES = {"gx450100": "nanning", "gx450500": "beihai", "gxasean1": "park", "gx450000": "region"}


PLATFORM_LABEL, PLATFORM_LABEL_EN = "平台", "Platform"


def platform_operator() -> tuple[Person, Login]:
    """Who onboards tenants."""
    person = Person(id="platform-operator", name=_name("platform"), roles=frozenset({Role.PLATFORM_OPERATOR}))
    return person, Login("platform.operator", PLATFORM, person.id, Role.PLATFORM_OPERATOR.value)


def second_operator() -> tuple[Person, Login]:
    """Who checks what the first one uploads: a year's calendar is published by two."""
    person = Person(id="platform-operator-2", name=_name("platform-2"), roles=frozenset({Role.PLATFORM_OPERATOR}))
    return person, Login("platform.operator2", PLATFORM, person.id, Role.PLATFORM_OPERATOR.value)


def _name(seed: str) -> str:
    digest = sha256(seed.encode()).digest()
    return SURNAMES[digest[0] % len(SURNAMES)] + GIVEN[digest[1] % len(GIVEN)] + GIVEN[digest[2] % len(GIVEN)]


def _id(tenant: str, text: str) -> str:
    return f"{tenant}-{text}".replace("_", "-")


def _certificate(tenant: str, number: int, expires_on: date) -> Certificate:
    code = int(sha256(f"{tenant}{number}".encode()).hexdigest()[:6], 16) % 10**6
    return Certificate(number=f"桂A{code:06d}{number:02d}", valid_from=date(2024, 1, 1), valid_to=expires_on)


def roster(tenant: Tenant) -> tuple[Roster, list[Login]]:
    """The people of one tenant and their logins."""
    if tenant.kind is TenantKind.REGION:
        return _overseers(tenant)
    prefix, division = PREFIXES[tenant.id], tenant.divisions[0]
    place = "园区" if tenant.kind is TenantKind.PARK else "市"
    found, logins = Roster(), []
    desks = [(code, place + label, label_en, division) for code, label, label_en in (JUSTICE, BIG_DATA)]
    offices = [(code, place + label, label_en, division) for code, label, label_en in DEPARTMENTS]
    if tenant.id == "gx450100":
        offices.append(STREET)
    for code, label, label_en, area in [*offices, *desks]:
        found.departments.append(
            Department(id=_id(tenant.id, code), code=code, label=label, label_en=label_en, division=area)
        )

    def add(
        duty: str, role: Role, department: str | None, body: str | None = None, login: str = "", **more: object
    ) -> None:
        person = Person(
            id=_id(tenant.id, duty),
            name=_name(tenant.id + duty),
            roles=frozenset({role}),
            department_id=_id(tenant.id, department) if department else None,
            acting_body_id=body,
            **more,
        )
        found.people.append(person)
        if login:
            logins.append(Login(f"{prefix}.{login}", tenant.id, person.id, role.value))

    add("coordinator", Role.COORDINATOR, "big_data", login="coordinator")
    add("deputy", Role.COORDINATOR, "big_data", login="deputy")
    add("legal", Role.LEGAL_REVIEWER, "justice", login="legal")
    add("justice", Role.JUSTICE_SUPERVISOR, "justice", login="justice")
    add("evaluator", Role.EVALUATOR, None, login="evaluator")
    add("author", Role.SCENARIO_AUTHOR, "big_data", login="author")
    add("system", Role.SYSTEM_ADMINISTRATOR, None, login="system")
    add("security", Role.SECURITY_ADMINISTRATOR, None, login="security")
    add("audit", Role.AUDIT_ADMINISTRATOR, None, login="audit")
    for code, label, label_en, area in offices:
        body = _id(tenant.id, f"body-{code}")
        found.acting_bodies.append(
            ActingBody(id=body, label=label, label_en=label_en, division=area, departments=[code])
        )
        short = code.split("_")[0]
        add(f"officer-{code}", Role.DEPARTMENT_OFFICER, code, body, login=f"{short}.officer")
        add(f"head-{code}", Role.APPROVER, code, body, login=f"{short}.head")
        for number in range(1, INSPECTORS_PER_BODY + 1):
            expires_on = (
                date(2026, 12, 5) if number == INSPECTORS_PER_BODY and code == "taxation" else date(2028, 12, 31)
            )
            certificate = _certificate(tenant.id + code, number, expires_on)
            add(
                f"inspector-{code}-{number}",
                Role.INSPECTOR,
                code,
                body,
                login=f"{short}.inspector{number}",
                certificates=[certificate],
            )
    return found, logins


def _overseers(tenant: Tenant) -> tuple[Roster, list[Login]]:
    duties = [("overseer", Role.EVALUATOR), ("justice", Role.JUSTICE_SUPERVISOR)]
    people = [
        Person(id=_id(tenant.id, duty), name=_name(tenant.id + duty), roles=frozenset({role})) for duty, role in duties
    ]
    logins = [
        Login(f"{PREFIXES[tenant.id]}.{duty}", tenant.id, _id(tenant.id, duty), role.value) for duty, role in duties
    ]
    return Roster(people=people), logins
