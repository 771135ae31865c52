"""What the clock does to many records, each apart: one that fails keeps no other waiting."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib.observability import logger
from chalicelib.storage.errors import StorageUnavailableError


@contextmanager
def apart(failed: list[Exception], **about: str) -> Iterator[None]:
    """Keep what fails within in `failed`, to be raised once the others were tried, so that the alarm sees it. Every
    exception: a record that cannot be read is none of ours. A fault of the cloud, which would meet every record, is
    raised at once. about: identifiers for the log."""
    try:
        yield
    except StorageUnavailableError:
        raise
    except Exception as error:
        code = getattr(error, "code", type(error).__name__)
        logger.warning("left to the next look", extra={**about, "code": code})
        failed.append(error)
