"""What API Gateway answers by itself, before any function runs, in the shape of every other refusal: RFC 9457."""

import json
from typing import Any

ANSWERS = {
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found", "Not found"),
    "REQUEST_TOO_LARGE": (413, "too_large", "Too large"),
    "THROTTLED": (429, "too_many_requests", "Too many requests"),
    "INTEGRATION_TIMEOUT": (504, "unexpected", "No answer in time"),
    "INTEGRATION_FAILURE": (502, "unexpected", "No answer"),
}
"""By API Gateway's name of the response: status, code and title. The first is what it says of a method or path that has
no route."""


def gateway_responses() -> dict[str, Any]:
    """Resources to be added to the template, by their names."""
    return {
        "Gateway" + name.title().replace("_", ""): {
            "Type": "AWS::ApiGateway::GatewayResponse",
            "Properties": {
                "RestApiId": {"Ref": "RestAPI"},
                "ResponseType": name,
                "StatusCode": str(status),
                "ResponseParameters": {
                    "gatewayresponse.header.Content-Type": "'application/problem+json'",
                    "gatewayresponse.header.Cache-Control": "'no-store'",
                    **({"gatewayresponse.header.Retry-After": "'5'"} if status == 429 else {}),
                },
                "ResponseTemplates": {"application/json": _problem(status, code, title)},
            },
        }
        for name, (status, code, title) in ANSWERS.items()
    }


def _problem(status: int, code: str, title: str) -> str:
    body = {"type": f"urn:yijianshi:error:{code}", "title": title, "status": status, "code": code}
    return json.dumps(body | {"instance": "urn:yijianshi:request:$context.requestId"})
