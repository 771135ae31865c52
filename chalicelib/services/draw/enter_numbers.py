"""A lottery round's numbers: typed by one person, confirmed by another, before they are used."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.beacon import LotteryRound, check_later_than, normalise_numbers
from chalicelib.domain.checkpoint import utc_text
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.random_draw import NumbersEntry, RandomDraw, replaces_lottery, wanted_rounds
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.draw.logged import with_checkpoint
from chalicelib.services.draw.problems import SecondPersonNeededError, refuse
from chalicelib.services.draw.save_draw import put_draw
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


def _wanted(draw: RandomDraw, source: str, round_: str, now: str) -> LotteryRound:
    found = next((r for r in wanted_rounds(draw, now) if (r.source, r.round) == (source, round_)), None)
    if found is None:
        raise RecordNotFoundError(kind="lottery_round", id=f"{source} {round_}")
    return found


@idempotent
def enter_numbers(
    store: Store, tenant: TenantId, act: Act, *, draw_id: str, source: str, round: str, numbers: str, reason: str = ""
) -> RandomDraw:
    """Type in the numbers of a round that is due and still wanted; typing again replaces what was not confirmed.

    reason: public; needed when a fallback stands in for an announced lottery round. Raises RecordNotFoundError for a
    round that is not wanted now, InvalidBeaconError for numbers that cannot be, CommitmentNotLoggedError.
    """
    draw = store.draws.get(tenant, draw_id)
    require(act.actor, Permission.DRAW_RUN, draw.resource)
    now = utc_text(act.at)
    wanted = _wanted(draw, source, round, now)
    draw, checkpoint = with_checkpoint(store, tenant, draw)
    check_later_than(checkpoint.at, draw.beacons())
    if replaces_lottery(draw, wanted) and len(reason.strip()) < 4:
        raise refuse("reason", "required")
    entry = NumbersEntry(
        source=wanted.source,
        round=wanted.round,
        value=normalise_numbers(numbers, wanted.numbers),
        entered_by=act.actor.person_id,
        entered_for=act.actor.acting_for,
        entered_at=act.at,
        reason=reason.strip(),
    )
    changed = draw.with_entry(entry)
    with store.change(tenant, act) as change:
        put_draw(store, change, changed)
        change.event(EventType.BEACON_RECORDED, changed, {"source": source, "round": round, "value": entry.value})
    return changed


@idempotent
def confirm_numbers(
    store: Store, tenant: TenantId, act: Act, *, draw_id: str, source: str, round: str, numbers: str
) -> RandomDraw:
    """A second person reads the published numbers for themselves and types them again; only the same are taken."""
    draw = store.draws.get(tenant, draw_id)
    require(act.actor, Permission.DRAW_CONFIRM, draw.resource)
    wanted = _wanted(draw, source, round, utc_text(act.at))
    entry = draw.entry(wanted)
    if entry is None:
        raise RecordNotFoundError(kind="numbers_entry", id=f"{source} {round}")
    if act.actor.is_behind(entry.entered_by, entry.entered_for):
        raise SecondPersonNeededError(step="confirm_numbers")
    if normalise_numbers(numbers, wanted.numbers) != entry.value:
        raise refuse("numbers", "numbers_differ")
    draw, _ = with_checkpoint(store, tenant, draw)
    confirmed = entry.model_copy(update={"confirmed_by": act.actor.person_id, "confirmed_at": act.at})
    changed = draw.with_entry(confirmed)
    with store.change(tenant, act) as change:
        put_draw(store, change, changed)
        change.event(EventType.BEACON_CONFIRMED, changed, {"source": source, "round": round, "value": entry.value})
    return changed
