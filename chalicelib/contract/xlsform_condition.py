"""The condition of one row of an XLSForm: from `relevant`, and from `yj_condition` where that says it more exactly."""

from pydantic import ValidationError

from chalicelib.contract.xlsform_columns import SUBJECT_PREFIX
from chalicelib.contract.xlsform_relevant import Names, NotRelevantError, read_relevant, write_relevant
from chalicelib.contract.xlsform_sheet import Row
from chalicelib.domain.condition import Condition

_OR_IS_LOOSER = (
    "and binds before or: the kinds of subject would not hold for what comes after or",
    "put everything after the kinds in brackets",
)
_FORMS = "use and, or, not(), comparisons with one value, selected('a b', ${question})"


def read_condition(row: Row, names: Names) -> Condition | None:
    """None for a row without a condition, and where a finding says what is wrong with it."""
    kinds, said = row.words("yj_kinds"), row.text("relevant")
    lead = f"selected('{' '.join(kinds)}', ${{{SUBJECT_PREFIX}kind}})" if kinds else ""
    if lead and not said.startswith(lead):
        row.refuse("relevant", "it does not begin with the kinds of subject of yj_kinds", f"begin it with {lead}")
        return None
    said = said.removeprefix(lead).removeprefix(" and ")
    if exact := row.text("yj_condition"):
        return _exact(row, exact, said, names)
    if not said:
        return None
    inner = _unwrapped(said) if lead and said.startswith("(") and said.endswith(")") else said
    try:
        found = read_relevant(inner, names)
    except RecursionError:
        row.refuse("relevant", "brackets in brackets without end", _FORMS)
        return None
    except (NotRelevantError, ValidationError) as error:
        reason = str(error) if isinstance(error, NotRelevantError) else "a limit belongs to a number"
        row.refuse("relevant", reason, _FORMS)
        return None
    if lead and found.any and inner == said:
        row.refuse("relevant", *_OR_IS_LOOSER)
        return None
    return found


def _unwrapped(text: str) -> str:
    """Without the brackets around the whole of it; as it is when the first bracket closes before the end."""
    depth = 0
    for position, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return text[1:-1] if position == len(text) - 1 else text
    return text


def _exact(row: Row, exact: str, said: str, names: Names) -> Condition | None:
    try:
        condition = Condition.model_validate_json(exact)
    except ValidationError:
        row.refuse("yj_condition", "not a condition", "leave the cell as it was exported, or empty it")
        return None
    shown = write_relevant(condition, names)
    if said == shown and row.words("yj_kinds") and condition.any:
        row.refuse("relevant", *_OR_IS_LOOSER)
        return None
    if said not in (shown, f"({shown})"):
        problem = "it says something else than relevant"
        row.refuse("yj_condition", problem, "empty it, and say the condition in relevant")
        return None
    return condition
