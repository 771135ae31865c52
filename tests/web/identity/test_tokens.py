"""Tokens: what is signed by our provider for us, now, is believed; nothing else is."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from joserfc.jwk import KeySet, OctKey, RSAKey

from chalicelib.settings import IdentitySettings
from chalicelib.web.errors import IdentityUnavailableError, InvalidTokenError
from chalicelib.web.identity.keys import MIN_REFRESH_SECONDS, KeyCache
from chalicelib.web.identity.tokens import verify_access_token, verify_id_token
from tests.web.site import API_CLIENT, ISSUER, NOW, SIGNING_KEY, WEB_CLIENT, access_claims, public_keys, signed

AUDIENCE = "https://yijianshi.test/api"
PROVIDER = IdentitySettings(
    issuer=ISSUER,
    key_url="https://identity.test/keys",
    client_id=WEB_CLIENT,
    api_clients=(API_CLIENT,),
    audience=AUDIENCE,
)
NOW_SECONDS = int(NOW.timestamp())
FOREIGN_KEY = RSAKey.generate_key(2048, parameters={"kid": "k1"})


def _keys() -> KeyCache:
    return KeyCache(fetch=lambda url: public_keys())


def _access(token: str) -> dict[str, Any]:
    return verify_access_token(token, PROVIDER, _keys(), now=NOW)


def _id(token: str) -> dict[str, Any]:
    return verify_id_token(token, PROVIDER, _keys(), nonce="n", now=NOW)


def _id_claims(**claims: Any) -> dict[str, Any]:
    base = {"sub": "s", "iss": ISSUER, "aud": WEB_CLIENT, "nonce": "n", "iat": NOW_SECONDS, "exp": NOW_SECONDS + 60}
    return base | claims


def _part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _unsigned(claims: dict[str, Any], alg: str = "none") -> str:
    return f"{_part({'alg': alg, 'kid': 'k1'})}.{_part(claims)}."


def _hs256_with_public_key(claims: dict[str, Any]) -> str:
    """The classic confusion: the public key used as an HMAC secret."""
    message = f"{_part({'alg': 'HS256', 'kid': 'k1'})}.{_part(claims)}"
    mac = hmac.new(SIGNING_KEY.as_pem(private=False), message.encode(), hashlib.sha256).digest()
    return f"{message}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def test_an_access_token_of_one_of_our_clients_holds() -> None:
    assert _access(signed(access_claims("s")))["sub"] == "s"
    assert _access(signed(access_claims("s") | {"client_id": WEB_CLIENT}))["sub"] == "s"


def test_an_access_token_with_our_audience_holds() -> None:
    assert _access(signed(access_claims("s") | {"aud": [AUDIENCE], "client_id": "any"}, typ="at+jwt"))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.test"},
        {"iss": None},
        {"sub": None},
        {"exp": None},
        {"exp": NOW_SECONDS - 31},
        {"exp": "tomorrow"},
        {"nbf": NOW_SECONDS + 31},
        {"iat": NOW_SECONDS + 31},
        {"client_id": "another"},
        {"client_id": None},
        {"aud": "another"},
        {"aud": WEB_CLIENT},
        {"token_use": "id"},
        {"nonce": "of an id token", "token_use": None},
    ],
    ids=str,
)
def test_an_access_token_for_others_or_another_time_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidTokenError):
        _access(signed(access_claims("s") | claims))


@pytest.mark.parametrize(
    "token",
    [
        _unsigned(access_claims("s")),
        _unsigned(access_claims("s"), "None"),
        _unsigned(access_claims("s"), "RS256"),
        _hs256_with_public_key(access_claims("s")),
        signed(access_claims("s"), FOREIGN_KEY),
        signed(access_claims("s"), OctKey.generate_key(256), alg="HS256"),
        signed(access_claims("s"), typ="logout+jwt"),
        signed(access_claims("s"), FOREIGN_KEY, jwk=FOREIGN_KEY.as_dict(private=False)),
        signed(access_claims("s"))[:-4] + "AAAA",
        "a.b.c",
        "",
        "中",
        "x" * 9000,
    ],
    ids=[
        "none", "None", "unsigned", "public key as secret", "foreign key", "symmetric", "type", "own key in the head",
        "signature", "rubbish", "empty", "script", "long",
    ],
)  # fmt: skip
def test_a_token_that_our_provider_did_not_sign_is_refused(token: str) -> None:
    with pytest.raises(InvalidTokenError):
        _access(token)


def test_an_id_token_that_answers_our_request_holds() -> None:
    assert _id(signed(_id_claims()))["sub"] == "s"
    assert _id(signed(_id_claims(aud=[WEB_CLIENT, "x"], azp=WEB_CLIENT)))["sub"] == "s"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": API_CLIENT},
        {"aud": None},
        {"aud": [WEB_CLIENT, "x"]},
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://other.test"},
        {"exp": NOW_SECONDS - 31},
        {"token_use": "access"},
    ],
    ids=str,
)
def test_an_id_token_that_answers_something_else_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(InvalidTokenError):
        _id(signed(_id_claims(**claims)))


def test_an_unknown_key_is_fetched_once_and_not_at_every_forged_token() -> None:
    fetched: list[str] = []
    clock = [0.0]
    published = [public_keys()]

    def fetch(url: str) -> Any:
        fetched.append(url)
        return published[0]

    cache = KeyCache(fetch=fetch, monotonic=lambda: clock[0])
    new_key = RSAKey.generate_key(2048, parameters={"kid": "k2", "use": "sig", "alg": "RS256"})
    token = signed(access_claims("s"), new_key, kid="k2")

    verify_access_token(signed(access_claims("s")), PROVIDER, cache, now=NOW)
    for _ in range(5):
        with pytest.raises(InvalidTokenError):
            verify_access_token(token, PROVIDER, cache, now=NOW)
    assert len(fetched) == 1

    published[0] = KeySet([SIGNING_KEY, new_key]).as_dict(private=False)
    clock[0] = MIN_REFRESH_SECONDS + 1
    verify_access_token(token, PROVIDER, cache, now=NOW)
    assert len(fetched) == 2


def test_rubbish_for_keys_is_the_providers_fault() -> None:
    with pytest.raises(IdentityUnavailableError):
        verify_access_token(signed(access_claims("s")), PROVIDER, KeyCache(fetch=lambda url: {"no": "keys"}), now=NOW)


def test_without_a_provider_no_token_holds() -> None:
    with pytest.raises(InvalidTokenError):
        verify_access_token(signed(access_claims("s")), IdentitySettings(), _keys(), now=NOW)
