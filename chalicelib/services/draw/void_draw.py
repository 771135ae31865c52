"""Void a draw: asked for by one person, confirmed by another, public for ever with its reason."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.checkpoint import Signer, utc_text
from chalicelib.domain.draw_certificate import DrawResult, SignedCertificate, VoidState, issue_certificate
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.random_draw import DrawState, RandomDraw, Voiding
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.draw import files
from chalicelib.services.draw.compute_draw import put_certificate
from chalicelib.services.draw.logged import with_checkpoint
from chalicelib.services.draw.problems import SecondPersonNeededError, refuse
from chalicelib.services.draw.read_frozen import evidence_of, read_frozen
from chalicelib.services.draw.save_draw import put_draw
from chalicelib.services.idempotent import idempotent
from chalicelib.services.plan.progress import put_plan
from chalicelib.storage.store import Store

SHORTEST_REASON = 4


@idempotent
def ask_void(store: Store, tenant: TenantId, act: Act, *, draw_id: str, reason: str) -> RandomDraw:
    """Ask for a frozen or computed draw to be voided. reason: shown to everybody, so it names no person."""
    draw = store.draws.get(tenant, draw_id)
    require(act.actor, Permission.DRAW_VOID, draw.resource)
    if draw.state not in (DrawState.FROZEN, DrawState.DRAWN) or draw.voiding is not None:
        raise IllegalTransitionError(state=draw.state.value, step="ask_void")
    machine("loop").transition(store.plans.get(tenant, draw.plan_id).state, "void_draw")
    if not SHORTEST_REASON <= len(reason.strip()) <= 400:
        raise refuse("reason", "too_short" if len(reason.strip()) < SHORTEST_REASON else "too_long")
    asked = Voiding(
        reason=reason.strip(), asked_by=act.actor.person_id, asked_for=act.actor.acting_for, asked_at=act.at
    )
    changed = draw.with_changes(voiding=asked)
    with store.change(tenant, act) as change:
        put_draw(store, change, changed)
        change.event(EventType.DRAW_VOID_ASKED, changed, {"plan_id": draw.plan_id})
    return changed


@idempotent
def decline_void(store: Store, tenant: TenantId, act: Act, *, draw_id: str) -> RandomDraw:
    """The second person does not agree, or the first withdraws: the draw goes on to count."""
    draw = store.draws.get(tenant, draw_id)
    asked = draw.voiding
    if asked is None or asked.asked_by != act.actor.person_id:
        require(act.actor, Permission.DRAW_VOID_CONFIRM, draw.resource)
    if asked is None or draw.state is DrawState.VOID:
        raise IllegalTransitionError(state=draw.state.value, step="decline_void")
    changed = draw.with_changes(voiding=None)
    with store.change(tenant, act) as change:
        put_draw(store, change, changed)
        change.event(EventType.DRAW_VOID_DECLINED, changed, {"plan_id": draw.plan_id})
    return changed


@idempotent
def confirm_void(store: Store, tenant: TenantId, act: Act, *, draw_id: str, signer: Signer) -> RandomDraw:
    """Void the draw: the plan goes back to scheduling, the certificate is issued anew with the reason.

    Raises SecondPersonNeededError for who asked, CommitmentNotLoggedError while C has no signed checkpoint.
    """
    draw = store.draws.get(tenant, draw_id)
    require(act.actor, Permission.DRAW_VOID_CONFIRM, draw.resource)
    asked = draw.voiding
    if asked is None or draw.state is DrawState.VOID:
        raise IllegalTransitionError(state=draw.state.value, step="void_draw", missing=["was_asked_by_another"])
    if act.actor.is_behind(asked.asked_by, asked.asked_for):
        raise SecondPersonNeededError(step="void_draw")
    plan = store.plans.get(tenant, draw.plan_id)
    facts = {"has_reason": True, "was_asked_by_another": True}
    state = machine("loop").advance(plan.state, "void_draw", facts=facts)
    draw, _ = with_checkpoint(store, tenant, draw)
    certificate = _void_certificate(store, tenant, draw, asked, act, signer)
    changed = draw.with_changes(
        state=DrawState.VOID,
        voiding=asked.model_copy(update={"confirmed_by": act.actor.person_id, "confirmed_at": act.at}),
        certificate_sha256=put_certificate(store, tenant, certificate),
    )
    voided = [*plan.void_draw_ids, draw.id]
    with store.change(tenant, act) as change:
        put_draw(store, change, changed)
        put_plan(
            store,
            change,
            plan.with_changes(state=state, state_since=act.at, draw_id=None, void_draw_ids=voided, visit_count=0),
        )
        change.event(
            EventType.DRAW_VOIDED,
            changed,
            {"plan_id": plan.id, "asked_by": asked.asked_by, "was_drawn": bool(draw.seed)},
            {"certificate": changed.certificate_sha256},
        )
    return changed


def _void_certificate(
    store: Store, tenant: TenantId, draw: RandomDraw, asked: Voiding, act: Act, signer: Signer
) -> SignedCertificate:
    frozen = read_frozen(store, tenant, draw)
    void = VoidState(reason=asked.reason, voided_at=utc_text(act.at))
    values, result = [], None
    if draw.certificate_sha256:
        body = store.objects.read(tenant, files.certificate_key_of(tenant, draw))
        earlier = SignedCertificate.model_validate_json(body)
        values = earlier.beacon_values
        result = DrawResult(seed=draw.seed or "", drawn=earlier.drawn, assignments=earlier.assignments)
    return issue_certificate(
        frozen.commitment,
        frozen.rows,
        evidence_of(store, tenant, draw),
        values=values,
        result=result,
        signer=signer,
        keys=[signer.key],
        issued_at=act.at,
        void=void,
    )
