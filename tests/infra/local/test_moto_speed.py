"""moto made quicker: a cancelled transaction leaves nothing behind, no table is copied, and order is moto's own."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from infra.local.by_hand import create_table
from infra.local.moto_cloud import running_moto
from infra.local.resources import REGION, client
from infra.template import load_template

TABLE = "transactions"
ACCOUNT = "123456789012"
MOTO_ITEMS = Table.all_items


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A table with two items on moto as `make run CLOUD=moto` runs it."""
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    with running_moto("127.0.0.1") as address:
        found = client("dynamodb", address)
        create_table(found, load_template()["Resources"]["Table"]["Properties"], TABLE)
        for name in ("kept", "changed"):
            found.put_item(TableName=TABLE, Item={**key(name), "count": {"N": "1"}, "tags": {"M": {"a": {"S": "b"}}}})
        yield found
        found.delete_table(TableName=TABLE)


def key(name: str) -> dict[str, Any]:
    return {"pk": {"S": f"T#{name}"}, "sk": {"S": "META"}}


def held(dynamodb: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = dynamodb.scan(TableName=TABLE)["Items"]
    return sorted(items, key=lambda item: str(item["pk"]["S"]))


def streamed(address: str) -> int:
    streams = client("dynamodbstreams", address)
    arn = streams.list_streams(TableName=TABLE)["Streams"][-1]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    place = streams.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    return len(streams.get_records(ShardIterator=place)["Records"])


def writes() -> list[dict[str, Any]]:
    """One action of each kind, on an item of its own."""
    return [
        {"Put": {"TableName": TABLE, "Item": key("new")}},
        {
            "Update": {
                "TableName": TABLE,
                "Key": key("changed"),
                "UpdateExpression": "SET #c = #c + :one, tags.a = :text REMOVE tags.x",
                "ExpressionAttributeNames": {"#c": "count"},
                "ExpressionAttributeValues": {":one": {"N": "1"}, ":text": {"S": "c"}},
            }
        },
        {"Delete": {"TableName": TABLE, "Key": key("kept")}},
    ]


def refused() -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": key("last"), "ConditionExpression": "attribute_exists(pk)"}}


@pytest.mark.parametrize("place", [0, 3])
def test_cancelled_transaction_leaves_items_and_stream_as_they_were(dynamodb: Any, place: int) -> None:
    address = dynamodb.meta.endpoint_url
    before, records = held(dynamodb), streamed(address)
    actions = writes()
    actions.insert(place, refused())

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as cancelled:
        dynamodb.transact_write_items(TransactItems=actions)

    codes = [reason["Code"] for reason in cancelled.value.response["CancellationReasons"]]
    assert codes == ["ConditionalCheckFailed" if at == place else "None" for at in range(4)]
    assert held(dynamodb) == before
    assert streamed(address) == records == 2


def test_same_item_twice_leaves_items_as_they_were(dynamodb: Any) -> None:
    before = held(dynamodb)

    with pytest.raises(dynamodb.exceptions.ClientError, match="multiple operations on one item"):
        dynamodb.transact_write_items(TransactItems=[*writes(), {"Delete": {"TableName": TABLE, "Key": key("new")}}])

    assert held(dynamodb) == before


def test_transaction_writes_all_and_can_be_followed_by_a_cancelled_one(dynamodb: Any) -> None:
    dynamodb.transact_write_items(TransactItems=writes())

    changed = {**key("changed"), "count": {"N": "2"}, "tags": {"M": {"a": {"S": "c"}}}}
    assert held(dynamodb) == [changed, key("new")]
    assert streamed(dynamodb.meta.endpoint_url) == 5
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[{"Delete": {"TableName": TABLE, "Key": key("new")}}, refused()])
    assert held(dynamodb) == [changed, key("new")]


def test_no_table_is_copied(dynamodb: Any) -> None:
    table = dynamodb_backends[ACCOUNT][REGION].tables[TABLE]

    dynamodb.transact_write_items(TransactItems=writes())
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=[refused()])

    assert dynamodb_backends[ACCOUNT][REGION].tables[TABLE] is table
    assert "__deepcopy__" not in vars(Table)


def test_items_come_in_the_order_that_moto_itself_gives_them(dynamodb: Any) -> None:
    for pk, sk in [("甲", "2"), ("甲", "10"), ("a", "x"), ("Z", "é"), ("甲", "1"), ("a", "-")]:
        dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": pk}, "sk": {"S": sk}})
    table = dynamodb_backends[ACCOUNT][REGION].tables[TABLE]

    ordered = [item.to_json()["Attributes"] for item in table.all_items()]

    assert ordered == [item.to_json()["Attributes"] for item in MOTO_ITEMS(table)]
    found = dynamodb.query(
        TableName=TABLE, KeyConditionExpression="pk = :pk", ExpressionAttributeValues={":pk": {"S": "甲"}}
    )["Items"]
    assert [item["sk"]["S"] for item in found] == ["1", "10", "2"]
