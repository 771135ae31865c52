"""Patrols: noted at a subject, listed, one with whom it told. Every page says that a patrol is no inspection."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.patrol import MAX_PHOTOS, Patrol
from chalicelib.domain.subject import Subject
from chalicelib.services.patrol.list_rounds import patrolled_among
from chalicelib.services.patrol.record_patrol import patrolled_scenarios, record_patrol
from chalicelib.services.register.search_subjects import search_subjects
from chalicelib.services.register.subject_photos import read_photo
from chalicelib.web.answering import refusal, wants_json
from chalicelib.web.answers import Answer, file_answer, json_answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.patrol_words import observation_choices, patrol_row, read_moment, told_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import installed_scenarios, scenario_label
from chalicelib.web.subject_view import SUBJECT, kind_label, read_subject

blueprint = Blueprint(__name__)

BASE = "/console/patrols"
ONE = BASE + "/{patrol_id}"
PATROL = (Patrol.KIND, "patrol_id")
_OF_SUBJECT = "/console/subjects/{subject_id}/patrols"


def _labels() -> dict[str, str]:
    labels = {"scenario": gettext("场景"), "observation_ids": gettext("看到的情况"), "note": gettext("补充")}
    labels |= {"patrolled_on": gettext("巡查的日期"), "patrolled_time": gettext("几点")}
    return labels | {"photos": gettext("照片"), "patrolled_at": gettext("巡查的时间")}


@route(
    blueprint,
    BASE,
    permission=Permission.PATROL_READ,
    nav=Nav(group=mark("部门处置"), label=mark("巡查"), order=63, icon="eye"),
)
def list_patrols(request: WebRequest) -> Answer:
    """One query, and one read for who made those of the page. A chosen scenario is picked from the page."""
    scenario = request.query.text("scenario")
    known = dict(installed_scenarios())
    if scenario and scenario not in known:
        raise invalid("scenario", "unknown_choice")
    store, tenant = request.store, request.tenant
    found = store.patrols.recent(tenant, request.actor.division, after=open_cursor(request))
    shown = [
        one
        for one in found.records
        if scenario in ("", one.scenario) and allowed(request.actor, Permission.PATROL_READ, one.resource)
    ]
    people = store.people.find_many(tenant, [one.patrolled_by for one in shown], is_listed=True)
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/patrols/list.html",
        base=BASE,
        rows=[patrol_row(one) | {"person": people.get(one.patrolled_by)} for one in shown],
        scenario=scenario,
        scenarios=[("", gettext("全部")), *known.items()],
        may_record=allowed(request.actor, Permission.PATROL_RECORD),
        due_url=f"{BASE}/due",
        next_url=f"{BASE}?{request.query.encoded({CURSOR: cursor})}" if cursor else "",
        first_url=f"{BASE}?{request.query.encoded({CURSOR: ''})}" if request.query.text(CURSOR) else "",
    )


@route(blueprint, f"{BASE}/new", permission=Permission.PATROL_RECORD)
def find_subject(request: WebRequest) -> Answer:
    """Where somebody who does not keep the register finds what they stand before: name, kind and address, no more."""
    text = request.query.text("q")
    found = search_subjects(
        request.store, request.tenant, request.actor, text, permission=Permission.PATROL_RECORD, limit=20
    )
    rows = [{"subject": one, "kind": kind_label(one)} for one in found if _is_patrolled(one)]
    return page(request, "pages/patrols/find.html", base=BASE, text=text, rows=rows)


def _is_patrolled(subject: Subject) -> bool:
    """Whether an installed package of its scenarios has rules of patrols; without a read."""
    return not subject.is_tombstone and bool(patrolled_among([one.scenario for one in subject.memberships]))


@route(blueprint, ONE, permission=Permission.PATROL_READ, resource=PATROL)
def show_patrol(request: WebRequest, patrol_id: str) -> Answer:
    patrol = read_patrol(request, patrol_id)
    subject = request.store.subjects.find(request.tenant, patrol.subject_id)
    may_read = subject is not None and allowed(request.actor, Permission.SUBJECT_READ, subject.resource)
    return page(
        request,
        "pages/patrols/show.html",
        base=BASE,
        patrol=patrol,
        scenario=scenario_label(patrol.scenario),
        told=told_words(request, patrol),
        present={one.code for one in request.store.departments.every(request.tenant)},
        person=request.store.people.find(request.tenant, patrol.patrolled_by),
        subject_url=f"/console/subjects/{patrol.subject_id}" if may_read else "",
    )


@route(
    blueprint,
    f"{ONE}/photos/{{sha256}}",
    permission=Permission.PATROL_READ,
    resource=PATROL,
    sample={"sha256": "0" * 64},
)
def show_patrol_photo(request: WebRequest, patrol_id: str, sha256: str) -> Answer:
    content, content_type = read_photo(request.store, request.tenant, read_patrol(request, patrol_id), sha256)
    return file_answer(content, content_type)


def read_patrol(request: WebRequest, patrol_id: str) -> Patrol:
    patrol: Patrol = request.store.patrols.get(request.tenant, patrol_id)
    require(request.actor, Permission.PATROL_READ, patrol.resource)
    return patrol


@route(blueprint, f"{_OF_SUBJECT}/new", permission=Permission.PATROL_RECORD, resource=SUBJECT)
def new_patrol(request: WebRequest, subject_id: str) -> Answer:
    return _form(request, subject_id, request.query)


@route(
    blueprint,
    _OF_SUBJECT,
    methods=("POST",),
    permission=Permission.PATROL_RECORD,
    resource=SUBJECT,
    sample_body={"scenario": "self_built_housing"},
)
def post_patrol(request: WebRequest, subject_id: str) -> Answer:
    form = request.form
    try:
        patrol = record_patrol(
            request.store,
            request.tenant,
            request.act(),
            subject_id=subject_id,
            scenario=form.text("scenario"),
            observation_ids=form.many("observation_ids"),
            note=form.text("note"),
            photos=[one.content for one in request.files.get("photos", [])],
            patrolled_at=read_moment(form, request.now),
        )
    except InvalidInputError as error:
        if wants_json(request):
            return refusal(422, error, _labels())
        return _form(request, subject_id, form, error)
    if wants_json(request):
        return json_answer({"url": f"{BASE}/{patrol.id}"})
    told = gettext("已记下这次巡查，系统会通知有关部门") if patrol.told else gettext("已记下这次巡查")
    return see_other(f"{BASE}/{patrol.id}", told)


def _form(request: WebRequest, subject_id: str, values: Fields, error: InvalidInputError | None = None) -> Answer:
    """The form of one scenario; of the first that is patrolled without a choice."""
    subject = read_subject(request, subject_id, Permission.PATROL_RECORD)
    found = {one.edition.package.name: one for one in patrolled_scenarios(request.store, request.tenant, subject)}
    name = values.text("scenario")
    chosen = found.get(name) or next(iter(found.values()), None)
    package: Any = chosen.edition.scenario.in_language(current_locale()) if chosen else None
    may_read = allowed(request.actor, Permission.SUBJECT_READ, subject.resource)
    url = f"/console/subjects/{subject.id}"
    return page(
        request,
        "pages/patrols/new.html",
        422 if error else 200,
        base=BASE,
        url=f"{url}/patrols",
        back_url=url if may_read else BASE,
        subject=subject,
        scenario=chosen.edition.package.name if chosen else "",
        rules=package.inspection.patrol if package else None,
        choices=observation_choices(package) if package else [],
        tabs=[
            {"label": scenario_label(one), "url": f"{url}/patrols/new?scenario={one}", "active": found[one] is chosen}
            for one in found
        ],
        chosen=values.many("observation_ids"),
        note=values.text("note"),
        patrolled_on=values.text("patrolled_on"),
        patrolled_time=values.text("patrolled_time"),
        today=shanghai_date(request.now),
        max_photos=MAX_PHOTOS,
        problems=form_problems(error, _labels()) if error else [],
    )
