"""Limits of departments that differ on one question: recorded when found, settled or escalated, mended at last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.contract.limit_conflicts import DifferingLimits, limit_conflicts
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.checklist import question_of
from chalicelib.domain.errors import (
    ConflictError,
    FieldProblem,
    IllegalTransitionError,
    InvalidInputError,
    RecordNotFoundError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.limit_conflict import (
    ConflictState,
    DepartmentLimit,
    LimitConflict,
    LimitDecision,
    LimitSettlement,
    PrevailingBasis,
    conflict_todos,
    stricter_limit,
)
from chalicelib.domain.tenancy import PLATFORM, Actor, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.basis_library import scenarios_of
from chalicelib.services.scenario.read_edition import Edition, editions_of
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

LONGEST_REASON = 500
SWEEP = "limit_conflicts"


@dataclass(frozen=True)
class StandingConflict:
    """A conflict as the scenarios have it now. record: version 0 while nobody has recorded it yet."""

    conflict: DifferingLimits
    record: LimitConflict

    @property
    def bases(self) -> list[PrevailingBasis]:
        """Every basis on which one of the limits rests."""
        return [
            PrevailingBasis(
                scenario=part.scenario.name, item_id=part.item.id, basis_id=basis.id, citation=basis.citation
            )
            for part in self.conflict.parts
            for basis in part.scenario.bases_of([part.item])
        ]

    @property
    def may_settle(self) -> bool:
        """Whether it is the legal reviewer's to settle, or to settle anew."""
        return self.record.state is not ConflictState.ESCALATED and not self.record.is_final

    @property
    def may_decide(self) -> bool:
        """Whether it is the judicial-administration department's."""
        return self.record.state is ConflictState.ESCALATED or self.record.is_final


def standing_conflicts(
    editions: Sequence[Edition], records: Iterable[LimitConflict], at: datetime
) -> list[StandingConflict]:
    """The conflicts that there are now, each with its record as it stands."""
    numbers = {one.package.name: one.number for one in editions}
    return conflicts_in([one.scenario for one in editions], at, {one.id: one for one in records}, numbers)


def conflicts_in(
    scenarios: Sequence[Scenario],
    at: datetime,
    known: Mapping[str, LimitConflict] | None = None,
    numbers: Mapping[str, int] | None = None,
) -> list[StandingConflict]:
    """The same of any scenarios. known: records by question; numbers: of the overlay by scenario."""
    return [
        StandingConflict(one, _as_found(one, (known or {}).get(one.key), numbers or {}, at))
        for one in limit_conflicts(scenarios)
    ]


def _as_found(
    conflict: DifferingLimits, record: LimitConflict | None, numbers: Mapping[str, int], at: datetime
) -> LimitConflict:
    limits = tuple(
        DepartmentLimit(
            scenario=part.scenario.name,
            scenario_version=part.scenario.version,
            overlay_number=numbers.get(part.scenario.name, 0),
            item_id=part.item.id,
            department=part.item.department,
            limits=part.item.number,
        )
        for part in conflict.parts
    )
    name = question_of([part.item for part in conflict.parts])
    if record is None:
        return LimitConflict(id=conflict.key, name=name, limits=limits, found_at=at, changed_at=at)
    return record.as_found(name, limits, at)


def read_conflicts(store: Store, tenant: TenantId, at: datetime) -> list[StandingConflict]:
    """Those of the tenant: three queries."""
    editions = editions_of(store, tenant, scenarios_of(store, tenant))
    return standing_conflicts(editions, store.limit_conflicts.every(tenant), at)


def find_conflict(store: Store, tenant: TenantId, question_key: str, at: datetime) -> StandingConflict:
    """Raises RecordNotFoundError where the departments agree."""
    found = next((one for one in read_conflicts(store, tenant, at) if one.record.id == question_key), None)
    if found is None:
        raise RecordNotFoundError(kind=LimitConflict.KIND, id=question_key)
    return found


def record_conflicts(store: Store, tenant: TenantId, act: Act) -> int:
    """How many records changed: what is new is recorded and waits for somebody, what has changed is open again, what
    is no conflict any more is mended. The same act again changes nothing."""
    if tenant == PLATFORM:
        return 0
    known = {one.id: one for one in store.limit_conflicts.every(tenant)}
    editions = editions_of(store, tenant, scenarios_of(store, tenant))
    standing = {one.record.id: one.record for one in standing_conflicts(editions, known.values(), act.at)}
    changed = [(one, EventType.LIMIT_CONFLICT_RECORDED) for id, one in standing.items() if one != known.get(id)]
    changed += [
        (one.with_changes(state=ConflictState.MENDED, changed_at=act.at), EventType.LIMIT_CONFLICT_MENDED)
        for id, one in known.items()
        if id not in standing and one.state is not ConflictState.MENDED
    ]
    for record, event in changed:
        try:
            _save(store, tenant, act.part(record.id), record, event, {"is_again": bool(record.version)})
        except AlreadyDoneError:
            continue
    return len(changed)


def sweep_conflicts(store: Store, tenant: TenantId, now: datetime) -> int:
    """The same once a day, for packages that came in a new version: how many records changed."""
    if store.sweeps.was_today(tenant, SWEEP, now):
        return 0
    act = Act(actor=Actor.system(tenant, "clock"), at=now, key=f"{SWEEP}.{shanghai_date(now)}")
    try:
        changed = record_conflicts(store, tenant, act)
    except ConflictError:
        return 0
    store.sweeps.note(tenant, now, SWEEP)
    return changed


@idempotent
def settle_conflict(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    question_key: str,
    decision: LimitDecision,
    reason: str,
    seen: str = "",
    basis: str = "",
) -> LimitConflict:
    """The legal reviewer's word, or the conflict handed up. basis: `<scenario>:<item>:<basis>` of what prevails; seen:
    the fingerprint of the limits that were looked at.

    Raises IllegalTransitionError when it is with the judicial-administration department.
    """
    require(act.actor, Permission.LIMIT_SETTLE)
    standing = find_conflict(store, tenant, question_key, act.at)
    if not standing.may_settle:
        raise IllegalTransitionError(state=standing.record.state.value, step="settle_conflict")
    return _settle(store, tenant, act, standing, decision, reason, seen, basis, is_final=False)


@idempotent
def decide_conflict(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    question_key: str,
    decision: LimitDecision,
    reason: str,
    seen: str = "",
    basis: str = "",
) -> LimitConflict:
    """The judicial-administration department's word on what was handed up to it; it hands nothing up further."""
    require(act.actor, Permission.LIMIT_DECIDE)
    standing = find_conflict(store, tenant, question_key, act.at)
    if not standing.may_decide:
        raise IllegalTransitionError(state=standing.record.state.value, step="decide_conflict")
    if decision is LimitDecision.ESCALATED:
        raise InvalidInputError([FieldProblem(field="decision", code="unknown_choice")])
    return _settle(store, tenant, act, standing, decision, reason, seen, basis, is_final=True)


def _settle(
    store: Store,
    tenant: TenantId,
    act: Act,
    standing: StandingConflict,
    decision: LimitDecision,
    reason: str,
    seen: str,
    basis: str,
    *,
    is_final: bool,
) -> LimitConflict:
    record, said = standing.record, reason.strip()
    chosen = next((one for one in standing.bases if basis == f"{one.scenario}:{one.item_id}:{one.basis_id}"), None)
    stricter = stricter_limit(record.limits)
    problems = []
    if seen and seen != record.fingerprint:
        problems.append(FieldProblem(field="decision", code="limits_changed"))
    if decision is LimitDecision.STRICTER_HOLDS and stricter is None:
        problems.append(FieldProblem(field="decision", code="no_stricter_limit"))
    if decision is LimitDecision.BASIS_PREVAILS and chosen is None:
        problems.append(FieldProblem(field="basis", code="unknown_choice" if basis else "required"))
    if not said or len(said) > LONGEST_REASON:
        problems.append(FieldProblem(field="reason", code="too_long" if said else "required"))
    if problems:
        raise InvalidInputError(problems)
    by_basis = decision is LimitDecision.BASIS_PREVAILS and chosen is not None
    prevailing = [
        one.limits
        for one in record.limits
        if by_basis and chosen and (one.scenario, one.item_id) == (chosen.scenario, chosen.item_id)
    ]
    settlement = LimitSettlement(
        decision=decision,
        holds=stricter if decision is LimitDecision.STRICTER_HOLDS else next(iter(prevailing), None),
        basis=chosen if by_basis else None,
        reason=said,
        about=record.limits,
        is_final=is_final,
        settled_by=act.actor.person_id,
        settled_at=act.at,
    )
    is_escalated = decision is LimitDecision.ESCALATED
    event = EventType.LIMIT_CONFLICT_ESCALATED if is_escalated else EventType.LIMIT_CONFLICT_SETTLED
    facts = {"decision": decision.value, "is_final": is_final, "scenarios": list(record.scenarios)}
    return _save(store, tenant, act, record.settled(settlement), event, facts)


def _save(
    store: Store, tenant: TenantId, act: Act, record: LimitConflict, event: EventType, facts: Mapping[str, Any]
) -> LimitConflict:
    with store.change(tenant, act) as change:
        change.save(record)
        store.todos.replace(change, record.ref, conflict_todos(record, act.at))
        change.event(event, record, dict(facts))
    return record
