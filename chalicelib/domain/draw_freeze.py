"""Freezing a draw: pool, exclusions, people and rules become one hash C, and the lists that are published under it."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.beacon import BeaconSet
from chalicelib.domain.draw import InvalidDrawError, Selection, check_weight
from chalicelib.domain.draw_blind import Blinder, OpeningRole
from chalicelib.domain.draw_commitment import (
    Commitment,
    DrawRules,
    ExcludedSubject,
    Inspector,
    InspectorCommitment,
    PastVisit,
    PoolMember,
    Recusal,
    RowsName,
)
from chalicelib.domain.draw_inspector import check_capacity
from chalicelib.domain.draw_rows import ROWS_IN_MEMORY, Row, Rows, RowsDigest, RowSink, RowsRoot, sorted_rows

_REASON = re.compile(r"[a-z][a-z0-9_]{0,63}")


class RowsTarget(NamedTuple):
    """Where a long list goes instead of the certificate: a file name beside it, and what takes every row."""

    file_name: str
    sink: RowSink


class FrozenDraw(BaseModel):
    """The commitment and the published lists under it."""

    model_config = ConfigDict(frozen=True)

    commitment: Commitment
    rows: dict[RowsName, Rows]


class _Lists:
    """One digest per published list; short lists are kept, long ones go to their target."""

    def __init__(self, targets: Mapping[RowsName, RowsTarget]) -> None:
        self._targets = targets
        self._kept: dict[RowsName, list[Row]] = {name: [] for name in RowsName}
        self.digests: dict[RowsName, RowsDigest] = {}
        for name in RowsName:
            sink = targets[name].sink if name in targets else self._kept[name].append
            is_pairs = name in (RowsName.RECUSALS, RowsName.PAST_VISITS)
            self.digests[name] = RowsDigest(sink, is_unique=not is_pairs)

    def fill(self, name: RowsName, rows: Iterable[Row]) -> RowsRoot:
        for row in rows:
            self.digests[name].add(row)
        return self.digests[name].root()

    def published(self) -> dict[RowsName, Rows]:
        return {
            name: Rows(file=digest.file(self._targets[name].file_name))
            if name in self._targets
            else Rows(rows=[list(row) for row in self._kept[name]])
            for name, digest in self.digests.items()
        }


def freeze_draw(
    rules: DrawRules,
    *,
    salt: bytes,
    members: Iterable[PoolMember],
    excluded: Iterable[ExcludedSubject] = (),
    inspectors: Iterable[Inspector] = (),
    recusals: Iterable[Recusal] = (),
    past_visits: Iterable[PastVisit] = (),
    targets: Mapping[RowsName, RowsTarget] | None = None,
    rows_in_memory: int = ROWS_IN_MEMORY,
) -> FrozenDraw:
    """Make C. salt: 32 secret bytes, new for every draw, kept encrypted until the openings.

    Subjects stream through a sort on disk; lists with a target are not kept in memory. Raises InvalidDrawError for
    a subject named twice, a weight, stratum or number that cannot be, InspectorShortageError for too few people.
    """
    blinder, lists = Blinder(salt), _Lists(targets or {})
    BeaconSet(beacons=rules.beacons)
    people = list(inspectors)
    _check_people(rules, people)

    entries = sorted_rows(_entries(rules, blinder, members, excluded), rows_in_memory=rows_in_memory)
    openings, sizes = RowsDigest(), Counter[str]()
    for blind, subject, weight, stratum, reason in entries:
        openings.add(blinder.opening(OpeningRole.SUBJECT, str(subject)))
        if reason:
            lists.digests[RowsName.EXCLUSIONS].add((blind, reason))
        else:
            sizes[str(stratum)] += 1
            lists.digests[RowsName.POOL].add((blind, weight, stratum))
    _check_sizes(rules, sizes)

    pool = lists.digests[RowsName.POOL].root()
    commitment = Commitment(
        draw_id=rules.draw_id,
        tenant=rules.tenant,
        N=pool.count,
        strata=rules.strata,
        uniform_k=rules.uniform_k,
        selection=rules.selection,
        pool_root=pool.root,
        openings=openings.root(),
        exclusions=lists.digests[RowsName.EXCLUSIONS].root(),
        inspectors=_commit_people(rules, blinder, lists, people, recusals, past_visits),
        salt_sha256=blinder.salt_sha256,
        beacons=rules.beacons,
        replaces=rules.replaces,
    )
    return FrozenDraw(commitment=commitment, rows=lists.published())


def _entries(
    rules: DrawRules, blinder: Blinder, members: Iterable[PoolMember], excluded: Iterable[ExcludedSubject]
) -> Iterator[Row]:
    names = {stratum.name for stratum in rules.strata}
    if len(names) < len(rules.strata):
        raise InvalidDrawError(problem="stratum_repeated")
    for member in members:
        check_weight(member.weight)
        if rules.selection is Selection.RATIO_BY_GRADE and member.weight != 1:
            raise InvalidDrawError(problem="weight_not_one", subject=member.subject, weight=member.weight)
        if member.stratum not in names:
            raise InvalidDrawError(problem="unknown_stratum", stratum=member.stratum)
        yield (blinder.subject(member.subject), member.subject, member.weight, member.stratum, "")
    for each in excluded:
        yield (blinder.subject(each.subject), each.subject, 0, "", _reason(each.reason))


def _reason(text: str) -> str:
    if not _REASON.fullmatch(text):
        raise InvalidDrawError(problem="reason_is_no_code", reason=text)
    return text


def _check_sizes(rules: DrawRules, sizes: Counter[str]) -> None:
    for stratum in rules.strata:
        if stratum.k > sizes[stratum.name]:
            raise InvalidDrawError(
                problem="stratum_too_small", stratum=stratum.name, k=stratum.k, size=sizes[stratum.name]
            )
    if rules.uniform_k > sizes.total():
        raise InvalidDrawError(problem="pool_too_small", k=rules.uniform_k, size=sizes.total())


def _check_people(rules: DrawRules, people: Sequence[Inspector]) -> None:
    bodies = [team.acting_body for team in rules.teams]
    if len(set(bodies)) < len(bodies):
        raise InvalidDrawError(problem="acting_body_repeated")
    eligible = Counter(person.acting_body for person in people if not person.reason)
    visits = sum(stratum.k for stratum in rules.strata) + rules.uniform_k
    check_capacity(rules.teams, eligible, visits, rules.max_visits)


def _commit_people(
    rules: DrawRules,
    blinder: Blinder,
    lists: _Lists,
    people: Sequence[Inspector],
    recusals: Iterable[Recusal],
    past_visits: Iterable[PastVisit],
) -> InspectorCommitment:
    openings = RowsDigest()
    for row in sorted(blinder.opening(OpeningRole.INSPECTOR, each.person) for each in people):
        openings.add(row)
    return InspectorCommitment(
        teams=rules.teams,
        max_visits=rules.max_visits,
        people=lists.fill(
            RowsName.PEOPLE,
            sorted((blinder.person(each.person), each.acting_body) for each in people if not each.reason),
        ),
        exclusions=lists.fill(
            RowsName.PEOPLE_EXCLUSIONS,
            sorted(
                (blinder.person(each.person), each.acting_body, _reason(each.reason)) for each in people if each.reason
            ),
        ),
        recusals=lists.fill(
            RowsName.RECUSALS,
            sorted_rows(
                (blinder.subject(each.subject), blinder.person(each.person), _reason(each.reason)) for each in recusals
            ),
        ),
        past_visits=lists.fill(
            RowsName.PAST_VISITS,
            _without_repeats(
                sorted_rows((blinder.subject(each.subject), blinder.person(each.person)) for each in past_visits)
            ),
        ),
        openings=openings.root(),
    )


def _without_repeats(rows: Iterable[Row]) -> Iterator[Row]:
    return (row for row, _ in groupby(rows))
