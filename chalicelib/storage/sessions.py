"""Sessions, identities and rate limits in tenant `platform`, under a role that can touch nothing else.

These are not business records: they carry no event and are written one at a time, under a version condition.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from pynamodb.exceptions import DoesNotExist, UpdateError

from chalicelib.domain.record import Ref
from chalicelib.domain.session import Identity, Session
from chalicelib.domain.tenancy import PLATFORM, TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import TooOftenError, translated
from chalicelib.storage.repository import Placement, Repository
from chalicelib.storage.scope import ScopeRole, entered
from chalicelib.storage.table import CounterItem, Item


class Sessions(Repository[Session]):
    model = Session

    def placement(self, tenant: TenantId, record: Session) -> Placement:
        return Placement(expires_at=int((record.created_at + timedelta(days=2)).timestamp()))

    def open(self, id: str) -> Session | None:
        with entered(PLATFORM, ScopeRole.SESSIONS):
            return self.find(PLATFORM, id)

    def keep(self, session: Session) -> None:
        """Create or update. A lost race on `seen_at` is harmless: the other request kept the session alive."""
        with entered(PLATFORM, ScopeRole.SESSIONS), translated():
            item = self.item(PLATFORM, session)
            item.save(None if session.version else Item.pk.does_not_exist())
            session.version = item.version

    def revoke(self, id: str) -> None:
        with entered(PLATFORM, ScopeRole.SESSIONS), translated():
            key = keys.record(PLATFORM, Ref(kind=Session.KIND, id=id))
            Item(key.partition, key.sort).delete()


class Identities(Repository[Identity]):
    model = Identity

    def lookup(self, id: str) -> Identity | None:
        with entered(PLATFORM, ScopeRole.SESSIONS):
            return self.find(PLATFORM, id)

    def lookup_many(self, ids: Iterable[str]) -> dict[str, Identity]:
        """The same for a list: one call a hundred."""
        with entered(PLATFORM, ScopeRole.SESSIONS):
            return self.find_many(PLATFORM, ids, is_listed=True)

    def bind(self, identity: Identity) -> None:
        with entered(PLATFORM, ScopeRole.SESSIONS), translated():
            item = self.item(PLATFORM, identity)
            item.save()
            identity.version = item.version


class Limits:
    """Fixed-window counters that forget themselves; a lost answer may count twice, on the safe side."""

    def hit(self, name: str, limit: int, window_seconds: int, now: datetime) -> None:
        """Count one hit; TooOftenError with `retry_after` (seconds) past the limit."""
        window = int(now.timestamp()) // window_seconds
        key = keys.counter(PLATFORM, "limit", f"{name}:{window}")
        ends = (window + 1) * window_seconds
        item = CounterItem(key.partition, key.sort)
        with entered(PLATFORM, ScopeRole.SESSIONS), translated():
            try:
                item.update(
                    [
                        CounterItem.count.add(1),
                        CounterItem.shape.set(CounterItem),
                        CounterItem.expires_at.set(ends + 60),
                    ],
                    condition=CounterItem.count.does_not_exist() | (CounterItem.count < limit),
                )
            except UpdateError as error:
                if error.cause_response_code != "ConditionalCheckFailedException":
                    raise
                retry_after = ends - int(now.timestamp())
                raise TooOftenError(
                    name=name, limit=limit, retry_after=retry_after, minutes=-(-retry_after // 60)
                ) from error

    def add(self, name: str, hits: int, window_seconds: int, now: datetime) -> int:
        """Count several hits at once; how many there were in this window with those of every other process."""
        window = int(now.timestamp()) // window_seconds
        key = keys.counter(PLATFORM, "limit", f"{name}:{window}")
        ends = (window + 1) * window_seconds
        item = CounterItem(key.partition, key.sort)
        with entered(PLATFORM, ScopeRole.SESSIONS), translated():
            item.update(
                [
                    CounterItem.count.add(hits),
                    CounterItem.shape.set(CounterItem),
                    CounterItem.expires_at.set(ends + 60),
                ]
            )
            return int(item.count)

    def count(self, name: str, window_seconds: int, now: datetime) -> int:
        key = keys.counter(PLATFORM, "limit", f"{name}:{int(now.timestamp()) // window_seconds}")
        with entered(PLATFORM, ScopeRole.SESSIONS), translated():
            try:
                return int(CounterItem.get(key.partition, key.sort).count)
            except DoesNotExist:
                return 0
