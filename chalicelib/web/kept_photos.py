"""Photos that came with a form which is shown again: kept already, and sent back sealed, so that nobody picks them
twice or names those of somebody else."""

from datetime import timedelta

from chalicelib import bootstrap
from chalicelib.services.register.subject_photos import keep_photo
from chalicelib.web import sealing
from chalicelib.web.request import WebRequest

FIELD = "kept_photos"
_FOR = timedelta(hours=12)


def photos_of(request: WebRequest) -> tuple[str, ...]:
    """SHA-256 (hex) of the form's photos: those kept before and those that came now. Raises InvalidInputError for what
    is no photo."""
    opened = sealing.unseal(
        bootstrap.application_secret(), _purpose(request), request.form.text(FIELD), now=request.now
    )
    kept = opened["photos"] if opened else []
    new = [
        keep_photo(request.store, request.tenant, request.act(), one.content) for one in request.files.get("photo", [])
    ]
    return tuple(dict.fromkeys((*kept, *new)))


def sealed(request: WebRequest, photos: tuple[str, ...]) -> str:
    """The hidden field's value; "" without photos."""
    if not photos:
        return ""
    value = {"photos": list(photos)}
    return sealing.seal(bootstrap.application_secret(), _purpose(request), value, until=request.now + _FOR)


def _purpose(request: WebRequest) -> str:
    return f"photos:{request.tenant}:{request.actor.person_id}"
