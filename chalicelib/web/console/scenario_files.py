"""Files of a scenario: the workbook for reviewers, the handbook, the checklist as an XLSForm and its way back.

An import changes nothing here: it says what is wrong with the file, or what would change, and gives the author the data
file of the package.
"""

import json
from typing import Any

from chalice import Blueprint

from chalicelib.contract.checklist_difference import DifferenceKind, compare_checklists
from chalicelib.contract.checklist_file import checklist_json
from chalicelib.contract.finding_words import finding_words
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.contract.xlsform import write_xlsform
from chalicelib.contract.xlsform_read import XlsformReading, read_xlsform
from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.services.scenario.basis_marks import standing_marks
from chalicelib.web.answers import Answer, file_answer, page
from chalicelib.web.fields import invalid
from chalicelib.web.handbook_document import about_kind, handbook_answer
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.outdated_bases import outdated_words
from chalicelib.web.request import WebRequest
from chalicelib.web.review_workbook import XLSX, review_workbook
from chalicelib.web.routing import route
from chalicelib.web.scenario_views import chosen_kind, package_in_words, read_handbook, staff_context

blueprint = Blueprint(__name__)

BASE = "/console/scenarios/{scenario}"
SAMPLE = {"scenario": "refined_oil"}
JSON = "application/json"
KINDS = {
    DifferenceKind.ADDED: (mark("新增"), "green"),
    DifferenceKind.REMOVED: (mark("删除"), "red"),
    DifferenceKind.MOVED: (mark("移动"), "blue"),
    DifferenceKind.CHANGED: (mark("改动"), "orange"),
    DifferenceKind.TRANSLATED: (mark("译文"), ""),
}


@route(blueprint, BASE + "/files/{name}", permission=Permission.SCENARIO_READ, sample=SAMPLE | {"name": "review"})
def fetch_file(request: WebRequest, scenario: str, name: str) -> Answer:
    """`review`: the workbook, with the tenant's overlay; `handbook`: DOCX of ?kind=; `xlsform`: the package's own
    checklist, which an import is compared with."""
    package = package_in_words(scenario)
    if name == "review":
        shown = staff_context(request, scenario).scenario.in_language(request.locale)
        title = gettext("%(name)s审核稿%(version)s", name=package.manifest.label, version=package.version)
        return file_answer(review_workbook(shown), XLSX, f"{title}.xlsx")
    if name == "xlsform":
        return file_answer(write_xlsform(registry().get(scenario)), XLSX, f"{scenario}_{package.version}.xlsx")
    if name == "handbook":
        kind = chosen_kind(request, package)
        context = staff_context(request, scenario)
        view, conditional = read_handbook(context, kind)
        outdated = outdated_words(context, standing_marks(request.store, request.tenant))
        return handbook_answer(view, package, about_kind(kind, package, view), conditional, outdated)
    raise RecordNotFoundError(kind="scenario_file", id=name)


@route(blueprint, BASE + "/files", permission=Permission.SCENARIO_READ, sample=SAMPLE)
def show_files(request: WebRequest, scenario: str) -> Answer:
    return _page(request, package_in_words(scenario))


@route(
    blueprint,
    BASE + "/files",
    methods=("POST",),
    permission=Permission.SCENARIO_READ,
    sample=SAMPLE,
)
def post_checklist(request: WebRequest, scenario: str) -> Answer:
    """What the file would change, or with `go=file` the package's checklist.json as the file says it. Keeps nothing."""
    package = registry().get(scenario)
    try:
        file = request.file("file")
        if not file.content:
            raise invalid("file", "file_missing")
        reading = read_xlsform(file.content, package)
    except InvalidInputError as error:
        return _page(request, package_in_words(scenario), error=error)
    if reading.checklist is not None and request.form.text("go") == "file":
        text = checklist_json(reading.checklist, registry().folder(scenario))
        return file_answer(text.encode(), JSON, "checklist.json")
    if reading.checklist is not None and request.form.text("go") == "strings":
        strings = package.strings.get("en", {}) | reading.strings.get("en", {})
        text = json.dumps(strings, ensure_ascii=False, indent=2) + "\n"
        return file_answer(text.encode(), JSON, "en.json")
    return _page(request, package_in_words(scenario), reading=reading)


def _page(
    request: WebRequest,
    package: Scenario,
    *,
    reading: XlsformReading | None = None,
    error: InvalidInputError | None = None,
) -> Answer:
    url = f"/console/scenarios/{package.name}"
    is_refused = error is not None or (reading is not None and reading.checklist is None)
    return page(
        request,
        "pages/scenarios/files.html",
        422 if is_refused else 200,
        package=package,
        url=url,
        findings=_findings(request, reading) if reading else [],
        differences=_differences(registry().get(package.name), reading),
        is_read=reading is not None and reading.checklist is not None,
        problems=form_problems(error, {"file": gettext("文件")}) if error else [],
    )


def _findings(request: WebRequest, reading: XlsformReading) -> list[dict[str, str]]:
    found = []
    for one in reading.findings:
        problem, mend = finding_words(one, request.locale)
        found.append({"place": one.place, "problem": problem, "mend": mend})
    return found


def _differences(package: Scenario, reading: XlsformReading | None) -> list[dict[str, Any]]:
    if reading is None or reading.checklist is None:
        return []
    found = compare_checklists(package.checklist, reading.checklist, package.strings, reading.strings)
    return [{"difference": one, "chip": (gettext(KINDS[one.kind][0]), KINDS[one.kind][1])} for one in found]
