"""Open the platform's own tenant: its record and the people who operate it. Done once, before anybody is onboarded."""

from collections.abc import Sequence

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import PLATFORM, Person, Role, Tenant, TenantKind
from chalicelib.storage.scope import entered
from chalicelib.storage.store import Store


def open_platform(store: Store, act: Act, *, label: str, label_en: str = "", operators: Sequence[Person]) -> Tenant:
    """The reserved tenant `platform` with its operators. Repeated with the same key it changes nothing.

    Raises AlreadyExistsError when it is open, InvalidInputError for somebody who is no platform operator.
    """
    require(act.actor, Permission.TENANT_ONBOARD)
    strangers = [person.id for person in operators if person.roles != {Role.PLATFORM_OPERATOR}]
    if strangers:
        raise InvalidInputError([FieldProblem(field=f"operators.{id}.roles", code="invalid") for id in strangers])
    tenant = Tenant(id=PLATFORM, label=label, label_en=label_en, kind=TenantKind.PLATFORM)
    with entered(PLATFORM):
        if store.done(PLATFORM, act) is not None:
            return store.tenants.get(PLATFORM, PLATFORM)
        with store.change(PLATFORM, act) as change:
            for record in (tenant, *operators):
                change.save(record.model_copy())
            people = [person.id for person in operators]
            change.event(EventType.TENANT_ONBOARDED, tenant, {"operators": people})
    return tenant
