"""Faults of the cloud, translated once into errors of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import DoesNotExist, PynamoDBException

from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.record import Ref


class StorageUnavailableError(YijianshiError):
    """The cloud did not do it and may do it later; nothing was half-written. Details: `cause`."""

    code = "storage_unavailable"


class AlreadyDoneError(YijianshiError):
    """This act's key was used before: `ref` names the record that the earlier, finished act changed."""

    code = "already_done"

    def __init__(self, ref: Ref) -> None:
        super().__init__(kind=ref.kind, id=ref.id)
        self.ref = ref


class LimitReachedError(YijianshiError):
    """A counted limit would be passed. Details: `name`, `limit`."""

    code = "limit_reached"


class TooOftenError(LimitReachedError):
    """Something was asked more often than a window of time allows. Details: `name`, `limit`, and until
    when it is so: `retry_after` (seconds), `minutes`."""

    code = "too_often"


@contextmanager
def translated() -> Iterator[None]:
    """Turns faults of boto and PynamoDB into StorageUnavailableError; a missing item stays DoesNotExist."""
    try:
        yield
    except DoesNotExist:
        raise
    except PynamoDBException as error:
        raise StorageUnavailableError(cause=error.cause_response_code or type(error).__name__) from error
    except ClientError as error:
        code: Any = error.response.get("Error", {}).get("Code", "")
        raise StorageUnavailableError(cause=code) from error
    except BotoCoreError as error:
        raise StorageUnavailableError(cause=type(error).__name__) from error
