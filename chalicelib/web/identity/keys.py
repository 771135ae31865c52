"""The provider's public keys: fetched once per process, again after an hour or when a token names an unknown one."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from chalicelib.web.errors import IdentityUnavailableError

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

MAX_AGE_SECONDS = 3600
MIN_REFRESH_SECONDS = 30
"""An invented key id in a forged token must not make us ask the provider at every request."""
_TIMEOUT_SECONDS = 5.0


def fetch_json(url: str) -> Any:
    """GET a JSON document; IdentityUnavailableError when it cannot be had."""
    import httpx

    try:
        answer = httpx.get(url, timeout=_TIMEOUT_SECONDS, follow_redirects=False)
        answer.raise_for_status()
        return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise IdentityUnavailableError(cause=type(error).__name__) from error


class KeyCache:
    """Key sets by address. Thread safe; public keys belong to no tenant."""

    def __init__(
        self, fetch: Callable[[str], Any] = fetch_json, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch, self._monotonic = fetch, monotonic
        self._kept: dict[str, tuple[float, KeySet]] = {}
        self._lock = threading.Lock()

    def keys(self, url: str, *, kid: str | None = None) -> "KeySet":
        """The key set; fetched anew when `kid` is not in the one we have."""
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        with self._lock:
            kept = self._kept.get(url)
            age = self._monotonic() - kept[0] if kept else None
            if kept and age is not None and age < MAX_AGE_SECONDS:
                is_known = kid is None or any(key.kid == kid for key in kept[1])
                if is_known or age < MIN_REFRESH_SECONDS:
                    return kept[1]
            try:
                found = KeySet.import_key_set(self._fetch(url))
            except (JoseError, KeyError, TypeError, ValueError) as error:
                raise IdentityUnavailableError(cause=type(error).__name__) from error
            self._kept[url] = (self._monotonic(), found)
            return found


key_cache = KeyCache()
