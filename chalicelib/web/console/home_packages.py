"""A scenario author's first screen: the packages, the level each reached, and what the conformance suite found."""

from typing import Any

from chalicelib.contract.registry import registry
from chalicelib.contract.rule import Tier
from chalicelib.domain.legal_basis import BasisStatus
from chalicelib.package_tools import package_report
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.scenarios import scenario_label

TIERS = {Tier.BRONZE: mark("铜级"), Tier.SILVER: mark("银级"), Tier.GOLD: mark("金级")}


def package_rows() -> list[dict[str, Any]]:
    """Packages with findings first. A finding's words are those of the command line, in English: file, place, mend."""
    rows = [_row(name) for name in registry().names()]
    return sorted(rows, key=lambda row: (not row["findings"], row["name"]))


def _row(name: str) -> dict[str, Any]:
    report = package_report(name)
    scenario = report.reading.scenario
    bases = scenario.legal_basis.bases if scenario else ()
    return {
        "name": name,
        "label": scenario_label(name),
        "version": scenario.version if scenario else "",
        "tier": gettext(TIERS[report.tier]) if report.tier else "",
        "findings": report.findings,
        "waiting": sum(one.status is BasisStatus.TO_BE_CONFIRMED for one in bases),
        "bases": len(bases),
        "url": f"/console/scenarios/{name}/handbook" if scenario else "",
    }
