"""A person's saved filters of the register: save the one that is shown, rename it, delete it."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.subject_filter import SavedFilter
from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.services.register.keep_filters import delete_filter, rename_filter, save_filter
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.subjects import BASE as SUBJECTS
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import gettext
from chalicelib.web.query_words import query_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_list import address_of, read_query, values_of

blueprint = Blueprint(__name__)

BASE = "/console/filters"
ONE = BASE + "/{filter_id}"


def labels() -> dict[str, str]:
    return {"name": gettext("叫什么")}


def asked_query(request: WebRequest, values: Fields) -> SubjectQuery:
    head = request.store.subject_filters.head(request.tenant, request.actor.person_id)
    return read_query(values, request.actor, head)


def own_filter(request: WebRequest, filter_id: str) -> SavedFilter:
    held = request.store.subject_filters.of_person(request.tenant, request.actor.person_id)
    found: SavedFilter | None = held.found(filter_id)
    if found is None:
        raise RecordNotFoundError(kind="subject_filter", id=filter_id)
    return found


@route(blueprint, BASE, permission=Permission.SUBJECT_READ)
def list_filters(request: WebRequest) -> Answer:
    held = request.store.subject_filters.of_person(request.tenant, request.actor.person_id)
    return page(
        request,
        "pages/subjects/filters.html",
        rows=[
            {"filter": one, "words": query_words(one.query), "url": address_of(SUBJECTS, values_of(one.query))}
            for one in held.filters
        ],
    )


@route(blueprint, f"{BASE}/new", permission=Permission.SUBJECT_READ)
def new_filter(request: WebRequest) -> Answer:
    return _form(request, asked_query(request, request.query))


def _form(
    request: WebRequest,
    query: SubjectQuery,
    *,
    name: str = "",
    filter_id: str = "",
    error: InvalidInputError | None = None,
) -> Answer:
    return page(
        request,
        "pages/subjects/filter.html",
        422 if error else 200,
        name=name,
        words=query_words(query),
        fields={} if filter_id else values_of(query),
        action=f"{BASE}/{filter_id}" if filter_id else BASE,
        back_url=BASE if filter_id else address_of(SUBJECTS, values_of(query)),
        is_new=not filter_id,
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, BASE, methods=("POST",), permission=Permission.SUBJECT_READ)
def post_filter(request: WebRequest) -> Answer:
    query, name = asked_query(request, request.form), request.form.text("name")
    try:
        save_filter(request.store, request.tenant, request.act(), name=name, query=query)
    except InvalidInputError as error:
        return _form(request, query, name=name, error=error)
    return see_other(address_of(SUBJECTS, values_of(query)), gettext("已存为常用条件"))


@route(blueprint, ONE, permission=Permission.SUBJECT_READ)
def edit_filter(request: WebRequest, filter_id: str) -> Answer:
    found = own_filter(request, filter_id)
    return _form(request, found.query, name=found.name, filter_id=filter_id)


@route(blueprint, ONE, methods=("POST",), permission=Permission.SUBJECT_READ)
def post_name(request: WebRequest, filter_id: str) -> Answer:
    found, name = own_filter(request, filter_id), request.form.text("name")
    try:
        rename_filter(request.store, request.tenant, request.act(), filter_id=filter_id, name=name)
    except InvalidInputError as error:
        return _form(request, found.query, name=name, filter_id=filter_id, error=error)
    return see_other(BASE, gettext("已改名"))


@route(blueprint, f"{ONE}/delete", permission=Permission.SUBJECT_READ)
def ask_deletion(request: WebRequest, filter_id: str) -> Answer:
    found = own_filter(request, filter_id)
    return page(
        request,
        "pages/subjects/filter_delete.html",
        title=gettext("删除常用条件“%(name)s”？", name=found.name),
        text=gettext("只删这一组条件，监管对象不受影响。"),
        action=f"{BASE}/{filter_id}/delete",
        confirm_label=gettext("删除"),
        back_url=BASE,
    )


@route(blueprint, f"{ONE}/delete", methods=("POST",), permission=Permission.SUBJECT_READ)
def post_deletion(request: WebRequest, filter_id: str) -> Answer:
    delete_filter(request.store, request.tenant, request.act(), filter_id=filter_id)
    return see_other(BASE, gettext("已删除"))
