"""How far the clock has swept a tenant's due-hour buckets. Operational, like rate limits: no record, no event."""

from datetime import UTC, datetime

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.table import PointerItem


class Sweeps:
    """A position that falls back only makes the next sweep read a bucket again, which changes nothing."""

    def swept_to(self, tenant: TenantId, name: str = "deadlines") -> datetime | None:
        """The hour from which the next sweep of this name has to read; None before the first one."""
        found = self.reached(tenant, name)
        return datetime.fromisoformat(found).astimezone(UTC) if found else None

    def reached(self, tenant: TenantId, name: str) -> str:
        """How far a walk of this name came, in its own terms; "" before the first."""
        key = keys.counter(tenant, "sweep", name)
        try:
            with translated():
                return PointerItem.get(key.partition, key.sort).target or ""
        except DoesNotExist:
            return ""

    def was_today(self, tenant: TenantId, name: str, now: datetime) -> bool:
        """Whether the sweep of this name, which looks once a day, has looked on this day of China."""
        swept = self.swept_to(tenant, name)
        return swept is not None and shanghai_date(swept) >= shanghai_date(now)

    def note(self, tenant: TenantId, hour: datetime, name: str = "deadlines") -> None:
        self.note_reached(tenant, name, timestamp(hour))

    def note_reached(self, tenant: TenantId, name: str, place: str) -> None:
        key = keys.counter(tenant, "sweep", name)
        with translated():
            PointerItem(key.partition, key.sort, target=place).save()
