"""The conformance suite: bronze, silver, gold, and what a package reaches."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from chalicelib.contract.package import PackageReading, read_package
from chalicelib.contract.quality import Quality, QualityStatus
from chalicelib.contract.rule import Rule, Tier, Tools
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.rules_bronze import BRONZE
from chalicelib.contract.rules_gold import GOLD
from chalicelib.contract.rules_silver import SILVER, read_quality

RULES: tuple[Rule, ...] = (*BRONZE, *SILVER, *GOLD)


@dataclass(frozen=True)
class PackageReport:
    """Every finding of every rule, and the highest tier all of whose rules (and those below) hold or are exempt."""

    name: str
    reading: PackageReading
    tier: Tier | None
    by_rule: Mapping[str, list[RuleFinding]]

    @property
    def findings(self) -> list[RuleFinding]:
        return [finding for findings in self.by_rule.values() for finding in findings]

    def of_tier(self, tier: Tier) -> list[RuleFinding]:
        """What keeps the package from this tier, besides the findings of those below it."""
        return [finding for rule in RULES if rule.tier is tier for finding in self.by_rule[rule.id]]


def bronze_findings(reading: PackageReading) -> list[RuleFinding]:
    """What keeps the package from being used at all."""
    return [finding for rule in BRONZE for finding in rule.findings(reading, Tools())]


def _is_exempt(rule: Rule, quality: Quality | None) -> bool:
    line = quality.rules.get(rule.id) if quality else None
    return rule.can_exempt and line is not None and line.status is QualityStatus.EXEMPT


def _declaration_findings(quality: Quality | None, by_rule: Mapping[str, list[RuleFinding]]) -> list[RuleFinding]:
    """Where quality.json says something else than the rules found."""
    if quality is None:
        return []
    known, found = {rule.id: rule for rule in RULES}, []

    def say(place: str, problem: str, mend: str) -> None:
        found.append(RuleFinding("quality_declared", "quality.json", f"rules.{place}", problem, mend))

    for rule_id, line in quality.rules.items():
        if rule_id not in known:
            say(rule_id, "no such rule", "remove the line")
        elif line.status is QualityStatus.DONE and by_rule[rule_id]:
            mend = "mend them; `scenario check NAME --declare` says what is so"
            say(rule_id, f"says done, the rule finds {len(by_rule[rule_id])} problems", mend)
        elif line.status is QualityStatus.EXEMPT and not known[rule_id].can_exempt:
            say(rule_id, "nobody is exempt from this rule", "say done or todo")
    for rule_id in known:
        if rule_id not in quality.rules:
            say(rule_id, f"the rule {rule_id} is not declared", "add done, todo, or exempt with its reason")
    return found


def check_package(folder: Path, tools: Tools | None = None, name: str | None = None) -> PackageReport:
    """Run every rule over a folder; never raises for what is wrong with the package. name: see `read_package`."""
    tools, reading = tools or Tools(), read_package(folder, name)
    by_rule = {rule.id: rule.findings(reading, tools) for rule in RULES}
    quality, _ = read_quality(reading)
    by_rule["quality_declared"] += _declaration_findings(quality, by_rule)
    reached: Tier | None = None
    for tier in Tier:
        rules = [rule for rule in RULES if rule.tier is tier]
        if any(by_rule[rule.id] and not _is_exempt(rule, quality) for rule in rules):
            break
        reached = tier
    return PackageReport(reading.name, reading, reached, by_rule)
