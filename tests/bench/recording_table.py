"""A write client that records, in place of the table: for measuring what our own code costs without it."""

from typing import Any

from chalicelib.storage.scope import local_credentials
from chalicelib.storage.store import Store
from chalicelib.storage.table import Item, connect


class MemoryObjects:
    """An object store in this process's memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def put(self, tenant: str, key: str, body: bytes, content_type: str) -> str:
        self.kept[key] = body
        return ""

    def exists(self, tenant: str, key: str) -> bool:
        return key in self.kept

    def stream(self, tenant: str, key: str, chunk: int = 1 << 16) -> Any:
        body = self.kept[key]
        return (body[start : start + chunk] for start in range(0, len(body), chunk))


class RecordingTable:
    """Takes every request at the border to the client's library. Subjects and what belongs to them are counted and
    forgotten; the few other records (tenant, job) are kept, so that they can be read again."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}
        self.items = 0
        self._kept: dict[tuple[str, str], dict[str, Any]] = {}
        connection = connect(
            "bench",
            local_credentials,
            region="ap-southeast-1",
            endpoint="http://127.0.0.1:1",
            table_arn="arn:aws:dynamodb:ap-southeast-1:0:table/bench",
            is_guarded=False,
        )
        connection.dispatch = self.dispatch  # type: ignore[method-assign]
        self.objects = MemoryObjects()
        self.store = Store(connection, self.objects)  # type: ignore[arg-type]

    def dispatch(self, name: str, request: dict[str, Any], *_: Any) -> dict[str, Any]:
        self.calls[name] = self.calls.get(name, 0) + 1
        if name == "TransactWriteItems":
            for action in request["TransactItems"]:
                self.items += 1
                if "Put" in action:
                    self._keep(action["Put"]["Item"])
        elif name == "BatchWriteItem":
            self.items += len(request["RequestItems"][Item.Meta.table_name])
        elif name in ("PutItem", "UpdateItem"):
            self.items += 1
            return {"Attributes": {}}
        elif name == "GetItem":
            found = self._kept.get((request["Key"]["pk"]["S"], request["Key"]["sk"]["S"]))
            return {"Item": found} if found else {}
        elif name == "BatchGetItem":
            return {"Responses": {Item.Meta.table_name: []}, "UnprocessedKeys": {}}
        elif name == "Query":
            return {"Items": [], "Count": 0, "ScannedCount": 0}
        return {}

    def _keep(self, item: dict[str, Any]) -> None:
        if item.get("kind", {}).get("S") in ("job", "tenant"):
            self._kept[item["pk"]["S"], item["sk"]["S"]] = item
