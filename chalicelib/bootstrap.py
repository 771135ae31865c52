"""The composition root: makes the store, the queues, the signer and the clock, each once and only when needed."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from chalicelib.domain.checkpoint import Ed25519Signer, Signer
from chalicelib.domain.notification_rules import OUTSIDE, Channel
from chalicelib.domain.record import Clock, utc_now
from chalicelib.services.notification.channels import Gateways
from chalicelib.services.webhook.vault import Vault
from chalicelib.services.working_calendar import use_calendars
from chalicelib.settings import Settings, Stage, settings
from chalicelib.storage.objects import ObjectStore
from chalicelib.storage.queues import Queues
from chalicelib.storage.scope import CredentialsProvider, ScopeRole, StsCredentials, entered, local_credentials
from chalicelib.storage.store import Store
from chalicelib.storage.table import connect

__all__ = [
    "ScopeRole",
    "Store",
    "application_secret",
    "clock",
    "gateways",
    "queues",
    "reset",
    "scope",
    "signer",
    "store",
    "vault",
]

scope = entered

_clock: list[Clock] = [utc_now]


def clock() -> Clock:
    """The process's clock; tests put another in with `set_clock`."""
    return _clock[0]


def set_clock(replacement: Clock) -> None:
    _clock[0] = replacement


def _client(service: str) -> Any:
    return _client_at(service, settings().region, settings().endpoint_url or None)


@lru_cache
def _client_at(service: str, region: str, endpoint: str | None) -> Any:
    import boto3
    from botocore.config import Config

    # What is signed for a browser has to name the bucket's own regional host, the one origin that pages may send to;
    # by default it would be signature version 2 and a host that redirects.
    config = Config(signature_version="s3v4", s3={"addressing_style": "virtual"}) if service == "s3" else None
    return boto3.client(service, region_name=region, endpoint_url=endpoint, config=config)


def _table_arn(values: Settings) -> str:
    partition = "aws-cn" if values.region.startswith("cn-") else "aws"
    account = "000000000000"
    if values.stage is Stage.PRODUCTION:
        account = _client("sts").get_caller_identity()["Account"]
    return f"arn:{partition}:dynamodb:{values.region}:{account}:table/{values.table_name}"


def _provider(values: Settings, table_arn: str) -> CredentialsProvider:
    if values.stage is not Stage.PRODUCTION:
        return local_credentials
    return StsCredentials(lambda: _client("sts"), values.data_role_arn, table_arn, lambda: clock()().timestamp())


@lru_cache(maxsize=1)
def store() -> Store:
    """The store of this process."""
    values = settings()
    table_arn = _table_arn(values)
    connection = connect(
        values.table_name,
        _provider(values, table_arn),
        region=values.region,
        endpoint=values.endpoint_url or None,
        table_arn=table_arn,
        is_guarded=values.stage is not Stage.PRODUCTION,
    )
    made = Store(connection, ObjectStore(lambda: _client("s3"), values.files_bucket))
    use_calendars(made.calendars.published)
    return made


@lru_cache(maxsize=1)
def queues() -> Queues:
    return Queues(
        lambda: _client("sqs"), settings().jobs_queue_url, settings().events_queue_url, settings().outbound_queue_url
    )


def _secret(direct_hex: str, name: str) -> bytes:
    if direct_hex:
        return bytes.fromhex(direct_hex)
    return bytes.fromhex(_client("secretsmanager").get_secret_value(SecretId=name)["SecretString"])


@lru_cache(maxsize=1)
def signer() -> Signer:
    """Signs checkpoints. The key is 32 bytes, Ed25519 (RFC 8032)."""
    values = settings()
    return Ed25519Signer(_secret(values.signing_seed_hex, values.signing_seed_secret))


@lru_cache(maxsize=1)
def application_secret() -> bytes:
    """The key under which cursors and short-lived cookies are authenticated."""
    values = settings()
    return _secret(values.application_secret_hex, values.application_secret_name)


@lru_cache(maxsize=1)
def vault() -> Vault:
    """Opens the signing secrets of pushed events."""
    return Vault(application_secret())


def _text_secret(name: str) -> Callable[[], str]:
    return lru_cache(lambda: str(_client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]))


@lru_cache(maxsize=1)
def gateways() -> Gateways:
    """The ways out of the site that are set up; outside production a recording stand-in for each that is not."""
    from chalicelib.services.notification.recording import RecordingGateway
    from chalicelib.services.notification.sms_gateway import SmsGateway
    from chalicelib.services.notification.wecom import WeComGateway

    found, ways = Gateways(), settings().gateways
    if settings().stage is not Stage.PRODUCTION:
        found.update({channel: RecordingGateway(store(), channel) for channel in OUTSIDE})
    if ways.sms_url:
        secret = _text_secret(ways.sms_secret_name)
        found[Channel.SMS] = SmsGateway(ways.sms_url, ways.sms_key_id, secret, lambda: clock()())
    if ways.wecom_corp_id:
        secret, agent_id = _text_secret(ways.wecom_secret_name), int(ways.wecom_agent_id or "0")
        found[Channel.WECOM] = WeComGateway(
            ways.wecom_corp_id, agent_id, secret, lambda: clock()(), ways.wecom_base_url
        )
    return found


def reset() -> None:
    """Forget everything made so far, for tests that set up another cloud."""
    for made in (settings, store, queues, signer, application_secret, vault, gateways):
        made.cache_clear()
    use_calendars(None)
    _clock[0] = utc_now
