"""Tenants and their people: cities, industrial parks, the region as overseer, and who may act for whom.

Sources: policy 桂政办发〔2023〕89号 (tenants, coordinators); 行政处罚法 18, 20, 24, 42 (acting bodies, written
entrustment, two certified officers); GB/T 22239 practice of three separate administrators.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.record import Record

_TENANT_ID = re.compile(r"[a-z0-9]{8}")


def _tenant_id(text: str) -> str:
    if not _TENANT_ID.fullmatch(text):
        raise ValueError("a tenant identifier has eight characters a-z 0-9")
    return text


TenantId = Annotated[str, AfterValidator(_tenant_id)]
PLATFORM: TenantId = "platform"


def is_tenant_id(text: str) -> bool:
    return bool(_TENANT_ID.fullmatch(text))


class TenantKind(StrEnum):
    """`platform` holds the directory and sessions; `region` oversees; cities and parks regulate."""

    PLATFORM = "platform"
    REGION = "region"
    CITY = "city"
    PARK = "park"


class Role(StrEnum):
    """What a person is there for. The three administrators exclude each other and every business role."""

    COORDINATOR = "coordinator"
    DEPARTMENT_OFFICER = "department_officer"
    APPROVER = "approver"
    INSPECTOR = "inspector"
    LEGAL_REVIEWER = "legal_reviewer"
    JUSTICE_SUPERVISOR = "justice_supervisor"
    SUBJECT_USER = "subject_user"
    EVALUATOR = "evaluator"
    SCENARIO_AUTHOR = "scenario_author"
    PLATFORM_OPERATOR = "platform_operator"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDIT_ADMINISTRATOR = "audit_administrator"


def role_owner(role: Role) -> str:
    """Who a role's people are listed under, as tasks name the role."""
    return f"role.{role}"


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR})


class Tenant(Record):
    """One city, park or the region. `divisions` are 12-digit codes (GB/T 2260 and below) that it covers."""

    KIND: ClassVar[str] = "tenant"

    label: str = Field(min_length=1, max_length=60)
    label_en: str = Field(default="", max_length=80)
    short_label: str = Field(default="", max_length=20)
    kind: TenantKind
    divisions: list[str] = Field(default_factory=list)
    scenarios: list[str] = Field(default_factory=list)
    is_synthetic: bool = False

    @property
    def document_prefix(self) -> str:
        """What stands before 〔2026〕 in the number of an official document."""
        return self.short_label or self.label[:1]


class Department(Record):
    """A department of a tenant. `code` is the scenario packages' word for it, e.g. emergency_management."""

    KIND: ClassVar[str] = "department"

    code: str = Field(pattern=r"^[a-z][a-z_]*$")
    label: str = Field(min_length=1, max_length=60)
    label_en: str = Field(default="", max_length=100)
    division: str
    is_active: bool = True


DOCUMENT_CODE = r"^[\u4e00-\u9fff]{0,10}$"
"""Of a body's 机关代字: Chinese characters only."""


class Entrustment(BaseModel):
    """A written, published entrustment (行政处罚法 20): document, term; no re-delegation."""

    model_config = ConfigDict(frozen=True)

    document_number: str
    entruster: str
    valid_from: date
    valid_to: date | None = None


class ActingBody(Record):
    """A body that may inspect in its own name (执法主体), for one or several departments.

    A comprehensive body (行政处罚法 18) or a written entrustment (20) lets one body act for several departments.
    document_code: its word in the numbers of its own documents (机关代字, 邕建), empty for numbers without one.
    """

    KIND: ClassVar[str] = "acting_body"

    label: str = Field(min_length=1, max_length=60)
    label_en: str = Field(default="", max_length=100)
    division: str
    departments: list[str] = Field(min_length=1, description="department codes that it acts for")
    document_code: str = Field(default="", pattern=DOCUMENT_CODE)
    entrustment: Entrustment | None = None
    is_active: bool = True


class Certificate(BaseModel):
    """An inspector's certificate (执法证). It counts on a day from `valid_from` to `valid_to`, both included."""

    model_config = ConfigDict(frozen=True)

    number: str = Field(min_length=4, max_length=30)
    valid_from: date
    valid_to: date

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day <= self.valid_to


class SubjectRight(StrEnum):
    """What somebody may do for a subject. Whoever is bound may read; only the owner manages who else is."""

    READ = "read"
    RECEIVE = "receive"
    RECTIFY = "rectify"
    OBJECT = "object"
    MANAGE = "manage"


class AgentRights(BaseModel):
    """What an agent may do for one subject."""

    model_config = ConfigDict(frozen=True)

    subject_id: str
    rights: frozenset[SubjectRight]


class Person(Record):
    """A person of one tenant. `division` limits what they may know of: a code that covers by significant prefix.

    subject_ids and agent_of repeat the bindings that hold (`domain/binding.py`), written in the same transaction, so
    that a request needs no second read; a subject that is not in `agent_of` is acted for as its owner.
    """

    KIND: ClassVar[str] = "person"

    name: str = Field(min_length=1, max_length=40)
    roles: frozenset[Role]
    department_id: str | None = None
    acting_body_id: str | None = None
    division: str | None = None
    certificates: list[Certificate] = Field(default_factory=list)
    subject_ids: list[str] = Field(default_factory=list)
    agent_of: list[AgentRights] = Field(default_factory=list)
    recused_subjects: dict[str, str] = Field(default_factory=dict, description="subject id to reason")
    is_active: bool = True

    @model_validator(mode="after")
    def _administrators_stand_alone(self) -> Self:
        if self.roles & ADMINISTRATORS and len(self.roles) > 1:
            raise ValueError("system, security and audit administrator hold no other role")
        return self

    def certificate_on(self, day: date) -> Certificate | None:
        return next((c for c in self.certificates if c.holds_on(day)), None)


class Actor(BaseModel):
    """A person at work in one tenant, as seen by rules: no name beyond what pages greet with.

    A deputy at work has the roles and the place of the person named in `acting_for`, no more than the permissions in
    `scope`, and their own `person_id`: whoever asked for something never confirms it, for whomever they act.
    """

    model_config = ConfigDict(frozen=True)

    tenant: TenantId
    person_id: str
    name: str
    roles: frozenset[Role]
    department_id: str | None = None
    department_code: str | None = None
    acting_body_id: str | None = None
    division: str | None = None
    subject_ids: frozenset[str] = frozenset()
    agent_of: tuple[AgentRights, ...] = ()
    acting_for: str | None = None
    acting_for_name: str = ""
    scope: frozenset[str] | None = None

    @classmethod
    def of(cls, tenant: TenantId, person: Person, department_code: str | None = None) -> Self:
        return cls(
            tenant=tenant,
            person_id=person.id,
            name=person.name,
            roles=person.roles,
            department_id=person.department_id,
            department_code=department_code,
            acting_body_id=person.acting_body_id,
            division=person.division,
            subject_ids=frozenset(person.subject_ids),
            agent_of=tuple(person.agent_of),
        )

    @classmethod
    def system(cls, tenant: TenantId, name: str) -> Self:
        """A worker of ours acting inside one tenant; it holds no role and is named in events as `system:<name>`."""
        return cls(tenant=tenant, person_id=f"system:{name}", name=name, roles=frozenset())

    def subjects_for(self, right: SubjectRight) -> frozenset[str]:
        """The subjects for which this person holds the right."""
        withheld = {one.subject_id for one in self.agent_of if right not in one.rights}
        return self.subject_ids - withheld

    def is_behind(self, by: str | None, for_id: str | None) -> bool:
        """Whether who asked (`by`), or for whom they did (`for_id`, None for their own office), is this person or whom
        this person acts for: such two are never the two of a two-person rule."""
        return not {by, for_id}.isdisjoint({self.person_id, self.acting_for} - {None})

    @property
    def is_system(self) -> bool:
        return self.person_id.startswith("system:")
