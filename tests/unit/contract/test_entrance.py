"""The Lambda entrance and the typed entrance are one code path."""

import json
from datetime import UTC, datetime

import pytest

from chalicelib.contract.entrance import call_handler, call_with_json, parse_request
from chalicelib.contract.exchange import HandlerContext
from chalicelib.contract.registry import ONES
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from tests.shipped import SHIPPED

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
REQUESTS = {
    "handbook": {"subject_kind": "premises"},
    "checklist": {"subject": {"kind": "premises"}, "departments": ["meteorology"]},
    "inspection": {"acting_bodies": [{"id": "fire", "departments": ["fire_rescue"]}]},
    "evaluation": {"facts": {"as_of": "2026-11-20"}},
}


@pytest.mark.parametrize("one", ONES)
def test_json_and_typed_calls_give_the_same(one):
    event = {"tenant_id": "gx450100", "request": REQUESTS[one]}

    by_json = call_with_json(SHIPPED, "refined_oil", one, event, NOW)

    context = HandlerContext(tenant_id="gx450100", package=SHIPPED.get("refined_oil"), now=NOW)
    typed = call_handler(SHIPPED, "refined_oil", one, parse_request(one, REQUESTS[one]), context)
    assert by_json == json.loads(typed.model_dump_json(by_alias=True))


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"request": {}}, "tenant_id"),
        ({"tenant_id": "GX", "request": {}}, "tenant_id"),
        ({"tenant_id": "gx450100", "request": {}}, "facts"),
        ({"tenant_id": "gx450100", "request": {"facts": {"as_of": "yesterday"}}}, "facts.as_of"),
        ({"tenant_id": "gx450100", "request": REQUESTS["evaluation"], "now": "2026-11-20T02:00:00"}, "now"),
        ({"tenant_id": "gx450100", "request": REQUESTS["evaluation"], "role": "admin"}, "role"),
    ],
)
def test_bad_input_names_the_field(event, field):
    with pytest.raises(InvalidInputError) as refused:
        call_with_json(SHIPPED, "refined_oil", "evaluation", event, NOW)

    assert field in [problem.field for problem in refused.value.problems]


def test_unknown_names_are_not_found():
    with pytest.raises(RecordNotFoundError):
        parse_request("horoscope", {})
    with pytest.raises(RecordNotFoundError):
        call_with_json(SHIPPED, "nowhere", "handbook", {"tenant_id": "gx450100", "request": REQUESTS["handbook"]}, NOW)
