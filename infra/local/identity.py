"""The local identity provider: ministack's Cognito, asked exactly as production asks any OpenID Connect provider."""

from contextlib import suppress
from typing import Any

from infra.local.resources import REGION, Resources, client


def identity_environment(resources: Resources, base_url: str) -> dict[str, str]:
    """The variables `YIJIANSHI_OIDC_*` for the user pool of these resources.

    Tokens name AWS as their issuer, though the keys are fetched from the emulator: hence two settings.
    """
    endpoint, pool = resources.identity_endpoint, resources.user_pool_id
    return {
        "YIJIANSHI_OIDC_ISSUER": issuer(resources),
        "YIJIANSHI_OIDC_KEY_URL": f"{endpoint}/{pool}/.well-known/jwks.json",
        "YIJIANSHI_OIDC_AUTHORIZE_URL": f"{endpoint}/oauth2/authorize",
        "YIJIANSHI_OIDC_TOKEN_URL": f"{endpoint}/oauth2/token",
        "YIJIANSHI_OIDC_LOGOUT_URL": f"{endpoint}/logout?client_id={resources.web_client_id}&logout_uri={base_url}/",
        "YIJIANSHI_OIDC_CLIENT_ID": resources.web_client_id,
        "YIJIANSHI_OIDC_AUDIENCE": resources.web_client_id,
        "YIJIANSHI_OIDC_API_CLIENTS": resources.machine_client_id,
        "YIJIANSHI_OIDC_ALGORITHMS": "RS256",
        "YIJIANSHI_OIDC_REDIRECT_BASE": base_url,
    }


def issuer(resources: Resources) -> str:
    return f"https://cognito-idp.{REGION}.amazonaws.com/{resources.user_pool_id}"


class Directory:
    """The accounts of the local user pool."""

    def __init__(self, resources: Resources) -> None:
        self.issuer = issuer(resources)
        self._resources = resources
        self._cognito = client("cognito-idp", resources.identity_endpoint)

    def ensure(self, username: str, password: str) -> str:
        """Make the account if it is not there, set its password, and return its subject (the token's `sub`)."""
        pool = self._resources.user_pool_id
        with suppress(self._cognito.exceptions.UsernameExistsException):
            self._cognito.admin_create_user(UserPoolId=pool, Username=username, MessageAction="SUPPRESS")
        self._cognito.admin_set_user_password(UserPoolId=pool, Username=username, Password=password, Permanent=True)
        user = self._cognito.admin_get_user(UserPoolId=pool, Username=username)
        return str(next(pair["Value"] for pair in user["UserAttributes"] if pair["Name"] == "sub"))

    def machine(self) -> dict[str, str]:
        """Client id, secret and token address of the evaluators' client (its tokens' `sub` is the client id)."""
        found: dict[str, Any] = self._cognito.describe_user_pool_client(
            UserPoolId=self._resources.user_pool_id, ClientId=self._resources.machine_client_id
        )["UserPoolClient"]
        return {
            "client_id": found["ClientId"],
            "client_secret": found.get("ClientSecret", ""),
            "token_url": f"{self._resources.identity_endpoint}/oauth2/token",
        }
