"""One question of a visit: its page, every send of its answer, its photos."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.item import AnswerType, EvidenceKind
from chalicelib.domain.visit import Visit, VisitAnswer
from chalicelib.domain.visit_evidence import IMAGE_TYPES
from chalicelib.services.visit.attach_photo import attach_photo, detach_photo
from chalicelib.services.visit.save_answer import AnswerConflictError, save_answer
from chalicelib.services.visit.uploads import keep_upload, prepare_upload
from chalicelib.services.visit.visit_sheet import Question, VisitSheet, quick_remedies, read_sheet
from chalicelib.web.answer_form import NOT_CHECKED, read_answer
from chalicelib.web.answering import bad_words, form_values, progress_words, refusal, wants_json
from chalicelib.web.answers import Answer, json_answer, page, see_other
from chalicelib.web.basis_words import clause_choice
from chalicelib.web.body_words import body_name
from chalicelib.web.disposition import labels, outcome_chip, upload_answer
from chalicelib.web.field.visits import VISIT, read_visit
from chalicelib.web.formats import format_time
from chalicelib.web.i18n import gettext, ngettext
from chalicelib.web.joint_words import question_words
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

ITEM = "/field/visits/{visit_id}/items/{question_key}"
SAMPLE = {"question_key": "business_licence"}


@route(blueprint, ITEM, permission=Permission.VISIT_CONDUCT, resource=VISIT, sample=SAMPLE)
def show_item(request: WebRequest, visit_id: str, question_key: str) -> Answer:
    visit, sheet, question = _read(request, visit_id, question_key)
    return _item_page(request, visit, sheet, question)


@route(blueprint, ITEM, methods=("POST",), permission=Permission.VISIT_CONDUCT, resource=VISIT, sample=SAMPLE)
def save_item(request: WebRequest, visit_id: str, question_key: str) -> Answer:
    """A form, or the page's script, which asks for JSON and stays on the page."""
    visit, sheet, question = _read(request, visit_id, question_key)
    try:
        sent = read_answer(request.form, question.entry)
        base = sent.base_version
        if request.files.get("photo"):
            if base != (question.given.version if question.given else 0):
                raise AnswerConflictError(question.given)
            _keep_photos(request, visit, question)
            base = _version(request, visit, question_key)
        saved = save_answer(
            request.store,
            request.tenant,
            request.act(),
            visit_id=visit_id,
            question_key=question_key,
            answer=sent.answer,
            base_version=base,
            legal_basis_id=sent.legal_basis_id,
            remedy_due_on=sent.remedy_due_on,
            answered_at=sent.answered_at,
        )
    except AnswerConflictError as error:
        if wants_json(request):
            return refusal(409, error)
        return _conflict_page(request, visit, sheet, question, error.stored)
    except InvalidInputError as error:
        if wants_json(request):
            return refusal(422, error)
        return _item_page(request, visit, sheet, question, error)
    after = read_sheet(request.store, request.tenant, visit, request.now, request.locale)
    if wants_json(request):
        return json_answer(_state(request, after, question_key, saved))
    following = after.after(question_key)
    if request.form.text("go") == "stay" or request.form.text("remedy_quick"):
        return see_other(f"/field/visits/{visit_id}/items/{question_key}")
    return see_other(f"/field/visits/{visit_id}" + (f"/items/{following.key}" if following else ""))


@route(
    blueprint, f"{ITEM}/uploads", methods=("POST",), permission=Permission.VISIT_CONDUCT, resource=VISIT, sample=SAMPLE
)
def sign_upload(request: WebRequest, visit_id: str, question_key: str) -> Answer:
    """Where the phone may put one photo, within 120 seconds."""
    visit, _, _ = _read(request, visit_id, question_key)
    content_type = request.form.text("content_type")
    prepared = prepare_upload(
        request.store, request.tenant, owner=visit, content_type=content_type, allowed=IMAGE_TYPES
    )
    return json_answer(upload_answer(prepared))


@route(
    blueprint, f"{ITEM}/photos", methods=("POST",), permission=Permission.VISIT_CONDUCT, resource=VISIT, sample=SAMPLE
)
def add_photo(request: WebRequest, visit_id: str, question_key: str) -> Answer:
    """Attach what the phone has put there; or, with `remove`, take one off."""
    visit, _, _ = _read(request, visit_id, question_key)
    removed = request.form.text("remove")
    if removed:
        saved = detach_photo(
            request.store, request.tenant, request.act(), visit_id=visit_id, question_key=question_key, sha256=removed
        )
    else:
        saved = attach_photo(
            request.store,
            request.tenant,
            request.act(),
            visit_id=visit_id,
            question_key=question_key,
            upload_id=request.form.required("upload_id"),
        )
    if not wants_json(request):
        return see_other(f"/field/visits/{visit_id}/items/{question_key}")
    after = read_sheet(request.store, request.tenant, visit, request.now, request.locale)
    return json_answer(_state(request, after, question_key, saved))


def _read(request: WebRequest, visit_id: str, question_key: str) -> tuple[Visit, VisitSheet, Question]:
    visit = read_visit(request, visit_id, Permission.VISIT_CONDUCT)
    sheet = read_sheet(request.store, request.tenant, visit, request.now, request.locale)
    question = sheet.question(question_key)
    if question is None:
        raise RecordNotFoundError(kind="question", id=question_key)
    return visit, sheet, question


def _keep_photos(request: WebRequest, visit: Visit, question: Question) -> None:
    """Photos that came with the form of a browser without script."""
    for number, file in enumerate(request.files.get("photo", [])):
        if not file.content:
            continue
        try:
            upload_id = keep_upload(
                request.store, request.tenant, owner=visit, content=file.content, allowed=IMAGE_TYPES
            )
        except InvalidInputError as error:
            raise InvalidInputError([_renamed(problem) for problem in error.problems]) from error
        attach_photo(
            request.store,
            request.tenant,
            request.act(f"photo{number}"),
            visit_id=visit.id,
            question_key=question.key,
            upload_id=upload_id,
        )


def _renamed(problem: FieldProblem) -> FieldProblem:
    return problem.model_copy(update={"field": "photo"})


def _version(request: WebRequest, visit: Visit, question_key: str) -> int:
    found = request.store.visit_answers.find_of(request.tenant, visit.id, question_key)
    return found.version if found else 0


def _needs(question: Question) -> dict[str, str]:
    """Each thing that a finding needs with its words when it is done, empty while it is not filled in."""
    given = question.given
    count = len(given.photos) if given else 0
    return {
        "photo": ngettext("已拍%(num)d张", "已拍%(num)d张", count) if count else "",
        "legal_basis_id": gettext("已选") if given and given.legal_basis_id else "",
        "remedy_due_on": gettext("已填") if given and given.remedy_due_on else "",
    }


def _state(request: WebRequest, sheet: VisitSheet, question_key: str, saved: VisitAnswer) -> dict[str, Any]:
    """What the page's script shows after a send."""
    question = sheet.question(question_key)
    following = sheet.after(question_key)
    visit_url = f"/field/visits/{sheet.visit.id}"
    return {
        "version": saved.version,
        "saved_at": format_time(saved.saved_at),
        "saved_words": gettext("已保存%(time)s", time=format_time(saved.saved_at)),
        "is_non_compliant": bool(question and question.is_non_compliant),
        "needs": _needs(question) if question else {},
        "remedy_due_on": saved.remedy_due_on.isoformat() if saved.remedy_due_on else "",
        "legal_basis_id": saved.legal_basis_id or "",
        "photos": [
            {"url": f"{visit_url}/photos/{one.sha256}", "at": format_time(one.taken_at)} for one in saved.photos
        ],
        "done": sheet.done,
        "total": sheet.total,
        "progress_words": progress_words(sheet),
        "bad_words": bad_words(sheet),
        "next_url": f"{visit_url}/items/{following.key}" if following else visit_url,
    }


def _item_page(
    request: WebRequest, visit: Visit, sheet: VisitSheet, question: Question, error: InvalidInputError | None = None
) -> Answer:
    given = question.given
    problems = form_problems(error, labels()) if error else []
    return page(
        request,
        "pages/field/item.html",
        422 if error else 200,
        visit=visit,
        sheet=sheet,
        question=question,
        entry=question.entry,
        clause_choice=clause_choice,
        values=request.form.single() if error else _values(question),
        problems=problems,
        needs=_needs(question),
        needs_photo=EvidenceKind.PHOTO in question.entry.evidence or question.entry.answer_type is AnswerType.PHOTO,
        quick=quick_remedies(request.store, request.tenant, visit, question, request.now),
        bodies=_bodies(visit, question),
        serves=question_words(visit, question.entry),
        before=sheet.before(question.key),
        after=sheet.after(question.key),
        progress_words=progress_words(sheet),
        bad_words=bad_words(sheet),
        base_version=given.version if given else 0,
        is_open=visit.state == "started",
        owner=request.actor.person_id,
        photos=[
            {"url": f"/field/visits/{visit.id}/photos/{one.sha256}", "at": format_time(one.taken_at), "sha": one.sha256}
            for one in (given.photos if given else [])
        ],
        saved=gettext("已保存%(time)s", time=format_time(given.saved_at)) if given else "",
    )


def _values(question: Question) -> dict[str, str]:
    """The stored answer as the form's values, with what a finding needs."""
    given = question.given
    if given is None:
        return {}
    return form_values(question.entry, given.answer) | {
        "legal_basis_id": given.legal_basis_id or "",
        "remedy_due_on": given.remedy_due_on.isoformat() if given.remedy_due_on else "",
    }


def _bodies(visit: Visit, question: Question) -> dict[str, Any]:
    """Who is responsible and who shares the answer, in the words of the acting bodies."""
    of_department = {code: body_name(body) for body in visit.bodies for code in body.departments}
    names = list(dict.fromkeys(of_department.get(code, code) for code in question.entry.departments))
    return {"lead": names[0] if names else "", "others": names[1:]}


def _conflict_page(
    request: WebRequest, visit: Visit, sheet: VisitSheet, question: Question, stored: VisitAnswer | None
) -> Answer:
    """Both answers side by side: which of them counts is the officers' decision, never ours."""
    who = request.store.people.find(request.tenant, stored.answered_by) if stored else None
    values = {name: text for name, text in request.form.single().items() if name not in ("csrf_token", "key")}
    fresh = sheet.question(question.key) or question
    return page(
        request,
        "pages/field/conflict.html",
        409,
        visit=visit,
        question=fresh,
        stored=stored,
        stored_by=who.name if who else "",
        stored_chip=outcome_chip(fresh.outcome),
        mine_chip=outcome_chip(_sent_outcome(values)),
        values=values | {"base_version": str(stored.version if stored else 0)},
    )


def _sent_outcome(values: dict[str, str]) -> str:
    said = values.get("compliance", "")
    if said == NOT_CHECKED:
        return "not_applicable" if values.get("not_checked") == "not_applicable" else NOT_CHECKED
    return said or ("recorded" if values.get("number") or values.get("text") else "")
