"""Relations, merges and splits on the table: both ends, tombstones, codes that lead on, and back again."""

from collections.abc import Iterable
from datetime import date

import pytest

from chalicelib.domain.errors import AlreadyExistsError, ConflictError, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectDraft, SubjectStatus
from chalicelib.domain.subject_kind import RelationKind
from chalicelib.domain.subject_regrouping import MovedRelations, look_like
from chalicelib.domain.subject_relation import SubjectRelation, relation_id
from chalicelib.domain.tenancy import Role
from chalicelib.services.register.merge_subjects import merge_subjects
from chalicelib.services.register.plates import find_by_plate
from chalicelib.services.register.register_subject import change_subject, find_by_code, register_subject
from chalicelib.services.register.relate_subjects import relate_subjects, unrelate_subjects
from chalicelib.services.register.relation_moves import write_moves
from chalicelib.services.register.settle_relations import settle_relations
from chalicelib.services.register.split_subject import split_subject
from chalicelib.services.register.undo_regrouping import undo_regrouping
from chalicelib.storage.store import Store
from infra.local.synthetic import synthetic_code
from tests.builders import NOW, TENANT, act, actor

CODES = [synthetic_code("450100", number) for number in range(6)]
UNDO_DAYS = 24 * 60 * 31


def made(
    store: Store,
    kind: str = "company",
    number: int = 0,
    scenarios: Iterable[str] = (),
    *,
    is_another: bool = False,
    **more: object,
) -> Subject:
    values: dict[str, object] = {
        "kind": kind,
        "name": f"示例{number}号",
        "code": CODES[number] if kind == "company" else None,
        "division": "450105000000",
        "address": f"示例大道{number}号",
        "memberships": [ScenarioMembership(scenario=one) for one in scenarios],
    }
    draft = SubjectDraft.model_validate(values | more)
    subject: Subject = register_subject(store, TENANT, act(), draft=draft, is_another=is_another)
    return subject


def relate(store: Store, source: Subject, target: Subject, kind: RelationKind = RelationKind.PART_OF) -> Subject:
    found: Subject = relate_subjects(store, TENANT, act(), subject_id=source.id, other_id=target.id, kind=kind)
    return found


def ends(store: Store, subject: Subject) -> set[tuple[str, str, bool]]:
    found = store.subject_relations.of_subject(TENANT, subject.id)
    return {(one.kind.value, one.other_id, one.is_reverse) for one in found}


def now(store: Store, subject: Subject) -> Subject:
    return store.subjects.get(TENANT, subject.id)


class TestRelations:
    def test_both_ends_are_found_from_their_own_partition(self, store: Store) -> None:
        tank, station = made(store, "tank", 1), made(store, "premises", 2)
        relate_subjects(
            store,
            TENANT,
            act(),
            subject_id=tank.id,
            other_id=station.id,
            kind=RelationKind.PART_OF,
            from_on=date(2026, 1, 1),
        )

        assert ends(store, tank) == {("part_of", station.id, False)}
        assert ends(store, station) == {("part_of", tank.id, True)}
        unrelate_subjects(store, TENANT, act(), subject_id=tank.id, other_id=station.id, kind=RelationKind.PART_OF)
        assert ends(store, tank) == ends(store, station) == set()

    def test_a_hierarchy_never_lies_within_itself(self, store: Store) -> None:
        first, second, third = (made(store, "premises", number) for number in (1, 2, 3))
        relate(store, first, second)
        relate(store, second, third)

        with pytest.raises(InvalidInputError) as refused:
            relate(store, third, first)
        assert refused.value.problems[0].code == "relation_in_a_circle"

    @pytest.mark.parametrize(("source", "target"), [("company", "tank"), ("vehicle", "company")])
    def test_kinds_that_do_not_relate(self, store: Store, source: str, target: str) -> None:
        with pytest.raises(InvalidInputError) as refused:
            relate(store, made(store, source, 1), made(store, target, 2))
        assert refused.value.problems[0].code == "kinds_do_not_relate"


class TestMerge:
    def test_the_survivor_takes_what_was_chosen_and_both_codes_find_it(self, store: Store) -> None:
        kept = made(store, number=1, scenarios=["refined_oil"])
        other = made(store, number=2, scenarios=["catering"], phone="15400001234")
        tank = relate(store, made(store, "tank", 3), other, RelationKind.OPERATED_BY)
        merge_subjects(
            store, TENANT, act(), reason="代码换过", kept_id=kept.id, other_id=other.id, choices={"name": "other"}
        )

        survivor = find_by_code(store, TENANT, CODES[2])
        assert survivor is not None and survivor.id == kept.id
        assert (survivor.name, survivor.code, survivor.phone) == (other.name, CODES[1], "15400001234")
        assert [one.scenario for one in survivor.memberships] == ["catering", "refined_oil"]
        assert survivor.all_ids == (kept.id, other.id)
        assert now(store, other).status is SubjectStatus.MERGED
        assert store.members.of_subject(TENANT, other.id) == []
        assert ends(store, survivor) == {("operated_by", tank.id, True)}
        assert ends(store, tank) == {("operated_by", kept.id, False)}

    def test_undone_both_are_exactly_what_they_were(self, store: Store) -> None:
        kept, other = made(store, number=1, scenarios=["catering"]), made(store, number=2, scenarios=["catering"])
        tank = relate(store, made(store, "tank", 3), other, RelationKind.OPERATED_BY)
        before = [now(store, one) for one in (kept, other)]
        merge_subjects(
            store, TENANT, act(), reason="代码换过", kept_id=kept.id, other_id=other.id, choices={"address": "other"}
        )
        regrouping = store.subject_regroupings.of_subject(TENANT, kept.id)[0]
        undo_regrouping(store, TENANT, act(), subject_id=kept.id, regrouping_id=regrouping.id)

        assert [one.model_dump() for one in (now(store, kept), now(store, other))] == [b.model_dump() for b in before]
        assert ends(store, tank) == {("operated_by", other.id, False)}
        assert [one.scenario for one in store.members.of_subject(TENANT, other.id)] == ["catering"]
        with pytest.raises(IllegalTransitionError):
            undo_regrouping(store, TENANT, act(), subject_id=kept.id, regrouping_id=regrouping.id)

    def test_what_was_changed_since_keeps_a_merge_from_being_undone(self, store: Store) -> None:
        kept, other = made(store, number=1), made(store, number=2)
        merge_subjects(
            store, TENANT, act(), reason="代码换过", kept_id=kept.id, other_id=other.id, choices={"name": "other"}
        )
        change_subject(store, TENANT, act(), subject_id=kept.id, changes={"name": "示例改名"})
        regrouping = store.subject_regroupings.of_subject(TENANT, kept.id)[0]

        with pytest.raises(InvalidInputError) as refused:
            undo_regrouping(store, TENANT, act(), subject_id=kept.id, regrouping_id=regrouping.id)
        assert [one.field for one in refused.value.problems] == ["name"]
        with pytest.raises(IllegalTransitionError):
            undo_regrouping(store, TENANT, act(minutes=UNDO_DAYS), subject_id=kept.id, regrouping_id=regrouping.id)

    def test_what_cannot_be_merged(self, store: Store) -> None:
        company, tank = made(store, number=1), made(store, "tank", 2)
        clue = made(store, "unknown_operator", 3, plate="桂A00000")

        with pytest.raises(InvalidInputError):
            merge_subjects(store, TENANT, act(), reason="代码换过", kept_id=company.id, other_id=tank.id)
        with pytest.raises(ConflictError):
            merge_subjects(
                store, TENANT, act(), reason="代码换过", kept_id=company.id, other_id=clue.id, versions=(0, 0)
            )
        merge_subjects(store, TENANT, act(), reason="代码换过", kept_id=company.id, other_id=clue.id)
        assert now(store, company).plate == "桂A00000"
        with pytest.raises(IllegalTransitionError):
            change_subject(store, TENANT, act(), subject_id=clue.id, changes={"name": "改名"})


def hang(store: Store, target: Subject, count: int) -> set[tuple[str, str, bool]]:
    """So many tanks of one operator, written as if they had always been there; the ends at the operator."""
    found = []
    for number in range(count):
        tank_id = f"tank-{number:04d}"
        end = SubjectRelation(
            id=relation_id(RelationKind.OPERATED_BY, tank_id, is_reverse=True),
            subject_id=target.id,
            other_id=tank_id,
            kind=RelationKind.OPERATED_BY,
            is_reverse=True,
            recorded_at=NOW,
        )
        found += [end, end.reversed]
        found.append(now(store, target).with_changes(id=tank_id, version=0, kind="tank", code=None))
    for start in range(0, len(found), 30):
        with store.change(TENANT, act()) as change:
            for one in found[start : start + 30]:
                change.save(one.model_copy(update={"version": 0}))
            change.event(EventType.SUBJECTS_RELATED, target)
    return ends(store, target)


def settle(store: Store, subject: Subject, key: str = "") -> int:
    regrouping = store.subject_regroupings.of_subject(TENANT, subject.id)[0]
    by = act(key=key) if key else act()
    return settle_relations(store, TENANT, by, subject_id=subject.id, regrouping_id=regrouping.id)


def test_any_number_of_relations_moves_in_parts_and_back_even_when_undone_half_way(store: Store) -> None:
    kept, other = made(store, number=1), made(store, number=2)
    tanks = hang(store, other, 25)
    merge_subjects(store, TENANT, act(), reason="代码换过", kept_id=kept.id, other_id=other.id)
    event = store.subjects.history(TENANT, kept.ref, limit=1)[0]

    assert len(tanks) == 25 == len(ends(store, other)), "the merge itself moves none of so many"
    assert settle(store, kept, event.id) == 25 and settle(store, kept, event.id) == 0
    assert (ends(store, kept), ends(store, other)) == (tanks, set())
    regrouping = store.subject_regroupings.of_subject(TENANT, kept.id)[0]
    undo_regrouping(store, TENANT, act(), subject_id=kept.id, regrouping_id=regrouping.id)
    settle(store, kept)
    assert (ends(store, kept), ends(store, other)) == (set(), tanks)

    merge_subjects(store, TENANT, act(minutes=1), reason="代码换过", kept_id=kept.id, other_id=other.id)
    half = MovedRelations.model_validate_json(
        store.objects.read(TENANT, store.subject_regroupings.of_subject(TENANT, kept.id)[0].moves_key)
    )
    with store.change(TENANT, act()) as change:
        write_moves(change, store, TENANT, half.removed[:10], half.added[:10])
        change.event(EventType.RELATIONS_MOVED, kept)
    again = store.subject_regroupings.of_subject(TENANT, kept.id)[0]
    undo_regrouping(store, TENANT, act(minutes=2), subject_id=kept.id, regrouping_id=again.id)
    settle(store, kept)
    assert (ends(store, kept), ends(store, other)) == (set(), tanks)


class TestSplit:
    def test_memberships_and_relations_move_and_come_back(self, store: Store) -> None:
        both = made(store, number=1, scenarios=["catering", "refined_oil"])
        tank = relate(store, made(store, "tank", 3), both, RelationKind.OPERATED_BY)
        relation = store.subject_relations.of_subject(TENANT, both.id)[0]
        draft = SubjectDraft(name="分出", code=CODES[4], division="450105000000", address="示例路1号")
        split_subject(
            store,
            TENANT,
            act(),
            subject_id=both.id,
            draft=draft,
            scenarios=["refined_oil"],
            relation_ids=[relation.id],
        )
        part = find_by_code(store, TENANT, CODES[4])
        regrouping = store.subject_regroupings.of_subject(TENANT, both.id)[0]

        assert part is not None and regrouping.other_id == part.id
        assert [one.scenario for one in store.members.of_subject(TENANT, part.id)] == ["refined_oil"]
        assert [one.scenario for one in now(store, both).memberships] == ["catering"]
        assert ends(store, tank) == {("operated_by", part.id, False)}
        undo_regrouping(store, TENANT, act(), subject_id=both.id, regrouping_id=regrouping.id)
        back = now(store, both)
        assert [one.scenario for one in back.memberships] == ["catering", "refined_oil"]
        assert ends(store, tank) == {("operated_by", both.id, False)}
        assert find_by_code(store, TENANT, CODES[4]) == back


def test_duplicates_are_proposed_by_name_or_address_in_one_county(store: Store) -> None:
    first = made(store, "premises", 1, name="示例 加油站", address="示例大道１号")
    same_name = made(store, "premises", 2, name="示例加油站")
    same_place = made(store, "premises", 3, address="示例大道1号")
    made(store, "premises", 4, name="示例加油站", division="450103000000")

    assert {one.id for one in store.subjects.alike(TENANT, first)} == {same_name.id, same_place.id}


def vehicle(store: Store, number: int, plate: str, **more: object) -> Subject:
    return made(store, "vehicle", number, plate=plate, **more)


class TestPlates:
    def test_who_is_known_by_a_plate_is_asked_about_whoever_has_it(self, store: Store) -> None:
        first = made(store, "unknown_operator", 1, plate="桂A20001", address="", division="450103000000")
        with pytest.raises(InvalidInputError) as asked:
            made(store, "unknown_operator", 2, plate="桂A20001", address="")
        (problem,) = asked.value.problems
        assert (problem.code, problem.field) == ("plate_registered", "plate")
        assert problem.details == {"value": "桂A20001", "subject_id": first.id, "holder": first.name}

        draft = {"kind": "unknown_operator", "name": "示例", "division": "450105000000", "plate": "桂A20001"}
        narrow = act(actor(Role.COORDINATOR, division="450105000000"))
        register_subject(store, TENANT, narrow, draft=SubjectDraft.model_validate(draft))
        change_subject(store, TENANT, act(), subject_id=first.id, changes={"status": SubjectStatus.CLOSED})
        assert first.id not in {one.id for one in store.subjects.with_plate(TENANT, "桂A20001")}
        assert store.subjects.with_plate(TENANT, "") == []

    def test_a_plate_is_one_vehicles_while_it_is_kept(self, store: Store) -> None:
        first = vehicle(store, 1, "桂A10001")
        with pytest.raises(AlreadyExistsError):
            vehicle(store, 2, "桂A10001")
        with pytest.raises(InvalidInputError) as refused:
            vehicle(store, 2, "🚗🚗🚗")
        assert refused.value.problems[0].code == "plate_form"
        with pytest.raises(InvalidInputError) as asked:
            made(store, "unknown_operator", 3, plate="桂A10001")
        assert asked.value.problems[0].details["subject_id"] == first.id
        unknown = made(store, "unknown_operator", 3, is_another=True, plate="桂A10001")
        assert [one.id for one in store.subjects.alike(TENANT, unknown)] == [first.id]
        assert look_like(unknown, [first]) == [first]
        assert look_like(first, [unknown]) == [unknown]

        change_subject(store, TENANT, act(), subject_id=first.id, changes={"plate": "桂A10002"})
        second = vehicle(store, 2, "桂A10001", is_another=True)
        with pytest.raises(AlreadyExistsError):
            change_subject(store, TENANT, act(), subject_id=second.id, changes={"plate": "桂A10002"})
        change_subject(store, TENANT, act(), subject_id=first.id, changes={"status": SubjectStatus.CLOSED})
        change_subject(store, TENANT, act(), subject_id=second.id, changes={"plate": "桂A10002"})
        found = find_by_plate(store, TENANT, "桂A10002")
        assert found is not None and found.id == second.id

    def test_a_merge_a_split_and_their_undoing_take_the_plate_along(self, store: Store) -> None:
        kept, other = vehicle(store, 1, "桂A10001"), vehicle(store, 2, "桂A10002")
        merge_subjects(
            store, TENANT, act(), reason="代码换过", kept_id=kept.id, other_id=other.id, choices={"plate": "other"}
        )
        assert owner(store, "桂A10002") == kept.id and owner(store, "桂A10001") == ""
        regrouping = store.subject_regroupings.of_subject(TENANT, kept.id)[0]
        undo_regrouping(store, TENANT, act(), subject_id=kept.id, regrouping_id=regrouping.id)
        assert (owner(store, "桂A10001"), owner(store, "桂A10002")) == (kept.id, other.id)

        part = SubjectDraft.model_validate(
            {"kind": "vehicle", "name": "另一辆", "division": kept.division, "plate": "桂A10001"}
        )
        with pytest.raises(AlreadyExistsError):
            split_subject(store, TENANT, act(), subject_id=kept.id, draft=part)
        split_subject(store, TENANT, act(), subject_id=kept.id, draft=part.model_copy(update={"plate": "桂A10003"}))
        assert owner(store, "桂A10003") not in ("", kept.id)


def owner(store: Store, plate: str) -> str:
    found = store.owner(TENANT, "plate", plate)
    return found.id if found else ""
