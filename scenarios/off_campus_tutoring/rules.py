"""Figures of tutoring fees as versioned data: how much one charge may cover and how large a deposit is."""

from functools import cache
from pathlib import Path

from chalicelib.contract.figure import FigureFile

_FILE = Path(__file__).parent / "tutoring_rules.json"


class TutoringRules(FigureFile):
    """tutoring_rules.json."""


@cache
def tutoring_rules() -> TutoringRules:
    """The rules that ship with the package."""
    return TutoringRules.read(_FILE)
