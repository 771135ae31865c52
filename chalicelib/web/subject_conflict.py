"""When two people change one subject at once: what both changed is put side by side, the rest is kept from each."""

from collections.abc import Mapping

from chalicelib.domain.subject import Subject
from chalicelib.web.fields import Fields
from chalicelib.web.subject_form import values_of

SEEN, TAKE = "seen.", "take."
MINE, THEIRS = "mine", "theirs"


def seen_values(subject: Subject) -> dict[str, str]:
    """What a form began with, sent along with it so that a later change by somebody else can be told from its own."""
    return {f"{SEEN}{name}": value for name, value in values_of(subject).items()}


def settle(subject: Subject, typed: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """The form's values with what others changed meanwhile taken over, and the fields that both changed to different
    values and nobody has decided. A decision is `take.<field>`: `mine` or `theirs`."""
    now = values_of(subject)
    values = {name: value for name, value in typed.items() if not name.startswith((SEEN, TAKE))}
    clashes = []
    for name in sorted({*now, *(name for name in values if name.startswith("kind."))}):
        theirs, mine = now.get(name, ""), values.get(name)
        if mine is None or mine == theirs:
            continue
        seen = typed.get(f"{SEEN}{name}")
        take = typed.get(f"{TAKE}{name}")
        if take == THEIRS or (seen is not None and seen == mine):
            values[name] = theirs
        elif take != MINE and (seen is None or seen != theirs):
            clashes.append(name)
    return values, clashes


def as_fields(values: Mapping[str, str]) -> Fields:
    return Fields({name: [value] for name, value in values.items()})
