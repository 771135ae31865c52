"""The single table as PynamoDB sees it, and the one connection that signs with the scope's credentials."""

from functools import cache
from typing import Any, ClassVar

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader, create_loader
from pynamodb.attributes import (
    DiscriminatorAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.guard import guard
from chalicelib.storage.scope import CredentialsProvider, ScopedCredentials


class Index1(GlobalSecondaryIndex[Any]):
    """Lists: subjects by county, plans of a year, visits of a plan."""

    class Meta:
        index_name = "index1"
        projection = AllProjection()

    index1_pk = UnicodeAttribute(hash_key=True)
    index1_sk = UnicodeAttribute(range_key=True)


class Index2(GlobalSecondaryIndex[Any]):
    """Members of a scenario by grade."""

    class Meta:
        index_name = "index2"
        projection = AllProjection()

    index2_pk = UnicodeAttribute(hash_key=True)
    index2_sk = UnicodeAttribute(range_key=True)


class Index3(GlobalSecondaryIndex[Any]):
    """Work waiting for a person, department or acting body, by deadline."""

    class Meta:
        index_name = "index3"
        projection = AllProjection()

    index3_pk = UnicodeAttribute(hash_key=True)
    index3_sk = UnicodeAttribute(range_key=True)


class Item(Model):
    """Anything in the table. `shape` tells what it is; `body` is the JSON of the domain object."""

    class Meta:
        table_name: ClassVar[str | None] = None

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    shape = DiscriminatorAttribute()
    body = UnicodeAttribute(null=True)
    index1_pk = UnicodeAttribute(null=True)
    index1_sk = UnicodeAttribute(null=True)
    index2_pk = UnicodeAttribute(null=True)
    index2_sk = UnicodeAttribute(null=True)
    index3_pk = UnicodeAttribute(null=True)
    index3_sk = UnicodeAttribute(null=True)
    expires_at = NumberAttribute(null=True)
    index1 = Index1()
    index2 = Index2()
    index3 = Index3()


class RecordItem(Item, discriminator="record"):
    """A versioned record; `kind` is its domain kind."""

    kind = UnicodeAttribute()
    version = VersionAttribute()


class EventItem(Item, discriminator="event"):
    """One immutable event; the stream delivers it to the log and to the queues."""


class PointerItem(Item, discriminator="pointer"):
    """A small item that only points: a claimed code, a membership, a marker, a leaf's position."""

    target = UnicodeAttribute(null=True)


class CounterItem(Item, discriminator="counter"):
    """A counter raised under a condition, inside a transaction."""

    count = NumberAttribute(default=0)


class ContentsItem(Item, discriminator="contents"):
    """Names of what a tenant's register holds anything of; names are only added."""

    names = UnicodeSetAttribute(default=set)


_SHAPES = (Item, RecordItem, EventItem, PointerItem, CounterItem, ContentsItem)


@cache
def _loader() -> Loader:
    """The service descriptions that come with botocore, parsed once per process."""
    return create_loader()


class ScopedConnection(Connection):
    """Signs each request for the current scope; with a guard, evaluates the shipped policy before it leaves."""

    def __init__(self, table_arn: str, provider: CredentialsProvider, *, is_guarded: bool, **options: Any) -> None:
        super().__init__(**options)
        self.noted: set[tuple[TenantId, str]] = set()
        """Notes (`Repository.notes`) that this process knows to be in the table."""
        self._botocore_session = botocore.session.Session()
        self._botocore_session.register_component("data_loader", _loader())
        self._botocore_session._credentials = ScopedCredentials(provider)
        # By default it says what it runs on, put together anew at every call.
        self._botocore_session.set_default_client_config(Config(user_agent="yijianshi"))
        if is_guarded:
            self._botocore_session.register("before-call.dynamodb", guard(table_arn))

    @property
    def session(self) -> botocore.session.Session:
        return self._botocore_session


@cache
def _connection(
    table_name: str,
    table_arn: str,
    provider: CredentialsProvider,
    region: str,
    endpoint: str | None,
    is_guarded: bool,
) -> tuple[ScopedConnection, TableConnection]:
    """Made once, for tests too, which connect to a new table of the same name: a client costs as much as 15 calls."""
    Item.Meta.table_name = table_name
    Item.Meta.region = region  # type: ignore[attr-defined]
    Item.Meta.host = endpoint  # type: ignore[attr-defined]
    Item._connection = None
    table: TableConnection = Item._get_connection()
    scoped = ScopedConnection(
        table_arn,
        provider,
        is_guarded=is_guarded,
        region=region,
        host=endpoint,
        retry_configuration={"total_max_attempts": 4, "mode": "standard"},
        connect_timeout_seconds=3,
        read_timeout_seconds=10,
        max_pool_connections=32,
    )
    scoped.add_meta_table(table.get_meta_table())
    table.connection = scoped
    return scoped, table


def connect(
    table_name: str,
    provider: CredentialsProvider,
    *,
    region: str,
    endpoint: str | None,
    table_arn: str,
    is_guarded: bool,
) -> ScopedConnection:
    """Point every model at this table. Called once per process by the composition root (and by tests)."""
    scoped, table = _connection(table_name, table_arn, provider, region, endpoint, is_guarded)
    for shape in _SHAPES:
        shape.Meta.table_name = table_name  # type: ignore[misc]
        shape._connection = table
    scoped.noted.clear()
    return scoped
