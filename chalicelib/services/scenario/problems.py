"""Refusals about versions of packages."""

from chalicelib.domain.errors import ConflictError, IllegalTransitionError


class PackageChangedError(ConflictError):
    """A file changed under a version that is already published: it needs a version number of its own."""

    code = "package_changed"


class PackageNotPublishedError(IllegalTransitionError):
    """The platform has not published this version yet."""

    code = "package_not_published"


class ResultsDifferError(ConflictError):
    """The installed handlers do not give what published versions promise: who publishes says why that is right.
    Details: `package`, `versions` (their numbers)."""

    code = "results_differ"
