"""Self-checks of the subject's own people: which are due, what was done, sharing one and taking that back."""

from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.self_check import SelfCheck
from chalicelib.domain.self_check_rules import SelfCheckCycle
from chalicelib.services.scenario.read_edition import edition_in_force
from chalicelib.services.self_check import answer_self_check as service
from chalicelib.services.self_check.self_check_sheet import due_rounds, read_sheet
from chalicelib.services.self_check.share_self_check import end_sharing, share_self_check
from chalicelib.web.answering import by_section
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.self_check_words import check_row, photo_rows, round_row, round_title, said
from chalicelib.web.subject.evaluation import choices_of, own_scenario, own_subject

blueprint = Blueprint(__name__)

BASE = "/subject/self-checks"
ONE = BASE + "/{self_check_id}"
CHECK = (SelfCheck.KIND, "self_check_id")


def own_check(request: WebRequest, self_check_id: str) -> SelfCheck:
    """The self-check that the admission has let this person read."""
    named = request.find_named(SelfCheck, self_check_id)
    return named or request.store.self_checks.get(request.tenant, self_check_id)


@route(
    blueprint,
    BASE,
    permission=Permission.SELF_CHECK_ANSWER,
    nav=Nav(group=mark("我的企业"), label=mark("自查"), order=30, icon="list-check"),
)
def list_checks(request: WebRequest) -> Answer:
    """One query for each identifier of the subject."""
    subject, mine = own_subject(request)
    names = [one.scenario for one in subject.memberships if registry().holds(one.scenario)] if subject else []
    scenario = own_scenario(request, names)
    if subject is None or not scenario:
        return page(request, "pages/subject/self_checks_none.html", subject=subject)
    found = [one for id in subject.all_ids for one in request.store.self_checks.of_subject(request.tenant, id).records]
    done = sorted((one for one in found if one.scenario == scenario), key=lambda one: one.started_at, reverse=True)
    edition = edition_in_force(request.store, request.tenant, scenario)
    package = edition.scenario.in_language(request.locale)
    rounds = [round_row(one, scenario) for one in due_rounds(package, done, request.now)]
    return page(
        request,
        "pages/subject/self_checks.html",
        subject=subject,
        package=package,
        choices=choices_of(BASE, subject, mine, scenario, names),
        rounds=rounds,
        due=sum(row["round"].is_due for row in rounds),
        open=[check_row(one) for one in done if not one.is_finished],
        history=[check_row(one) for one in done if one.is_finished],
        base=BASE,
    )


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.SELF_CHECK_ANSWER,
    sample_body={"subject": "01JD0000000000000000000000", "scenario": "refined_oil"},
)
def start(request: WebRequest) -> Answer:
    cycle = request.form.text("cycle")
    if cycle and cycle not in set(SelfCheckCycle):
        raise invalid("cycle", "unknown_choice")
    check = service.start_self_check(
        request.store,
        request.tenant,
        request.act(),
        subject_id=request.form.required("subject"),
        scenario=request.form.required("scenario"),
        cycle=SelfCheckCycle(cycle) if cycle else None,
    )
    sheet = read_sheet(request.store, request.tenant, check, request.now, request.locale)
    first = sheet.first_open
    return see_other(f"{BASE}/{check.id}" + (f"/items/{first.key}" if first else ""))


@route(blueprint, ONE, permission=Permission.SELF_CHECK_ANSWER, resource=CHECK)
def show_check(request: WebRequest, self_check_id: str) -> Answer:
    """The list while it is under way; once it is finished, what is to be mended."""
    return _page(request, own_check(request, self_check_id))


def _page(request: WebRequest, check: SelfCheck, *, is_refused: bool = False) -> Answer:
    sheet = read_sheet(request.store, request.tenant, check, request.now, request.locale)
    values: dict[str, Any] = {
        "check": check,
        "sheet": sheet,
        "title_words": round_title(check),
        "base": BASE,
        "row": check_row(check),
        "said": said,
        "photos": photo_rows,
    }
    if check.is_finished:
        return page(request, "pages/subject/self_check_result.html", **values)
    template = "pages/subject/self_check.html"
    return page(
        request, template, 422 if is_refused else 200, **values, sections=by_section(sheet), is_refused=is_refused
    )


@route(blueprint, f"{ONE}/finish", methods=("POST",), permission=Permission.SELF_CHECK_ANSWER, resource=CHECK)
def finish(request: WebRequest, self_check_id: str) -> Answer:
    try:
        service.finish_self_check(request.store, request.tenant, request.act(), self_check_id=self_check_id)
    except InvalidInputError:
        return _page(request, own_check(request, self_check_id), is_refused=True)
    return see_other(f"{BASE}/{self_check_id}", gettext("自查做完了，只有本企业的人看得到"))


@route(blueprint, f"{ONE}/share", methods=("POST",), permission=Permission.SELF_CHECK_ANSWER, resource=CHECK)
def share(request: WebRequest, self_check_id: str) -> Answer:
    share_self_check(request.store, request.tenant, request.act(), self_check_id=self_check_id)
    return see_other(f"{BASE}/{self_check_id}", gettext("已分享，监管部门现在可以看这一次自查"))


@route(blueprint, f"{ONE}/unshare", methods=("POST",), permission=Permission.SELF_CHECK_ANSWER, resource=CHECK)
def unshare(request: WebRequest, self_check_id: str) -> Answer:
    end_sharing(request.store, request.tenant, request.act(), self_check_id=self_check_id)
    return see_other(f"{BASE}/{self_check_id}", gettext("已停止分享，监管部门不能再看；分享过的时间仍留记录"))
