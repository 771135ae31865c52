"""Help: one topic per area, from `data/help.json`; a page has that whose path is the longest beginning of its own."""

import json
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.label import Code
from chalicelib.domain.metric import Words

_TOPICS = Path(__file__).parent / "data" / "help.json"


class HelpStep(BaseModel):
    """What is done next, and by whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Words
    who: Words


class HelpTopic(BaseModel):
    """paths: beginnings of the addresses it is the help of, the addresses themselves when `is_exact`;
    what: what the page is for; terms: of the glossary."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Code
    paths: tuple[str, ...]
    is_exact: bool = False
    title: Words
    what: Words
    next: tuple[HelpStep, ...]
    tips: tuple[Words, ...] = ()
    terms: tuple[Code, ...] = ()


@cache
def topics() -> tuple[HelpTopic, ...]:
    return tuple(HelpTopic.model_validate(one) for one in json.loads(_TOPICS.read_text(encoding="utf-8"))["topics"])


def topic(name: str) -> HelpTopic:
    """The topic of this name. Raises RecordNotFoundError."""
    found = next((one for one in topics() if one.name == name), None)
    if found is None:
        raise RecordNotFoundError(kind="help_topic", id=name)
    return found


def topic_of(path: str) -> HelpTopic | None:
    """The help of the page at this address; None where there is none."""
    places = [
        (place, one)
        for one in topics()
        for place in one.paths
        if path == place or (not one.is_exact and path.startswith(place + "/"))
    ]
    return max(places, key=lambda found: len(found[0]))[1] if places else None
