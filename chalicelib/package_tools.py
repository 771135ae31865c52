"""What the conformance suite needs beside a package: a renderer for its templates, and where its tests lie.

Stands outside the layers, because the contract knows no template engine and both the command line and the console ask.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.contract.registry import ROOT, registry
from chalicelib.contract.rule import Tier, Tools
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.rules import PackageReport, check_package

TESTS = ROOT / "tests" / "scenarios"
_NEEDS_TESTS = "own_tests"


def render_template(folder: Path, template: str, data: Mapping[str, Any]) -> str:
    """Render one of a package's templates; a name that the data lacks is an error, text is escaped."""
    from jinja2 import StrictUndefined
    from jinja2.loaders import FileSystemLoader
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    return environment.get_template(template).render(**data)


def render_source(source: str, data: Mapping[str, Any]) -> str:
    """The same from the text of a template that a frozen package holds."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(autoescape=True, undefined=StrictUndefined).from_string(source).render(**data)


def package_tools() -> Tools:
    return Tools(render=render_template, tests=TESTS, others=lambda name: registry().sound(but=name))


@cache
def package_report(name: str) -> PackageReport:
    """What the suite says of a package of this process, read once. Where the tests were not shipped (a function in the
    cloud), their absence is no finding; the tier is then the last that is sure."""
    report = check_package(registry().folder(name), package_tools(), name)
    if TESTS.is_dir():
        return report
    by_rule = {
        rule: [one for one in found if rule != _NEEDS_TESTS and not one.place.endswith(_NEEDS_TESTS)]
        for rule, found in report.by_rule.items()
    }
    return PackageReport(report.name, report.reading, report.tier, by_rule)


def missing_for_silver(name: str) -> list[RuleFinding]:
    """What keeps a package of this process from being relied on; nothing of one that can be."""
    report = package_report(name)
    return [] if report.tier in (Tier.SILVER, Tier.GOLD) else report.of_tier(Tier.SILVER)
