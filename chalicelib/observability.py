"""Logger, tracer and metrics. The logger is cheap to import; the other two are made when first asked for."""

from functools import lru_cache
from typing import TYPE_CHECKING

from aws_lambda_powertools.logging import Logger

if TYPE_CHECKING:
    from aws_lambda_powertools.metrics import Metrics
    from aws_lambda_powertools.tracing import Tracer

SERVICE = "yijianshi"

logger = Logger(service=SERVICE, use_rfc3339=True, utc=True)
"""Structured JSON lines. Never pass a person's name, number or address, nor a token: pass identifiers."""

security_log = Logger(service=f"{SERVICE}-security", use_rfc3339=True, utc=True)
"""Refusals and sign-ins: one line each, kept apart so that it can be kept longer."""


@lru_cache(maxsize=1)
def tracer() -> "Tracer":
    """The X-Ray tracer (loading it costs about 0.3 s, so only what is traced pays)."""
    from aws_lambda_powertools.tracing import Tracer

    return Tracer(service=SERVICE)


@lru_cache(maxsize=1)
def metrics() -> "Metrics":
    """Counters written as log lines in CloudWatch's embedded format."""
    from aws_lambda_powertools.metrics import Metrics

    return Metrics(namespace="Yijianshi", service=SERVICE)
