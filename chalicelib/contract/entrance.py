"""The one entrance to a scenario's handlers: typed for the hosted UI and the API, JSON for a Lambda function."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext, InspectionRequest
from chalicelib.contract.exchange_handbook import HandbookRequest
from chalicelib.contract.overlay import Overlay
from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.legal_basis import BasisConfirmation

REQUESTS: Mapping[str, type[BaseModel]] = {
    "handbook": HandbookRequest,
    "checklist": ChecklistRequest,
    "inspection": InspectionRequest,
    "evaluation": EvaluationRequest,
}


class Envelope(BaseModel):
    """What a Lambda function receives. `now` is left out in production and the caller's clock is used."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant_id: str = Field(pattern=r"^[a-z0-9]{8}$")
    request: dict[str, Any]
    now: AwareDatetime | None = None
    overlay: Overlay | None = None
    confirmations: tuple[BasisConfirmation, ...] = ()


def _validated(model: type[BaseModel], body: Any) -> Any:
    try:
        return model.model_validate(body, strict=False)
    except ValidationError as error:
        raise InvalidInputError(
            [
                FieldProblem(
                    field=".".join(str(step) for step in one["loc"]), code=one["type"], details={"reason": one["msg"]}
                )
                for one in error.errors(include_url=False, include_input=False, include_context=False)
            ]
        ) from error


def parse_request(one: str, body: Mapping[str, Any]) -> Any:
    """The typed request of one of the four handlers from JSON. Raises `InvalidInputError`, `RecordNotFoundError`."""
    if one not in REQUESTS:
        raise RecordNotFoundError(kind="handler", identity=one)
    return _validated(REQUESTS[one], dict(body))


def call_handler(registry: ScenarioRegistry, name: str, one: str, request: BaseModel, context: HandlerContext) -> Any:
    """Run one of the four handlers of a package with a typed request."""
    if one not in REQUESTS:
        raise RecordNotFoundError(kind="handler", identity=one)
    return getattr(registry.handlers(name), one)(request, context)


def call_with_json(
    registry: ScenarioRegistry, name: str, one: str, event: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """JSON in, JSON out: what the Lambda function `<scenario>-<one>` does with its event.

    `now` is the function's clock, an aware UTC time; an event may carry its own for a recomputation.
    """
    envelope: Envelope = _validated(Envelope, dict(event))
    context = HandlerContext(
        tenant_id=envelope.tenant_id,
        package=registry.get(name),
        now=envelope.now or now,
        overlay=envelope.overlay,
        confirmations=envelope.confirmations,
    )
    result = call_handler(registry, name, one, parse_request(one, envelope.request), context)
    body: dict[str, Any] = result.model_dump(mode="json", by_alias=True)
    return body
