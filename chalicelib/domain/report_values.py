"""What was typed into the fields of a report form, as the numbers that are kept."""

from collections.abc import Mapping

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.report_form import ReportField, ReportForm
from chalicelib.domain.scaled_number import scaled_number


def form_values(form: ReportForm, typed: Mapping[str, str]) -> dict[str, int]:
    """By field, in 10^-decimals of its unit; a field without text is left out. Raises InvalidInputError with every text
    that is no number, and what is wrong with the others."""
    values: dict[str, int] = {}
    problems: list[FieldProblem] = []
    for one in form.fields:
        try:
            value = scaled_number(typed.get(one.id, ""), one.number.decimals, one.id)
        except InvalidInputError as error:
            problems += [_of_whole(problem, one) for problem in error.problems]
            continue
        if value is not None:
            values[one.id] = value
    if problems:
        named = {one.field for one in problems}
        raise InvalidInputError([*problems, *(one for one in form.problems(values) if one.field not in named)])
    return values


def _of_whole(problem: FieldProblem, field: ReportField) -> FieldProblem:
    """A count with a fraction is told that it is one, not how many decimals it may have."""
    is_whole = problem.code == "too_many_decimals" and not field.number.decimals
    return problem.model_copy(update={"code": "not_whole"}) if is_whole else problem
