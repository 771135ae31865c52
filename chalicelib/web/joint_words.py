"""The scenarios of a visit that serves several, in words; nothing is said of a visit that serves one."""

from collections.abc import Iterable

from chalicelib.contract.exchange import ChecklistEntry
from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.public_result import PublicResult
from chalicelib.domain.visit import Visit
from chalicelib.web.formats import join_words
from chalicelib.web.i18n import gettext
from chalicelib.web.scenarios import scenario_label


def scenario_words(names: Iterable[str]) -> str:
    """Their labels, joined."""
    return join_words([scenario_label(name) for name in names])


def also_words(record: Visit | InspectionPlan) -> str:
    """The scenarios that are served besides the record's own, empty for none."""
    return scenario_words(one.scenario for one in record.also_serves)


def result_words(result: InspectionResult | PublicResult) -> str:
    """Every scenario that the visit behind the result served."""
    return scenario_words((result.scenario, *result.also_serves))


def question_words(visit: Visit, entry: ChecklistEntry) -> str:
    """For which scenarios a question is asked."""
    if not visit.also_serves:
        return ""
    return gettext("用于%(scenarios)s", scenarios=scenario_words(dict.fromkeys(slot.scenario for slot in entry.slots)))


def shared_words(visit: Visit, entry: ChecklistEntry) -> str:
    """The same in a list, where the section tells the scenario of a question that only one of them asks."""
    return question_words(visit, entry) if len({slot.scenario for slot in entry.slots}) > 1 else ""


def item_words(visit: Visit, scenario: str) -> str:
    """Whose item or finding it is."""
    return scenario_label(scenario) if visit.also_serves else ""
