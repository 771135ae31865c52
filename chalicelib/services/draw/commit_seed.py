"""A department commits its secret seed: only the SHA-256 leaves its hands until the pool is frozen and logged."""

import re

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.beacon import BeaconValue, CommitReveal, check_later_than, reveal_value
from chalicelib.domain.checkpoint import utc_text
from chalicelib.domain.errors import IllegalTransitionError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.random_draw import DrawState, RandomDraw, SeedPlace
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.draw.logged import with_checkpoint
from chalicelib.services.draw.problems import SecondPersonNeededError, refuse
from chalicelib.services.draw.save_draw import put_draw
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


def own_place(draw: RandomDraw, actor: Actor) -> SeedPlace | None:
    """The place whose seed this person keeps, None when their department keeps none."""
    return next((s for s in draw.seeds if s.place in (actor.department_code, actor.department_id)), None)


def _place(draw: RandomDraw, actor: Actor) -> SeedPlace:
    require(actor, Permission.DRAW_SEED, draw.resource)
    place = own_place(draw, actor)
    if place is None:
        raise NotAllowedError(permission=Permission.DRAW_SEED.value, reason="department_keeps_no_seed")
    return place


@idempotent
def commit_seed(store: Store, tenant: TenantId, act: Act, *, draw_id: str, sha256: str) -> RandomDraw:
    """sha256: hex of the 32 secret bytes' hash; replaceable until the pool is frozen. One person keeps one seed."""
    draw = store.draws.get(tenant, draw_id)
    place = _place(draw, act.actor)
    if draw.state is not DrawState.OPEN:
        raise IllegalTransitionError(state=draw.state.value, step="commit_seed")
    sha256 = sha256.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise refuse("sha256", "not_a_digest")
    others = [seed for seed in draw.seeds if seed.place != place.place]
    if any(seed.sha256 == sha256 for seed in others):
        raise refuse("sha256", "seed_of_another_department")
    if any(act.actor.is_behind(seed.committed_by, seed.committed_for) for seed in others):
        raise SecondPersonNeededError(step="commit_seed")
    who = {"committed_by": act.actor.person_id, "committed_for": act.actor.acting_for}
    committed = place.model_copy(update=who | {"sha256": sha256, "committed_at": act.at})
    with store.change(tenant, act) as change:
        changed = draw.with_place(committed)
        put_draw(store, change, changed)
        change.event(EventType.DRAW_SEED_COMMITTED, changed, {"place": place.place}, {"seed": sha256})
    return changed


@idempotent
def reveal_seed(store: Store, tenant: TenantId, act: Act, *, draw_id: str, secret: str) -> RandomDraw:
    """secret: the 32 bytes as 64 hex digits. Refused before the signed checkpoint, after the deadline, or when it is
    not the committed one (InvalidBeaconError); a seed that never comes is replaced by the fallback round."""
    draw = store.draws.get(tenant, draw_id)
    place = _place(draw, act.actor)
    if draw.state is not DrawState.FROZEN or place.revealed:
        raise IllegalTransitionError(state=draw.state.value, step="reveal_seed")
    draw, checkpoint = with_checkpoint(store, tenant, draw)
    text = secret.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise refuse("secret", "not_a_seed")
    value = _revealed(draw, place, bytes.fromhex(text), utc_text(act.at))
    check_later_than(checkpoint.at, draw.beacons(), [value])
    shown = place.model_copy(update={"revealed": value, "revealed_by": act.actor.person_id})
    changed = draw.with_place(shown)
    with store.change(tenant, act) as change:
        put_draw(store, change, changed)
        change.event(EventType.DRAW_SEED_REVEALED, changed, {"place": place.place}, {"seed": place.sha256})
    return changed


def _revealed(draw: RandomDraw, place: SeedPlace, secret: bytes, known_at: str) -> BeaconValue:
    beacon = CommitReveal(source=place.source, round=place.sha256, due_at=draw.reveal_due_at, fallback=draw.fallback)
    return reveal_value(beacon, secret, known_at)
