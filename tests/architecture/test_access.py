"""Permissions: each is held by somebody, asked for by somebody, and no administrator sees business."""

import ast
import re
from functools import cache

import pytest

from chalicelib.domain.access import PERMISSIONS, Permission, allowed
from chalicelib.domain.loop import machine, machine_names
from chalicelib.domain.tenancy import ADMINISTRATORS, Actor, Role
from tests.architecture.sources import IN_ONE, members_named, strings, trees, walked
from tests.grouped import every

pytestmark = IN_ONE
# What an administrator may hold: running the platform, not what is regulated on it.
ADMINISTRATION = {
    "home",
    "tenant",
    "client",
    "people",
    "security",
    "security_log",
    "log",
    "notification",
    "webhook",
    "access",
}


@cache
def asked_for() -> set[Permission]:
    """Permissions that a service requires, a route declares or a step of a state machine needs."""
    found = {step.permission for name in machine_names() for step in machine(name).transitions if step.permission}
    values = {permission.value: permission for permission in Permission}
    for path, tree in trees().items():
        if path.startswith(("chalicelib/services/", "chalicelib/web/")):
            found |= {Permission[name] for name in members_named(tree, "Permission") if name in Permission.__members__}
            found |= {values[text] for _, text in strings(tree) if text in values}
    return found


@every("permission", Permission)
def test_a_permission_is_held_by_a_role(permission):
    assert any(permission in held for held in PERMISSIONS.values())


@every("permission", Permission)
def test_a_permission_is_asked_for(permission):
    assert permission in asked_for()


def test_names_say_area_and_act_and_match_their_values():
    for permission in Permission:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", permission.value)
        assert permission.name == permission.value.replace(".", "_").upper()


def test_every_role_is_listed_and_holds_something():
    assert set(PERMISSIONS) == set(Role)
    assert all(PERMISSIONS.values())


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_holds_no_business_permission(role):
    areas = {permission.value.partition(".")[0] for permission in PERMISSIONS[role]}

    assert areas <= ADMINISTRATION


def test_the_three_administrators_do_three_different_things():
    acts = [frozenset(PERMISSIONS[role]) for role in ADMINISTRATORS]

    assert len(set(acts)) == len(acts)
    for permission in (Permission.PEOPLE_MANAGE, Permission.ACCESS_CONFIRM):
        holders = {role for role, held in PERMISSIONS.items() if permission in held}
        assert holders == {Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR}, "each confirms the other's"


def test_who_confirms_or_approves_is_never_who_asked_by_the_same_role_alone():
    """Separate pairs of duties, by role: writing a plan and approving it; asking for a void draw and confirming it."""
    for asking, deciding in [
        (Permission.PLAN_WRITE, Permission.PLAN_APPROVE),
        (Permission.DRAW_VOID, Permission.DRAW_VOID_CONFIRM),
        (Permission.RESULT_CONFIRM, Permission.RESULT_PUBLISH),
        (Permission.RECTIFICATION_SUBMIT, Permission.FINDING_REINSPECT),
    ]:
        assert [role for role, held in PERMISSIONS.items() if asking in held and deciding in held] == []


def test_a_worker_of_ours_acts_for_a_recorded_request_and_a_stranger_for_nobody():
    system = Actor.system("gx450100", "clock")
    nobody = Actor(tenant="gx450100", person_id="p1", name="韦晨阳", roles=frozenset())

    assert all(allowed(system, permission) for permission in Permission)
    assert not any(allowed(nobody, permission) for permission in Permission)


def test_a_system_actor_is_made_by_workers_services_and_commands_never_by_the_web():
    makers = {
        path
        for path, tree in trees().items()
        for node in walked(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Actor.system"
    }

    assert {path for path in makers if path.startswith("chalicelib/web/")} == set()
    assert makers
