"""Departments that judge one question by different limits: what each says, and how people settled it.

A settlement changes no judgement: each department goes on judging by its own limit until the checklist is mended (by
an overlay or a new version of the package). The record says what is to hold then, who said so, when and on what basis.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.item import NumberLimits
from chalicelib.domain.label import Code
from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.tenancy import Role, role_owner
from chalicelib.domain.todo import Todo


class LimitDecision(StrEnum):
    """The stricter limit holds, the limit of one basis prevails, or the judicial-administration department decides."""

    STRICTER_HOLDS = "stricter_holds"
    BASIS_PREVAILS = "basis_prevails"
    ESCALATED = "escalated"


class ConflictState(StrEnum):
    """`mended`: the limits agree by now, or the question is gone."""

    OPEN = "open"
    ESCALATED = "escalated"
    SETTLED = "settled"
    MENDED = "mended"


class DepartmentLimit(BaseModel):
    """One department's say, as the version of the scenario has it. limits: None where the item asks for no number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: Code
    scenario_version: str
    overlay_number: int = Field(default=0, ge=0)
    item_id: Code
    department: Code
    limits: NumberLimits | None

    @property
    def substance(self) -> str:
        """What makes it the same in another version: not how it is worded there."""
        limits = self.limits.model_dump_json() if self.limits else ""
        return "|".join((self.scenario, self.item_id, self.department, limits))


class PrevailingBasis(BaseModel):
    """The basis whose limit prevails, and the item that rests on it; `citation` as it was shown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: Code
    item_id: Code
    basis_id: Code
    citation: str = Field(max_length=300)


class LimitSettlement(BaseModel):
    """What was decided about these limits. holds: the limit that is to hold, None when it was escalated.

    is_final: the judicial-administration department's word, which the legal reviewer does not change.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    decision: LimitDecision
    holds: NumberLimits | None = None
    basis: PrevailingBasis | None = None
    reason: str = Field(max_length=500)
    about: tuple[DepartmentLimit, ...] = Field(min_length=2)
    is_final: bool = False
    settled_by: str
    settled_at: UtcTime


class LimitConflict(Record):
    """The conflict of one question; `id` is the question key, `name` the question in the package's own language.

    `settlements` are never taken away: the last one counts while it is about the limits as they are.
    """

    KIND: ClassVar[str] = "limit_conflict"

    name: str
    limits: tuple[DepartmentLimit, ...] = Field(min_length=2)
    state: ConflictState = ConflictState.OPEN
    settlements: tuple[LimitSettlement, ...] = Field(default=(), max_length=100)
    found_at: UtcTime
    changed_at: UtcTime

    @property
    def scenarios(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.scenario for one in self.limits))

    @property
    def settlement(self) -> LimitSettlement | None:
        """The one that counts now."""
        return self.settlements[-1] if self.settlements and self.state is not ConflictState.OPEN else None

    @property
    def is_final(self) -> bool:
        return self.settlement is not None and self.settlement.is_final

    @property
    def fingerprint(self) -> str:
        """Of what the departments say: whoever decides names it, so that nobody decides about other limits."""
        return substance_of(self.limits)

    def as_found(self, name: str, limits: tuple[DepartmentLimit, ...], at: datetime) -> "LimitConflict":
        """Itself while the limits are the same, in whatever version; open again when they are not."""
        if self.state is not ConflictState.MENDED and substance_of(limits) == self.fingerprint:
            return self
        return self.with_changes(name=name, limits=limits, state=ConflictState.OPEN, changed_at=at)

    def settled(self, settlement: LimitSettlement) -> "LimitConflict":
        is_escalated = settlement.decision is LimitDecision.ESCALATED
        return self.with_changes(
            settlements=(*self.settlements, settlement),
            state=ConflictState.ESCALATED if is_escalated else ConflictState.SETTLED,
            changed_at=settlement.settled_at,
        )


def substance_of(limits: Sequence[DepartmentLimit]) -> str:
    return sha256("\n".join(sorted(one.substance for one in limits)).encode()).hexdigest()[:16]


def stricter_limit(limits: Sequence[DepartmentLimit]) -> NumberLimits | None:
    """The highest minimum with the lowest maximum; None where no number meets every department, or the units differ."""
    given = [one.limits for one in limits if one.limits is not None]
    if not given or len({one.unit for one in given}) > 1:
        return None
    decimals = max(one.decimals for one in given)

    def scaled(name: str) -> list[int]:
        values = ((getattr(one, name), 10 ** (decimals - one.decimals)) for one in given)
        return [value * factor for value, factor in values if value is not None]

    low, high = max(scaled("minimum"), default=None), min(scaled("maximum"), default=None)
    if (low is None and high is None) or (low is not None and high is not None and low > high):
        return None
    return NumberLimits(unit=given[0].unit, decimals=decimals, minimum=low, maximum=high)


def conflict_todos(record: LimitConflict, at: datetime) -> list[Todo]:
    """An open conflict waits for the legal reviewer, an escalated one for the supervisor of judicial administration."""
    ref = Ref(kind=record.KIND, id=record.id)
    if record.state is ConflictState.OPEN:
        return [Todo.of(ref, role_owner(Role.LEGAL_REVIEWER), "conflict_to_settle", record.name, at=at)]
    if record.state is ConflictState.ESCALATED and record.settlement:
        owner, detail = role_owner(Role.JUSTICE_SUPERVISOR), record.settlement.reason
        return [Todo.of(ref, owner, "conflict_to_decide", record.name, at=at, detail=detail)]
    return []
