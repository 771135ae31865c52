"""The evidence log in the console: the newest checkpoints, and how anybody verifies them."""

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.access import Permission
from chalicelib.domain.checkpoint import SignedCheckpoint
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.services.evidence.find_proof import find_consistency, find_proof
from chalicelib.web.answers import Answer, json_answer, page
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Shown
from chalicelib.web.console.draw_words import parse_utc
from chalicelib.web.i18n import mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

EVIDENCE = PREFIX + "/evidence"


class KeyAnswer(Shown):
    """A key that verifies checkpoints; public_key in hexadecimal."""

    key_id: str
    algorithm: str
    public_key: str


class CheckpointsAnswer(Shown):
    """The newest checkpoints, and the keys that verify them."""

    keys: list[KeyAnswer]
    items: list[SignedCheckpoint]


class InclusionAnswer(Shown):
    """leaf: its canonical bytes as text; proof: the audit path in hexadecimal, from the leaf up (RFC 6962 2.1.1)."""

    leaf: str
    position: int
    proof: list[str]
    checkpoint: SignedCheckpoint


class ConsistencyAnswer(Shown):
    """proof: in hexadecimal (RFC 6962 2.1.2)."""

    old_size: int
    size: int
    proof: list[str]


@route(
    blueprint,
    "/console/evidence",
    permission=Permission.LOG_READ,
    nav=Nav(group=mark("成效"), label=mark("存证"), order=90, icon="certificate"),
)
def show_log(request: WebRequest) -> Answer:
    checkpoints = request.store.log.checkpoints(request.tenant, limit=25)
    return page(
        request,
        "pages/evidence/log.html",
        checkpoints=[(each, parse_utc(each.at)) for each in checkpoints],
        key=bootstrap.signer().key,
    )


@route(blueprint, EVIDENCE + "/checkpoints", permission=Permission.LOG_READ, answers=CheckpointsAnswer)
def list_checkpoints(request: WebRequest) -> Answer:
    """The newest checkpoints with their signatures, and the key that verifies them."""
    key = bootstrap.signer().key
    checkpoints = request.store.log.checkpoints(request.tenant, limit=100)
    return json_answer({"keys": [{"key_id": key.key_id, **key.model_dump()}], "items": checkpoints})


@route(blueprint, EVIDENCE + "/events/{event_id}", permission=Permission.LOG_READ, answers=InclusionAnswer)
def prove_event(request: WebRequest, event_id: str) -> Answer:
    """The leaf of one event with its inclusion proof in the first checkpoint that covers it."""
    position = request.store.log.positions(request.tenant, [event_id]).get(event_id)
    checkpoint = None if position is None else request.store.log.checkpoint_covering(request.tenant, position)
    if position is None or checkpoint is None:
        raise RecordNotFoundError(kind="leaf", id=event_id)
    leaf, proof = find_proof(request.store, request.tenant, position, checkpoint)
    return json_answer(
        {
            "leaf": leaf.content,
            "position": position,
            "proof": [node.hex() for node in proof],
            "checkpoint": checkpoint,
        }
    )


@route(
    blueprint,
    EVIDENCE + "/consistency/{old_size}/{size}",
    permission=Permission.LOG_READ,
    sample={"old_size": "1", "size": "2"},
    answers=ConsistencyAnswer,
)
def prove_consistency(request: WebRequest, old_size: str, size: str) -> Answer:
    """That the log of `size` leaves only appended to that of `old_size`."""
    if not (old_size.isdigit() and size.isdigit() and len(size) < 12):
        raise RecordNotFoundError(kind="checkpoint", id=size)
    proof = find_consistency(request.store, request.tenant, int(old_size), int(size))
    return json_answer({"old_size": int(old_size), "size": int(size), "proof": [node.hex() for node in proof]})
