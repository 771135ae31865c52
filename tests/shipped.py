"""The packages of this repository, each read once per process for all tests that only look at them."""

from chalicelib.contract.registry import ScenarioRegistry

SHIPPED = ScenarioRegistry(use_entry_points=False)
