"""Packages that an installed distribution brings: what keeps one from being listed or shipped besides the rules."""

import re

from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.contract.rule_finding import RuleFinding

_REQUIREMENT = re.compile(r"[A-Za-z0-9._-]+")
_OURS = "yijianshi"


def outside_findings(registry: ScenarioRegistry, name: str) -> list[RuleFinding]:
    """A scenario package brings no other distribution: what it would need was never looked at nor pinned. Extras that
    nobody asks for do not count. Nothing for a package of this installation's own folders."""
    distribution = registry.found(name).distribution
    needed = [text for text in (distribution.requires or ()) if "extra ==" not in text] if distribution else []
    names = [found.group() for text in needed if (found := _REQUIREMENT.match(text))]
    mend = "a scenario package brings no other distribution: write out what it needs"
    return [
        RuleFinding("files_valid", "METADATA", "", f"requires {one}", mend) for one in names if one.lower() != _OURS
    ]
