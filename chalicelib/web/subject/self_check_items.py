"""One question of a self-check: its page, every send of its answer, its photos."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.self_check import MAX_PHOTOS, SelfCheck, SelfCheckAnswer
from chalicelib.services.self_check.answer_self_check import save_self_check_answer
from chalicelib.services.self_check.attach_self_check_photo import (
    attach_self_check_photo,
    detach_self_check_photo,
    find_photo,
    keep_photo,
    prepare_photo,
)
from chalicelib.services.self_check.self_check_sheet import SelfCheckQuestion, SelfCheckSheet, read_sheet
from chalicelib.web.answer_form import read_answer
from chalicelib.web.answering import bad_words, form_values, progress_words, refusal, wants_json
from chalicelib.web.answers import Answer, json_answer, page, see_other
from chalicelib.web.disposition import evidence_answer, labels, upload_answer
from chalicelib.web.formats import format_time
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.self_check_words import photo_rows, photo_words, round_title
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
        _keep_photos(request, check, question_key)
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


@route(
    blueprint,
    f"{ITEM}/uploads",
    methods=("POST",),
    permission=Permission.SELF_CHECK_ANSWER,
    resource=CHECK,
    sample=SAMPLE,
)
def sign_upload(request: WebRequest, self_check_id: str, question_key: str) -> Answer:
    """Where the phone may put one photo, within 120 seconds."""
    prepared = prepare_photo(
        request.store,
        request.tenant,
        request.act(),
        self_check_id=self_check_id,
        content_type=request.form.text("content_type"),
    )
    return json_answer(upload_answer(prepared))


@route(
    blueprint,
    f"{ITEM}/photos",
    methods=("POST",),
    permission=Permission.SELF_CHECK_ANSWER,
    resource=CHECK,
    sample=SAMPLE,
)
def add_photo(request: WebRequest, self_check_id: str, question_key: str) -> Answer:
    """Attach what the phone has put there; or, with `remove`, take one off."""
    check = own_check(request, self_check_id)
    about = {"self_check_id": check.id, "question_key": question_key}
    common = (request.store, request.tenant, request.act())
    try:
        if removed := request.form.text("remove"):
            saved = detach_self_check_photo(*common, sha256=removed, **about)
        else:
            saved = attach_self_check_photo(*common, upload_id=request.form.required("upload_id"), **about)
    except InvalidInputError as error:
        if wants_json(request):
            return refusal(422, error)
        return _page(request, check, *_read(request, check, question_key), error)
    if not wants_json(request):
        return see_other(f"{BASE}/{check.id}/items/{question_key}")
    sheet = read_sheet(request.store, request.tenant, check, request.now, request.locale)
    return json_answer(_state(sheet, question_key, saved))


@route(
    blueprint,
    ONE + "/photos/{sha256}",
    permission=Permission.SELF_CHECK_ANSWER,
    resource=CHECK,
    sample={"sha256": "0" * 64},
)
def show_photo(request: WebRequest, self_check_id: str, sha256: str) -> Answer:
    check = own_check(request, self_check_id)
    return evidence_answer(request, find_photo(request.store, request.tenant, check, sha256))


def _keep_photos(request: WebRequest, check: SelfCheck, question_key: str) -> None:
    """Photos that came with the form of a browser without script."""
    for number, file in enumerate(one for one in request.files.get("photo", []) if one.content):
        act = request.act(f"photo{number}")
        try:
            upload_id = keep_photo(request.store, request.tenant, act, self_check_id=check.id, content=file.content)
        except InvalidInputError as error:
            raise InvalidInputError([one.model_copy(update={"field": "photo"}) for one in error.problems]) from error
        attach_self_check_photo(
            request.store,
            request.tenant,
            act,
            self_check_id=check.id,
            question_key=question_key,
            upload_id=upload_id,
        )


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
        "needs": {"photo": photo_words(saved)},
        "photos": photo_rows(saved, url),
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
        photos=photo_rows(given, f"{BASE}/{check.id}"),
        photo_words=photo_words(given),
        most_photos=MAX_PHOTOS,
        before=sheet.before(question.key),
        after=sheet.after(question.key),
        progress_words=progress_words(sheet),
        bad_words=bad_words(sheet),
        saved=gettext("已保存%(time)s", time=format_time(given.saved_at)) if given else "",
    )
