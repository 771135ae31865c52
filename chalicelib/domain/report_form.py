"""Report forms (报送表) of a package: what a subject reports of each period, by when, and what cannot be right.

A field's `id` is the name under which the evaluation reads its value as a measure. Values are integers in 10^-decimals
of the unit: an amount of money in yuan with two decimals is stored in fen.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.condition import Condition, Scalar
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.item import NumberLimits
from chalicelib.domain.label import Code, Label
from chalicelib.domain.report_period import Cadence

LARGEST = 10**15


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReportField(_Data):
    """One number. `previous_as` is the measure that carries the value of the period before."""

    id: Code
    label: Label = Field(min_length=1)
    number: NumberLimits
    is_required: bool = True
    help: Label = ""
    previous_as: Code | None = None

    def problem(self, value: int | None) -> FieldProblem | None:
        """What is wrong with the value by itself."""
        low, high = self.number.minimum, self.number.maximum
        if value is None:
            return FieldProblem(field=self.id, code="required") if self.is_required else None
        if (low is not None and value < low) or (high is not None and value > high) or abs(value) > LARGEST:
            return FieldProblem(field=self.id, code="out_of_range")
        return None


class ReportCheck(_Data):
    """Numbers that belong together: the sum of `smaller` is never above the sum of `larger`. `message` says so, and is
    shown beside the first of `smaller`."""

    id: Code
    smaller: tuple[Code, ...] = Field(min_length=1)
    larger: tuple[Code, ...] = Field(min_length=1)
    message: Label = Field(min_length=1)

    def is_broken(self, values: Mapping[str, int]) -> bool:
        """What is not reported counts as nought."""
        return sum(values.get(one, 0) for one in self.smaller) > sum(values.get(one, 0) for one in self.larger)


class ReportDuty(_Data):
    """Who must report, and the clock (a deadline of inspection.json) that starts with the end of the period. Empty
    kinds: all; the condition looks at the subject's attributes."""

    subject_kinds: tuple[Code, ...] = ()
    condition: Condition | None = None
    deadline_id: Code

    def concerns(self, kind: str, attributes: Mapping[str, Scalar]) -> bool:
        fits = not self.subject_kinds or kind in self.subject_kinds
        return fits and (self.condition is None or self.condition.holds({}, {"kind": kind, **attributes}))


class ReportForm(_Data):
    """One periodic report. `received_by` is the department whose officers read it; of `duties` the first that concerns
    a subject counts. A value `implausible_factor` times the one before or more, or that part of it or less, has to be
    confirmed by who reports: most often a unit was mistaken."""

    id: Code
    label: Label = Field(min_length=1)
    introduction: Label = ""
    cadence: Cadence
    received_by: Code
    duties: tuple[ReportDuty, ...] = Field(min_length=1)
    fields: tuple[ReportField, ...] = Field(min_length=1, max_length=60)
    checks: tuple[ReportCheck, ...] = ()
    implausible_factor: int = Field(default=100, ge=2, le=10_000)
    legal_basis_ids: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        own = [one.id for one in self.fields]
        measures = own + [one.previous_as for one in self.fields if one.previous_as]
        if len(set(measures)) != len(measures):
            raise ValueError("every measure of a form has a name of its own")
        if unknown := {name for one in self.checks for name in (*one.smaller, *one.larger)} - set(own):
            raise ValueError(f"no field {', '.join(sorted(unknown))}")
        return self

    def duty_of(self, kind: str, attributes: Mapping[str, Scalar]) -> ReportDuty | None:
        """By when such a subject reports; None when it need not."""
        return next((one for one in self.duties if one.concerns(kind, attributes)), None)

    def problems(self, values: Mapping[str, int]) -> list[FieldProblem]:
        """Everything that makes these numbers unacceptable; sums are looked at once every number is in order."""
        known = {one.id for one in self.fields}
        found = [FieldProblem(field=name[:64], code="unknown_field") for name in values if name not in known]
        found += [problem for one in self.fields if (problem := one.problem(values.get(one.id)))]
        if found:
            return found
        return [
            FieldProblem(field=one.smaller[0], code="report_sums", details={"check": one.id, "message": one.message})
            for one in self.checks
            if one.is_broken(values)
        ]

    def implausible(self, values: Mapping[str, int], before: Mapping[str, int]) -> list[FieldProblem]:
        """Values that are far from those of the period before: to be confirmed, never refused for good."""
        return [
            FieldProblem(field=one.id, code="report_implausible", details={"factor": self.implausible_factor})
            for one in self.fields
            if _is_far(values.get(one.id), before.get(one.id), self.implausible_factor)
        ]

    def measures(self, values: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
        """What an evaluation reads: the values, and those of the period before under the names for them."""
        earlier = {
            one.previous_as: before[one.id] for one in self.fields if one.previous_as is not None and one.id in before
        }
        return {**earlier, **{one.id: values[one.id] for one in self.fields if one.id in values}}


def _is_far(value: int | None, before: int | None, factor: int) -> bool:
    if not value or not before:
        return False
    return abs(value) >= abs(before) * factor or abs(before) >= abs(value) * factor
