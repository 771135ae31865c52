"""Who has to do what next on a draw, as a pure function of it."""

from datetime import datetime

from chalicelib.domain.random_draw import DrawState, RandomDraw
from chalicelib.domain.tenancy import Role, role_owner
from chalicelib.domain.todo import Todo

COORDINATORS = role_owner(Role.COORDINATOR)
SUPERVISORS = role_owner(Role.JUSTICE_SUPERVISOR)


def draw_todos(draw: RandomDraw, at: datetime) -> list[Todo]:
    """What waits on this draw, beside what waits on its plan: seeds, numbers to be read by a second person, a voiding.

    at: the moment of the change; an entry that was there before keeps its own time.
    """
    found: list[Todo] = []
    due_at = datetime.fromisoformat(draw.reveal_due_at) if draw.reveal_due_at else None

    def add(owner: str, topic: str, due_at: datetime | None = None) -> None:
        title, detail = draw.plan_title, draw.number
        found.append(Todo.of(draw.ref, owner, topic, title, at=at, due_at=due_at, detail=detail))

    for seed in draw.seeds:
        if draw.state is DrawState.OPEN and not seed.sha256:
            add(seed.department_id, "seed_to_commit", due_at)
        elif draw.state is DrawState.FROZEN and not seed.revealed:
            add(seed.department_id, "seed_to_reveal", due_at)
    if draw.state is DrawState.FROZEN and any(not entry.confirmed_at for entry in draw.entries):
        add(SUPERVISORS, "numbers_to_confirm")
    if draw.voiding and draw.state is not DrawState.VOID:
        add(SUPERVISORS, "void_to_confirm")
    return found
