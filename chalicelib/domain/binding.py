"""Binding (绑定) of a person to a subject: who may act for it, as owner or agent, and how that came about.

A binding comes from a code on a served notice, from a department's confirmation of a request, or was entered by an
administrator at onboarding. Bindings are the record; a person's `subject_ids` and `agent_of` repeat those that hold.
"""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.access import Resource
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import Actor, AgentRights, Person, SubjectRight
from chalicelib.domain.text import normalise
from chalicelib.domain.visit import Photo

_RULES = Path(__file__).parent / "data" / "binding_rules.json"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Characters of a code, without look-alikes; 31 of them."""
CODE_LENGTH = 16
"""16 characters of 31: 79 bits, which nobody guesses."""


class BindingRole(StrEnum):
    """An owner (法定代表人、负责人) may do everything for the subject; an agent (代办人) what was given."""

    OWNER = "owner"
    AGENT = "agent"


class BindingSource(StrEnum):
    """How the binding came about."""

    SERVED_CODE = "served_code"
    CONFIRMATION = "confirmation"
    ADMINISTRATOR = "administrator"


class BindingRules(BaseModel):
    """The product's own terms, as data: how long a code lives, how often one may try, what an agent is offered."""

    model_config = ConfigDict(frozen=True)

    version: str
    code_days: int = Field(gt=0)
    tries: int = Field(gt=0)
    tries_seconds: int = Field(gt=0)
    open_requests: int = Field(gt=0)
    agents_per_subject: int = Field(gt=0)
    agent_rights: frozenset[SubjectRight]


@cache
def binding_rules() -> BindingRules:
    return BindingRules.model_validate_json(_RULES.read_text(encoding="utf-8"))


class Binding(Record):
    """One person's binding to one subject; `id` is `<subject id>.<person id>`. It stays when revoked."""

    KIND: ClassVar[str] = "binding"

    subject_id: str
    subject_name: str
    division: str
    person_id: str
    person_name: str
    role: BindingRole
    rights: frozenset[SubjectRight] = frozenset(SubjectRight)
    source: BindingSource
    source_id: str = Field(default="", description="the code or the request that it came from")
    bound_at: UtcTime
    bound_by: str
    revoked_at: UtcTime | None = None
    revoked_by: str | None = None
    revoke_reason: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _rights_follow_the_role(self) -> Self:
        if self.role is BindingRole.OWNER and self.rights != frozenset(SubjectRight):
            raise ValueError("an owner has every right")
        if self.role is BindingRole.AGENT and SubjectRight.MANAGE in self.rights:
            raise ValueError("an agent manages no other agents")
        if SubjectRight.READ not in self.rights:
            raise ValueError("whoever is bound may read")
        return self

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.division}), subjects=frozenset({self.subject_id}))

    @property
    def is_held(self) -> bool:
        return self.revoked_at is None


def binding_id(subject_id: str, person_id: str) -> str:
    return f"{subject_id}.{person_id}"


def with_binding(person: Person, binding: Binding) -> Person:
    """The person as they stand once this binding holds, or no longer does."""
    others = [one for one in person.subject_ids if one != binding.subject_id]
    agent_of = [one for one in person.agent_of if one.subject_id != binding.subject_id]
    if binding.is_held:
        others.append(binding.subject_id)
        if binding.role is BindingRole.AGENT:
            agent_of.append(AgentRights(subject_id=binding.subject_id, rights=binding.rights))
    return person.with_changes(subject_ids=others, agent_of=agent_of)


def reaching(actor: Actor, groups: Iterable[frozenset[str]]) -> Actor:
    """The actor reaching every identifier of each group in which they are bound to one, with the most that any of these
    bindings gives. groups: the identifiers of one subject, of duplicates merged into one."""
    held, rights = set(actor.subject_ids), {one.subject_id: one.rights for one in actor.agent_of}
    for group in groups:
        bound = group & actor.subject_ids
        is_owner = any(id not in rights for id in bound)
        most = frozenset[SubjectRight]().union(*(rights[id] for id in bound if id in rights))
        held |= group if bound else frozenset()
        for id in group if bound else ():
            if is_owner:
                rights.pop(id, None)
            else:
                rights[id] = most
    agent_of = tuple(AgentRights(subject_id=id, rights=one) for id, one in sorted(rights.items()))
    return actor.model_copy(update={"subject_ids": frozenset(held), "agent_of": agent_of})


class TooManyTriesError(YijianshiError):
    """Wrong codes were typed too often. Details: `minutes` and `retry_after` (seconds) until the next try."""

    code = "too_many_tries"


class BindingCode(Record):
    """A code on a served notice. Only its SHA-256 (hex) is kept; who has the paper may bind until it is used, revoked
    or expired. is_single_use False: several agents of the subject may use it until then."""

    KIND: ClassVar[str] = "binding_code"

    subject_id: str
    subject_name: str
    division: str
    code_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    role: BindingRole
    rights: frozenset[SubjectRight] = frozenset(SubjectRight)
    is_single_use: bool = True
    issued_at: UtcTime
    issued_by: str
    expires_at: UtcTime
    used_by: list[str] = Field(default_factory=list)
    revoked_at: UtcTime | None = None

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.division}))

    def problem_at(self, now: datetime) -> str:
        """Why the code cannot be used now: `code_revoked`, `code_used`, `code_expired`; empty when it can."""
        if self.revoked_at is not None:
            return "code_revoked"
        if self.is_single_use and self.used_by:
            return "code_used"
        return "code_expired" if now > self.expires_at else ""


def make_code(random: bytes | None = None) -> str:
    """A fresh code as printed, `XXXX-XXXX-XXXX-XXXX`; `random` (32 bytes) makes it repeatable."""
    number = int.from_bytes(random if random is not None else secrets.token_bytes(32), "big")
    text = ""
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(ALPHABET))
        text += ALPHABET[rest]
    return "-".join(text[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def read_code(typed: str) -> str | None:
    """The code's characters as somebody typed or scanned them; None when it cannot be one."""
    text = normalise(typed).replace("-", "").replace("—", "")
    return text if len(text) == CODE_LENGTH and set(text) <= set(ALPHABET) else None


def code_digest(code: str) -> str:
    """SHA-256 (hex) of a code's characters."""
    return hashlib.sha256(f"binding-code:{code.replace('-', '')}".encode()).hexdigest()


def code_expires_at(issued_at: datetime) -> datetime:
    return issued_at + timedelta(days=binding_rules().code_days)


class BindingRequestState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class BindingRequest(Record):
    """Somebody asks to act for a subject and shows what proves it; an officer confirms or refuses with a reason."""

    KIND: ClassVar[str] = "binding_request"

    subject_id: str
    subject_name: str
    division: str
    person_id: str
    person_name: str
    role: BindingRole
    rights: frozenset[SubjectRight] = frozenset(SubjectRight)
    statement: str = Field(min_length=1, max_length=500)
    evidence: list[Photo] = Field(min_length=1)
    state: BindingRequestState = BindingRequestState.WAITING
    requested_at: UtcTime
    due_at: UtcTime | None = None
    decided_at: UtcTime | None = None
    decided_by: str | None = None
    reason: str = Field(default="", max_length=500)

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.division}))

    @property
    def awaits_calendar(self) -> bool:
        return self.is_waiting and self.due_at is None

    @property
    def is_waiting(self) -> bool:
        return self.state is BindingRequestState.WAITING
