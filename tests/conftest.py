"""Fixtures that several folders share."""

from tests.infra_fixtures import (
    engine_resources,
    ministack_endpoint,
    ministack_resources,
    moto_endpoint,
    moto_resources,
)

__all__ = ["engine_resources", "ministack_endpoint", "ministack_resources", "moto_endpoint", "moto_resources"]
