"""A draw from opening to a certificate that the stand-alone verifier accepts, and everything that must be refused."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.beacon import InvalidBeaconError
from chalicelib.domain.draw import Selection
from chalicelib.domain.draw_opening import opening_bytes
from chalicelib.domain.errors import (
    AlreadyExistsError,
    ConflictError,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.random_draw import DrawState, RandomDraw
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import Person, Role
from chalicelib.services.draw import files
from chalicelib.services.draw import freeze_pool as freeze_module
from chalicelib.services.draw.commit_seed import commit_seed, reveal_seed
from chalicelib.services.draw.drawn_subjects import drawn_subjects
from chalicelib.services.draw.enter_numbers import confirm_numbers, enter_numbers
from chalicelib.services.draw.logged import note_checkpoints
from chalicelib.services.draw.open_place import open_all, open_place
from chalicelib.services.draw.problems import CommitmentNotLoggedError, SecondPersonNeededError
from chalicelib.services.draw.read_frozen import read_frozen
from chalicelib.services.draw.request_draw import request_draw
from chalicelib.services.draw.request_freeze import request_freeze
from chalicelib.services.draw.void_draw import ask_void, confirm_void, decline_void
from chalicelib.services.notification.issue_notifications import issue_notifications
from chalicelib.storage import keys
from chalicelib.storage.change import Change
from chalicelib.storage.errors import StorageUnavailableError
from chalicelib.storage.guard import PolicyDeniedError
from chalicelib.storage.store import Store
from tests.services.draw.case import (
    COMMERCE,
    COORDINATOR,
    FALLBACK_DUE,
    JUSTICE,
    OTHER_COORDINATOR,
    REVEAL_DUE,
    SECRETS,
    START,
    TENANT,
    City,
    lottery_round,
    who,
)
from tests.visiting import save

VERIFIER = Path(__file__).parents[3] / "chalicelib/web/static/verify/verify_draw.py"


@pytest.fixture
def city(store: Store) -> City:
    return City(store)


def verify(folder: Path, city: City, draw: RandomDraw, *arguments: str, edit: str = "") -> int:
    body = city.store.objects.read(TENANT, files.certificate_key_of(TENANT, draw))
    if edit:
        document = json.loads(body)
        document["drawn"][0]["weight" if edit == "weight" else "ticket"] = 2 if edit == "weight" else "0" * 64
        body = json.dumps(document).encode()
    (folder / "certificate.json").write_bytes(body)
    command = [sys.executable, str(VERIFIER), str(folder / "certificate.json"), *arguments]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_a_whole_draw(city: City, tmp_path: Path) -> None:
    draw = city.drawn()
    assert draw.state is DrawState.DRAWN
    assert city.plan.state == "drawn"
    assert draw.number == "南综监抽〔2026〕18-1号"
    assert draw.figures.registered == 11, "the twelfth lies in another city"
    assert draw.figures.excluded == {"closed_or_moved": 1}
    assert draw.figures.pool == 10
    assert draw.figures.people == 9
    assert draw.figures.people_excluded == {"certificate_not_valid": 1}
    assert draw.figures.recusals == 2
    drawn = drawn_subjects(city.store, TENANT, draw.id)
    sizes = {grade.grade: (grade.pool, grade.drawn) for grade in draw.figures.grades}
    assert sum(pool for pool, _ in sizes.values()) == 10
    assert [each.order for each in drawn] == list(range(1, draw.drawn_count + 1))
    assert draw.drawn_count == sum(stratum.k for stratum in draw.strata) + 1
    for each in drawn:
        assert each.missing == {}
        assert Counter(member.acting_body_id for member in each.team) == {"body-commerce": 2, "body-emergency": 2}
        assert all(member.certificate_number for member in each.team)
        if each.subject.subject_id == "subject-01":
            assert not {"commerce-0", "emergency-0"} & {member.person_id for member in each.team}
    assert verify(tmp_path, city, draw) == 0
    assert verify(tmp_path, city, draw, edit="weight") == 1
    assert verify(tmp_path, city, draw, edit="ticket") == 1


@pytest.mark.parametrize("uniform_k", [0, 1])
def test_a_share_of_the_whole_takes_every_subject_and_still_draws_who_goes(
    city: City, tmp_path: Path, uniform_k: int
) -> None:
    ratios = [one.model_copy(update={"ratio": 10_000}) for one in city.plan.ratios]
    save(city.store, city.plan.with_changes(ratios=ratios, uniform_k=uniform_k))

    draw = city.drawn()

    drawn = drawn_subjects(city.store, TENANT, draw.id)
    assert len(drawn) == draw.figures.pool == 10
    assert all(each.missing == {} and len(each.team) == 4 for each in drawn)
    assert len({tuple(sorted(one.person_id for one in each.team)) for each in drawn}) > 1
    assert verify(tmp_path, city, draw) == 0


def test_a_weighted_draw_with_a_cap(store: Store, tmp_path: Path) -> None:
    city = City(store, selection=Selection.WEIGHTED)
    with store.change(TENANT, city.act()) as change:
        change.count(keys.annual_cap(TENANT, "operator-07", "body-commerce", 2026), name="cap", by=2)
        change.event(EventType.PLAN_CHANGED, city.plan)
    draw_id = city.open(annual_caps={"body-commerce": 2}).id
    city.commit(draw_id)
    city.freeze(draw_id)
    city.sequence()
    city.reveal(draw_id)
    city.draw(draw_id)
    draw = store.draws.get(TENANT, draw_id)
    assert draw.figures.excluded == {"closed_or_moved": 1, "annual_cap_reached": 1}
    assert draw.drawn_count == 5
    assert {g.grade: g.weight for g in draw.figures.grades} == {"A": 1, "B": 2, "C": 4, "D": 8}
    assert verify(tmp_path, city, draw) == 0


def test_the_commitment_is_in_the_log_and_names_no_subject(city: City) -> None:
    draw = city.frozen()
    position = city.store.log.positions(TENANT, [draw.frozen_event_id])[draw.frozen_event_id]
    leaf = city.store.log.leaf(TENANT, position)
    assert json.loads(leaf.content)["objects"]["commitment"] == draw.commitment_sha256
    public = city.store.public_draws.get(TENANT, draw.id).model_dump_json()
    certificate_side = city.store.objects.read(
        TENANT, files.rows_key(TENANT, draw.id, draw.commitment_sha256, "pool.jsonl")
    )
    assert "subject-" not in public
    assert "示例" not in public
    assert b"subject-" not in certificate_side


def test_randomness_waits_for_the_signed_checkpoint(city: City) -> None:
    draw_id = city.open().id
    city.commit(draw_id)
    city.freeze(draw_id)
    with pytest.raises(CommitmentNotLoggedError):
        city.reveal(draw_id, "commerce")
    city.sequence()
    assert note_checkpoints(city.store, TENANT, city.clock) == 1
    assert note_checkpoints(city.store, TENANT, city.clock) == 0, "told once"
    assert city.store.public_draws.get(TENANT, draw_id).checkpoint is not None
    assert city.reveal(draw_id, "commerce").seeds[0].revealed is not None


def test_a_seed_is_the_committed_one_of_its_own_department(city: City) -> None:
    draw = city.frozen()
    with pytest.raises(InvalidBeaconError) as refused:
        reveal_seed(city.store, TENANT, city.act(COMMERCE), draw_id=draw.id, secret=SECRETS["justice"])
    assert refused.value.details["problem"] == "not_the_committed_seed"
    with pytest.raises(NotAllowedError):
        reveal_seed(city.store, TENANT, city.act(COORDINATOR), draw_id=draw.id, secret=SECRETS["commerce"])
    emergency = who(Role.DEPARTMENT_OFFICER, "emergency")
    with pytest.raises(NotAllowedError):
        reveal_seed(city.store, TENANT, city.act(emergency), draw_id=draw.id, secret=SECRETS["commerce"])
    with pytest.raises(IllegalTransitionError):
        commit_seed(city.store, TENANT, city.act(COMMERCE), draw_id=draw.id, sha256="0" * 64)


def test_two_departments_commit_two_seeds(city: City) -> None:
    draw_id = city.open().id
    digest = hashlib.sha256(b"x").hexdigest()
    commit_seed(city.store, TENANT, city.act(COMMERCE), draw_id=draw_id, sha256=digest)
    with pytest.raises(InvalidInputError):
        commit_seed(city.store, TENANT, city.act(JUSTICE), draw_id=draw_id, sha256=digest)
    with pytest.raises(InvalidInputError):
        request_freeze(city.store, TENANT, city.act(), draw_id=draw_id)
    twice = who(Role.JUSTICE_SUPERVISOR, "justice", person_id=COMMERCE.person_id)
    with pytest.raises(SecondPersonNeededError):
        commit_seed(city.store, TENANT, city.act(twice), draw_id=draw_id, sha256="0" * 64)


def test_a_withheld_seed_is_replaced_by_the_fallback(city: City, tmp_path: Path) -> None:
    draw = city.frozen()
    city.reveal(draw.id, "commerce")
    with pytest.raises(IllegalTransitionError):
        request_draw(city.store, TENANT, city.act(), draw_id=draw.id)
    numbers = {"draw_id": draw.id, "source": "双色球", "round": "2026136", "numbers": "01 07 10 25 28 30 + 16"}
    with pytest.raises(RecordNotFoundError):
        enter_numbers(city.store, TENANT, city.act(), **numbers)
    city.clock.now = REVEAL_DUE + timedelta(seconds=1)
    with pytest.raises(InvalidBeaconError):
        city.reveal(draw.id, "justice")
    city.clock.now = FALLBACK_DUE
    enter_numbers(city.store, TENANT, city.act(), **numbers)
    with pytest.raises(SecondPersonNeededError):
        confirm_numbers(city.store, TENANT, city.act(), **numbers)
    wrong = numbers | {"numbers": "01 07 10 25 28 30 + 15"}
    with pytest.raises(InvalidInputError):
        confirm_numbers(city.store, TENANT, city.act(OTHER_COORDINATOR), **wrong)
    with pytest.raises(IllegalTransitionError):
        request_draw(city.store, TENANT, city.act(), draw_id=draw.id)
    confirm_numbers(city.store, TENANT, city.act(JUSTICE), **numbers)
    assert city.draw(draw.id).error_code is None
    draw = city.store.draws.get(TENANT, draw.id)
    certificate = json.loads(city.store.objects.read(TENANT, files.certificate_key_of(TENANT, draw)))
    assert [value["used"] for value in certificate["beacon_values"]] == ["primary", "fallback"]
    assert verify(tmp_path, city, draw) == 0


def test_a_lottery_round_named_in_advance(city: City, tmp_path: Path) -> None:
    due = START + timedelta(days=1)
    draw_id = city.open(seed_departments=[], reveal_due_at=None, lottery=lottery_round("2026135", due)).id
    assert city.freeze(draw_id).error_code is None
    city.sequence()
    city.clock.now = due
    numbers = {"draw_id": draw_id, "source": "双色球", "numbers": "010710252830" + "16"}
    enter_numbers(city.store, TENANT, city.act(), round="2026135", **numbers)
    confirm_numbers(city.store, TENANT, city.act(OTHER_COORDINATOR), round="2026135", **numbers)
    city.clock.now = FALLBACK_DUE
    with pytest.raises(RecordNotFoundError):
        enter_numbers(city.store, TENANT, city.act(), round="2026136", reason="想换一期", **numbers)
    assert city.draw(draw_id).error_code is None
    assert verify(tmp_path, city, city.store.draws.get(TENANT, draw_id)) == 0


def test_a_fallback_for_a_lottery_says_why(city: City) -> None:
    lottery = lottery_round("2026135", START + timedelta(days=1))
    draw_id = city.open(seed_departments=[], reveal_due_at=None, lottery=lottery).id
    city.freeze(draw_id)
    city.sequence()
    city.clock.now = FALLBACK_DUE
    numbers = {"draw_id": draw_id, "source": "双色球", "round": "2026136", "numbers": "01 07 10 25 28 30 + 16"}
    with pytest.raises(InvalidInputError):
        enter_numbers(city.store, TENANT, city.act(), **numbers)
    enter_numbers(city.store, TENANT, city.act(), reason="当期停售，未开奖", **numbers)
    confirm_numbers(city.store, TENANT, city.act(JUSTICE), **numbers)
    assert city.store.public_draws.get(TENANT, draw_id).fallback_reasons == ["当期停售，未开奖"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"seed_departments": []}, "beacon_missing"),
        ({"seed_departments": ["commerce"]}, "two_departments"),
        ({"seed_departments": ["commerce", "commerce"]}, "two_departments"),
        ({"seed_departments": ["commerce", "nobody"]}, "unknown_choice"),
        ({"reveal_due_at": START + timedelta(minutes=30)}, "beacon_too_early"),
        ({"fallback": lottery_round("2026136", REVEAL_DUE)}, "fallback_too_early"),
        ({"lottery": lottery_round("2026136", REVEAL_DUE)}, "fallback_is_the_same"),
        ({"annual_caps": {"body-nobody": 1}}, "out_of_range"),
        ({"max_visits": 0}, "out_of_range"),
        ({"max_visits": 1001}, "out_of_range"),
    ],
)
def test_beacons_that_cannot_be(city: City, changes: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        city.open(**changes)
    assert refused.value.problems[0].code == code


def test_one_draw_at_a_time(city: City) -> None:
    city.open()
    with pytest.raises(AlreadyExistsError):
        city.open()


def test_no_freezing_before_every_head_approved(city: City) -> None:
    draw_id = city.open().id
    city.commit(draw_id)
    plan = city.plan
    with city.store.change(TENANT, city.act()) as change:
        change.save(plan.with_task(plan.tasks[1].model_copy(update={"state": "consented"})))
        change.event(EventType.PLAN_CHANGED, plan)
    with pytest.raises(IllegalTransitionError) as refused:
        request_freeze(city.store, TENANT, city.act(), draw_id=draw_id)
    assert refused.value.details["missing"] == ["every_task_is_approved"]


def test_too_few_officers_end_the_job_and_it_can_be_asked_again(city: City) -> None:
    draw_id = city.open(max_visits=1).id
    city.commit(draw_id)
    job = city.freeze(draw_id)
    assert job.error_code == "inspector_shortage"
    draw = city.store.draws.get(TENANT, draw_id)
    assert draw.state is DrawState.OPEN
    assert city.plan.state == "scheduling"
    again = request_freeze(city.store, TENANT, city.act(), draw_id=draw_id)
    assert again.id != job.id
    with pytest.raises(ConflictError):
        request_freeze(city.store, TENANT, city.act(), draw_id=draw_id)


def told_of_the_void(city: City, draw: RandomDraw) -> set[str]:
    """Who finds it in their list: heads of the acting bodies, coordinators and the supervising justice bureau."""
    body = city.plan.tasks[0].acting_body_id
    people = [
        Person(id="p-head", name="甲", roles=frozenset({Role.APPROVER}), acting_body_id=body),
        Person(id="p-officer", name="乙", roles=frozenset({Role.DEPARTMENT_OFFICER}), acting_body_id=body),
        Person(id="p-watching", name="丙", roles=frozenset({Role.JUSTICE_SUPERVISOR})),
        Person(id="p-leading", name="丁", roles=frozenset({Role.COORDINATOR})),
    ]
    save(city.store, *people)
    event = next(one for one in city.store.draws.history(TENANT, draw.ref) if one.type is EventType.DRAW_VOIDED)
    issue_notifications(city.store, event, city.act(key=f"{event.id}.notify"))
    lists = {one.id: city.store.notifications.of_person(TENANT, one.id).records for one in people}
    return {id for id, found in lists.items() if [entry.template for entry in found] == ["draw_voided"]}


def test_voiding_needs_another_person_and_stays_public(city: City, tmp_path: Path) -> None:
    draw = city.drawn()
    ask_void(city.store, TENANT, city.act(), draw_id=draw.id, reason="入池名单漏了一批对象")
    both = COORDINATOR.model_copy(update={"roles": frozenset({Role.COORDINATOR, Role.JUSTICE_SUPERVISOR})})
    with pytest.raises(SecondPersonNeededError):
        confirm_void(city.store, TENANT, city.act(both), draw_id=draw.id, signer=bootstrap.signer())
    with pytest.raises(NotAllowedError):
        confirm_void(city.store, TENANT, city.act(OTHER_COORDINATOR), draw_id=draw.id, signer=bootstrap.signer())
    confirm_void(city.store, TENANT, city.act(JUSTICE), draw_id=draw.id, signer=bootstrap.signer())
    plan = city.plan
    assert (plan.state, plan.draw_id, plan.void_draw_ids) == ("scheduling", None, [draw.id])
    public = city.store.public_draws.get(TENANT, draw.id)
    assert public.state is DrawState.VOID
    assert public.void_reason == "入池名单漏了一批对象"
    assert told_of_the_void(city, draw) == {"p-head", "p-watching", "p-leading"}
    assert verify(tmp_path, city, city.store.draws.get(TENANT, draw.id)) == 0
    again = city.drawn()
    assert again.sequence == 2
    assert again.replaces == draw.id
    assert again.commitment is not None
    assert again.commitment.replaces == draw.id
    assert verify(tmp_path, city, again) == 0


def test_a_deputy_s_request_is_neither_the_deputy_s_nor_the_principal_s_to_confirm(city: City) -> None:
    draw_id = city.open().id
    asking = COMMERCE.model_copy(update={"person_id": "deputy", "acting_for": "principal"})
    commit_seed(city.store, TENANT, city.act(asking), draw_id=draw_id, sha256=hashlib.sha256(b"x").hexdigest())
    second = [
        {"person_id": "deputy"},
        {"person_id": "principal"},
        {"acting_for": "principal"},
        {"acting_for": "deputy"},
    ]
    for place in second:
        other = city.act(JUSTICE.model_copy(update=place))
        with pytest.raises(SecondPersonNeededError):
            commit_seed(city.store, TENANT, other, draw_id=draw_id, sha256=hashlib.sha256(b"y").hexdigest())


def test_a_deputy_s_void_is_not_the_principal_s_to_confirm(city: City) -> None:
    draw = city.frozen()
    asking = COORDINATOR.model_copy(update={"person_id": "deputy", "acting_for": "principal"})
    ask_void(city.store, TENANT, city.act(asking), draw_id=draw.id, reason="入池名单漏了一批对象")
    for place in [{"person_id": "deputy"}, {"person_id": "principal"}, {"acting_for": "principal"}]:
        other = city.act(JUSTICE.model_copy(update=place))
        with pytest.raises(SecondPersonNeededError):
            confirm_void(city.store, TENANT, other, draw_id=draw.id, signer=bootstrap.signer())
    confirm_void(city.store, TENANT, city.act(JUSTICE), draw_id=draw.id, signer=bootstrap.signer())


def test_voiding_before_there_is_randomness(city: City, tmp_path: Path) -> None:
    draw = city.frozen()
    with pytest.raises(InvalidInputError):
        ask_void(city.store, TENANT, city.act(), draw_id=draw.id, reason="错")
    ask_void(city.store, TENANT, city.act(), draw_id=draw.id, reason="比例填错")
    decline_void(city.store, TENANT, city.act(JUSTICE), draw_id=draw.id)
    ask_void(city.store, TENANT, city.act(), draw_id=draw.id, reason="比例填错")
    confirm_void(city.store, TENANT, city.act(JUSTICE), draw_id=draw.id, signer=bootstrap.signer())
    assert verify(tmp_path, city, city.store.draws.get(TENANT, draw.id)) == 0
    with pytest.raises(IllegalTransitionError):
        city.reveal(draw.id, "commerce")


def test_every_step_again_changes_nothing(city: City) -> None:
    opened = city.act()
    draw_id = city.open(opened).id
    assert city.open(opened).id == draw_id
    city.commit(draw_id)
    asked = city.act()
    job = request_freeze(city.store, TENANT, asked, draw_id=draw_id)
    assert request_freeze(city.store, TENANT, asked, draw_id=draw_id).id == job.id
    city.run(job)
    first = city.store.draws.get(TENANT, draw_id)
    _unfinish(city, job.id)
    city.run(job)
    assert city.store.draws.get(TENANT, draw_id) == first
    city.sequence()
    reveal = city.act(COMMERCE)
    for _ in range(2):
        reveal_seed(city.store, TENANT, reveal, draw_id=draw_id, secret=SECRETS["commerce"])
    city.reveal(draw_id, "justice")
    job = request_draw(city.store, TENANT, city.act(), draw_id=draw_id)
    city.run(job)
    drawn = city.store.draws.get(TENANT, draw_id)
    _unfinish(city, job.id)
    city.run(job)
    assert city.store.draws.get(TENANT, draw_id) == drawn


def _unfinish(city: City, job_id: str) -> None:
    """As if the worker had died before it said that the job was done."""
    job = city.store.jobs.get(TENANT, job_id)
    with city.store.change(TENANT, city.act()) as change:
        change.save(job.with_changes(state="running", result={}, finished_at=None))
        change.event(EventType.JOB_PROGRESSED, job)


def test_the_public_reads_the_projection_and_nothing_else(city: City) -> None:
    draw = city.drawn()
    with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
        assert city.store.public_draws.newest(TENANT).records[0].id == draw.id
        assert city.store.objects.read(TENANT, files.certificate_key_of(TENANT, draw))
        for key in (
            files.result_key(TENANT, draw.id, draw.result_sha256),
            files.snapshot_key(TENANT, draw.id, draw.snapshot_sha256),
        ):
            with pytest.raises(RecordNotFoundError):
                city.store.objects.read(TENANT, key)
        with pytest.raises(PolicyDeniedError):
            city.store.draws.get(TENANT, draw.id)
        with pytest.raises(PolicyDeniedError):
            city.store.draws.recent(TENANT)


def test_openings(city: City, tmp_path: Path) -> None:
    draw = city.drawn()
    first = drawn_subjects(city.store, TENANT, draw.id)[0].subject.subject_id
    owner = who(Role.SUBJECT_USER).model_copy(update={"subject_ids": frozenset({first, "subject-05"})})
    with pytest.raises(IllegalTransitionError):
        open_place(city.store, TENANT, owner, draw_id=draw.id, subject_id=first)
    with pytest.raises(RecordNotFoundError):
        open_place(city.store, TENANT, owner, draw_id=draw.id, subject_id="subject-99")
    with pytest.raises(NotAllowedError):
        open_all(city.store, TENANT, city.act(), draw_id=draw.id)
    opening = open_all(city.store, TENANT, city.act(JUSTICE), draw_id=draw.id)
    (tmp_path / "all.json").write_bytes(opening_bytes(opening))
    assert verify(tmp_path, city, draw, "--opening", str(tmp_path / "all.json")) == 0
    kinds = [event.type for event in city.store.draws.history(TENANT, draw.ref)]
    assert kinds[0] is EventType.DRAW_UNBLINDED
    plan = city.plan
    with city.store.change(TENANT, city.act()) as change:
        change.save(plan.with_changes(state="closed"))
        change.event(EventType.PLAN_CLOSED, plan)
    own = open_place(city.store, TENANT, owner, draw_id=draw.id, subject_id="subject-05")
    (tmp_path / "own.json").write_bytes(opening_bytes(own))
    assert verify(tmp_path, city, draw, "--opening", str(tmp_path / "own.json")) == 0


def test_long_lists_lie_beside_the_certificate(city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(freeze_module, "INLINE_ROWS", 0)
    draw = city.drawn()
    certificate = json.loads(city.store.objects.read(TENANT, files.certificate_key_of(TENANT, draw)))
    assert certificate["rows"]["pool"]["rows"] is None
    assert verify(tmp_path, city, draw) == 3, "the lists are not there yet"
    for name in files.ROWS_FILES.values():
        body = city.store.objects.read(TENANT, files.rows_key(TENANT, draw.id, draw.commitment_sha256, name))
        (tmp_path / name).write_bytes(body)
    assert verify(tmp_path, city, draw) == 0
    (tmp_path / "pool.jsonl").write_bytes((tmp_path / "pool.jsonl").read_bytes().replace(b",1,", b",2,", 1))
    assert verify(tmp_path, city, draw) == 1


def test_a_worker_that_dies_before_it_commits_leaves_nothing_that_counts(city: City) -> None:
    draw_id = city.open().id
    city.commit(draw_id)
    job = request_freeze(city.store, TENANT, city.act(), draw_id=draw_id)
    commit, calls = Change.commit, []

    def dying(self: Change) -> Event:
        if self._event is not None and self._event.type is EventType.POOL_FROZEN and not calls:
            calls.append("died")
            raise StorageUnavailableError(cause="killed")
        return commit(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Change, "commit", dying)
        with pytest.raises(StorageUnavailableError):
            city.run(job)
    assert city.store.draws.get(TENANT, draw_id).state is DrawState.OPEN
    assert city.store.public_draws.find(TENANT, draw_id) is None
    assert city.run(job).error_code is None
    city.sequence()
    city.reveal(draw_id)
    assert city.draw(draw_id).error_code is None
    assert drawn_subjects(city.store, TENANT, draw_id), "salt, lists and snapshot are of one run"


def test_officers_rotate_from_one_draw_to_the_next(city: City) -> None:
    first = city.drawn()
    earlier = {
        d.subject.subject_id: {m.person_id for m in d.team} for d in drawn_subjects(city.store, TENANT, first.id)
    }
    # Of another scenario, and newer than fifty.
    others = first.with_changes(scenario="self_built_housing", plan_id="7ZZZZZZZZZZZZZZZZZZZZZZZZZ", version=0)
    with city.store.change(TENANT, city.act()) as change:
        for _ in range(51):
            change.save(others.with_changes(id=new_id()))
        change.event(EventType.DRAW_OPENED, others)
    city.plan_id = city._plan(Selection.RATIO_BY_GRADE)
    second = city.drawn()
    frozen = read_frozen(city.store, TENANT, second)
    assert frozen.commitment.inspectors.past_visits.count == sum(len(team) for team in earlier.values())
    for each in drawn_subjects(city.store, TENANT, second.id):
        gone = earlier.get(each.subject.subject_id, set())
        bodies = {m.acting_body_id for m in each.team if m.person_id in gone}
        assert not bodies - {"body-commerce"}, "emergency has five officers, so nobody goes there twice"


def test_what_waits_for_whom(city: City) -> None:
    draw_id = city.open().id

    def waiting(owner: str) -> list[str]:
        return [t.topic for t in city.store.todos.of_owner(TENANT, owner).records if t.about.id == draw_id]

    assert waiting("d-commerce") == ["seed_to_commit"]
    city.commit(draw_id)
    assert waiting("d-commerce") == []
    city.freeze(draw_id)
    assert waiting("d-justice") == ["seed_to_reveal"]
    city.sequence()
    city.reveal(draw_id)
    assert waiting("d-justice") == []
    ask_void(city.store, TENANT, city.act(), draw_id=draw_id, reason="比例填错了")
    assert waiting("role.justice_supervisor") == ["void_to_confirm"]
    confirm_void(city.store, TENANT, city.act(JUSTICE), draw_id=draw_id, signer=bootstrap.signer())
    assert waiting("role.justice_supervisor") == []
