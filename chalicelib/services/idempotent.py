"""A service called again with the same act key answers with the record as it is now, and changes nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from chalicelib.domain.act import Act
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

P = ParamSpec("P")
R = TypeVar("R", bound=Record)
Service = Callable[Concatenate[Store, TenantId, Act, P], R]


def idempotent(service: Service[P, R]) -> Service[P, R]:
    """For services that return the record named in their event. The marker in the transaction is what decides;

    the look beforehand only spares a retry from rules that its first run has already moved past.
    """

    @wraps(service)
    def run(store: Store, tenant: TenantId, act: Act, /, *args: P.args, **kwargs: P.kwargs) -> R:
        done = store.done(tenant, act)
        if done is not None:
            return cast(R, store.read(tenant, done))
        try:
            return service(store, tenant, act, *args, **kwargs)
        except AlreadyDoneError as error:
            return cast(R, store.read(tenant, error.ref))

    return run
