"""Who has to look after a disposal: a pure function of its clocks."""

from chalicelib.domain.disposal import Disposal, DisposalClock
from chalicelib.domain.record import UtcTime
from chalicelib.domain.todo import Todo


def disposal_todos(disposal: Disposal, at: UtcTime) -> list[Todo]:
    """One entry for each body or department with a running clock, by its next end; an overdue one says so. Without any
    clock it waits for who opened it."""
    if not disposal.is_open:
        return []
    title = disposal.subject_name
    by_owner: dict[str, list[DisposalClock]] = {}
    for clock in disposal.running:
        for owner in clock.owners:
            by_owner.setdefault(owner, []).append(clock)
    found = []
    for owner, clocks in by_owner.items():
        is_late = any(one.told_at is not None for one in clocks)
        topic = "disposal_overdue" if is_late else "disposal_to_follow"
        found.append(Todo.of(disposal.ref, owner, topic, title, at=at, due_at=clocks[0].due_at))
    return found or [Todo.of(disposal.ref, disposal.opened_by, "disposal_to_follow", title, at=at)]
