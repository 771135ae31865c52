"""Freezing: one commitment for every order of the input, another for every change of it."""

import dataclasses
import json
import random
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.domain.draw import InvalidDrawError, Selection, Stratum
from chalicelib.domain.draw_blind import Blinder
from chalicelib.domain.draw_commitment import (
    Commitment,
    DrawRules,
    ExcludedSubject,
    Inspector,
    PastVisit,
    PoolMember,
    Recusal,
    RowsName,
)
from chalicelib.domain.draw_freeze import FrozenDraw, RowsTarget, freeze_draw
from chalicelib.domain.draw_inspector import InspectorShortageError, InspectorTeam
from chalicelib.domain.draw_rows import Row, row_bytes
from chalicelib.domain.merkle import merkle_root, sha256
from tests.unit.verify.draw_case import SALT, freeze, members, rules


@dataclasses.dataclass(frozen=True)
class Input:
    draw_rules: DrawRules
    members: list[PoolMember]
    excluded: list[ExcludedSubject]
    inspectors: list[Inspector]
    recusals: list[Recusal]
    past_visits: list[PastVisit]
    salt: bytes = SALT

    def freeze(self, **more: Any) -> FrozenDraw:
        return freeze_draw(
            self.draw_rules,
            salt=self.salt,
            members=iter(self.members),
            excluded=iter(self.excluded),
            inspectors=iter(self.inspectors),
            recusals=iter(self.recusals),
            past_visits=iter(self.past_visits),
            **more,
        )


def sample() -> Input:
    return Input(
        rules(),
        members(),
        [ExcludedSubject("subject-900", "closed_down"), ExcludedSubject("subject-901", "closed_down")],
        [Inspector(f"{body}-{n}", body) for body in ("commerce", "emergency") for n in range(4)]
        + [Inspector("commerce-9", "commerce", "on_leave")],
        [Recusal("subject-001", "commerce-1", "relative"), Recusal("subject-002", "commerce-1", "relative")],
        [PastVisit("subject-001", "emergency-1"), PastVisit("subject-002", "emergency-1")],
    )


def test_every_order_of_the_input_gives_the_same_commitment() -> None:
    expected = sample().freeze()
    shuffle = random.Random(3).sample
    for rows_in_memory in (3, 100):
        each = sample()
        shuffled = dataclasses.replace(
            each,
            **{
                field: shuffle(getattr(each, field), len(getattr(each, field)))
                for field in ("members", "excluded", "inspectors", "recusals", "past_visits")
            },
        )

        assert shuffled.freeze(rows_in_memory=rows_in_memory) == expected


CHANGES: dict[str, Any] = {
    "a weight": lambda i: dataclasses.replace(i, members=[i.members[0]._replace(weight=3), *i.members[1:]]),
    "a stratum": lambda i: dataclasses.replace(i, members=[i.members[0]._replace(stratum="城区"), *i.members[1:]]),
    "a member less": lambda i: dataclasses.replace(i, members=i.members[1:]),
    "a member more": lambda i: dataclasses.replace(i, members=[*i.members, PoolMember("subject-100", 1, "城区")]),
    "a member exchanged": lambda i: dataclasses.replace(
        i, members=[i.members[0]._replace(subject="subject-100"), *i.members[1:]]
    ),
    "an exclusion less": lambda i: dataclasses.replace(i, excluded=i.excluded[1:]),
    "an exclusion's reason": lambda i: dataclasses.replace(
        i, excluded=[i.excluded[0]._replace(reason="other"), i.excluded[1]]
    ),
    "a person more": lambda i: dataclasses.replace(i, inspectors=[*i.inspectors, Inspector("commerce-7", "commerce")]),
    "a person back from leave": lambda i: dataclasses.replace(
        i, inspectors=[*i.inspectors[:-1], Inspector("commerce-9", "commerce")]
    ),
    "a recusal less": lambda i: dataclasses.replace(i, recusals=i.recusals[1:]),
    "a past visit less": lambda i: dataclasses.replace(i, past_visits=i.past_visits[1:]),
    "the salt": lambda i: dataclasses.replace(i, salt=sha256(b"another salt")),
    "k": lambda i: dataclasses.replace(
        i, draw_rules=rules(strata=[Stratum(name="城区", k=6), Stratum(name="县（市）", k=3)])
    ),
    "uniform_k": lambda i: dataclasses.replace(i, draw_rules=rules(uniform_k=3)),
    "the draw": lambda i: dataclasses.replace(i, draw_rules=rules(draw_id="2026-18-2")),
    "the tenant": lambda i: dataclasses.replace(i, draw_rules=rules(tenant="gx450500")),
    "a beacon": lambda i: dataclasses.replace(i, draw_rules=rules(beacons=i.draw_rules.beacons[1:])),
    "the order of beacons": lambda i: dataclasses.replace(i, draw_rules=rules(beacons=i.draw_rules.beacons[::-1])),
    "the workload": lambda i: dataclasses.replace(i, draw_rules=rules(max_visits=9)),
    "a team": lambda i: dataclasses.replace(
        i, draw_rules=rules(teams=[InspectorTeam(acting_body="commerce", count=3), *i.draw_rules.teams[1:]])
    ),
    "what it replaces": lambda i: dataclasses.replace(i, draw_rules=rules(replaces="2026-18-0")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_gives_another_commitment(change: str) -> None:
    changed = CHANGES[change](sample()).freeze()

    assert changed.commitment.digest() != sample().freeze().commitment.digest()


def test_the_roots_are_those_of_the_published_rows() -> None:
    frozen = freeze()
    commitment, people = frozen.commitment, frozen.commitment.inspectors
    roots = {
        RowsName.POOL: (commitment.N, commitment.pool_root),
        RowsName.EXCLUSIONS: (commitment.exclusions.count, commitment.exclusions.root),
        RowsName.PEOPLE: (people.people.count, people.people.root),
        RowsName.PEOPLE_EXCLUSIONS: (people.exclusions.count, people.exclusions.root),
        RowsName.RECUSALS: (people.recusals.count, people.recusals.root),
        RowsName.PAST_VISITS: (people.past_visits.count, people.past_visits.root),
    }

    assert set(roots) == set(frozen.rows)
    for name, (count, root) in roots.items():
        rows = frozen.rows[name].rows
        assert rows is not None
        assert (len(rows), merkle_root(row_bytes(row) for row in rows).hex()) == (count, root)


def test_nothing_published_names_anybody() -> None:
    frozen = freeze()
    text = json.dumps([frozen.commitment.model_dump(mode="json"), {k: v.model_dump() for k, v in frozen.rows.items()}])

    assert "subject-" not in text
    assert "commerce-1" not in text
    assert Blinder(SALT).subject("subject-000") in text


def test_the_commitment_is_fixed_to_the_byte() -> None:
    # Whoever changes this changes what certificates in the world mean: then the algorithm needs another name.
    assert freeze().commitment.digest().hex() == "86d50523145fe299182cbc68bc14d0d4cc150ee9a3520e7e7bcac4aa108b836e"
    assert Commitment.model_validate_json(freeze().commitment.model_dump_json()) == freeze().commitment


def test_a_long_list_goes_to_its_target() -> None:
    lines: list[Row] = []
    target = RowsTarget("pool.jsonl", lines.append)

    frozen = freeze(targets={RowsName.POOL: target})

    assert frozen.commitment == freeze().commitment
    assert frozen.rows[RowsName.POOL].rows is None
    file = frozen.rows[RowsName.POOL].file
    assert file is not None
    content = b"".join(row_bytes(row) + b"\n" for row in lines)
    assert (file.name, file.byte_count, file.sha256) == ("pool.jsonl", len(content), sha256(content).hex())


REFUSED: dict[str, tuple[str, Any]] = {
    "a subject twice": ("row_repeated", lambda i: dataclasses.replace(i, members=[*i.members, i.members[0]])),
    "in the pool and excluded": (
        "row_repeated",
        lambda i: dataclasses.replace(i, excluded=[ExcludedSubject("subject-000", "closed_down")]),
    ),
    "a person twice": ("row_repeated", lambda i: dataclasses.replace(i, inspectors=i.inspectors * 2)),
    "weight 17": (
        "weight_out_of_range",
        lambda i: dataclasses.replace(i, members=[*i.members, PoolMember("s", 17, "城区")]),
    ),
    "a weight where grades decide": (
        "weight_not_one",
        lambda i: dataclasses.replace(i, draw_rules=rules(selection=Selection.RATIO_BY_GRADE)),
    ),
    "a foreign stratum": (
        "unknown_stratum",
        lambda i: dataclasses.replace(i, members=[*i.members, PoolMember("s", 1, "other")]),
    ),
    "a stratum twice": (
        "stratum_repeated",
        lambda i: dataclasses.replace(i, draw_rules=rules(strata=[*i.draw_rules.strata, i.draw_rules.strata[0]])),
    ),
    "more to draw than there are": (
        "stratum_too_small",
        lambda i: dataclasses.replace(i, members=i.members[:3]),
    ),
    "a uniform share larger than the pool": (
        "pool_too_small",
        lambda i: dataclasses.replace(i, draw_rules=rules(uniform_k=41, max_visits=None)),
    ),
    "a reason in prose": (
        "reason_is_no_code",
        lambda i: dataclasses.replace(i, excluded=[ExcludedSubject("s", "Mr Wang's shop")]),
    ),
    "a recusal in prose": (
        "reason_is_no_code",
        lambda i: dataclasses.replace(i, recusals=[Recusal("s", "p", "brother of the owner")]),
    ),
    "an acting body twice": (
        "acting_body_repeated",
        lambda i: dataclasses.replace(i, draw_rules=rules(teams=[InspectorTeam(acting_body="commerce")] * 2)),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused(what: str) -> None:
    problem, change = REFUSED[what]

    with pytest.raises(InvalidDrawError) as refused:
        change(sample()).freeze()

    assert refused.value.details["problem"] == problem


def test_too_few_people_and_steerable_beacons_are_refused() -> None:
    with pytest.raises(InspectorShortageError):
        dataclasses.replace(sample(), inspectors=sample().inspectors[:4]).freeze()
    with pytest.raises(ValidationError):
        dataclasses.replace(sample(), draw_rules=rules(beacons=[])).freeze()


def test_a_draw_without_inspectors() -> None:
    frozen = dataclasses.replace(sample(), draw_rules=rules(teams=[]), inspectors=[]).freeze()

    assert frozen.commitment.inspectors.people.count == 0
    assert frozen.rows[RowsName.PEOPLE].rows == []
