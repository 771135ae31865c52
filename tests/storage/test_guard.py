"""The shipped policies, evaluated on every request: what a scope may not touch is refused before it leaves."""

import json
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import TenantRequiredError
from chalicelib.domain.record import Ref
from chalicelib.storage.guard import PolicyDeniedError, Request, is_permitted, requests_of
from chalicelib.storage.scope import Scope, ScopeRole, policy_text
from chalicelib.storage.table import EventItem, Item, PointerItem, RecordItem
from tests.builders import OTHER_TENANT, TENANT

TABLE = "arn:aws:dynamodb:ap-southeast-1:000000000000:table/yijianshi"
ACTIONS = ["GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"]
FORBIDDEN = [
    "Scan",
    "BatchWriteItem",
    "PartiQLSelect",
    "ExecuteStatement",
    "GetRecords",
    "DescribeTable",
    "DeleteTable",
]


def permitted(role: ScopeRole, action: str, keys: list[str], resource: str = TABLE) -> bool:
    policy = json.loads(policy_text(Scope(TENANT, role), TABLE))
    return is_permitted(policy, Request(f"dynamodb:{action}", resource, keys, {}))


@pytest.mark.parametrize("action", ACTIONS)
def test_a_tenant_reaches_its_own_partitions_only(action):
    own, foreign = f"T#{TENANT}#VISIT#1", f"T#{OTHER_TENANT}#VISIT#1"

    assert permitted(ScopeRole.TENANT, action, [own])
    assert not permitted(ScopeRole.TENANT, action, [foreign])
    assert not permitted(ScopeRole.TENANT, action, [own, foreign])
    assert not permitted(ScopeRole.TENANT, action, [])


@pytest.mark.parametrize("role", list(ScopeRole))
@pytest.mark.parametrize("action", FORBIDDEN)
def test_no_role_has_an_action_without_a_leading_key(role, action):
    assert not permitted(role, action, [])
    assert not permitted(role, action, [f"T#{TENANT}#VISIT#1"])


@pytest.mark.parametrize("role", list(ScopeRole))
def test_only_the_eraser_lists_keys_and_nobody_reads_more_by_a_scan(role):
    def scans(body: dict[str, Any]) -> bool:
        policy = json.loads(policy_text(Scope(TENANT, role), TABLE))
        return all(is_permitted(policy, one) for one in requests_of("Scan", body, TABLE))

    names = {"#0": "pk", "#1": "sk"}
    keys_only = {"ProjectionExpression": "#0, #1", "ExpressionAttributeNames": names}
    assert scans(keys_only) == (role is ScopeRole.ERASER)
    assert not scans({})
    assert not scans({**keys_only, "Select": "ALL_ATTRIBUTES"})
    assert not scans({**keys_only, "IndexName": "index1"})
    assert not scans({"ProjectionExpression": "pk, body"})
    assert not scans({**keys_only, "ExpressionAttributeNames": {**names, "#2": "body"}})


def test_the_courier_reaches_an_inbox_and_nothing_else():
    assert permitted(ScopeRole.COURIER, "PutItem", [f"T#{TENANT}#INBOX#MESSAGE#1"])
    assert not permitted(ScopeRole.COURIER, "PutItem", [f"T#{OTHER_TENANT}#INBOX#MESSAGE#1"])
    assert not permitted(ScopeRole.COURIER, "GetItem", [f"T#{TENANT}#SUBJECT#1"])
    assert not permitted(ScopeRole.COURIER, "DeleteItem", [f"T#{TENANT}#INBOX#MESSAGE#1"])


def test_the_eraser_deletes_in_its_tenant_and_reads_nothing():
    own, foreign = [f"T#{TENANT}#LOG#LEAF#0"], [f"T#{OTHER_TENANT}#VISIT#1"]

    assert permitted(ScopeRole.ERASER, "DeleteItem", own)
    assert not permitted(ScopeRole.ERASER, "DeleteItem", foreign)
    assert not any(permitted(ScopeRole.ERASER, action, own) for action in ACTIONS if action != "DeleteItem")


def test_an_index_that_is_not_named_is_refused():
    key = [f"T#{TENANT}#LIST#VISIT"]

    assert permitted(ScopeRole.TENANT, "Query", key, f"{TABLE}/index/index1")
    assert not permitted(ScopeRole.TENANT, "Query", key, f"{TABLE}/index/index9")


def test_only_the_sequencer_writes_the_log():
    key = [f"T#{TENANT}#LOG#LEAF#0"]

    assert permitted(ScopeRole.SEQUENCER, "PutItem", key)
    assert not permitted(ScopeRole.SEQUENCER, "PutItem", [f"T#{TENANT}#VISIT#1"])
    assert not permitted(ScopeRole.TENANT, "PutItem", key)
    assert permitted(ScopeRole.TENANT, "GetItem", key)


def test_the_public_role_reads_the_projection_and_nothing_else():
    assert permitted(ScopeRole.PUBLIC, "Query", [f"T#{TENANT}#PUB#RESULT#1"])
    assert not permitted(ScopeRole.PUBLIC, "Query", [f"T#{TENANT}#VISIT#1"])
    assert not permitted(ScopeRole.PUBLIC, "PutItem", [f"T#{TENANT}#PUB#RESULT#1"])


@pytest.mark.parametrize(
    ("operation", "body", "expected"),
    [
        ("GetItem", {"Key": {"pk": {"S": "a"}}}, [("GetItem", ["a"])]),
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"Item": {"pk": {"S": "a"}}}}, {"Delete": {"Key": {"pk": {"S": "b"}}}}]},
            [("PutItem", ["a"]), ("DeleteItem", ["b"])],
        ),
        ("TransactGetItems", {"TransactItems": [{"Get": {"Key": {"pk": {"S": "a"}}}}]}, [("GetItem", ["a"])]),
        (
            "BatchGetItem",
            {"RequestItems": {"t": {"Keys": [{"pk": {"S": "a"}}, {"pk": {"S": "b"}}]}}},
            [("BatchGetItem", ["a", "b"])],
        ),
        (
            "Query",
            {
                "KeyConditionExpression": "#0 = :0 AND begins_with (#1, :1)",
                "ExpressionAttributeNames": {"#0": "pk", "#1": "sk"},
                "ExpressionAttributeValues": {":0": {"S": "a"}, ":1": {"S": "T#other"}},
            },
            [("Query", ["a"])],
        ),
        ("Scan", {"TableName": "t"}, [("Scan", [])]),
        ("ExecuteStatement", {"Statement": "select"}, [("ExecuteStatement", [])]),
    ],
)
def test_requests_are_read_as_iam_would(operation: str, body: dict[str, Any], expected: list[tuple[str, list[str]]]):
    found = [(r.action.removeprefix("dynamodb:"), r.leading_keys) for r in requests_of(operation, body, TABLE)]

    assert found == expected


class TestOnTheWire:
    """Real requests through the one connection."""

    def test_nothing_outside_a_scope(self, store):
        with pytest.raises(TenantRequiredError):
            store.jobs.find(TENANT, "x")

    @pytest.mark.parametrize("role", [ScopeRole.TENANT, ScopeRole.PUBLIC, ScopeRole.SESSIONS, ScopeRole.SEQUENCER])
    def test_another_tenants_scope_reads_nothing(self, store, role):
        with bootstrap.scope(OTHER_TENANT, role), pytest.raises(PolicyDeniedError):
            store.jobs.find(TENANT, "x")
        with bootstrap.scope(OTHER_TENANT, role), pytest.raises(PolicyDeniedError):
            store.jobs.recent(TENANT)

    def test_no_scan_and_no_batch_write(self, store):
        with bootstrap.scope(TENANT):
            with pytest.raises(PolicyDeniedError):
                list(Item.scan())
            with pytest.raises(PolicyDeniedError), Item.batch_write() as batch:
                batch.save(PointerItem(f"T#{TENANT}#X#1", "META"))

    def test_an_index_key_of_another_tenant_is_refused(self, store):
        with bootstrap.scope(TENANT), pytest.raises(PolicyDeniedError):
            RecordItem(
                f"T#{TENANT}#X#1", "META", kind="x", body="{}", index1_pk=f"T#{OTHER_TENANT}#LIST#JOB", index1_sk="1"
            ).save()

    def test_the_scope_is_the_contexts_and_not_the_connections(self, store):
        with bootstrap.scope(TENANT):
            EventItem(f"T#{TENANT}#X#1", "EVENT#1", body="{}").save()
            with bootstrap.scope(OTHER_TENANT), pytest.raises(PolicyDeniedError):
                store.jobs.history(TENANT, Ref(kind="x", id="1"))
            assert EventItem.get(f"T#{TENANT}#X#1", "EVENT#1").body == "{}"
