"""Who has to do what next on an overlay's version: a pure function of its state."""

from datetime import datetime

from chalicelib.domain.overlay import OverlayState, ScenarioOverlay
from chalicelib.domain.tenancy import Role, role_owner
from chalicelib.domain.todo import Todo

PUBLISHERS = (Role.COORDINATOR, Role.LEGAL_REVIEWER)
"""Whose role may publish; the person who edited it may not."""


def overlay_todos(overlay: ScenarioOverlay, label: str, at: datetime) -> list[Todo]:
    """A submitted version waits for everybody who may publish it, a returned one for who edited it.

    label: of the scenario; at: the moment of the change."""
    authors = tuple(one for one in (overlay.edited_by, overlay.edited_for) if one)
    if overlay.state is OverlayState.SUBMITTED:
        owners = [role_owner(role) for role in PUBLISHERS]
        topic, note = "overlay_to_publish", overlay.note
        return [Todo.of(overlay.ref, one, topic, label, at=at, detail=note, not_for=authors) for one in owners]
    if overlay.state is OverlayState.DRAFT and overlay.returned_because:
        owner = overlay.edited_for or overlay.edited_by
        return [Todo.of(overlay.ref, owner, "overlay_returned", label, at=at, detail=overlay.returned_because)]
    return []
