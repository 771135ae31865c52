"""The demo's system client: another system that calls the API of one city in its own name."""

from chalicelib import bootstrap
from chalicelib.domain.system_client import ClientScope
from chalicelib.domain.tenancy import Role
from chalicelib.services.client.register_client import bind_client, register_client
from infra.local.demo_cast import act, actor_of
from infra.local.demo_plans import TENANT
from infra.local.identity import Directory


def register_evaluators(directory: Directory) -> None:
    """The evaluators' client of the local identity provider, as the city's system administrator registers it."""
    machine = directory.machine()
    with bootstrap.scope(TENANT):
        store = bootstrap.store()
        departments = {one.code: one.id for one in store.departments.every(TENANT)}
        client = register_client(
            store,
            TENANT,
            act(actor_of(TENANT, f"{TENANT}-system")),
            name="第三方评估系统",
            department_id=departments["big_data"],
            role=Role.EVALUATOR,
            scopes=frozenset({ClientScope.READ}),
            issuer=directory.issuer,
            provider_subject=machine["client_id"],
        )
        bind_client(store, TENANT, client)
