"""What can be wrong before anything starts: one sentence each, and the exit code 2."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.cloud import is_taken

PATIENCE_SECONDS = 3
"""How long a cloud whose parent has just ended may take to write its state."""


class UnreadyError(Exception):
    """The site cannot start here; the message is the sentence to print."""


def parse_port(text: str) -> int:
    """A port from 1024 to 65535."""
    if not text.isdecimal() or not 1024 <= int(text) <= 65535:
        raise UnreadyError(f"PORT={text} is not a port: give a number from 1024 to 65535.")
    return int(text)


def port_in_use(port: int) -> str:
    other = port + 80 if port < 65000 else port - 80
    return f"Port {port} is in use: stop what listens there, or start with another one, e.g. PORT={other}."


def check_port(port: int) -> None:
    if is_taken(port):
        raise UnreadyError(
            f"Port {port} is in use: stop what listens there or start with another one, e.g. PORT={port + 80}."
        )


@contextmanager
def owned_folder(folder: Path) -> Iterator[int]:
    """The data folder, made if need be and held by this process alone. Yields the descriptor of the lock.

    Who inherits the descriptor holds the folder too: the cloud goes on writing its state when its parent was killed.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UnreadyError(
            f"The folder {folder} cannot be written to: make it writable or start in a copy of the project that is."
        ) from error
    try:
        _hold(lock, folder)
        yield lock
    finally:
        os.close(lock)


def _hold(lock: int, folder: Path) -> None:
    try:
        import fcntl
    except ImportError:
        # Windows has no such lock; two starts on one folder then meet at the port.
        return
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if time.monotonic() > until:
                raise UnreadyError(f"Another `make run` already uses {folder}: stop it first.") from error
            time.sleep(0.1)
        else:
            return
