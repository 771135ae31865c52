"""Every key of the table, of its indexes and of the object store. No other module builds one.

A partition key always begins `T#<tenant>#` (trust design §1): the credentials of a request open that prefix and nothing
else. Kinds that begin `public_` live under `T#<tenant>#PUB#`, which the public role may read; those that begin
`inbox_` under `T#<tenant>#INBOX#`, which the courier from other tenants may write.
"""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from chalicelib.domain.errors import TenantRequiredError
from chalicelib.domain.record import Ref, timestamp
from chalicelib.domain.tenancy import TenantId, is_tenant_id

META = "META"
INBOX = "INBOX"
COURIER_ACT = "inbox:"
"""How the keys of a courier's acts begin: their markers lie in the inbox too, which is all that it may write."""


class Key(NamedTuple):
    """Partition and sort key of one item, or of one entry of an index."""

    partition: str
    sort: str

    @property
    def fits(self) -> bool:
        """Whether the table could hold it: 2,048 and 1,024 bytes at most (DynamoDB, partition keys and sort keys)."""
        return len(self.partition.encode()) <= 2048 and len(self.sort.encode()) <= 1024


@lru_cache(1024)
def tenant_prefix(tenant: TenantId) -> str:
    """`T#<tenant>#`; a call without a valid tenant is a fault of ours and stops here."""
    if not is_tenant_id(tenant):
        raise TenantRequiredError(tenant=str(tenant))
    return f"T#{tenant}#"


def _part(text: str) -> str:
    if "#" in text or not text:
        raise ValueError(f"not a key part: {text!r}")
    return text


def _kind(kind: str) -> str:
    if kind.startswith("public_"):
        return "PUB#" + kind.removeprefix("public_").upper()
    if kind.startswith("inbox_"):
        return f"{INBOX}#{kind.removeprefix('inbox_').upper()}"
    return kind.upper()


def record(tenant: TenantId, ref: Ref) -> Key:
    return Key(f"{tenant_prefix(tenant)}{_kind(ref.kind)}#{_part(ref.id)}", META)


def child(tenant: TenantId, parent: Ref, ref: Ref) -> Key:
    return Key(record(tenant, parent).partition, f"{child_prefix(ref.kind)}{_part(ref.id)}")


def child_prefix(kind: str) -> str:
    return f"ITEM#{kind.upper()}#"


def event(tenant: TenantId, ref: Ref, event_id: str) -> Key:
    return Key(record(tenant, ref).partition, f"EVENT#{_part(event_id)}")


EVENT_PREFIX = "EVENT#"
EVENT_END = "EVENT$"
"""After every event of a record, before what else its partition holds."""


def marker(tenant: TenantId, act_key: str) -> Key:
    """The idempotency marker of one act (pattern: correctness rests on it)."""
    inbox = f"{INBOX}#" if act_key.startswith(COURIER_ACT) else ""
    return Key(f"{tenant_prefix(tenant)}{inbox}MARK#{_part(act_key)}", META)


def repeat(tenant: TenantId, digest: str) -> Key:
    """The answer kept for a repeat of one call."""
    return Key(f"{tenant_prefix(tenant)}REPEAT#{_part(digest)}", META)


def claim(tenant: TenantId, name: str, value: str) -> Key:
    """A unique value: whoever puts this item first owns it (a subject's code, an identity)."""
    return Key(f"{tenant_prefix(tenant)}{_part(name).upper()}#{_part(value)}", META)


def counter(tenant: TenantId, name: str, owner: str, sort: str = META) -> Key:
    return Key(f"{tenant_prefix(tenant)}{_part(name).upper()}#{_part(owner)}", sort)


def annual_cap(tenant: TenantId, operator_code: str, agency: str, year: int) -> Key:
    """How often this agency visited this operator this year (access pattern 8)."""
    return Key(f"{tenant_prefix(tenant)}CAP#{_part(operator_code)}", f"{_part(agency)}#{year}")


def people_of(tenant: TenantId, owner: str) -> str:
    """Partition of the entries of who holds a role (`role.<role>`) or belongs to a department (its id)."""
    return f"{tenant_prefix(tenant)}PEOPLE#{_part(owner)}"


def people_named(tenant: TenantId, text: str) -> Key:
    """Where a look-up of people whose name goes on with this text starts: by its first character. `text` is in its
    search form, which has no `#`."""
    return Key(f"{tenant_prefix(tenant)}PERSONNAME#{_part(text[:1])}", text[1:])


def person_named(tenant: TenantId, text: str, person_id: str) -> Key:
    place = people_named(tenant, text)
    return Key(place.partition, f"{place.sort}#{_part(person_id)}")


def listing(tenant: TenantId, name: str, *parents: str) -> str:
    """Partition of index 1 for a small list: plans of a year, visits of a plan, people of a tenant."""
    return "#".join([f"{tenant_prefix(tenant)}LIST", _part(name).upper(), *map(_part, parents)])


def public_listing(tenant: TenantId, name: str, *parents: str) -> str:
    return "#".join([f"{tenant_prefix(tenant)}PUB#LIST", _part(name).upper(), *map(_part, parents)])


def subjects_of_county(tenant: TenantId, county: str, shard: int = 1) -> str:
    return f"{tenant_prefix(tenant)}SUBJ#{_part(county)}#{shard}"


def subjects_by_name(tenant: TenantId, shard: int = 1) -> str:
    return f"{tenant_prefix(tenant)}SUBJNAME#{shard}"


def subjects_by_change(tenant: TenantId, county: str, shard: int = 1) -> str:
    return f"{tenant_prefix(tenant)}SUBJCHANGE#{_part(county)}#{shard}"


def scenario_subjects(tenant: TenantId, scenario: str, shard: int = 1) -> str:
    return f"{tenant_prefix(tenant)}SCENALL#{_part(scenario)}#{shard}"


def register_contents(tenant: TenantId) -> Key:
    """The item that names each county and each scenario in which a subject was ever registered."""
    return Key(f"{tenant_prefix(tenant)}REGISTER", META)


SEARCH_HEAD = 2


def searched(tenant: TenantId, text: str) -> Key:
    """Where a look-up of what begins with this text starts: `T…NAME#<first two characters>`, the rest (access pattern
    5). `text` is in its search form, which has no `#`."""
    return Key(f"{tenant_prefix(tenant)}NAME#{_part(text[:SEARCH_HEAD])}", text[SEARCH_HEAD:])


def awaits_calendar(tenant: TenantId, ref: Ref) -> Key:
    """The pointer to a record with a clock that waits for a year's calendar: all of a tenant lie in one partition."""
    return Key(awaiting_calendar(tenant), f"{_part(ref.kind)}#{_part(ref.id)}")


def awaiting_calendar(tenant: TenantId) -> str:
    return f"{tenant_prefix(tenant)}CLOCKLESS"


def search_entry(tenant: TenantId, text: str, field: str, division: str, subject_id: str) -> Key:
    place = searched(tenant, text)
    return Key(place.partition, "#".join([place.sort, _part(field), _part(division), _part(subject_id)]))


def patrol_rounds(tenant: TenantId, scenario: str, county: str) -> str:
    """Partition of index 3: what is patrolled in one scenario and county, the longest unpatrolled first."""
    return f"{tenant_prefix(tenant)}ROUND#{_part(scenario)}#{_part(county)}"


def scenario_members(tenant: TenantId, scenario: str, grade: str, shard: int = 1) -> str:
    return f"{tenant_prefix(tenant)}SCEN#{_part(scenario)}#{_part(grade)}#{shard}"


def work_of(tenant: TenantId, owner: str) -> str:
    """Partition of index 3: what waits for one person, department or acting body."""
    return f"{tenant_prefix(tenant)}WORK#{_part(owner)}"


def work_sort(due_at: datetime | None, ref: Ref) -> str:
    return f"{timestamp(due_at) if due_at else '9999'}#{ref.kind}#{ref.id}"


def due_bucket(tenant: TenantId, hour: datetime, shard: int = 1) -> str:
    return f"{tenant_prefix(tenant)}DUE#{hour:%Y-%m-%dT%H}#{shard}"


def log_state(tenant: TenantId) -> Key:
    """The evidence log's frontier and size; only the sequencer's role writes below LOG#."""
    return Key(f"{tenant_prefix(tenant)}LOG#STATE", META)


LEAVES_PER_PARTITION = 10_000


def log_leaf(tenant: TenantId, index: int) -> Key:
    return Key(f"{tenant_prefix(tenant)}LOG#LEAF#{index // LEAVES_PER_PARTITION}", f"{index:015d}")


def log_position(tenant: TenantId, event_id: str) -> Key:
    return Key(f"{tenant_prefix(tenant)}LOG#EVENT#{_part(event_id)}", META)


def log_checkpoint(tenant: TenantId, size: int) -> Key:
    return Key(f"{tenant_prefix(tenant)}LOG#CHECKPOINT", f"{size:015d}")


def kind_of(tenant: TenantId, key: Key) -> str:
    """What an item is, from its key alone: `event`, the kind of a record or child, or its partition's name."""
    if key.sort.startswith(EVENT_PREFIX):
        return "event"
    if key.sort.startswith("ITEM#"):
        return key.sort.split("#")[1].lower()
    parts = key.partition.removeprefix(tenant_prefix(tenant)).split("#")
    return "_".join(parts[:2] if parts[0] in ("PUB", INBOX, "LOG") else parts[:1]).lower()


def holds_record(key: Key) -> bool:
    """Whether a record or child may lie here: no event."""
    return key.sort == META or key.sort.startswith("ITEM#")


def own_part(tenant: TenantId, key: Key) -> str:
    """The key without its tenant, as an archive names it."""
    return f"{key.partition.removeprefix(tenant_prefix(tenant))}#{key.sort}"


def object_key(tenant: TenantId, area: str, *names: str) -> str:
    """Key in the object store: `t/<tenant>/<area>/…`."""
    tenant_prefix(tenant)
    for name in (area, *names):
        if not name or name.startswith((".", "/")) or ".." in name:
            raise ValueError(f"not an object name: {name!r}")
    return "/".join(["t", tenant, area, *names])


def number_series(tenant: TenantId, name: str, year: int) -> Key:
    """The counter behind 〔year〕 numbers of one series (plans, notices)."""
    return Key(f"{tenant_prefix(tenant)}NUMBER#{_part(name).upper()}", str(year))


def metric(tenant: TenantId, period: str, metric: str, county: str, due: str) -> Key:
    """One stored count (access pattern 9): all of a period lie in one partition, sorted by metric."""
    return Key(metrics_of(tenant, period), f"{_part(metric)}#{county}#{due}")


def metrics_of(tenant: TenantId, period: str) -> str:
    return f"{tenant_prefix(tenant)}METRIC#{_part(period)}"


def numbered(tenant: TenantId, year: int, sequence: int, ref: Ref, order: int) -> Key:
    """Where a record is found by its human number: a plan, its draws and its visits share the plan's."""
    return Key(numbered_as(tenant, year, sequence), f"{numbered_prefix(ref.kind, order)}{_part(ref.id)}")


def numbered_as(tenant: TenantId, year: int, sequence: int) -> str:
    return f"{tenant_prefix(tenant)}NUMBERED#{year}.{sequence}"


def numbered_prefix(kind: str, order: int) -> str:
    return f"{_part(kind)}#{order:06d}#"


def roll_up(tenant: TenantId, member: TenantId) -> Key:
    """The totals that one tenant gave to its overseer."""
    return Key(roll_ups(tenant), _part(member))


def roll_ups(tenant: TenantId) -> str:
    return f"{tenant_prefix(tenant)}ROLLUP#MEMBERS"
