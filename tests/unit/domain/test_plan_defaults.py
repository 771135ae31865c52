"""The defaults hold together and never pass for law."""

from chalicelib.domain.plan_defaults import plan_defaults


def test_defaults_hold_together():
    found = plan_defaults()

    assert found.source == "product_rule"
    assert found.visits_per_day <= found.visits_per_day_limit <= len(found.visit_times)
    assert list(found.visit_times) == sorted(set(found.visit_times))
