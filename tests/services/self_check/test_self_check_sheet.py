"""Rounds of self-checks: those of a package with cycles, and the whole list where it has none."""

from datetime import timedelta

from chalicelib.contract.registry import registry
from chalicelib.domain.item import SubjectFacts
from chalicelib.domain.self_check import SelfCheck, SelfCheckState
from chalicelib.domain.self_check_rules import SelfCheckCycle
from chalicelib.services.self_check.self_check_sheet import due_rounds, sheet_of
from tests.builders import NOW, TENANT


def check(scenario: str, cycle: SelfCheckCycle | None, **more: object) -> SelfCheck:
    values = {
        "subject_id": "s",
        "subject_name": "店",
        "division": "450105000000",
        "facts": SubjectFacts(kind="premises"),
        "scenario": scenario,
        "scenario_version": registry().get(scenario).version,
        "cycle": cycle,
        "started_by": "p",
        "started_at": NOW,
    } | more
    return SelfCheck.model_validate(values)


def test_a_round_is_due_until_it_was_done_in_its_period():
    package = registry().get("catering")
    done = check("catering", SelfCheckCycle.DAILY, state=SelfCheckState.FINISHED, finished_at=NOW)

    before, after, later = (
        {one.cycle: one.is_due for one in due_rounds(package, held, NOW + timedelta(days=days))}
        for held, days in (([], 0), ([done], 0), ([done], 1))
    )

    assert before[SelfCheckCycle.DAILY] and not after[SelfCheckCycle.DAILY] and later[SelfCheckCycle.DAILY]
    assert before[SelfCheckCycle.WEEKLY] and after[SelfCheckCycle.WEEKLY], "one round does not stand for another"


def test_a_package_without_cycles_is_checked_as_one_list_that_is_never_due():
    (only,) = due_rounds(registry().get("refined_oil"), [], NOW)

    assert (only.cycle, only.round, only.is_due) == (None, None, False)
    assert only.questions > 0


def test_each_round_asks_its_own_questions_in_the_owners_words(store):
    sheets = {
        cycle: sheet_of(store, TENANT, check("catering", cycle), {}, NOW)
        for cycle in (SelfCheckCycle.DAILY, SelfCheckCycle.WEEKLY)
    }
    asked = [{one.key for one in sheet.questions} for sheet in sheets.values()]

    assert all(asked) and not set.intersection(*asked)
    assert all(one.is_owner_worded for sheet in sheets.values() for one in sheet.questions)
