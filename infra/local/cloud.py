"""Starts and stops the emulated cloud. Always on 127.0.0.1, never on another address."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from infra.local.resources import ACCESS_KEY, REGION

HOST = "127.0.0.1"
START_SECONDS = 20
STOP_SECONDS = 30


class CloudError(RuntimeError):
    """The emulated cloud did not start; the message is one sentence for the person at the terminal."""


def free_port(preferred: int = 0) -> int:
    """`preferred` if nobody listens there, else any port that is free now."""
    if preferred and not is_taken(preferred):
        return preferred
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether a server could not bind this port on 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False


def _environment(port: int, folder: Path, *, is_kept: bool) -> dict[str, str]:
    keep = "1" if is_kept else "0"
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
        "PERSIST_STATE": keep,
        "S3_PERSIST": keep,
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "objects"),
        "TMPDIR": str(folder),
        # These would listen on every address of the machine.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def running_cloud(folder: Path, *, is_kept: bool, preferred_port: int = 0, lock: int | None = None) -> Iterator[str]:
    """ministack on a free port; yields its endpoint, e.g. "http://127.0.0.1:45123", and stops it on leaving.

    folder: where state, objects and the log are; is_kept: whether they outlive the process; lock: descriptor of
    the folder's lock, which the cloud then holds as long as it lives.
    """
    for part in ("state", "objects"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    port = free_port(preferred_port)
    with (folder / "cloud.log").open("ab") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "infra.local.child"],
            cwd=Path(__file__).parents[2],
            env=_environment(port, folder, is_kept=is_kept),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            # Ctrl-C in the terminal must not reach it before we have finished with it.
            start_new_session=True,
            pass_fds=() if lock is None else (lock,),
        )
    try:
        _wait_until_up(child, port, folder / "cloud.log")
        yield f"http://{HOST}:{port}"
    finally:
        _stop(child)


def _wait_until_up(child: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if child.poll() is not None:
            break
        with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        time.sleep(0.05)
    raise CloudError(f"The local cloud did not start; its last words are in {log}.")


def _stop(child: "subprocess.Popen[bytes]") -> None:
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
