"""What a conformance rule is. Every rule checks all and collects; none stops at the first problem."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from chalicelib.contract.package import PackageReading
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.scenario import Scenario


class Tier(StrEnum):
    """Ordered: silver includes bronze, gold includes silver."""

    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


Renderer = Callable[[Path, str, Mapping[str, Any]], str]
"""(folder of templates, file name, data) -> rendered text; raises on an unknown name in the template."""


@dataclass(frozen=True)
class Tools:
    """What rules need from outside: a template renderer (the contract itself knows none), where tests live, and the
    other packages, by the name of the one that is checked: one visit may serve several."""

    render: Renderer | None = None
    tests: Path | None = None
    others: Callable[[str], Iterable[Scenario]] = lambda name: ()


@dataclass(frozen=True)
class Rule:
    """One rule. `can_exempt` says whether quality.json may exempt a package from it, with a reason."""

    id: str
    tier: Tier
    title: str
    check: Callable[[PackageReading, Tools], Iterable[RuleFinding]]
    can_exempt: bool = False

    def findings(self, reading: PackageReading, tools: Tools) -> list[RuleFinding]:
        return list(self.check(reading, tools))
