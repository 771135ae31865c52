"""What a conformance rule says about a package: light, so that listing packages imports nothing heavy."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RuleFinding:
    """One thing that is wrong with a package: the rule, the file, the place in it, the problem and how to mend it.
    name: the one that is used there and is not known, if that is the problem."""

    rule: str
    file: str
    place: str
    problem: str
    mend: str
    name: str = ""

    def __str__(self) -> str:
        where = f"{self.file}:{self.place}" if self.place else self.file
        return f"{where}: {self.problem} [{self.rule}] -> {self.mend}"
