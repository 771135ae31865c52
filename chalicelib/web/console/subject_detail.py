"""Everything about one subject on one page, its photos, and its contacts in full for a stated reason."""

from collections.abc import Iterable
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_regrouping import look_like
from chalicelib.domain.subject_relation import SubjectRelation
from chalicelib.services.register.reveal_contacts import reveal_contacts
from chalicelib.services.register.subject_photos import add_photo, read_photo
from chalicelib.web.answers import Answer, file_answer, page, see_other
from chalicelib.web.console.disposal_opening import disposal_card
from chalicelib.web.console.report_entry import report_card
from chalicelib.web.disposition import finding_chip, state_chip
from chalicelib.web.formats import format_date
from chalicelib.web.i18n import gettext
from chalicelib.web.kind_form import SYSTEMS, kind_pairs, role_words
from chalicelib.web.patrol_words import patrol_card
from chalicelib.web.places import place_label
from chalicelib.web.relation_words import relation_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_form import attribute_words
from chalicelib.web.subject_timeline import timeline_of
from chalicelib.web.subject_view import BASE, SUBJECT, Grades, grades_of, kind_label, read_subject, status_chip

blueprint = Blueprint(__name__)

_MAX_LISTED = 20


@route(blueprint, f"{BASE}/{{subject_id}}", permission=Permission.SUBJECT_READ, resource=SUBJECT)
def show_subject(request: WebRequest, subject_id: str) -> Answer:
    """A merged duplicate leads to its survivor."""
    subject = read_subject(request, subject_id)
    if subject.merged_into:
        return see_other(f"{BASE}/{subject.merged_into}", gettext("原来的记录已经并入这一条"))
    return _detail(request, subject)


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/contacts",
    methods=("POST",),
    permission=Permission.CONTACT_READ,
    resource=SUBJECT,
    sample_body={"reason": "1"},
)
def post_contacts(request: WebRequest, subject_id: str) -> Answer:
    """The page with names and telephone numbers in full, this once."""
    reason = request.form.text("reason")
    subject = reveal_contacts(request.store, request.tenant, request.act(), subject_id=subject_id, reason=reason)
    return _detail(request, subject, is_revealed=True)


def _detail(request: WebRequest, subject: Subject, *, is_revealed: bool = False) -> Answer:
    """Record, grades, relations and history: queries of one partition. Visits and findings, of what was merged into it
    too: a query each. The names of those it is related to, and what is like it."""
    store, tenant = request.store, request.tenant
    relations = store.subject_relations.of_subject(tenant, subject.id)
    others = _others(request, relations)
    grades = {one.scenario: one for one in grades_of(request, subject)}
    findings, visits = _findings(request, subject), _visits(request, subject)
    may_edit = allowed(request.actor, Permission.SUBJECT_EDIT, subject.resource) and not subject.is_tombstone
    names = {id: one.name for id, one in others.items()}
    return page(
        request,
        "pages/subjects/show.html",
        subject=subject,
        place=place_label(subject.division, is_full=True),
        kind=kind_label(subject),
        state=status_chip(subject),
        figures=_figures(subject, list(grades.values()), findings, visits),
        facts=_facts(subject),
        contacts=_contacts(subject),
        is_revealed=is_revealed,
        may_reveal=allowed(request.actor, Permission.CONTACT_READ, subject.resource),
        memberships=[
            {
                "name": one.scenario,
                "label": scenario_label(one.scenario),
                "grades": grades[one.scenario],
                "pairs": attribute_words(one.scenario, one.attributes, subject.kind.value),
            }
            for one in subject.memberships
        ],
        relations=relation_rows(request, relations, others),
        findings=findings[:_MAX_LISTED],
        visits=visits[:_MAX_LISTED],
        patrols=patrol_card(request, subject),
        disposals=disposal_card(request, subject),
        reports=report_card(request, subject),
        open_count=sum(one["finding"].state != "closed" for one in findings),
        timeline=timeline_of(request, subject, relations, names),
        alike=alike_of(request, subject, others) if may_edit else [],
        regroupings=_regroupings(request, subject),
        receiver=_receiver(request, subject),
        may_edit=may_edit,
        may_evaluate=allowed(request.actor, Permission.EVALUATION_READ, subject.resource),
        may_read_self_checks=allowed(request.actor, Permission.SELF_CHECK_READ, subject.resource),
        may_bind=allowed(request.actor, Permission.BINDING_CONFIRM, subject.resource) and not subject.is_tombstone,
        may_hand_over=may_edit and allowed(request.actor, Permission.SUBJECT_HAND_OVER, subject.resource),
    )


def alike_of(request: WebRequest, subject: Subject, related: Iterable[str]) -> list[Subject]:
    """Those that could be this one entered twice, as far as the person may know of them."""
    found = look_like(subject, request.store.subjects.alike(request.tenant, subject), related)
    return [one for one in found if allowed(request.actor, Permission.SUBJECT_READ, one.resource)]


def _receiver(request: WebRequest, subject: Subject) -> str:
    """Words for the tenant that has a subject now."""
    if not subject.handed_to or not subject.hand_over_id:
        return subject.handed_to
    found = request.store.hand_overs.find(request.tenant, subject.hand_over_id)
    return str(found.other_label) if found else subject.handed_to


def _others(request: WebRequest, relations: list[SubjectRelation]) -> dict[str, Subject]:
    """Those at the other end that the person may know of: one read."""
    found = request.store.subjects.find_many(request.tenant, (one.other_id for one in relations))
    return {id: one for id, one in found.items() if allowed(request.actor, Permission.SUBJECT_READ, one.resource)}


def relation_rows(
    request: WebRequest, relations: list[SubjectRelation], others: dict[str, Subject]
) -> list[dict[str, Any]]:
    """Relations in words, those that hold first."""
    today = shanghai_date(request.now)
    rows = [
        {
            "relation": one,
            "subject": others[one.other_id],
            "kind": kind_label(others[one.other_id]),
            "words": relation_words(one.kind, is_reverse=one.is_reverse),
            "holds": one.holds_on(today),
            "period": _period(one),
        }
        for one in relations
        if one.other_id in others
    ]
    return sorted(rows, key=lambda row: (not row["holds"], row["relation"].kind, row["subject"].search_name))


def _period(relation: SubjectRelation) -> str:
    if relation.from_on and relation.until_on:
        days = {"first": format_date(relation.from_on), "last": format_date(relation.until_on)}
        return gettext("%(first)s到%(last)s", **days)
    if relation.from_on:
        return gettext("自%(first)s起", first=format_date(relation.from_on))
    return gettext("到%(last)s为止", last=format_date(relation.until_on)) if relation.until_on else ""


def _findings(request: WebRequest, subject: Subject) -> list[dict[str, Any]]:
    found = [one for id in subject.all_ids for one in request.store.findings.of_subject(request.tenant, id)]
    return [
        {"finding": one, "state": finding_chip(one)}
        for one in sorted(found, key=lambda one: one.found_on, reverse=True)
        if allowed(request.actor, Permission.FINDING_READ, one.resource)
    ]


def _visits(request: WebRequest, subject: Subject) -> list[dict[str, Any]]:
    found = [one for id in subject.all_ids for one in request.store.visits.of_subject(request.tenant, id)]
    may_see_result = allowed(request.actor, Permission.RESULT_READ, subject.resource)
    return [
        {
            "visit": one,
            "state": state_chip("visit", one.state),
            "result_url": f"/console/results/{one.id}" if one.concluded_at and may_see_result else "",
        }
        for one in sorted(found, key=lambda one: (one.scheduled_on is not None, one.scheduled_on, one.id), reverse=True)
        if allowed(request.actor, Permission.VISIT_READ, one.resource)
    ]


def _figures(
    subject: Subject, grades: list[Grades], findings: list[dict[str, Any]], visits: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What the person looks for first: credit, risk, what is open, when somebody was there last."""
    shown: list[dict[str, Any]] = []
    for one in grades[:2]:
        note = scenario_label(one.scenario)
        credit = {"value": one.credit, "unit": gettext("级")} if one.credit else {"value": gettext("还没有评价")}
        points = gettext("%(points)s分", points=one.credit_points) if one.credit_points is not None else ""
        shown.append(
            {"label": gettext("信用等级"), "note": gettext("，").join(p for p in (note, points) if p)} | credit
        )
        if one.risk[0]:
            draw = gettext("抽取分层%(grade)s级", grade=one.draw) if one.draw else ""
            shown.append({"label": gettext("风险等级"), "value": one.risk[0], "note": draw})
    is_open = sum(one["finding"].state != "closed" for one in findings)
    shown.append(
        {
            "label": gettext("没有了结的问题"),
            "value": is_open,
            "unit": gettext("个"),
            "tone": "red" if is_open else "",
            "note": gettext("一共发现%(count)s个", count=len(findings)),
            "url": "#findings",
        }
    )
    last = next((one["visit"].scheduled_on for one in visits if one["visit"].started_at), None)
    note = gettext("最近一次%(day)s", day=format_date(last)) if last else ""
    shown.append(
        {"label": gettext("入企检查"), "value": len(visits), "unit": gettext("次"), "note": note, "url": "#visits"}
    )
    return shown


def _facts(subject: Subject) -> list[tuple[str, str]]:
    pairs = [(gettext("地址"), subject.address or "–"), (gettext("县区"), place_label(subject.division, is_full=True))]
    if subject.located_at:
        system = gettext(SYSTEMS[subject.coordinate_system])
        words = gettext("%(place)s，%(system)s", place=subject.located_at.replace(",", ", "), system=system)
        pairs.append((gettext("坐标"), words))
    if subject.plate:
        pairs.append((gettext("车牌号"), subject.plate))
    if subject.operator_code:
        pairs.append((gettext("经营主体代码"), subject.operator_code))
    return pairs + kind_pairs(subject.kind, subject.kind_attributes)


def _contacts(subject: Subject) -> list[dict[str, str]]:
    rows = []
    if subject.responsible_person or subject.phone:
        rows.append({"role": gettext("负责人"), "name": subject.responsible_person, "phone": subject.phone})
    return rows + [
        {"role": role_words(one.role), "name": one.name, "phone": one.phone} for one in subject.responsible_people
    ]


def _regroupings(request: WebRequest, subject: Subject) -> list[dict[str, Any]]:
    """Merges and splits that made the subject what it is and can still be undone."""
    return [
        {"regrouping": one, "other": one.other_before or one.other_after, "is_merge": one.act.value == "merge"}
        for one in request.store.subject_regroupings.of_subject(request.tenant, subject.id)
        if one.is_undoable(request.now)
    ]


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/photos",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
)
def post_photo(request: WebRequest, subject_id: str) -> Answer:
    read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    content = request.file("photo").content
    add_photo(request.store, request.tenant, request.act(), subject_id=subject_id, content=content)
    return see_other(f"{BASE}/{subject_id}", gettext("照片已加上"))


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/photos/{{sha256}}",
    permission=Permission.SUBJECT_READ,
    resource=SUBJECT,
    sample={"sha256": "0" * 64},
)
def show_photo(request: WebRequest, subject_id: str, sha256: str) -> Answer:
    subject = read_subject(request, subject_id)
    content, content_type = read_photo(request.store, request.tenant, subject, sha256)
    return file_answer(content, content_type)
