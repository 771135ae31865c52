"""Evaluates the shipped policy on every DynamoDB request, where no cloud does it for us.

Emulators ignore session policies and conditions. This guard hangs on botocore's `before-call.dynamodb`, reads the
request that is about to go out, and refuses what the scope's policy file would refuse: the subset of IAM that the
files use (Allow and Deny, actions by name, resources, LeadingKeys and Null conditions). An operation it does not know
is refused, and so is an item whose index keys lie outside the tenant.
"""

import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from chalicelib.domain.errors import YijianshiError
from chalicelib.storage import keys
from chalicelib.storage.scope import current_scope, policy_text


class PolicyDeniedError(YijianshiError):
    """The request lies outside what the current scope may do. Details: `action`, `keys`."""

    code = "policy_denied"


class Request(NamedTuple):
    """One authorised action: what IAM would see of it."""

    action: str
    resource: str
    leading_keys: list[str]
    written: dict[str, Any]
    attributes: tuple[str, ...] = ()
    """Those that a scan reads or filters by; other actions name none here."""


_TRANSACT = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
_EQUALITY = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


def _queried_key(body: dict[str, Any]) -> list[str]:
    """The partition key value of a query: the equality on the attribute whose name ends in `pk`."""
    names = body.get("ExpressionAttributeNames", {})
    values = body.get("ExpressionAttributeValues", {})
    return [
        values[value]["S"]
        for name, value in _EQUALITY.findall(body.get("KeyConditionExpression", ""))
        if names.get(name, name).endswith("pk") and "S" in values.get(value, {})
    ]


def _single(action: str, body: dict[str, Any], table_arn: str) -> Request:
    key = body.get("Key") or body.get("Item") or {}
    return Request(f"dynamodb:{action}", table_arn, [key["pk"]["S"]] if "pk" in key else [], body.get("Item", {}))


def requests_of(operation: str, body: dict[str, Any], table_arn: str) -> Iterator[Request]:
    """The actions that IAM would authorise for this call; an unknown operation yields itself, without keys."""
    if operation in ("GetItem", "PutItem", "UpdateItem", "DeleteItem"):
        yield _single(operation, body, table_arn)
    elif operation == "Query":
        resource = f"{table_arn}/index/{body['IndexName']}" if "IndexName" in body else table_arn
        yield Request("dynamodb:Query", resource, _queried_key(body), {})
    elif operation == "Scan":
        resource = f"{table_arn}/index/{body['IndexName']}" if "IndexName" in body else table_arn
        yield Request("dynamodb:Scan", resource, [], {}, _scanned(body))
    elif operation == "TransactWriteItems":
        for item in body["TransactItems"]:
            for kind, inner in item.items():
                yield _single(_TRANSACT.get(kind, kind), inner, table_arn)
    elif operation == "TransactGetItems":
        for item in body["TransactItems"]:
            yield _single("GetItem", item["Get"], table_arn)
    elif operation == "BatchGetItem":
        for request in body["RequestItems"].values():
            keys = [key["pk"]["S"] for key in request["Keys"]]
            yield Request("dynamodb:BatchGetItem", table_arn, keys, {})
    else:
        yield Request(f"dynamodb:{operation}", table_arn, [], {})


def _scanned(body: dict[str, Any]) -> tuple[str, ...]:
    """The attributes that a scan names; none when it asks for whole items."""
    if "ProjectionExpression" not in body or body.get("Select", "SPECIFIC_ATTRIBUTES") != "SPECIFIC_ATTRIBUTES":
        return ()
    names = body.get("ExpressionAttributeNames", {})
    projected = [part.strip() for part in body["ProjectionExpression"].split(",")]
    return tuple(sorted({names.get(part, part) for part in projected} | set(names.values())))


def _condition_holds(condition: dict[str, Any], request: Request) -> bool:
    """Every operator of the block must hold; an operator or a key that is not known does not."""
    for operator, block in condition.items():
        for name, wanted in block.items():
            patterns = [wanted] if isinstance(wanted, str) else wanted
            if name == "dynamodb:Select" and operator == "StringEqualsIfExists":
                continue  # a scan that selects otherwise names no attributes here
            known = {"dynamodb:LeadingKeys": request.leading_keys, "dynamodb:Attributes": request.attributes}.get(name)
            if known is None:
                return False
            matches = [any(fnmatchcase(value, pattern) for pattern in patterns) for value in known]
            holds = {
                "ForAllValues:StringLike": all(matches),
                "ForAllValues:StringEquals": all(value in patterns for value in known),
                "ForAnyValue:StringLike": any(matches),
                "Null": (not known) == (patterns[0] == "true"),
            }.get(operator, False)
            if not holds:
                return False
    return True


def _applies(statement: dict[str, Any], request: Request) -> bool:
    return (
        request.action in statement["Action"]
        and request.resource in statement["Resource"]
        and _condition_holds(statement.get("Condition", {}), request)
    )


def is_permitted(policy: dict[str, Any], request: Request) -> bool:
    """IAM's decision: an explicit deny wins, then an allow, else no."""
    effects = {s["Effect"] for s in policy["Statement"] if _applies(s, request)}
    return "Deny" not in effects and "Allow" in effects


def _index_keys_inside(written: dict[str, Any], prefix: str) -> bool:
    return all(
        value.get("S", "").startswith(prefix)
        for name, value in written.items()
        if name.endswith("_pk") and "S" in value
    )


def guard(table_arn: str) -> Callable[..., None]:
    """The handler to register on `before-call.dynamodb`."""

    def check(model: Any, params: dict[str, Any], **_: Any) -> None:
        scope = current_scope()
        policy = json.loads(policy_text(scope, table_arn))
        for request in requests_of(model.name, json.loads(params["body"] or b"{}"), table_arn):
            if not is_permitted(policy, request) or not _index_keys_inside(
                request.written, keys.tenant_prefix(scope.tenant)
            ):
                raise PolicyDeniedError(action=request.action, keys=request.leading_keys, role=scope.role.value)

    return check
