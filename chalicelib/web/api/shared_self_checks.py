"""Self-checks that subjects share with officials, for programs; and a self-check's sheet as every call tells it."""

from typing import Literal

from chalice import Blueprint
from pydantic import Field

from chalicelib.contract.exchange import BasisView, ChecklistEntry
from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission
from chalicelib.domain.division import is_known
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer
from chalicelib.services.self_check.list_shared import list_shared
from chalicelib.services.self_check.self_check_sheet import read_sheet
from chalicelib.services.self_check.share_self_check import read_shared
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Listed, ListQuery, Shown, listed
from chalicelib.web.cursors import open_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

SHARED = f"{PREFIX}/shared-self-checks"
P = Permission


class SharedQuery(ListQuery):
    """division: 12 digits of a county, or of a place in one."""

    scenario: str = ""
    division: str = Field(default="", pattern=r"^(\d{12})?$")
    order: Literal["newest", "oldest"] = "newest"


class SelfCheckQuestionAnswer(Shown):
    """One question in the owner's words; mend: what to do when it is not as it should be; gaps: what is still open."""

    position: int
    name: str
    guidance: str
    mend: str
    entry: ChecklistEntry
    answer: SelfCheckAnswer | None
    is_non_compliant: bool
    bases: list[BasisView]
    gaps: list[FieldProblem]


class SelfCheckSheetAnswer(Shown):
    """A self-check with its questions as they are asked now."""

    self_check: SelfCheck
    total: int
    done: int
    non_compliant: int
    items: list[SelfCheckQuestionAnswer]


def sheet_answer(request: WebRequest, check: SelfCheck) -> Answer:
    """The caller has checked that the self-check may be read."""
    sheet = read_sheet(request.store, request.tenant, check, request.now, request.locale)
    items = [
        {
            "position": one.position,
            "name": one.name,
            "guidance": one.guidance,
            "mend": one.mend,
            "entry": one.entry,
            "answer": one.given,
            "is_non_compliant": one.is_non_compliant,
            "bases": list(one.bases),
            "gaps": list(one.gaps),
        }
        for one in sheet.questions
    ]
    figures = {"total": sheet.total, "done": sheet.done, "non_compliant": sheet.non_compliant}
    return json_answer({"self_check": check, **figures, "items": items})


@route(blueprint, SHARED, permission=P.SELF_CHECK_READ, query=SharedQuery, answers=Listed[SelfCheck])
def list_all_shared(request: WebRequest) -> Answer:
    """What subjects share now, by when it was shared; a page may hold fewer than `limit` and not be the last."""
    asked = request.asked(SharedQuery)
    if asked.scenario and not registry().holds(asked.scenario):
        raise invalid("scenario", "unknown_choice")
    if asked.division and not is_known(asked.division):
        raise invalid("division", "unknown_choice")
    found = list_shared(
        request.store,
        request.tenant,
        request.actor,
        scenario=asked.scenario,
        division=asked.division,
        is_oldest_first=asked.order == "oldest",
        after=open_cursor(request),
        limit=asked.limit,
    )
    return listed(request, found.checks, found.next)


@route(
    blueprint,
    f"{SHARED}/{{self_check_id}}",
    permission=P.SELF_CHECK_READ,
    resource=(SelfCheck.KIND, "self_check_id"),
    answers=SelfCheckSheetAnswer,
)
def show_shared(request: WebRequest, self_check_id: str) -> Answer:
    """The sheet of one that is shared now; any other does not exist here."""
    return sheet_answer(request, read_shared(request.store, request.tenant, request.actor, self_check_id))
