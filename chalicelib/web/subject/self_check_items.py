"""One question of a self-check: its page, and every send of its answer."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer
from chalicelib.services.self_check.answer_self_check import save_self_check_answer
from chalicelib.services.self_check.self_check_sheet import SelfCheckQuestion, SelfCheckSheet, read_sheet
from chalicelib.web.answer_form import read_answer
from chalicelib.web.answering import bad_words, form_values, progress_words, refusal, wants_json
from chalicelib.web.answers import Answer, json_answer, page, see_other
from chalicelib.web.disposition import labels
from chalicelib.web.formats import format_time
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.self_check_words import round_title
from chalicelib.web.subject.self_checks import BASE, CHECK, ONE, own_check

blueprint = Blueprint(__name__)

ITEM = ONE + "/items/{question_key}"
SAMPLE = {"question_key": "business_licence"}


@route(blueprint, ITEM, permission=Permission.SELF_CHECK_ANSWER, resource=CHECK, sample=SAMPLE)
def show_item(request: WebRequest, self_check_id: str, question_key: str) -> Answer:
    check = own_check(request, self_check_id)
    if check.is_finished:
        return see_other(f"{BASE}/{check.id}")
    sheet, question = _read(request, check, question_key)
    return _page(request, check, sheet, question)


@route(blueprint, ITEM, methods=("POST",), permission=Permission.SELF_CHECK_ANSWER, resource=CHECK, sample=SAMPLE)
def save_item(request: WebRequest, self_check_id: str, question_key: str) -> Answer:
    """A form, or the page's script, which asks for JSON and stays on the page."""
    check = own_check(request, self_check_id)
    sheet, question = _read(request, check, question_key)
    try:
        sent = read_answer(request.form, question.entry)
        saved = save_self_check_answer(
            request.store,
            request.tenant,
            request.act(),
            self_check_id=check.id,
            question_key=question_key,
            answer=sent.answer,
            answered_at=sent.answered_at,
        )
    except InvalidInputError as error:
        if wants_json(request):
            return refusal(422, error)
        return _page(request, check, sheet, question, error)
    after = read_sheet(request.store, request.tenant, check, request.now, request.locale)
    if wants_json(request):
        return json_answer(_state(after, question_key, saved))
    following = after.after(question_key)
    return see_other(f"{BASE}/{check.id}" + (f"/items/{following.key}" if following else ""))


def _read(request: WebRequest, check: SelfCheck, question_key: str) -> tuple[SelfCheckSheet, SelfCheckQuestion]:
    sheet = read_sheet(request.store, request.tenant, check, request.now, request.locale)
    question = sheet.question(question_key)
    if question is None:
        raise RecordNotFoundError(kind="question", id=question_key)
    return sheet, question


def _state(sheet: SelfCheckSheet, question_key: str, saved: SelfCheckAnswer) -> dict[str, Any]:
    """What the page's script shows after a send."""
    question = sheet.question(question_key)
    following = sheet.after(question_key)
    url = f"{BASE}/{sheet.check.id}"
    return {
        "version": saved.version,
        "saved_words": gettext("已保存%(time)s", time=format_time(saved.saved_at)),
        "is_non_compliant": bool(question and question.is_non_compliant),
        "needs": {},
        "done": sheet.done,
        "total": sheet.total,
        "progress_words": progress_words(sheet),
        "bad_words": bad_words(sheet),
        "next_url": f"{url}/items/{following.key}" if following else url,
    }


def _page(
    request: WebRequest,
    check: SelfCheck,
    sheet: SelfCheckSheet,
    question: SelfCheckQuestion,
    error: InvalidInputError | None = None,
) -> Answer:
    given = question.given
    return page(
        request,
        "pages/subject/self_check_item.html",
        422 if error else 200,
        check=check,
        path=f"{BASE}/{check.id}",
        title_words=round_title(check),
        sheet=sheet,
        question=question,
        entry=question.entry,
        values=request.form.single() if error else form_values(question.entry, given.answer if given else None),
        problems=form_problems(error, labels()) if error else [],
        before=sheet.before(question.key),
        after=sheet.after(question.key),
        progress_words=progress_words(sheet),
        bad_words=bad_words(sheet),
        saved=gettext("已保存%(time)s", time=format_time(given.saved_at)) if given else "",
    )
