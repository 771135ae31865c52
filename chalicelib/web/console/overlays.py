"""A tenant's overlay on a scenario: what it changes, the draft, the second person, the upgrade, others' offers."""

from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import ConflictError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.overlay import OverlayState, ScenarioOverlay
from chalicelib.domain.record import new_id
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.scenario.draft_overlay import (
    discard_draft,
    open_version,
    put_change,
    remove_change,
)
from chalicelib.services.scenario.fit_overlay import overlay_problems
from chalicelib.services.scenario.problems import PackageChangedError, PackageNotPublishedError
from chalicelib.services.scenario.read_edition import read_base
from chalicelib.services.scenario.settle_overlay import publish_overlay, return_overlay, submit_overlay
from chalicelib.web import messages, overlay_form
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.i18n import current_locale, gettext, ngettext
from chalicelib.web.overlay_findings import OverlayFinding, findings_in_words
from chalicelib.web.overlay_view import KIND_HINTS, KINDS, STATES, newer_version, rows_of, situation
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenario_views import package_in_words

blueprint = Blueprint(__name__)

BASE = "/console/scenarios/{scenario}/overlay"
SAMPLE = {"scenario": "refined_oil"}
P = Permission


def url_of(scenario: str) -> str:
    return BASE.format(scenario=scenario)


@route(blueprint, BASE, permission=P.SCENARIO_READ, sample=SAMPLE)
def show_overlay(request: WebRequest, scenario: str) -> Answer:
    return _show(request, scenario)


def _show(request: WebRequest, scenario: str, error: InvalidInputError | None = None, refused: str = "") -> Answer:
    package = package_in_words(scenario)
    versions = request.store.overlays.of_scenario(request.tenant, scenario)
    opened = open_version(versions)
    in_force = next((one for one in versions if one.state is OverlayState.PUBLISHED), None)
    shown = _shown(request, versions, opened or in_force)
    base = read_base(request.store, shown) if shown else registry().get(scenario)
    may_write = allowed(request.actor, P.OVERLAY_WRITE)
    return page(
        request,
        "pages/overlays/show.html",
        422 if error else 409 if refused else 200,
        package=package,
        url=url_of(scenario),
        title=situation(versions),
        versions=versions,
        opened=opened,
        in_force=in_force,
        shown=shown,
        rows=rows_of(base, base, shown.changes) if shown else [],
        findings=findings_of(request, shown) if shown and shown.state is not OverlayState.DISCARDED else [],
        is_broken=in_force is not None and in_force != shown and bool(findings_of(request, in_force)),
        newer=newer_version(opened or in_force),
        states={state: gettext(words) for state, words in STATES.items()},
        kinds=[(kind, gettext(words), gettext(KIND_HINTS[kind])) for kind, words in KINDS.items()],
        may_write=may_write and scenario in request.store.tenants.get(request.tenant, request.tenant).scenarios,
        may_publish=allowed(request.actor, P.OVERLAY_PUBLISH),
        is_own=opened is not None and request.actor.is_behind(opened.edited_by, opened.edited_for),
        typed=request.form.single() if error else {},
        problems=messages.form_problems(error, overlay_form.labels()) if error else [],
        refused=refused,
    )


def findings_of(request: WebRequest, overlay: ScenarioOverlay | None) -> list[OverlayFinding]:
    """What keeps this version from being used today: the same that a submission is refused for."""
    if overlay is None:
        return []
    return findings_in_words(
        overlay_problems(request.store, request.tenant, overlay, current_locale()), overlay.changes
    )


def _shown(
    request: WebRequest, versions: list[ScenarioOverlay], first: ScenarioOverlay | None
) -> ScenarioOverlay | None:
    wanted = request.query.integer("number")
    if wanted is None:
        return first
    found = next((one for one in versions if one.number == wanted), None)
    if found is None:
        raise RecordNotFoundError(kind=ScenarioOverlay.KIND, id=str(wanted))
    return found


@route(blueprint, f"{BASE}/changes/{{kind}}", permission=P.OVERLAY_WRITE, sample=SAMPLE | {"kind": "hide_item"})
def new_change(request: WebRequest, scenario: str, kind: str) -> Answer:
    return _form(request, scenario, kind)


def _form(request: WebRequest, scenario: str, kind: str, error: InvalidInputError | None = None) -> Answer:
    if kind not in KINDS:
        raise RecordNotFoundError(kind="change", id=kind)
    asked = request.form if error else request.query
    package = _base_of(request, scenario).in_language(current_locale())
    context: dict[str, Any] = {}
    if kind == "set_label":
        key = asked.text("label_key")
        context = {
            "find": asked.text("find"),
            "found": overlay_form.found_labels(package, asked.text("find")),
            "key": key if key in package.labels else "",
            "original": package.labels.get(key, ""),
        }
    elif kind == "set_thresholds":
        choices = overlay_form.indicators(package)
        chosen = next((one for one in choices if one.id == asked.text("indicator_id")), None)
        context = {
            "options": [(one.id, one.name) for one in choices],
            "indicator": chosen,
            "limits": overlay_form.threshold_fields(chosen) if chosen else [],
        }
    elif kind == "reorder_items":
        chosen_section = next((s for s in package.checklist.sections if s.id == asked.text("section_id")), None)
        context = {"options": overlay_form.sections(package), "section": chosen_section}
    elif kind == "hide_item":
        context = {"options": overlay_form.hideable(package)}
    elif kind == "set_deadline":
        context = {"options": overlay_form.deadlines(package)}
    elif kind == "set_figure":
        wanted = asked.text("figure_id")
        context = {
            "options": overlay_form.figures(package),
            "figure": next((one for one in package.figures if one.id == wanted and one.tenant_range), None),
            "range": overlay_form.range_words(package, wanted),
        }
    else:
        context = {"options": overlay_form.item_options(package)}
    return page(
        request,
        "pages/overlays/change.html",
        422 if error else 200,
        package=package,
        url=url_of(scenario),
        kind=kind,
        heading=gettext(KINDS[kind]),
        hint=gettext(KIND_HINTS[kind]),
        values=asked.single(),
        problems=messages.form_problems(error, overlay_form.labels()) if error else [],
        **context,
    )


def _base_of(request: WebRequest, scenario: str) -> Scenario:
    """The version of the package that the next change is about."""
    versions = request.store.overlays.of_scenario(request.tenant, scenario)
    begun = open_version(versions) or next((one for one in versions if one.state is OverlayState.PUBLISHED), None)
    return read_base(request.store, begun) if begun else registry().get(scenario)


def _as_fields(error: InvalidInputError) -> InvalidInputError:
    """A change that does not fit is told at the field in which its target was chosen."""
    fields = {
        "set_label": "label_key",
        "set_thresholds": "indicator_id",
        "set_deadline": "deadline_id",
        "set_figure": "figure_id",
        "hide_item": "item_id",
        "add_item": "name",
        "reorder_items": "section_id",
    }
    found = [
        one.model_copy(update={"field": fields.get(one.field.partition(".")[0], one.field)}) for one in error.problems
    ]
    return InvalidInputError(found)


@route(
    blueprint,
    f"{BASE}/changes/{{kind}}",
    methods=("POST",),
    permission=P.OVERLAY_WRITE,
    sample=SAMPLE | {"kind": "hide_item"},
    sample_body={"item_id": "warning_signs"},
)
def post_change(request: WebRequest, scenario: str, kind: str) -> Answer:
    if kind not in KINDS:
        raise RecordNotFoundError(kind="change", id=kind)
    try:
        change = overlay_form.read_change(kind, request.form, _base_of(request, scenario))
        put_change(request.store, request.tenant, request.act(), scenario=scenario, change=change)
    except InvalidInputError as error:
        return _form(request, scenario, kind, _as_fields(error))
    return see_other(url_of(scenario), gettext("已记入草稿，发布后才生效。"))


@route(
    blueprint,
    f"{BASE}/removals",
    methods=("POST",),
    permission=P.OVERLAY_WRITE,
    sample=SAMPLE,
    sample_body={"kind": "hide_item", "target": "warning_signs"},
)
def post_removal(request: WebRequest, scenario: str) -> Answer:
    kind, target = request.form.required("kind"), request.form.required("target")
    draft = remove_change(request.store, request.tenant, request.act(), scenario=scenario, kind=kind, target=target)
    if found := findings_of(request, draft):
        words = ngettext(
            "已从草稿里去掉。草稿还有%(num)d处不成立，请看下面怎么改。",
            "已从草稿里去掉。草稿还有%(num)d处不成立，请看下面怎么改。",
            len(found),
        )
        return see_other(url_of(scenario), words, "orange")
    return see_other(url_of(scenario), gettext("已从草稿里去掉。"))


@route(blueprint, f"{BASE}/submission", methods=("POST",), permission=P.OVERLAY_WRITE, sample=SAMPLE)
def post_submission(request: WebRequest, scenario: str) -> Answer:
    try:
        submit_overlay(
            request.store,
            request.tenant,
            request.act(),
            overlay_id=opened_id(request, scenario),
            note=request.form.text("note"),
            is_reusable=request.form.flag("is_reusable"),
        )
    except InvalidInputError as error:
        return _show(request, scenario, error)
    return see_other(url_of(scenario), gettext("已提交，等另一人核对后发布。"))


@route(blueprint, f"{BASE}/publication", methods=("POST",), permission=P.OVERLAY_PUBLISH, sample=SAMPLE)
def post_publication(request: WebRequest, scenario: str) -> Answer:
    try:
        publish_overlay(request.store, request.tenant, request.act(), overlay_id=opened_id(request, scenario))
    except InvalidInputError as error:
        return _show(request, scenario, error)
    except PackageChangedError as error:
        words = messages.error_words(error)
        return _show(request, scenario, refused=words.title + gettext("。") + words.advice)
    except PackageNotPublishedError:
        return _show(request, scenario, refused=gettext("平台还没有发布场景包的这个版本，请平台运营先发布。"))
    except SecondPersonNeededError:
        return _show(request, scenario, refused=gettext("您改过的要由另一人发布。"))
    return see_other(url_of(scenario), gettext("已发布。以后起草的计划按它办，进行中的检查不变。"))


@route(
    blueprint,
    f"{BASE}/return",
    methods=("POST",),
    permission=P.OVERLAY_PUBLISH,
    sample=SAMPLE,
    sample_body={"reason": "请补依据"},
)
def post_return(request: WebRequest, scenario: str) -> Answer:
    try:
        return_overlay(
            request.store,
            request.tenant,
            request.act(),
            overlay_id=opened_id(request, scenario),
            reason=request.form.text("reason"),
        )
    except InvalidInputError as error:
        return _show(request, scenario, error)
    return see_other(url_of(scenario), gettext("已退回起草人。"))


@route(blueprint, f"{BASE}/discard", permission=P.OVERLAY_WRITE, sample=SAMPLE)
def ask_discard(request: WebRequest, scenario: str) -> Answer:
    """The question before a draft is given up; the changes in it are lost to the next draft."""
    found = open_version(request.store.overlays.of_scenario(request.tenant, scenario))
    if found is None:
        return see_other(url_of(scenario), gettext("没有草稿。"))
    return page(
        request,
        "pages/overlays/discard.html",
        title=gettext("放弃第%(number)s版草稿？", number=found.number),
        text=gettext("草稿里的改动不再用于下一版，仍能在“各版”里看到。在用的版本不变。"),
        action=f"{url_of(scenario)}/discard",
        confirm_label=gettext("放弃草稿"),
        back_url=url_of(scenario),
        fields={"key": new_id()},
    )


@route(blueprint, f"{BASE}/discard", methods=("POST",), permission=P.OVERLAY_WRITE, sample=SAMPLE)
def post_discard(request: WebRequest, scenario: str) -> Answer:
    discard_draft(request.store, request.tenant, request.act(), scenario=scenario)
    return see_other(url_of(scenario), gettext("草稿已放弃，在用的版本不变。"))


def opened_id(request: WebRequest, scenario: str) -> str:
    found = open_version(request.store.overlays.of_scenario(request.tenant, scenario))
    if found is None:
        raise ConflictError(kind=ScenarioOverlay.KIND, id=scenario)
    return found.id
