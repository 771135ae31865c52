"""Every act that an office may hand to a deputy has words."""

from chalicelib.domain.access import PERMISSIONS, Reach
from chalicelib.domain.deputy import deputy_rules
from chalicelib.web.permission_words import WORDS


def test_every_act_that_can_be_handed_on_has_words() -> None:
    rules = deputy_rules()
    held = {p for role in rules.principal_roles for p, reach in PERMISSIONS[role].items() if reach is not Reach.TEAM}

    assert {one for one in held - rules.kept_permissions if not one.value.endswith(".read")} <= set(WORDS)
