"""One visit from its creation to its confirmation, with every refusal on the way."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import (
    AlreadyExistsError,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.item import Answer, Compliance
from chalicelib.domain.tenancy import Role
from chalicelib.domain.visit import ConclusionChoice
from chalicelib.services.visit.attach_photo import attach_photo, detach_photo
from chalicelib.services.visit.cancel_visit import cancel_visit
from chalicelib.services.visit.conclude_body import conclude_body, make_own_finding
from chalicelib.services.visit.conclude_visit import conclude_visit
from chalicelib.services.visit.questions import ask_questions
from chalicelib.services.visit.save_answer import AnswerConflictError, save_answer
from chalicelib.services.visit.start_visit import start_visit
from chalicelib.services.visit.submit_visit import return_visit, submit_visit
from chalicelib.services.visit.uploads import keep_upload, prepare_upload
from chalicelib.storage import keys
from chalicelib.storage.errors import LimitReachedError
from tests.builders import NOW, TENANT, act, actor
from tests.visiting import (
    SUBJECT_ID,
    TAX,
    TODAY,
    WEATHER,
    add_photo,
    answer_all,
    new_visit,
    officer,
    people,
    plan,
    png,
    save,
    scheduled_visit,
    started_visit,
    subject,
)

LIGHTNING = "lightning_protection_tested"
LICENCE = "business_licence"


def answer(store, visit, key=LIGHTNING, value=None, *, who=None, base=0, given=None, **more):
    return save_answer(
        store,
        TENANT,
        given or act(who or officer(WEATHER), minutes=5),
        visit_id=visit.id,
        question_key=key,
        answer=value or Answer(compliance=Compliance.COMPLIANT),
        base_version=base,
        **more,
    )


def events(store, visit):
    return [event.type for event in store.visits.history(TENANT, visit.ref)]


def test_created_visit_is_in_every_list_and_counts_once_against_the_cap(store):
    inspection = plan()
    save(store, inspection, *people())
    given = act()

    visit = new_visit(store, inspection, given, annual_caps={WEATHER: 1, TAX: None})
    again = new_visit(store, inspection, given, annual_caps={WEATHER: 1, TAX: None})

    assert again.id == visit.id
    assert visit.inspection_code.startswith("2026-")
    assert [one.id for one in store.visits.of_plan(TENANT, inspection.id)] == [visit.id]
    assert [one.id for one in store.visits.of_subject(TENANT, SUBJECT_ID)] == [visit.id]
    for person in people():
        assert [one.visit_id for one in store.visit_members.work_of(TENANT, person.id)] == [visit.id]
    assert store.counted(keys.annual_cap(TENANT, visit.subject.code, WEATHER, 2026)) == 1
    assert events(store, visit) == [EventType.VISIT_SCHEDULED]


def test_cap_reached_refuses_the_code_and_leaves_nothing(store):
    inspection = plan()
    save(store, inspection, *people())
    new_visit(store, inspection, annual_caps={WEATHER: 1})
    second = subject().model_copy(update={"subject_id": "01JD00000000000000000TWICE"})

    with pytest.raises(LimitReachedError):
        new_visit(store, inspection, annual_caps={WEATHER: 1}, subject=second, order=2)

    assert len(store.visits.of_plan(TENANT, inspection.id)) == 1
    assert store.counted(keys.annual_cap(TENANT, subject().code, TAX, 2026)) == 1


def test_one_visit_per_drawn_subject(store):
    inspection = plan()
    save(store, inspection, *people())
    new_visit(store, inspection)

    with pytest.raises(AlreadyExistsError):
        new_visit(store, inspection)


def test_team_of_one_officer_is_refused(store):
    inspection = plan()
    save(store, inspection, *people())
    from tests.visiting import team

    with pytest.raises(InvalidInputError) as refused:
        new_visit(store, inspection, team=[one for one in team() if one.person_id != f"{TAX}-officer2"])

    assert [(one.field, one.code) for one in refused.value.problems] == [(f"team.{TAX}", "team_too_small")]


def test_only_who_schedules_creates_and_cancelling_gives_the_cap_back(store):
    inspection = plan()
    save(store, inspection, *people())
    with pytest.raises(NotAllowedError):
        new_visit(store, inspection, act(officer(WEATHER)))
    visit = new_visit(store, inspection)

    cancelled = cancel_visit(store, TENANT, act(), visit_id=visit.id, reason="企业停业")

    assert cancelled.state == "cancelled"
    assert store.counted(keys.annual_cap(TENANT, visit.subject.code, WEATHER, 2026)) == 0
    assert store.visit_members.work_of(TENANT, f"{WEATHER}-officer1") == []
    with pytest.raises(IllegalTransitionError):
        start_visit(store, TENANT, act(officer(WEATHER)), visit_id=visit.id, certificates_shown=True)


@pytest.mark.parametrize(
    ("shown", "is_approved", "day", "missing"),
    [
        (False, True, 0, ["certificates_are_shown"]),
        (True, False, 0, ["inspection_is_approved"]),
        (True, True, 500, ["team_is_certified"]),
    ],
)
def test_start_needs_approval_certificates_and_that_they_are_shown(store, shown, is_approved, day, missing):
    visit = scheduled_visit(store, plan(is_approved))
    given = act(officer(WEATHER), minutes=day * 24 * 60)

    with pytest.raises(IllegalTransitionError) as refused:
        start_visit(store, TENANT, given, visit_id=visit.id, certificates_shown=shown)

    assert refused.value.details["missing"] == missing
    assert store.visits.get(TENANT, visit.id).state == "scheduled"


def test_before_its_day_a_visit_starts_with_a_reason_that_is_recorded(store):
    visit = scheduled_visit(store)
    early = act(officer(WEATHER), minutes=-2 * 24 * 60)
    with pytest.raises(InvalidInputError) as refused:
        start_visit(store, TENANT, early, visit_id=visit.id, certificates_shown=True, early_reason="  ")
    assert [(one.field, one.code) for one in refused.value.problems] == [("early_reason", "visit_before_its_day")]

    started = start_visit(store, TENANT, early, visit_id=visit.id, certificates_shown=True, early_reason="企业请求提前")
    event = next(one for one in store.visits.history(TENANT, visit.ref) if one.type is EventType.VISIT_STARTED)
    assert started.state == "started"
    assert (event.data["reason"], event.data["scheduled_on"]) == ("企业请求提前", visit.scheduled_on.isoformat())


def test_stranger_cannot_start_or_answer(store):
    visit = scheduled_visit(store)
    stranger = officer(WEATHER, person_id="somebody-else")

    with pytest.raises(NotAllowedError):
        start_visit(store, TENANT, act(stranger), visit_id=visit.id, certificates_shown=True)
    with pytest.raises(NotAllowedError):
        answer(store, visit, who=stranger)


def test_answer_before_the_start_is_refused(store):
    with pytest.raises(IllegalTransitionError):
        answer(store, scheduled_visit(store))


def test_answer_is_saved_once_and_a_repeat_gives_the_same(store):
    visit = started_visit(store)
    given = act(officer(WEATHER), minutes=5)

    first = answer(store, visit, given=given)
    again = answer(store, visit, given=given)

    assert (first.version, again.version) == (1, 1)
    assert events(store, visit).count(EventType.ANSWER_SAVED) == 1


def test_quicker_answer_of_a_colleague_is_a_conflict_that_shows_both(store):
    visit = started_visit(store)
    answer(store, visit, who=officer(TAX))
    mine = Answer(compliance=Compliance.NON_COMPLIANT)

    with pytest.raises(AnswerConflictError) as conflict:
        answer(store, visit, value=mine, base=0)
    mended = answer(store, visit, value=mine, base=conflict.value.stored.version)

    assert conflict.value.stored.answer.compliance is Compliance.COMPLIANT
    assert conflict.value.stored.answered_by == f"{TAX}-officer1"
    assert (mended.answer.compliance, mended.version) == (Compliance.NON_COMPLIANT, 2)


@pytest.mark.parametrize(
    ("value", "more", "problem"),
    [
        (Answer(number=3), {}, ("number", "answer_of_another_type")),
        (
            Answer(compliance=Compliance.NON_COMPLIANT),
            {"legal_basis_id": "no_such"},
            ("legal_basis_id", "unknown_choice"),
        ),
        (
            Answer(compliance=Compliance.NON_COMPLIANT),
            {"remedy_due_on": date(2026, 11, 22)},
            ("remedy_due_on", "date_in_past"),
        ),
    ],
)
def test_wrong_answers_are_refused(store, value, more, problem):
    visit = started_visit(store)

    with pytest.raises(InvalidInputError) as refused:
        answer(store, visit, value=value, **more)

    assert (refused.value.problems[0].field, refused.value.problems[0].code) == problem


def test_question_that_is_not_asked_takes_no_answer(store):
    with pytest.raises(InvalidInputError):
        answer(store, started_visit(store), key="fire_acceptance_passed")


def test_clause_and_day_belong_to_a_finding_only(store):
    visit = started_visit(store)
    bad = answer(
        store,
        visit,
        value=Answer(compliance=Compliance.NON_COMPLIANT),
        legal_basis_id="lightning_use",
        remedy_due_on=TODAY + timedelta(days=7),
    )

    good = answer(store, visit, base=1)

    assert (bad.legal_basis_id, bad.remedy_due_on) == ("lightning_use", TODAY + timedelta(days=7))
    assert (good.legal_basis_id, good.remedy_due_on) == (None, None)


def test_photo_is_hashed_as_it_lies_and_survives_the_next_answer(store):
    visit = started_visit(store)
    content = png(seed=7)
    add_photo(store, visit, LIGHTNING, officer(WEATHER), content)
    saved = answer(store, visit, base=1)

    import hashlib

    digest = hashlib.sha256(content).hexdigest()
    assert saved.answer.photos == (digest,)
    assert store.objects.read(TENANT, saved.photos[0].object_key) == content
    attached = next(e for e in store.visits.history(TENANT, visit.ref) if e.type is EventType.EVIDENCE_ATTACHED)
    assert attached.hashes == {"photo": digest}
    assert (
        detach_photo(
            store, TENANT, act(officer(WEATHER)), visit_id=visit.id, question_key=LIGHTNING, sha256=digest
        ).photos
        == []
    )


def test_photo_that_is_none_or_belongs_to_another_visit_is_refused(store):
    visit = started_visit(store)
    with pytest.raises(InvalidInputError):
        prepare_upload(store, TENANT, owner=visit, content_type="image/svg+xml", allowed=("image/png",))
    key = keys.object_key(TENANT, "visit", visit.id, "01JD0000000000000000000BAD")
    store.objects.put(TENANT, key, b"<script>alert(1)</script>", "image/png")
    other = visit.model_copy(update={"id": "01JD000000000000000000QTHR"})
    foreign = keep_upload(store, TENANT, owner=other, content=png(), allowed=("image/png",))

    def attach(upload_id):
        attach_photo(
            store, TENANT, act(officer(WEATHER)), visit_id=visit.id, question_key=LIGHTNING, upload_id=upload_id
        )

    with pytest.raises(InvalidInputError):
        attach("01JD0000000000000000000BAD")
    with pytest.raises(RecordNotFoundError):
        attach(foreign)
    with pytest.raises(InvalidInputError):
        attach("../../etc/passwd")


def test_prepared_upload_names_a_key_of_ours(store):
    visit = started_visit(store)

    made = prepare_upload(store, TENANT, owner=visit, content_type="image/png", allowed=("image/png",))

    assert made.fields["key"] == f"t/{TENANT}/visit/{visit.id}/{made.upload_id}"


def test_submit_names_every_gap(store):
    visit = started_visit(store)
    answer(store, visit, value=Answer(compliance=Compliance.NON_COMPLIANT))
    answer(store, visit, key=LICENCE, value=Answer(compliance=Compliance.NOT_CHECKED))

    with pytest.raises(InvalidInputError) as refused:
        submit_visit(store, TENANT, act(officer(WEATHER)), visit_id=visit.id)

    found = {(one.field, one.code) for one in refused.value.problems}
    assert (f"{LIGHTNING}.legal_basis_id", "clause_missing") in found
    assert (f"{LIGHTNING}.remedy_due_on", "remedy_date_missing") in found
    assert (f"{LICENCE}.reason", "reason_missing") in found
    assert ("sales_declared.answer", "answer_missing") in found


def submitted(store, bad=(LIGHTNING, "sales_declared")):
    visit = started_visit(store)
    answer_all(store, visit, bad)
    return submit_visit(store, TENANT, act(officer(WEATHER), minutes=60), visit_id=visit.id)


def conclude(store, visit, body, **more):
    return conclude_body(store, TENANT, act(officer(body), minutes=90), visit_id=visit.id, acting_body_id=body, **more)


def test_each_body_concludes_and_the_last_one_makes_the_findings(store):
    visit = submitted(store)
    assert [todo.topic for todo in store.todos.of_owner(TENANT, TAX).records] == ["conclusion_waiting"]

    half = conclude(store, visit, WEATHER)
    done = conclude(store, visit, TAX)

    assert half.state == "submitted"
    assert done.state == "confirmed"
    found = {one.acting_body_id: one for one in store.findings.of_visit(TENANT, visit.plan_id, visit.id)}
    assert (found[WEATHER].item_id, found[TAX].item_id) == (LIGHTNING, "sales_declared")
    assert found[WEATHER].clause.startswith("《")
    assert found[WEATHER].remedy_due_on == TODAY + timedelta(days=14)
    assert found[WEATHER].due_at.isoformat() == "2026-12-07T15:59:59.999000+00:00"
    assert len(found[WEATHER].photos) == 1
    assert [one.id for one in store.findings.of_subject(TENANT, SUBJECT_ID)] == sorted(one.id for one in found.values())
    assert [one.id for one in store.findings.open_of_body(TENANT, TAX).records] == [found[TAX].id]
    assert store.todos.of_owner(TENANT, TAX).records == []
    assert store.visit_members.work_of(TENANT, f"{TAX}-officer1") == []
    assert events(store, done)[0] is EventType.VISIT_CONCLUDED


def test_own_finding_stands_beside_the_shared_answer(store):
    visit = submitted(store, bad=())
    said = make_own_finding(
        store,
        TENANT,
        act(officer(TAX), minutes=80),
        visit_id=visit.id,
        acting_body_id=TAX,
        item_id="tax_registration_matches",
        compliance=Compliance.NON_COMPLIANT,
        note="登记地址与现场不一致",
        legal_basis_id="tax_registration",
        remedy_due_on=TODAY + timedelta(days=10),
    )
    conclude(store, visit, TAX)
    conclude(store, visit, WEATHER)

    assert said.choice is ConclusionChoice.OWN
    (finding,) = store.findings.of_visit(TENANT, visit.plan_id, visit.id)
    assert (finding.acting_body_id, finding.note) == (TAX, "登记地址与现场不一致")


def test_nobody_concludes_for_another_body(store):
    visit = submitted(store)

    with pytest.raises(NotAllowedError):
        conclude_body(store, TENANT, act(officer(WEATHER)), visit_id=visit.id, acting_body_id=TAX)
    with pytest.raises(NotAllowedError):
        conclude_body(store, TENANT, act(actor(Role.COORDINATOR)), visit_id=visit.id, acting_body_id=TAX)
    with pytest.raises(InvalidInputError):
        make_own_finding(
            store,
            TENANT,
            act(officer(WEATHER)),
            visit_id=visit.id,
            acting_body_id=WEATHER,
            item_id="sales_declared",
            compliance=Compliance.COMPLIANT,
            note="不是本单位的项",
        )


def test_visit_is_not_confirmed_while_a_body_is_silent(store):
    visit = submitted(store)
    conclude(store, visit, WEATHER)

    with pytest.raises(IllegalTransitionError):
        conclude_visit(store, TENANT, act(officer(WEATHER)), visit_id=visit.id)

    assert store.findings.of_plan(TENANT, visit.plan_id) == []


def test_returned_visit_is_concluded_anew_by_every_body(store):
    visit = submitted(store)
    conclude(store, visit, WEATHER)

    back = return_visit(store, TENANT, act(officer(TAX), minutes=95), visit_id=visit.id, reason="照片不清")
    resubmitted = submit_visit(store, TENANT, act(officer(TAX), minutes=99), visit_id=visit.id)
    for body in (WEATHER, TAX):
        last = conclude(store, resubmitted, body)

    assert back.state == "started"
    assert all(body.concluded_at is None for body in resubmitted.bodies)
    assert last.state == "confirmed"
    assert len(store.findings.of_plan(TENANT, visit.plan_id)) == 2


def test_killed_conclusion_goes_on_and_makes_no_finding_twice(store, monkeypatch):
    visit = submitted(store)
    conclude(store, visit, WEATHER)
    given = act(officer(TAX), minutes=90)
    from chalicelib.services.visit import conclude_visit as module

    real, made = module._make, []

    def make_one_then_die(*arguments):
        if made:
            raise KeyboardInterrupt
        made.append(real(*arguments))

    monkeypatch.setattr(module, "_make", make_one_then_die)
    with pytest.raises(KeyboardInterrupt):
        conclude_body(store, TENANT, given, visit_id=visit.id, acting_body_id=TAX)
    assert len(store.findings.of_plan(TENANT, visit.plan_id)) == 1
    monkeypatch.setattr(module, "_make", real)

    done = conclude_body(store, TENANT, given, visit_id=visit.id, acting_body_id=TAX)
    again = conclude_body(store, TENANT, given, visit_id=visit.id, acting_body_id=TAX)

    assert (done.state, again.state) == ("confirmed", "confirmed")
    assert len(store.findings.of_plan(TENANT, visit.plan_id)) == 2


def test_answer_that_arrives_after_the_submission_is_refused(store):
    visit = submitted(store)

    with pytest.raises(IllegalTransitionError):
        answer(store, visit, base=1)


def test_asked_once_questions_name_every_department(store):
    visit = started_visit(store)

    entries = ask_questions(store, TENANT, visit, {}, NOW).entries

    assert all(set(entry.departments) <= {"meteorology", "taxation"} for entry in entries)
    assert next(entry for entry in entries if entry.key == LICENCE).departments == ("taxation",)
