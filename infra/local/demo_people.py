"""The demo's matters of people in 南宁: a request to be bound, a deputy, a change that waits."""

from datetime import timedelta

from chalicelib import bootstrap
from chalicelib.domain.binding import BindingRole
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.tenancy import Person, Role
from chalicelib.services.binding.request_binding import request_binding
from chalicelib.services.people.change_access import submit_change
from chalicelib.services.people.name_deputy import name_deputy
from chalicelib.services.tenancy.add_person import add_person
from chalicelib.services.visit.uploads import keep_upload
from infra.local.demo_cast import act, actor_of
from infra.local.demo_roster import Login

TENANT = "gx450100"
_PAPER = b"%PDF-1.4\n% synthetic letter of authority of the demo\n%%EOF\n"


def load_people_matters(subject_id: str) -> list[Login]:
    """Returns the login of the agent who waits to be bound."""
    store = bootstrap.store()
    with bootstrap.scope(TENANT):
        agent = Person(id=f"{TENANT}-agent", name="覃语宁", roles=frozenset({Role.SUBJECT_USER}))
        add_person(store, TENANT, act(actor_of(TENANT, f"{TENANT}-security")), person=agent)
        visits = store.visits.of_subject(TENANT, subject_id)
        if visits and visits[0].inspection_code:
            paper = keep_upload(store, TENANT, owner=agent, content=_PAPER, allowed=("application/pdf",))
            request_binding(
                store,
                TENANT,
                act(actor_of(TENANT, agent.id)),
                code=visits[0].inspection_code,
                role=BindingRole.AGENT,
                statement="站长委托我办理整改",
                upload_ids=[paper],
            )
        _name_a_deputy()
        _ask_for_a_change()
    return [Login("nanning.agent", TENANT, agent.id, Role.SUBJECT_USER.value)]


def _name_a_deputy() -> None:
    """The first coordinator asks the second to stand in for two weeks."""
    today = shanghai_date(bootstrap.clock()())
    name_deputy(
        bootstrap.store(),
        TENANT,
        act(actor_of(TENANT, f"{TENANT}-coordinator")),
        deputy_id=f"{TENANT}-deputy",
        from_on=today,
        to_on=today + timedelta(days=13),
        permissions=["plan.write", "visit.schedule", "result.publish"],
        reason="出差",
    )


def _ask_for_a_change() -> None:
    """The security administrator makes the scenario author a coordinator too; the system administrator confirms."""
    author = f"{TENANT}-author"
    submit_change(
        bootstrap.store(),
        TENANT,
        act(actor_of(TENANT, f"{TENANT}-security")),
        person_id=author,
        changes={"roles": frozenset({Role.SCENARIO_AUTHOR, Role.COORDINATOR})},
    )
