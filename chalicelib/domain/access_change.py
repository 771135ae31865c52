"""Access change (权限变更): what one administrator changes about people waits until another of the right kind confirms.

The rule is data (`access_rules.json`): which fields are guarded, who confirms whose changes, what is exempt and why.
The system, security and audit administrators exclude each other (GB/T 22239 practice); the audit administrator reads
everything.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.label import Label
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import Actor, Person, Role

_RULES = Path(__file__).parent / "data" / "access_rules.json"


class AccessExemption(BaseModel):
    """A change that needs no second person, with the reason."""

    model_config = ConfigDict(frozen=True)

    id: str
    reason: Label


class AccessRules(BaseModel):
    """The two-person rule. confirmed_by: role of who asks → roles any of which may confirm."""

    model_config = ConfigDict(frozen=True)

    version: str
    guarded_fields: frozenset[str]
    confirmed_by: dict[Role, frozenset[Role]]
    free_roles: frozenset[Role]
    exemptions: list[AccessExemption]

    def guards_new(self, person: Person) -> bool:
        """Whether adding this person waits for a second administrator."""
        return not person.roles <= self.free_roles

    def guards(self, person: Person, changes: Mapping[str, Any]) -> bool:
        """Whether these changes wait: anything guarded, but not switching somebody off, which must be quick."""
        touched = set(changes) & self.guarded_fields
        if changes.get("is_active") is False:
            touched -= {"is_active"}
        roles = frozenset(changes.get("roles", person.roles)) | person.roles
        return bool(touched) and not roles <= self.free_roles

    def may_confirm(self, actor: Actor, *, role: Role | None, by: str, for_id: str | None, concerned: str) -> bool:
        """Whether the actor is the second person for what somebody of `role` asked about `concerned`."""
        is_one_of_them = actor.is_behind(by, for_id) or actor.is_behind(concerned, None)
        kinds = self.confirmed_by.get(role, frozenset()) if role else frozenset()
        return not is_one_of_them and bool(actor.roles & kinds)


@cache
def access_rules() -> AccessRules:
    return AccessRules.model_validate_json(_RULES.read_text(encoding="utf-8"))


class AccessChangeKind(StrEnum):
    ADD_PERSON = "add_person"
    CHANGE_PERSON = "change_person"


class AccessChangeState(StrEnum):
    """`expired` is never stored: a waiting change whose time has passed is expired."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class AccessChange(Record):
    """One change that waits or was decided. values: the new values of a person's fields as JSON; before: the old ones;
    seen_version: the person's version that the values were written against, 0 for a new person."""

    KIND: ClassVar[str] = "access_change"

    kind: AccessChangeKind
    person_id: str
    person_name: str
    values: dict[str, Any]
    before: dict[str, Any] = Field(default_factory=dict)
    seen_version: int = Field(default=0, ge=0)
    requested_by: str
    requested_for: str | None = None
    requested_by_name: str
    requested_role: Role
    requested_at: UtcTime
    expires_at: UtcTime | None = None
    state: AccessChangeState = AccessChangeState.WAITING
    decided_by: str | None = None
    decided_by_name: str = ""
    decided_at: UtcTime | None = None
    reason: str = Field(default="", max_length=500)

    @property
    def awaits_calendar(self) -> bool:
        return self.state is AccessChangeState.WAITING and self.expires_at is None

    def state_at(self, now: datetime) -> AccessChangeState:
        is_late = self.expires_at is not None and now > self.expires_at
        return AccessChangeState.EXPIRED if self.state is AccessChangeState.WAITING and is_late else self.state

    @property
    def confirming_roles(self) -> frozenset[Role]:
        return access_rules().confirmed_by.get(self.requested_role, frozenset())

    def may_be_confirmed_by(self, actor: Actor) -> bool:
        """Another person, of the other kind, who is not the one concerned."""
        return access_rules().may_confirm(
            actor,
            role=self.requested_role,
            by=self.requested_by,
            for_id=self.requested_for,
            concerned=self.person_id,
        )
