"""Records that the isolation matrix asks for: one maker per kind that a route's `resource` names.

A maker writes one record of its kind into a tenant and gives its identifier. A route whose kind has no maker here fails
the suite.
"""

from collections.abc import Callable

from tests.services.draw.seeds import make_draw, make_plan
from tests.web.site import Site

Maker = Callable[[Site, str], str]

MAKERS: dict[str, Maker] = {
    "inspection_plan": make_plan,
    "random_draw": make_draw,
}
