"""The tenant's divisions: the shipped list with the tenant's own entries over it; villages added, renamed, closed."""

from typing import Any
from urllib.parse import urlencode

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.division import DivisionLevel, ancestor_codes, children, division, is_known, level_of
from chalicelib.domain.errors import ConflictError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.local_division import LocalDivision
from chalicelib.domain.text import normalise
from chalicelib.services.tenancy.keep_organisation import keep_division
from chalicelib.services.tenancy.present_roster import is_within
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.organisation import may_organise
from chalicelib.web.fields import Fields
from chalicelib.web.formats import format_date
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.organisation_form import labels
from chalicelib.web.places import counties_of, place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = "/console/divisions"
PAGE_ROWS = 100
SAMPLE = {"code": "450105001001"}
LEVELS = {
    DivisionLevel.REGION: mark("自治区"),
    DivisionLevel.CITY: mark("设区市"),
    DivisionLevel.COUNTY: mark("县区"),
    DivisionLevel.TOWNSHIP: mark("乡镇街道"),
    DivisionLevel.VILLAGE: mark("村社区"),
}


def _listed(code: str) -> list[tuple[str, str]]:
    """(code, name) of a division and of everything below it in the shipped list."""
    found = [(code, division(code).name)] if is_known(code) else []
    return found + [pair for one in children(code) for pair in _listed(one.code)]


def every_division(request: WebRequest) -> list[dict[str, Any]]:
    """The tenant's divisions in the order of their codes: the list, overlaid; one query."""
    areas = request.store.tenants.get(request.tenant, request.tenant).divisions
    own = {one.id: one for one in request.store.local_divisions.every(request.tenant)}
    names = {code: name for area in areas for code, name in _listed(area)}
    names |= {code: one.name for code, one in own.items()}
    today = shanghai_date(request.now)
    return [
        {
            "code": code,
            "name": names[code],
            "level": gettext(LEVELS[level_of(code)]),
            "place": _above(code, names),
            "is_own": code in own,
            "is_open": code not in own or own[code].is_open_on(today),
            "is_editable": is_within(code, areas),
            "note": _note(own.get(code)),
        }
        for code in sorted(names)
    ]


def _above(code: str, names: dict[str, str]) -> str:
    above = ancestor_codes(code)
    return names.get(above[-1], "") if above else ""


def _note(own: LocalDivision | None) -> str:
    if own is None:
        return ""
    words = [gettext("原名%(name)s", name=one.name) for one in own.earlier_names]
    if own.closed_on:
        words.append(gettext("%(day)s撤销", day=format_date(own.closed_on)))
    return gettext("，").join(words)


@route(blueprint, BASE, permission=Permission.TENANT_READ)
def list_divisions(request: WebRequest) -> Answer:
    """Two calls: the tenant and its own entries; the list itself ships with the program."""
    q, county, is_all = request.query.text("q"), request.query.text("county"), request.query.flag("all")
    areas = request.store.tenants.get(request.tenant, request.tenant).divisions
    wanted = normalise(q)
    rows = [
        row
        for row in every_division(request)
        if (row["is_open"] or is_all)
        and (not county or row["code"].startswith(county[:6]))
        and (not wanted or wanted in normalise(row["name"]) or row["code"].startswith(wanted))
    ]
    start = max(0, (request.query.integer("from") or 1) - 1)
    held = {name: value for name, value in (("q", q), ("county", county), ("all", "yes" if is_all else "")) if value}
    following = f"{BASE}?{urlencode({**held, 'from': start + PAGE_ROWS + 1})}"
    return page(
        request,
        "pages/organisation/divisions.html",
        rows=rows[start : start + PAGE_ROWS],
        total=len(rows),
        q=q,
        county=county,
        is_all=is_all,
        counties=[("", gettext("全部")), *((code, place_label(code)) for code in counties_of(areas, request.actor))],
        next_url=following if len(rows) > start + PAGE_ROWS else "",
        first_url=f"{BASE}?{urlencode(held)}" if start else "",
        may_organise=may_organise(request),
    )


@route(blueprint, f"{BASE}/new", permission=Permission.TENANT_ORGANISE)
def new_division(request: WebRequest) -> Answer:
    return _form(request, "", {})


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.TENANT_ORGANISE,
    sample_body={"code": "450105001001", "name": "示例社区"},
)
def post_division(request: WebRequest) -> Answer:
    form = request.form
    try:
        kept = division_from(request, form, form.text("code"), is_new=True)
    except InvalidInputError as error:
        return _form(request, "", form.single(), error)
    return see_other(f"{BASE}?q={kept.id}", gettext("已添加"))


@route(blueprint, f"{BASE}/{{code}}/edit", permission=Permission.TENANT_ORGANISE, sample=SAMPLE)
def edit_division(request: WebRequest, code: str) -> Answer:
    found = _find(request, code)
    values = found.model_dump(mode="json", include={"name", "valid_from", "closed_on"})
    return _form(request, code, {name: value or "" for name, value in values.items()})


@route(
    blueprint,
    f"{BASE}/{{code}}/edit",
    methods=("POST",),
    permission=Permission.TENANT_ORGANISE,
    sample=SAMPLE,
    sample_body={"name": "示例社区"},
)
def post_division_edit(request: WebRequest, code: str) -> Answer:
    form = request.form
    _find(request, code)
    try:
        division_from(request, form, code)
    except InvalidInputError as error:
        return _form(request, code, form.single(), error)
    except ConflictError:
        return _form(request, code, form.single(), is_stale=True)
    return see_other(f"{BASE}?q={code}", gettext("已保存"))


def division_from(request: WebRequest, form: Fields, code: str, *, is_new: bool = False) -> LocalDivision:
    kept: LocalDivision = keep_division(
        request.store,
        request.tenant,
        request.act(),
        code=code,
        name=form.text("name"),
        valid_from=form.day("valid_from"),
        closed_on=form.day("closed_on"),
        changed_on=form.day("changed_on"),
        is_new=is_new,
        version=form.integer("version") or None,
    )
    return kept


def _find(request: WebRequest, code: str) -> LocalDivision:
    """The tenant's own entry, or one begun from the list. Raises RecordNotFoundError outside the tenant's area."""
    areas = request.store.tenants.get(request.tenant, request.tenant).divisions
    own: LocalDivision | None = request.store.local_divisions.find(request.tenant, code) if code.isdigit() else None
    if own is not None:
        return own
    if not (len(code) == 12 and code.isdigit() and is_within(code, areas)):
        raise RecordNotFoundError(kind=LocalDivision.KIND, id=code)
    return LocalDivision(id=code, name=division(code).name)


def _form(
    request: WebRequest,
    code: str,
    values: dict[str, Any],
    error: InvalidInputError | None = None,
    *,
    is_stale: bool = False,
) -> Answer:
    own = _find(request, code) if code else None
    return page(
        request,
        "pages/organisation/division_form.html",
        409 if is_stale else 422 if error else 200,
        code=code,
        label=own.name if own else "",
        version=own.version if own else 0,
        values=values,
        is_stale=is_stale,
        problems=messages.form_problems(error, labels()) if error else [],
    )
