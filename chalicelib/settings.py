"""Typed settings, read from the environment once per process.

Nothing here has a default that could open something in production: what the running stage needs and the
environment lacks is an error when it is read, naming the variable.
"""

import os
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Stage(StrEnum):
    """Where the process runs. Only `production` narrows credentials with STS."""

    LOCAL = "local"
    TEST = "test"
    PRODUCTION = "production"


class IdentitySettings(BaseModel):
    """One OpenID Connect provider. `issuer` is what tokens say; `key_url` is where its keys are fetched.

    The two differ where the provider answers under another address than its name (the local one does).
    `logout_url` is empty when the provider has no page for it. `client_secret` is empty for a public client.
    `api_clients`: further clients whose access tokens open the API; `audience`: what a token with `aud` must name.
    """

    model_config = ConfigDict(frozen=True)

    issuer: str = ""
    key_url: str = ""
    authorize_url: str = ""
    token_url: str = ""
    logout_url: str = ""
    client_id: str = ""
    client_secret: str = ""
    audience: str = ""
    api_clients: tuple[str, ...] = ()
    scopes: str = "openid profile email"
    algorithms: tuple[str, ...] = ("RS256", "ES256", "PS256")
    redirect_base: str = ""


class GatewaySettings(BaseModel):
    """Ways out of the site. One that has no address is not there in production, and is stood in for elsewhere.

    sms_secret_name, wecom_secret_name: where Secrets Manager keeps the secret; never the secret itself.
    """

    model_config = ConfigDict(frozen=True)

    sms_url: str = ""
    sms_key_id: str = ""
    sms_secret_name: str = ""
    wecom_corp_id: str = ""
    wecom_agent_id: str = Field(default="", pattern=r"^\d{0,12}$")
    wecom_secret_name: str = ""
    wecom_base_url: str = "https://qyapi.weixin.qq.com"


class SessionSettings(BaseModel):
    """Limits of a server-side session, in seconds."""

    model_config = ConfigDict(frozen=True)

    idle_seconds: int = Field(default=30 * 60, gt=0)
    absolute_seconds: int = Field(default=10 * 60 * 60, gt=0)


class LimitSettings(BaseModel):
    """How often the API may be called, per minute: by one person, by one system client, by one address without
    signing in, by one address with a signature. `body_bytes`: the largest JSON body; `signed_bytes`: the same of a
    signed call; `upload_bytes`: the largest form with files.

    sign_in_*: sign-ins within five minutes, of one identity and from one address (a whole office may stand behind it);
    intake_*: the same of signing up with a served code. work_*: exports, imports and archives, each kind within an
    hour, of one person and of everybody of a tenant together."""

    model_config = ConfigDict(frozen=True)

    person_per_minute: int = Field(default=600, gt=0)
    client_per_minute: int = Field(default=1200, gt=0)
    public_per_minute: int = Field(default=120, gt=0)
    signed_per_minute: int = Field(default=600, gt=0)
    sign_in_person: int = Field(default=20, gt=0)
    sign_in_address: int = Field(default=1000, gt=0)
    intake_person: int = Field(default=20, gt=0)
    intake_address: int = Field(default=300, gt=0)
    work_person: int = Field(default=20, gt=0)
    work_tenant: int = Field(default=100, gt=0)
    body_bytes: int = Field(default=1024 * 1024, gt=0)
    signed_bytes: int = Field(default=64 * 1024, gt=0)
    upload_bytes: int = Field(default=6 * 1024 * 1024, gt=0)


class Settings(BaseModel):
    """All that the process takes from its surroundings.

    Queues and buckets are named by what the cloud calls them (queue URL, bucket name). A secret is either given
    directly as hexadecimal digits (local and test) or named, to be fetched from Secrets Manager when first needed.
    """

    model_config = ConfigDict(frozen=True)

    stage: Stage = Stage.TEST
    region: str = "ap-southeast-1"
    endpoint_url: str = ""
    table_name: str = "yijianshi"
    files_bucket: str = ""
    evidence_bucket: str = ""
    upload_origin: str = ""
    jobs_queue_url: str = ""
    events_queue_url: str = ""
    outbound_queue_url: str = ""
    data_role_arn: str = ""
    signing_seed_hex: str = Field(default="", repr=False)
    signing_seed_secret: str = ""
    application_secret_hex: str = Field(default="", repr=False)
    application_secret_name: str = ""
    identity: IdentitySettings = IdentitySettings()
    session: SessionSettings = SessionSettings()
    limits: LimitSettings = LimitSettings()
    gateways: GatewaySettings = GatewaySettings()

    @property
    def webhooks_reach_this_machine(self) -> bool:
        """Whether events may be pushed to 127.0.0.1: only where the site itself is local."""
        return self.stage is not Stage.PRODUCTION

    @model_validator(mode="after")
    def _refuse_test_means_in_production(self) -> Self:
        if self.stage is not Stage.PRODUCTION:
            return self
        if self.endpoint_url:
            raise ValueError("AWS_ENDPOINT_URL must not be set in production")
        if self.signing_seed_hex or self.application_secret_hex:
            raise ValueError("secrets are fetched by name in production, never read from the environment")
        required = (
            "files_bucket",
            "evidence_bucket",
            "upload_origin",
            "jobs_queue_url",
            "events_queue_url",
            "outbound_queue_url",
            "data_role_arn",
        )
        missing = [name for name in required if not getattr(self, name)]
        if missing:
            raise ValueError(f"not set: {', '.join(_variable(name) for name in missing)}")
        return self


def _variable(field: str) -> str:
    return f"YIJIANSHI_{field.upper()}"


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Settings from variables named `YIJIANSHI_<FIELD>`, `YIJIANSHI_OIDC_<FIELD>`, `YIJIANSHI_SESSION_<FIELD>`,
    `YIJIANSHI_LIMITS_<FIELD>` and `YIJIANSHI_GATEWAY_<FIELD>`.

    Region and endpoint come from `AWS_REGION` (or `AWS_DEFAULT_REGION`) and `AWS_ENDPOINT_URL`, which the cloud's own
    libraries read as well. Raises pydantic's ValidationError, naming the field.
    """
    values: dict[str, object] = {}
    for field in Settings.model_fields:
        if (text := environment.get(_variable(field))) is not None:
            values[field] = text
    values["identity"] = _group(environment, "YIJIANSHI_OIDC_", IdentitySettings)
    values["session"] = _group(environment, "YIJIANSHI_SESSION_", SessionSettings)
    values["limits"] = _group(environment, "YIJIANSHI_LIMITS_", LimitSettings)
    values["gateways"] = _group(environment, "YIJIANSHI_GATEWAY_", GatewaySettings)
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")
    if region:
        values["region"] = region
    values["endpoint_url"] = environment.get("AWS_ENDPOINT_URL", "")
    return Settings.model_validate(values)


def _group(environment: Mapping[str, str], prefix: str, model: type[BaseModel]) -> dict[str, object]:
    found: dict[str, object] = {}
    for field in model.model_fields:
        text = environment.get(f"{prefix}{field.upper()}")
        if text is not None:
            found[field] = tuple(text.split()) if field in ("algorithms", "api_clients") else text
    return found


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` reads them anew."""
    return read_settings(os.environ)
