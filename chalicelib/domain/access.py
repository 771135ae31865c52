"""Who may do what: permissions per role, with the reach they have.

A permission has a reach: the whole tenant, the actor's own department or acting body, the team they are in, or
the subjects bound to them. `require` is called by every service; routes name the permission, so that the test matrix
can try every role. Outside the reach by tenant, division or subject a record does not exist for the actor (404); a
role or a department that may not act is refused openly (403).
"""

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.division import covers
from chalicelib.domain.errors import NotAllowedError, RecordNotFoundError
from chalicelib.domain.permissions import PERMISSIONS, SUBJECT_RIGHTS, Permission, Reach
from chalicelib.domain.tenancy import Actor, SubjectRight

__all__ = ["NOTHING", "PERMISSIONS", "Permission", "Reach", "Resource", "allowed", "reaches", "require"]


class Resource(BaseModel):
    """What an act touches, in the terms that limit it; an empty set says that this dimension does not apply.

    divisions: 12-digit codes it lies in; departments: department codes or acting-body ids that take part;
    people: ids of those in the team; subjects: subject ids.
    """

    model_config = ConfigDict(frozen=True)

    divisions: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()


NOTHING = Resource()


def reaches(actor: Actor, permission: Permission) -> frozenset[Reach]:
    """The reaches that the actor's roles give this permission; empty when none has it, or a deputy not this one."""
    if actor.scope is not None and permission not in actor.scope:
        return frozenset()
    return frozenset(PERMISSIONS[role][permission] for role in actor.roles if permission in PERMISSIONS[role])


def _knows_of(actor: Actor, resource: Resource) -> bool:
    if actor.division is None or not resource.divisions:
        return True
    return any(covers(actor.division, d) or covers(d, actor.division) for d in resource.divisions)


def _takes_part(actor: Actor, permission: Permission, reach: Reach, resource: Resource) -> bool:
    mine = {actor.department_id, actor.department_code, actor.acting_body_id} - {None}
    if reach is Reach.TENANT:
        return True
    if reach is Reach.DEPARTMENT:
        return not resource.departments or bool(mine & resource.departments)
    if reach is Reach.TEAM:
        # A plan has no team yet: what is open to the team is then open to those who send it.
        takes_part = not resource.departments or bool(mine & resource.departments)
        return actor.person_id in resource.people if resource.people else takes_part
    right = SUBJECT_RIGHTS.get(permission, SubjectRight.MANAGE)
    return bool(actor.subjects_for(right) & resource.subjects) if resource.subjects else True


def allowed(actor: Actor, permission: Permission, resource: Resource = NOTHING) -> bool:
    """Whether the actor may do this to this resource. A worker of ours acts on behalf of a recorded request."""
    if actor.is_system:
        return True
    return _knows_of(actor, resource) and any(
        _takes_part(actor, permission, r, resource) for r in reaches(actor, permission)
    )


def require(actor: Actor, permission: Permission, resource: Resource = NOTHING) -> None:
    """Raises NotAllowedError (role, department, team) or RecordNotFoundError (division, somebody else's subject)."""
    if allowed(actor, permission, resource):
        return
    held = reaches(actor, permission)
    if held and (held == {Reach.SUBJECT} or not _knows_of(actor, resource)):
        raise RecordNotFoundError()
    raise NotAllowedError(permission=permission.value)
