"""Sample cases of a package: a synthetic request to one of the four handlers and what must come out (golden case).

`expect` maps a path into the JSON result to its value: `credit_grade`, `derived.0.value`; `*` collects over a list,
`points.*.reason_code` is the list of all reason codes; `#` at the end is the length.
"""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class SampleCase(BaseModel):
    """One case; synthetic data only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1)
    one: Literal["handbook", "checklist", "inspection", "evaluation"]
    now: AwareDatetime
    request: dict[str, Any]
    expect: dict[str, Any] = Field(min_length=1)


class SampleFile(BaseModel):
    """samples/cases.json. `document` is the data that the templates are rendered with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cases: tuple[SampleCase, ...] = Field(min_length=1)
    document: dict[str, Any] = Field(default_factory=dict)


def at_path(body: Any, path: str) -> Any:
    """The value at a path; raises `LookupError` naming the step that is not there."""
    steps = path.split(".")
    for position, step in enumerate(steps):
        if step in ("#", "*") and not isinstance(body, list):
            raise LookupError(step)
        if step == "#":
            return len(body)
        if step == "*":
            return [at_path(one, ".".join(steps[position + 1 :])) for one in body]
        try:
            body = body[int(step)] if isinstance(body, list) else body[step]
        except (KeyError, IndexError, ValueError, TypeError) as error:
            raise LookupError(step) from error
    return body
