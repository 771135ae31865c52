"""A package version is frozen once; an overlay goes through two people, is upgraded, taken over, and plans stay."""

from datetime import date
from unittest.mock import patch

import pytest

from chalicelib import bootstrap
from chalicelib.contract.freeze import freeze_package
from chalicelib.contract.registry import Handlers, registry
from chalicelib.domain.basis_mark import BasisChange
from chalicelib.domain.errors import (
    AlreadyExistsError,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.overlay import AddItem, HideItem, SetLabel
from chalicelib.domain.tenancy import PLATFORM, ActingBody, Role, Tenant, TenantKind
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.plan.draft_plan import PlanDraft, draft_plan
from chalicelib.services.scenario.adopt_overlay import adopt_overlay, offers_of
from chalicelib.services.scenario.basis_marks import mark_basis, standing_marks, withdraw_mark
from chalicelib.services.scenario.check_versions import check_versions
from chalicelib.services.scenario.draft_overlay import discard_draft, put_change, remove_change, upgrade_overlay
from chalicelib.services.scenario.problems import PackageChangedError, PackageNotPublishedError, ResultsDifferError
from chalicelib.services.scenario.publish_package import check_unchanged, publish_package
from chalicelib.services.scenario.read_edition import edition_in_force, public_edition, read_edition
from chalicelib.services.scenario.settle_overlay import publish_overlay, return_overlay, submit_overlay
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from chalicelib.services.visit.questions import edition_of
from tests.builders import TENANT, act, actor

OIL = "refined_oil"
OTHER = "gx450500"
OPERATOR = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
FIRST = actor(Role.COORDINATOR, person_id="first")
SECOND = actor(Role.COORDINATOR, person_id="second")
LAWYER = actor(Role.LEGAL_REVIEWER, person_id="lawyer")
CITY = SetLabel(key="manifest.departments.commerce.label", text="市商务局")
SIGNS = HideItem(item_id="warning_signs")


@pytest.fixture
def store(store):
    for id, label, division in ((TENANT, "甲市", "450100000000"), (OTHER, "乙市", "450500000000")):
        tenant = Tenant(id=id, label=label, kind=TenantKind.CITY, divisions=[division], scenarios=[OIL])
        onboard_tenant(store, PLATFORM, act(OPERATOR), tenant=tenant, roster=Roster())
    return store


def package_published(store):
    with bootstrap.scope(PLATFORM):
        return publish_package(store, PLATFORM, act(OPERATOR), scenario=OIL)


def published(store, *changes, is_reusable=False):
    for one in changes or (CITY, SIGNS):
        draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=one)
    submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="本市机构名称", is_reusable=is_reusable)
    return publish_overlay(store, TENANT, act(SECOND), overlay_id=draft.id)


def newer(**changes):
    """The installed package with another number and, say, an item less."""
    package = registry().get(OIL)
    manifest = package.manifest.model_copy(update={"version": "9.0.0"})
    return package.replacing(manifest=manifest, **changes)


def installed(package):
    return patch.dict(registry()._scenarios, {OIL: package}), patch.dict(
        registry()._frozen, {OIL: freeze_package(package)}
    )


def test_a_published_version_never_changes(store):
    frozen = package_published(store)

    assert frozen.id == registry().get(OIL).address
    with pytest.raises(AlreadyExistsError):
        package_published(store)
    assert check_unchanged(store, registry().get(OIL)).sha256 == frozen.sha256
    other = freeze_package(newer())
    with patch.dict(registry()._frozen, {OIL: other}), pytest.raises(PackageChangedError):
        package_published(store)
    with pytest.raises(NotAllowedError):
        publish_package(store, TENANT, act(FIRST), scenario=OIL)


def test_a_version_is_published_over_older_ones_only_if_they_still_come_out_or_somebody_says_why(store):
    first = package_published(store)
    (checked,) = check_versions(store, OIL)
    assert (checked.version.id, checked.kept.differences) == (first.id, ())

    new, frozen = installed(newer())
    silent = patch.dict(registry()._handlers, {OIL: object.__new__(Handlers)})
    with new, frozen, silent:
        with pytest.raises(ResultsDifferError) as refused:
            package_published(store)
        with bootstrap.scope(PLATFORM):
            second = publish_package(store, PLATFORM, act(OPERATOR), scenario=OIL, reason="按新标准改了算法")

    assert refused.value.details == {"package": OIL, "versions": [first.package_version]}
    assert [one.version.id for one in refused.value.checks] == [first.id]
    with bootstrap.scope(PLATFORM):
        (event,) = store.package_versions.history(PLATFORM, second.ref)
    assert event.data["differs_from"] == [first.package_version] and event.data["reason"] == "按新标准改了算法"


def waiting(store, owner):
    return [(one.topic, one.not_for) for one in store.todos.of_owner(TENANT, owner).records]


def test_who_may_publish_a_submitted_overlay_is_asked_to_and_its_author_is_not(store):
    draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=CITY)
    submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="本市机构名称")
    asked = [("overlay_to_publish", ("first",))]
    assert waiting(store, "role.coordinator") == waiting(store, "role.legal_reviewer") == asked

    return_overlay(store, TENANT, act(LAWYER), overlay_id=draft.id, reason="请补依据")
    assert waiting(store, "role.coordinator") == waiting(store, "role.legal_reviewer") == []
    assert waiting(store, "first") == [("overlay_returned", ())]

    put_change(store, TENANT, act(FIRST), scenario=OIL, change=SIGNS)
    assert waiting(store, "first") == []
    submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="本市机构名称")
    package_published(store)
    publish_overlay(store, TENANT, act(SECOND), overlay_id=draft.id)
    assert waiting(store, "role.coordinator") == []


def test_an_overlay_goes_through_two_people_and_is_then_in_force(store):
    draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=CITY)
    draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=SIGNS)
    assert edition_in_force(store, TENANT, OIL).number == 0
    with pytest.raises(IllegalTransitionError):
        publish_overlay(store, TENANT, act(SECOND), overlay_id=draft.id)
    submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="本市机构名称")
    with pytest.raises(SecondPersonNeededError):
        publish_overlay(store, TENANT, act(FIRST), overlay_id=draft.id)
    with pytest.raises(PackageNotPublishedError):
        publish_overlay(store, TENANT, act(LAWYER), overlay_id=draft.id)
    package_published(store)
    return_overlay(store, TENANT, act(LAWYER), overlay_id=draft.id, reason="请补依据")
    submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="本市机构名称")
    publish_overlay(store, TENANT, act(LAWYER), overlay_id=draft.id)

    edition = edition_in_force(store, TENANT, OIL)
    assert (edition.number, edition.scenario.manifest.department_label("commerce")) == (1, "市商务局")
    assert edition.scenario.checklist.item("warning_signs") is None
    # The public handbook has the words, and nothing of the check items.
    public = public_edition(store, TENANT, OIL).edition
    assert public.scenario.manifest.department_label("commerce") == "市商务局"
    assert public.scenario.checklist.item("warning_signs") is not None

    second = remove_change(store, TENANT, act(SECOND), scenario=OIL, kind="hide_item", target="warning_signs")
    assert (second.number, len(second.changes), edition_in_force(store, TENANT, OIL).number) == (2, 1, 1)
    discard_draft(store, TENANT, act(SECOND), scenario=OIL)
    assert put_change(store, TENANT, act(FIRST), scenario=OIL, change=CITY).number == 3


def test_what_does_not_fit_is_refused_at_once(store):
    for change in (SetLabel(key="manifest.nobody", text="x"), HideItem(item_id="dangerous_chemicals_licence")):
        with pytest.raises(InvalidInputError):
            put_change(store, TENANT, act(FIRST), scenario=OIL, change=change)
    with pytest.raises(NotAllowedError):
        put_change(store, TENANT, act(LAWYER), scenario=OIL, change=CITY)


def test_an_upgrade_is_asked_for_and_what_began_stays(store):
    package_published(store)
    first = published(store)
    old = registry().get(OIL)
    sections = [
        section.model_copy(update={"items": tuple(i for i in section.items if i.id != "warning_signs")})
        for section in old.checklist.sections
    ]
    scenarios, frozen = installed(newer(checklist=old.checklist.model_copy(update={"sections": tuple(sections)})))
    with scenarios, frozen:
        assert edition_in_force(store, TENANT, OIL).package == old
        with pytest.raises(InvalidInputError) as refused:
            upgrade_overlay(store, TENANT, act(FIRST), scenario=OIL)
        assert [one.code for one in refused.value.problems] == ["no_such_item"]
        draft = upgrade_overlay(store, TENANT, act(FIRST), scenario=OIL, dropped=[("hide_item", "warning_signs")])
        package_published(store)
        submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="升级到新版")
        publish_overlay(store, TENANT, act(SECOND), overlay_id=draft.id)

        assert edition_in_force(store, TENANT, OIL).package.version == "9.0.0"
        began = read_edition(store, TENANT, OIL, old.version, first.number)
        assert (began.package, began.number) == (old, 1)
        with pytest.raises(RecordNotFoundError):
            read_edition(store, TENANT, OIL, "0.0.1", 0)


def test_a_draft_whose_version_went_unpublished_moves_to_the_installed_one_before_it_goes_on(store):
    draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=CITY)
    scenarios, frozen = installed(newer())
    with scenarios, frozen:
        for again in (
            lambda: put_change(store, TENANT, act(FIRST), scenario=OIL, change=SIGNS),
            lambda: submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="本市机构名称"),
        ):
            with pytest.raises(InvalidInputError) as gone:
                again()
            assert [one.code for one in gone.value.problems] == ["base_version_gone"]
        assert upgrade_overlay(store, TENANT, act(FIRST), scenario=OIL).base_version == "9.0.0"
        assert len(put_change(store, TENANT, act(FIRST), scenario=OIL, change=SIGNS).changes) == 2


def test_another_city_takes_over_what_was_published_for_it_and_sees_nothing_else(store):
    package_published(store)
    published(store)
    with bootstrap.scope(OTHER):
        assert offers_of(store, OTHER, OIL) == []
    published(store, SetLabel(key="manifest.departments.taxation.label", text="市税务局"), is_reusable=True)

    theirs = actor(Role.COORDINATOR, tenant=OTHER, person_id="b-first")
    with bootstrap.scope(OTHER):
        offer = offers_of(store, OTHER, OIL)[0]
        assert (offer.tenant.label, offer.overlay.number) == ("甲市", 2)
        assert not {"first", "second"} & set(offer.overlay.model_dump_json().split('"'))
        taken = adopt_overlay(store, OTHER, act(theirs), scenario=OIL, origin=TENANT)
        assert (taken.origin.tenant, taken.origin.number, len(taken.changes)) == (TENANT, 2, 3)
        assert edition_in_force(store, OTHER, OIL).number == 0
        with pytest.raises(RecordNotFoundError):
            adopt_overlay(store, OTHER, act(theirs), scenario=OIL, origin="gx450900")


def test_a_marked_clause_stops_versions_that_cite_it_as_current(store):
    basis = next(one for one in registry().get(OIL).legal_basis.bases if one.text_date)
    values = {
        "title": f"《{basis.title}》",
        "article": basis.article,
        "change": BasisChange.REPEALED,
        "decided_on": date(2026, 10, 1),
        "effective_on": date(2027, 1, 1),
    }
    with bootstrap.scope(PLATFORM):
        mark = mark_basis(store, PLATFORM, act(OPERATOR), **values)
        with pytest.raises(InvalidInputError) as refused:
            publish_package(store, PLATFORM, act(OPERATOR), scenario=OIL)
        assert f"bases.{basis.id}" in [one.field for one in refused.value.problems]
    assert [one.id for one in standing_marks(store, TENANT)] == [mark.id]
    with pytest.raises(AlreadyExistsError):
        mark_basis(store, TENANT, act(LAWYER), **values)
    item = registry().get(OIL).checklist.items[0].model_copy(update={"id": "ours", "legal_basis_ids": (basis.id,)})
    section = registry().get(OIL).checklist.sections[0].id
    draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=AddItem(section_id=section, item=item))
    with pytest.raises(InvalidInputError) as refused:
        submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="增加一项")
    assert [(one.field, one.code) for one in refused.value.problems] == [("add_item.ours", "basis_outdated")]
    with bootstrap.scope(PLATFORM):
        withdraw_mark(store, PLATFORM, act(OPERATOR), mark_id=mark.id, reason="标错了")
        publish_package(store, PLATFORM, act(OPERATOR), scenario=OIL)
    assert standing_marks(store, TENANT) == []
    submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="增加一项")


def test_a_plan_begins_with_the_overlay_in_force_and_stays_on_it(store):
    frozen = package_published(store)
    published(store, SIGNS)
    home = store.tenants.get(TENANT, TENANT)
    body = ActingBody(id="body", label="商务局", division="450100000000", departments=["emergency_management"])
    with store.change(TENANT, act(FIRST)) as change:
        change.save(body)
        change.event(EventType.ACTING_BODY_ADDED, body)
    edition = edition_in_force(store, TENANT, OIL)
    values = {
        "title": "联合抽查",
        "scenario": OIL,
        "divisions": ["450100000000"],
        "bodies": ["body"],
        "ratios": {"A": 300},
        "period_from": date(2026, 11, 23),
        "period_to": date(2026, 12, 20),
    }
    begun = {"package": edition.scenario, "overlay_number": edition.number}
    plan = draft_plan(store, TENANT, act(FIRST), draft=PlanDraft.model_validate(values), **begun)

    assert (plan.overlay_number, plan.scenario_hash) == (1, frozen.sha256)
    assert "warning_signs" not in plan.tasks[0].item_ids
    remove_change(store, TENANT, act(FIRST), scenario=OIL, kind="hide_item", target="warning_signs")
    draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=CITY)
    submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="改用语和检查项")
    publish_overlay(store, TENANT, act(SECOND), overlay_id=draft.id)
    assert edition_in_force(store, TENANT, OIL).number == 2
    assert edition_of(store, TENANT, plan.served[0]).scenario.checklist.item("warning_signs") is None

    # A file that changes under the published number: a real place refuses it, a synthetic one tries it out.
    with patch.dict(registry()._frozen, {OIL: freeze_package(newer())}):
        with pytest.raises(PackageChangedError):
            draft_plan(store, TENANT, act(FIRST), draft=PlanDraft.model_validate(values), **begun)
        with store.change(TENANT, act(FIRST)) as change:
            change.save(home.with_changes(is_synthetic=True))
            change.event(EventType.SCENARIO_ENABLED, home)
        tried = draft_plan(store, TENANT, act(FIRST), draft=PlanDraft.model_validate(values), **begun)
        assert tried.scenario_hash == ""


def test_a_draft_is_refused_as_a_whole_when_a_question_lacks_what_it_rests_on(store):
    hiding = HideItem(item_id="vapour_recovery_running")
    with pytest.raises(InvalidInputError) as refused:
        put_change(store, TENANT, act(FIRST), scenario=OIL, change=hiding)
    assert {(one.field, one.code) for one in refused.value.problems} == {
        ("hide_item.vapour_recovery_running", "overlay_conditions_point_back")
    }

    item = registry().get(OIL).checklist.items[0]
    ours = AddItem(section_id="ledger", item=item.model_copy(update={"id": "local_ledger", "legal_basis_ids": ()}))
    with patch("chalicelib.services.scenario.draft_overlay.refuse_new_faults"):
        draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=ours)
    put_change(store, TENANT, act(FIRST), scenario=OIL, change=CITY)
    with pytest.raises(InvalidInputError) as refused:
        submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="本市机构名称")
    assert [(one.field, one.code) for one in refused.value.problems] == [
        ("add_item.local_ledger", "overlay_items_cite_bases")
    ]
    with pytest.raises(InvalidInputError):
        upgrade_overlay(store, TENANT, act(FIRST), scenario=OIL)
