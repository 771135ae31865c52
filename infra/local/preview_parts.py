"""What each page of the preview shows: the part as the console shows it, the findings, the data file with its lines."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext, InspectionRequest
from chalicelib.contract.finding_words import finding_words
from chalicelib.contract.json_places import find_place
from chalicelib.contract.registry import registry
from chalicelib.contract.rule import Tier
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.rules import RULES, PackageReport, check_package
from chalicelib.contract.rules_gold import read_samples, run_sample
from chalicelib.contract.samples import at_path
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.evaluation import EvaluationFacts
from chalicelib.domain.item import SubjectFacts
from chalicelib.domain.legal_basis import BasisStatus
from chalicelib.package_tools import package_tools
from chalicelib.services.scenario.limit_conflicts import conflicts_in
from chalicelib.web.conflict_words import conflict_rows
from chalicelib.web.console.checklist_view import checklist_context
from chalicelib.web.evaluation_views import matrix_rows
from chalicelib.web.i18n import current_locale
from chalicelib.web.scenario_views import call, chosen_kind, package_in_words, read_handbook, words_of
from infra.local.preview_words import words

PARTS = ("handbook", "checklist", "inspection", "evaluation", "bases", "samples")
FILES = {"bases": "legal_basis.json", "samples": "samples/cases.json"}
_TENANT = "preview0"


def part_context(name: str, folder: Path, part: str, query: Mapping[str, str]) -> dict[str, Any]:
    """Everything that the template needs; `template` is its name. A part that cannot be shown says so."""
    report = check_package(folder, package_tools(), name)
    file = FILES.get(part, f"{part}.json")
    found = _findings(report, folder, file)
    more = f"?lang={query['lang']}" if "lang" in query else ""
    shared = {
        "name": name,
        "part": part,
        "levels": _levels(report),
        "findings": found,
        "data": _data(folder, file, found),
        "tabs": [{"label": words(one), "url": f"/preview/{name}/{one}{more}", "active": one == part} for one in PARTS],
        "words_of": words_of,
        "notes": (),  # of a tenant's overlay
        "url": f"/preview/{name}",
    }
    if report.tier is None or report.reading.scenario is None:
        label = report.reading.scenario.manifest.label if report.reading.scenario else name
        return {**shared, "template": "broken.html", "title_words": label, "why": words("broken_why")}
    try:
        own = _samples(report) if part == "samples" else _CONTEXTS[part](_Asked(name, query))
    except YijianshiError:
        raise
    except Exception as error:  # whatever a package's own handler raises is shown to its author
        why = words("error", error=f"{type(error).__name__}: {error}")
        return {**shared, "template": "broken.html", "title_words": report.reading.scenario.manifest.label, "why": why}
    package = package_in_words(name)
    template = "samples.html" if part == "samples" else f"pages/scenarios/{part}.html"
    return {**shared, "template": template, "package": package, **own}


def _levels(report: PackageReport) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for tier in Tier:
        count = len(report.of_tier(tier))
        is_below = any(row["count"] for row in rows)
        is_read = report.reading.scenario is not None
        key = "to_mend" if count else "reached" if not is_below else "holds" if is_read else "waits"
        title = words(key, tier=words(tier), count=count)
        rows.append(
            {
                "title": title,
                "about": words(f"{tier}_is"),
                "count": count,
                "is_now": count > 0 and not is_below,
                "is_done": key == "reached",
            }
        )
    return rows


def _findings(report: PackageReport, folder: Path, file: str) -> list[dict[str, Any]]:
    """Every finding in the reader's language with its line; lower tiers first, and within them this page's file."""
    texts: dict[str, str] = {}
    rows = []
    for rule in RULES:
        for one in report.by_rule[rule.id]:
            path = folder / one.file
            if one.file not in texts:
                is_text = path.is_file() and path.suffix in (".json", ".html", ".py")
                texts[one.file] = path.read_text("utf-8", errors="replace") if is_text else ""
            rows.append(_finding(one, rule.tier, find_place(texts[one.file], one.place)))
    tiers = list(Tier)
    return sorted(rows, key=lambda row: (tiers.index(row["tier"]), row["file"] != file))


def _finding(one: RuleFinding, tier: Tier, place: Any) -> dict[str, Any]:
    problem, mend = finding_words(one, current_locale())
    path = place.path if place.path not in ("", "$") else one.place
    return {
        "tier": tier,
        "tier_words": words(tier),
        "rule": one.rule,
        "file": one.file,
        "line": place.line,
        "path": "" if path.startswith("line ") else path,
        "problem": problem,
        "mend": mend,
    }


def _data(folder: Path, file: str, findings: list[dict[str, Any]]) -> dict[str, Any]:
    path = folder / file
    wrong = {row["line"] for row in findings if row["file"] == file}
    text = path.read_text("utf-8", errors="replace") if path.is_file() else None
    lines = [(number, line, number in wrong) for number, line in enumerate((text or "").splitlines(), 1)]
    return {"file": file, "is_there": text is not None, "lines": lines}


class _Asked:
    """A package as the console's pages ask for it: no tenant, no overlay, nothing confirmed."""

    def __init__(self, name: str, query: Mapping[str, str]) -> None:
        self.name = name
        self.package = package_in_words(name)
        self.request: Any = SimpleNamespace(query=SimpleNamespace(text=lambda field: query.get(field, "")))
        self.context = HandlerContext(tenant_id=_TENANT, package=registry().get(name), now=datetime.now(UTC))
        self.url = f"/preview/{name}"
        self.more = f"&lang={query['lang']}" if "lang" in query else ""

    def kinds(self, part: str, kind: str) -> list[dict[str, Any]]:
        return [
            {"label": one.label, "url": f"{self.url}/{part}?kind={one.code}{self.more}", "active": one.code == kind}
            for one in self.package.manifest.subject_kinds
        ]


def _handbook(asked: _Asked) -> dict[str, Any]:
    kind = chosen_kind(asked.request, asked.package)
    view, conditional = read_handbook(asked.context, kind)
    return {"view": view, "conditional": conditional, "outdated": {}, "kinds": asked.kinds("handbook", kind)}


def _checklist(asked: _Asked) -> dict[str, Any]:
    kind = chosen_kind(asked.request, asked.package)
    question = ChecklistRequest(language=current_locale(), subject=SubjectFacts(kind=kind))
    result = call("checklist", question, asked.context)
    conflicts = conflict_rows(conflicts_in([asked.context.scenario], asked.context.now), has_page=False)
    shown = checklist_context(asked.request, asked.package, result, f"{asked.url}/checklist", kind, conflicts)
    return shown | {"kinds": asked.kinds("checklist", kind)}


def _inspection(asked: _Asked) -> dict[str, Any]:
    departments = asked.package.manifest.departments
    bodies = [{"id": one.code, "departments": [one.code]} for one in departments]
    question = InspectionRequest.model_validate({"language": current_locale(), "acting_bodies": bodies})
    return {
        "result": call("inspection", question, asked.context),
        "bodies": {one.code: one.label for one in departments},
        "matrix": matrix_rows(asked.package),
        "department_label": asked.package.manifest.department_label,
    }


def _evaluation(asked: _Asked) -> dict[str, Any]:
    question = EvaluationRequest(language=current_locale(), facts=EvaluationFacts(as_of=asked.context.today))
    return {"rules": asked.package.evaluation, "initial": call("evaluation", question, asked.context)}


def _bases(asked: _Asked) -> dict[str, Any]:
    cited: dict[str, int] = {}
    for item in asked.package.checklist.items:
        for one in (*item.legal_basis_ids, *item.penalty_basis_ids):
            cited[one] = cited.get(one, 0) + 1
    rows = [
        {
            "basis": basis,
            "is_waiting": basis.status is BasisStatus.TO_BE_CONFIRMED,
            "confirmation": None,
            "cited": cited.get(basis.id, 0),
        }
        for basis in asked.package.legal_basis.bases
    ]
    rows.sort(key=lambda row: not row["is_waiting"])
    waiting = sum(bool(row["is_waiting"]) for row in rows)
    return {
        "rows": rows,
        "waiting": waiting,
        "verified": len(rows) - waiting,
        "names": {},
        "may_confirm": False,
        "may_mark": False,
    }


_CONTEXTS = {
    "handbook": _handbook,
    "checklist": _checklist,
    "inspection": _inspection,
    "evaluation": _evaluation,
    "bases": _bases,
}


def _samples(report: PackageReport) -> dict[str, Any]:
    """Every expectation of every case beside what the handlers answer."""
    samples, _ = read_samples(report.reading)
    rows = []
    for case in samples.cases if samples else ():
        try:
            result, problem = run_sample(report.reading, case), ""
        except Exception as error:  # whatever a package's own handler raises is shown to its author
            result, problem = {}, f"{type(error).__name__}: {error}"
        for path, wanted in case.expect.items():
            try:
                got = problem or at_path(result, path)
            except LookupError as error:
                got = f"? {error}"
            row = {"label": case.label, "one": words(case.one), "path": path, "wanted": wanted, "got": got}
            rows.append(row | {"is_same": got == wanted})
    return {"rows": rows, "title_words": words("samples")}
