"""Figures and the entries that they are the sum of (access pattern 9). Projections: no event of their own."""

from datetime import date

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.domain.errors import ConflictError
from chalicelib.domain.human_number import HumanNumber, read_number
from chalicelib.domain.metric import Figure
from chalicelib.domain.metric_entry import MetricEntry, difference
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit
from chalicelib.storage import keys
from chalicelib.storage.errors import StorageUnavailableError, translated
from chalicelib.storage.repository import Page, Placement, Position, Repository
from chalicelib.storage.table import CounterItem, Item, PointerItem, ScopedConnection

_FAR = "9999-12-31"


class MetricEntries(Repository[MetricEntry]):
    """Index 1: what is open under a metric, by day of deadline. Index 2: the same of one county. Index 3: what counts
    in a month, by county."""

    model = MetricEntry

    def placement(self, tenant: TenantId, record: MetricEntry) -> Placement:
        sort = f"{record.due_on.isoformat() if record.due_on else _FAR}#{record.id}"
        is_open = bool(record.standing)
        return Placement(
            index1=(keys.listing(tenant, "standing", record.standing), sort) if is_open else None,
            index2=(keys.listing(tenant, "standing", record.standing, record.county), sort)
            if is_open and record.county
            else None,
            index3=(keys.listing(tenant, "month", record.about.kind, record.month), f"{record.county}#{record.id}")
            if record.month
            else None,
        )

    def open_under(
        self, tenant: TenantId, metric: str, *, county: str = "", after: Position | None = None, limit: int = 25
    ) -> Page[MetricEntry]:
        """What is open now, the most urgent first: one query."""
        if county:
            return self.page(2, keys.listing(tenant, "standing", metric, county), after=after, limit=limit)
        return self.page(1, keys.listing(tenant, "standing", metric), after=after, limit=limit)

    def of_month(
        self,
        tenant: TenantId,
        kind: str,
        month: str,
        *,
        county: str = "",
        after: Position | None = None,
        limit: int = 25,
    ) -> Page[MetricEntry]:
        """Records of this kind whose last counted month it is: one query."""
        prefix = f"{county}#" if county else ""
        return self.page(3, keys.listing(tenant, "month", kind, month), prefix=prefix, after=after, limit=limit)


class Metrics:
    """The counts by period, and what other tenants gave up to their overseer."""

    def __init__(self, connection: ScopedConnection) -> None:
        self._connection = connection

    def of_period(self, tenant: TenantId, period: str, metric: str = "") -> list[Figure]:
        """Every count of a period that is not zero, or those of one metric: one query."""
        partition = keys.metrics_of(tenant, period)
        condition = CounterItem.sk.startswith(f"{metric}#") if metric else None
        with translated():
            found = list(CounterItem.query(partition, condition))
        return [_figure(period, item) for item in found if item.count]

    def count(self, tenant: TenantId, item: Item, before: MetricEntry | None, after: MetricEntry) -> None:
        """Store the entry and move the counts by the difference, in one transaction. ConflictError when another worker
        stored this entry meanwhile: read again and repeat."""
        try:
            with TransactWrite(connection=self._connection) as write:
                write.save(item, None if before else Item.pk.does_not_exist())
                for one in difference(before.figures if before else [], after.figures):
                    due = one.due_on.isoformat() if one.due_on else ""
                    key = keys.metric(tenant, one.period, one.metric, one.county, due)
                    actions = [CounterItem.count.add(one.value), CounterItem.shape.set(CounterItem)]
                    write.update(CounterItem(key.partition, key.sort), actions=actions)
                found = _numbered(tenant, after)
                if found is not None and (before is None or _told(before) != _told(after)):
                    write.save(found)
        except TransactWriteError as error:
            if error.cause_response_code == "TransactionCanceledException":
                raise ConflictError(kind="metric_entry", id=after.id) from error
            raise StorageUnavailableError(cause=error.cause_response_code or "transaction") from error

    def by_number(self, tenant: TenantId, number: HumanNumber, limit: int = 8) -> list[MetricEntry]:
        """Plan, draws and visits that carry this number, the one visit or draw when its order is named: one query."""
        kind = RandomDraw.KIND if number.is_draw else Visit.KIND
        prefix = keys.numbered_prefix(kind, number.order) if number.order else ""
        condition = PointerItem.sk.startswith(prefix) if prefix else None
        with translated():
            partition = keys.numbered_as(tenant, number.year, number.sequence)
            found = list(PointerItem.query(partition, condition, limit=limit))
        return [MetricEntry.model_validate_json(item.body or "{}") for item in found]

    def give_up(self, overseer: TenantId, member: TenantId, body: str) -> None:
        """Replace what this tenant told its overseer (`body`: JSON)."""
        key = keys.roll_up(overseer, member)
        with translated():
            PointerItem(key.partition, key.sort, body=body).save()

    def given_up(self, overseer: TenantId) -> dict[TenantId, str]:
        """What each tenant told, as JSON: one query."""
        with translated():
            return {item.sk: item.body or "{}" for item in PointerItem.query(keys.roll_ups(overseer))}

    def sweep_zeros(self, tenant: TenantId, period: str) -> int:
        """Remove counts that are zero; a count that rose meanwhile stays."""
        with translated():
            empty = [one for one in CounterItem.query(keys.metrics_of(tenant, period)) if not one.count]
            for item in empty:
                item.delete(condition=CounterItem.count == 0)
        return len(empty)


def _told(entry: MetricEntry) -> tuple[object, ...]:
    """What the entry under a number shows, and who may see it."""
    return entry.title, entry.detail, entry.number, entry.county, entry.departments, entry.people


def _numbered(tenant: TenantId, entry: MetricEntry) -> PointerItem | None:
    """The item by which the record is found by its number; the figures stay with the entry itself."""
    number = read_number(entry.number, date.min) if entry.number else None
    if number is None:
        return None
    key = keys.numbered(tenant, number.year, number.sequence, entry.about, number.order)
    shown = entry.with_changes(figures=[], standing="", month="", due_on=None)
    return PointerItem(key.partition, key.sort, body=shown.model_dump_json())


def _figure(period: str, item: CounterItem) -> Figure:
    metric, county, due = item.sk.split("#")
    due_on = date.fromisoformat(due) if due else None
    return Figure(metric=metric, period=period, county=county, due_on=due_on, value=int(item.count))
