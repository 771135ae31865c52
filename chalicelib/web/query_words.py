"""A query of the register in the reader's words."""

from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.web.i18n import gettext
from chalicelib.web.places import place_label
from chalicelib.web.register_words import KINDS, STATUSES
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_list import ORDERS


def query_words(query: SubjectQuery) -> list[str]:
    """One entry per filter that is set; all subjects when none is."""
    found = []
    if query.text:
        found.append(gettext("含“%(text)s”", text=query.text))
    if query.division:
        found.append(place_label(query.division, is_full=True))
    if query.kind:
        found.append(gettext(KINDS[query.kind.value]))
    if query.scenario:
        found.append(scenario_label(query.scenario))
    if query.grade:
        found.append(gettext("抽取分层%(grade)s", grade=query.grade.value))
    if query.status:
        found.append(gettext(STATUSES[query.status.value][0]))
    if query.order:
        found.append(gettext(ORDERS[query.order]))
    return found or [gettext("全部监管对象")]
