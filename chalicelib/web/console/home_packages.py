"""Packages with the level each reached and what the conformance suite found: a scenario author's first screen, and the
platform operator's list of what was refused."""

from collections.abc import Iterable
from typing import Any

from chalicelib.contract.finding_words import finding_words
from chalicelib.contract.outside import outside_findings
from chalicelib.contract.registry import BrokenScenarioError, registry
from chalicelib.contract.rule import Tier
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.domain.legal_basis import BasisStatus
from chalicelib.domain.package_version import PublicPackageVersion, version_id
from chalicelib.package_tools import package_report
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.scenarios import scenario_label

TIERS = {Tier.BRONZE: mark("铜级"), Tier.SILVER: mark("银级"), Tier.GOLD: mark("金级")}


def package_rows() -> list[dict[str, Any]]:
    """Every package of this installation: those that cannot be used first, then those with findings."""
    rows = [_row(name) for name in registry().names()]
    rows += [_refused(found.name, found.origin, [finding]) for found, finding in registry().unlisted()]
    return sorted(rows, key=lambda row: (bool(row["tier"]), not row["findings"], row["name"]))


def _row(name: str) -> dict[str, Any]:
    origin = registry().found(name).origin
    try:
        report = package_report(name)
    except BrokenScenarioError as error:
        return _refused(name, origin, error.findings)
    scenario = report.reading.scenario
    if report.tier is None or scenario is None:
        return _refused(name, origin, report.findings)
    bases = scenario.legal_basis.bases
    return {
        "name": name,
        "label": scenario_label(name),
        "version": scenario.version,
        "origin": origin,
        "tier": gettext(TIERS[report.tier]),
        "findings": _in_words([*outside_findings(registry(), name), *report.findings]),
        "waiting": sum(one.status is BasisStatus.TO_BE_CONFIRMED for one in bases),
        "bases": len(bases),
        "url": f"/console/scenarios/{name}/handbook",
    }


def _refused(name: str, origin: str, findings: Iterable[RuleFinding]) -> dict[str, Any]:
    """A package that cannot be used: its name, where it comes from, and why."""
    return {
        "name": name,
        "label": name,
        "version": "",
        "origin": origin,
        "tier": "",
        "findings": _in_words(findings),
        "waiting": 0,
        "bases": 0,
        "url": "",
    }


def _in_words(findings: Iterable[RuleFinding]) -> list[dict[str, str]]:
    """Findings in the reader's language."""
    rows = []
    for one in findings:
        problem, mend = finding_words(one, current_locale())
        rows.append({"file": one.file, "place": one.place, "problem": problem, "mend": mend})
    return rows


def published_rows(rows: list[dict[str, Any]], versions: Iterable[PublicPackageVersion]) -> list[dict[str, Any]]:
    """The rows with what is published of each: `published` (this version, no other content under it), `is_changed`
    (other content under a published number), `latest` (the newest published number, if any)."""
    by_id = {one.id: one for one in versions}
    for row in rows:
        known = by_id.get(version_id(row["name"], row["version"])) if row["version"] else None
        is_same = known is not None and known.sha256 == registry().frozen(row["name"]).sha256
        others = [one for one in by_id.values() if one.scenario == row["name"]]
        latest = max(others, key=lambda one: one.published_at, default=None)
        row |= {
            "published": known if is_same else None,
            "is_changed": known is not None and not is_same,
            "latest": latest.package_version if latest else "",
        }
    return rows
