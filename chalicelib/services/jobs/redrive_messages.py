"""Deliver dead letters again, once their cause is mended: each leaves an event in its tenant, with the reason."""

import json

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.queues import DeadMessage, Queues
from chalicelib.storage.scope import entered
from chalicelib.storage.store import Store

QUEUES = ("jobs", "events", "outbound")


def redrive_messages(store: Store, queues: Queues, act: Act, *, queue: str, reason: str, limit: int = 100) -> int:
    """How many messages were delivered again. The event comes first, so that no redrive goes unrecorded.

    Raises NotAllowedError, InvalidInputError for an unknown queue or a missing reason.
    """
    require(act.actor, Permission.TENANT_ONBOARD)
    problems = [] if queue in QUEUES else [FieldProblem(field="queue", code="unknown_choice")]
    if not reason.strip():
        problems.append(FieldProblem(field="reason", code="reason_missing"))
    if problems:
        raise InvalidInputError(problems)
    messages = queues.take_dead(queue, limit)
    for message in messages:
        _record(store, act, queue, message, reason.strip())
        queues.resend(queue, message)
    return len(messages)


def _record(store: Store, act: Act, queue: str, message: DeadMessage, reason: str) -> None:
    body = json.loads(message.body)
    once = act.model_copy(update={"key": f"redrive.{message.id}.{act.key}"[:80]})
    named = {name: body[name] for name in ("job_id", "event_id", "id") if name in body}
    try:
        with entered(body["tenant"]), store.change(body["tenant"], once) as change:
            about = Ref(kind="queue", id=queue)
            change.event(EventType.MESSAGE_REDRIVEN, about, {"message_id": message.id, "reason": reason, **named})
    except AlreadyDoneError:
        return
