"""Drawing inspectors: per drawn subject and acting body the people with the lowest tickets who may go.

Legal frame: two or more certified officers (行政处罚法 42) per acting body, recusal (行政处罚法 43). The caller passes
people whose certificate is valid on the period's dates; everybody left out is committed with a reason.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.draw import Digest32, keyed_hash
from chalicelib.domain.errors import YijianshiError


class InspectorShortageError(YijianshiError):
    """An acting body has too few people for the draw. Details: `acting_body`, `needed`, `available`."""

    code = "inspector_shortage"


class InspectorTeam(BaseModel):
    """How many people an acting body sends to every drawn subject."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    acting_body: str = Field(min_length=1, max_length=80)
    count: int = Field(default=2, ge=1, le=20)


class PersonRow(NamedTuple):
    """One eligible person as the public sees them."""

    blind: str
    acting_body: str


class Pick(BaseModel):
    """One inspector of a visit. is_repeat: went to this subject last time too, as nobody else was left."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    blind: Digest32
    ticket: Digest32
    is_repeat: bool


class Assignment(BaseModel):
    """Who goes for one acting body to one subject. missing: how many people short; filled by hand, on record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: Digest32
    acting_body: str
    picks: list[Pick]
    missing: int = Field(ge=0)


def inspector_ticket(seed: bytes, subject_blind: str, person_blind: str) -> bytes:
    """HMAC-SHA256(seed, "insp" ␟ subject ␟ person): one ticket for everybody, 32 bytes."""
    return keyed_hash(seed, "insp", subject_blind, person_blind)


def check_capacity(
    teams: Iterable[InspectorTeam], people: Mapping[str, int], visits: int, max_visits: int | None
) -> None:
    """Raise InspectorShortageError when an acting body cannot staff `visits` subjects, whatever is drawn.

    people: acting body → eligible people. Called before the pool is frozen: later a shortage must not undo the draw.
    """
    for team in teams:
        available = people.get(team.acting_body, 0)
        if visits and available < team.count:
            raise InspectorShortageError(acting_body=team.acting_body, needed=team.count, available=available)
        if max_visits is not None and available * max_visits < team.count * visits:
            raise InspectorShortageError(
                acting_body=team.acting_body, needed=team.count * visits, available=available * max_visits
            )


def assign_inspectors(
    seed: bytes,
    subjects: Sequence[str],
    teams: Sequence[InspectorTeam],
    people: Iterable[PersonRow],
    *,
    max_visits: int | None = None,
    recusals: Iterable[tuple[str, str]] = (),
    past_visits: Iterable[tuple[str, str]] = (),
) -> list[Assignment]:
    """Walk the subjects (blinds) in the order given, their ticket order, and let every acting body send its team.

    recusals, past_visits: pairs of subject blind and person blind. A person who is recused or has `max_visits` visits
    already is out; one who went there last time is taken only when nobody else is left. What is still missing is
    recorded in the assignment and is no error: the randomness is public by then, and a draw that is repeated for want
    of people could be repeated until it pleases.
    """
    drawn = set(subjects)
    recused = {(subject, person) for subject, person in recusals if subject in drawn}
    repeated = {(subject, person) for subject, person in past_visits if subject in drawn}
    by_body: dict[str, list[str]] = defaultdict(list)
    for row in people:
        by_body[row.acting_body].append(row.blind)

    visits: Counter[str] = Counter()
    assignments = []
    for subject in subjects:
        for team in teams:
            free = [
                (inspector_ticket(seed, subject, person), person)
                for person in by_body[team.acting_body]
                if (subject, person) not in recused and (max_visits is None or visits[person] < max_visits)
            ]
            ranked = sorted(((subject, person) in repeated, ticket, person) for ticket, person in free)
            chosen = ranked[: team.count]
            visits.update(person for _, _, person in chosen)
            assignments.append(
                Assignment(
                    subject=subject,
                    acting_body=team.acting_body,
                    picks=[
                        Pick(blind=person, ticket=ticket.hex(), is_repeat=again) for again, ticket, person in chosen
                    ],
                    missing=team.count - len(chosen),
                )
            )
    return assignments
