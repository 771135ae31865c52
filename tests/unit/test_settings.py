"""Settings are typed, complete in production, and never take a secret from the environment there."""

import pytest
from pydantic import ValidationError

from chalicelib.settings import Stage, read_settings

PRODUCTION = {
    "YIJIANSHI_STAGE": "production",
    "AWS_REGION": "cn-northwest-1",
    "YIJIANSHI_FILES_BUCKET": "files",
    "YIJIANSHI_EVIDENCE_BUCKET": "evidence",
    "YIJIANSHI_UPLOAD_ORIGIN": "https://files.s3.cn-northwest-1.amazonaws.com.cn",
    "YIJIANSHI_JOBS_QUEUE_URL": "https://queue/jobs",
    "YIJIANSHI_EVENTS_QUEUE_URL": "https://queue/events.fifo",
    "YIJIANSHI_OUTBOUND_QUEUE_URL": "outbound",
    "YIJIANSHI_DATA_ROLE_ARN": "arn:aws-cn:iam::000000000000:role/data",
}


def test_an_empty_environment_is_the_test_stage() -> None:
    assert read_settings({}).stage is Stage.TEST


def test_groups_are_read_by_their_prefix() -> None:
    found = read_settings(
        {
            "YIJIANSHI_OIDC_ISSUER": "https://identity.example",
            "YIJIANSHI_OIDC_ALGORITHMS": "RS256 ES256",
            "YIJIANSHI_OIDC_API_CLIENTS": "",
            "YIJIANSHI_SESSION_IDLE_SECONDS": "60",
        }
    )

    assert found.identity.issuer == "https://identity.example"
    assert found.identity.algorithms == ("RS256", "ES256")
    assert found.identity.api_clients == ()
    assert found.session.idle_seconds == 60


def test_production_is_complete() -> None:
    assert read_settings(PRODUCTION).region == "cn-northwest-1"


@pytest.mark.parametrize("name", [name for name in PRODUCTION if name.startswith("YIJIANSHI_") and "STAGE" not in name])
def test_production_names_what_is_missing(name: str) -> None:
    environment = {key: value for key, value in PRODUCTION.items() if key != name}

    with pytest.raises(ValidationError, match=name):
        read_settings(environment)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        ("YIJIANSHI_SIGNING_SEED_HEX", "11" * 32),
        ("YIJIANSHI_APPLICATION_SECRET_HEX", "22" * 32),
    ],
)
def test_means_of_tests_are_refused_in_production(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        read_settings({**PRODUCTION, name: value})


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    found = read_settings({"YIJIANSHI_SIGNING_SEED_HEX": "ab" * 32})

    assert "abab" not in repr(found)


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        read_settings({}).region = "elsewhere"  # type: ignore[misc]


def test_a_limit_that_is_no_number_names_its_field() -> None:
    with pytest.raises(ValidationError, match="idle_seconds"):
        read_settings({"YIJIANSHI_SESSION_IDLE_SECONDS": "soon"})
