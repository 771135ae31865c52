"""A tenant's items as lines of its archive: which file a stored item goes to, and what is left out because it follows
from others."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.tenant_archive import CHECKPOINTS, COUNTERS, EVENTS, LEAVES, OTHERS, records_file
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.table import CounterItem, EventItem, Item, PointerItem, RecordItem

_MARKS = frozenset({"mark", "repeat"})
"""What only keeps an act from being done twice."""
Line = tuple[str, str]
"""A file of the archive and one line of it, without its end."""


def archived_lines(tenant: TenantId, found: Iterable[keys.Key], left_out: Counter[str]) -> Iterator[Line]:
    """The lines of these items, read a hundred a call; what is left out is counted by its kind."""
    wanted = [tuple(key) for key in found]
    with translated():
        for item in Item.batch_get(wanted, consistent_read=True):
            line = _line(tenant, item)
            if line is None:
                left_out[keys.kind_of(tenant, keys.Key(item.pk, item.sk))] += 1
            else:
                yield line


def _line(tenant: TenantId, item: Item) -> Line | None:
    key = keys.Key(item.pk, item.sk)
    if isinstance(item, RecordItem):
        return records_file(item.kind), _json({"version": item.version, "record": json.loads(item.body)})
    if isinstance(item, EventItem):
        return EVENTS, str(item.body)
    if isinstance(item, CounterItem):
        return COUNTERS, _json({"key": keys.own_part(tenant, key), "count": int(item.count)})
    if isinstance(item, PointerItem) and item.body:
        kind = keys.kind_of(tenant, key)
        if kind == "log_checkpoint":
            return CHECKPOINTS, str(item.body)
        if kind == "log_leaf":
            return LEAVES, _json({"index": int(item.sk), "event_id": item.target, "content": item.body})
        if kind not in _MARKS:
            return OTHERS, _json({"key": keys.own_part(tenant, key), "body": item.body})
    return None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
