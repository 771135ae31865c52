"""Refusals that only the web layer knows."""

from chalicelib.domain.errors import NotAllowedError, NotAuthenticatedError, YijianshiError


class CrossSiteRequestError(NotAllowedError):
    """An unsafe request that did not come from a page of ours, or carries no token of this session."""

    code = "csrf_failed"


class SignInRequiredError(NotAuthenticatedError):
    """No live session: the page sends the person to sign in."""

    code = "sign_in_required"


class InvalidTokenError(NotAuthenticatedError):
    """A bearer token that does not hold. Details: `reason`, for the log only."""

    code = "invalid_token"


class InvalidSignatureError(NotAuthenticatedError):
    """What a machine tells is not signed as it has to be. Details: `reason`, for the log only."""

    code = "invalid_signature"


class SignInFailedError(NotAuthenticatedError):
    """The way back from the identity provider does not fit the way out. Details: `reason`, for the log only."""

    code = "sign_in_failed"


class NoMembershipError(NotAllowedError):
    """Signed in, but bound to no person of any tenant."""

    code = "no_membership"


class TenantNotChosenError(NotAllowedError):
    """An API caller with several memberships has to name one in the header `X-Tenant`."""

    code = "tenant_not_chosen"


class DeputyEndedError(NotAllowedError):
    """The appointment under which this was meant to be done has ended; nothing was done in one's own name instead."""

    code = "deputy_ended"


class MethodNotAllowedError(YijianshiError):
    code = "method_not_allowed"


class UnsupportedMediaTypeError(YijianshiError):
    code = "unsupported_media_type"


class TooLargeError(YijianshiError):
    """The body is larger than the API takes. Details: `limit` (bytes)."""

    code = "too_large"


class TooManyRequestsError(YijianshiError):
    """More calls than the limit of this minute allows. Details: `limit`, `retry_after` (seconds)."""

    code = "too_many_requests"


class PreconditionFailedError(YijianshiError):
    """`If-Match` names a version that is no longer the present one. Details: `version`, the present one."""

    code = "precondition_failed"


class PreconditionRequiredError(YijianshiError):
    """The call overwrites a record and has to say in `If-Match` which version was read."""

    code = "precondition_required"


class KeyReusedError(YijianshiError):
    """This `Idempotency-Key` came before with another method, address or body."""

    code = "key_reused"


class UnreadableRequestError(YijianshiError):
    """A body that is not what its type says."""

    code = "unreadable_request"


class UnexpectedError(YijianshiError):
    """A fault of ours. The reference on the page leads to the log."""

    code = "unexpected"


class IdentityUnavailableError(YijianshiError):
    """The identity provider does not answer. Details: `cause`."""

    code = "identity_unavailable"
