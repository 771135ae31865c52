"""`make run` as a person meets it: what it says when it cannot start, and that even a kill keeps what was there.

That a stop does too is the last step of the browser's journey.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local import demo
from infra.local.checks import UnreadyError, owned_folder, parse_port
from infra.local.cloud import free_port
from infra.local.demo_roster import Login
from infra.local.resources import client, deploy
from infra.local.site import table_lines

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 60
KEY = {"pk": {"S": "T#gx450100#NOTE#1"}, "sk": {"S": "META"}}


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "infra.local", "--without-demo", *arguments]


def environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "YIJIANSHI_"))}


@contextmanager
def started(data: Path, port: int, *more: str) -> Iterator[str]:
    """The running site; its address. Stopped with Ctrl-C, which must end it with 0."""
    site = subprocess.Popen(
        command("--port", str(port), "--data", str(data), *more),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/", site)
        yield f"http://127.0.0.1:{port}"
        site.send_signal(signal.SIGINT)
        said = site.communicate(timeout=PATIENCE_SECONDS)[0]
        assert site.returncode == 0, said
        assert f"http://127.0.0.1:{port}" in said
        assert "Traceback" not in said
    finally:
        if site.poll() is None:
            site.terminate()
            site.communicate(timeout=PATIENCE_SECONDS)


def wait_for(url: str, site: "subprocess.Popen[str]") -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert site.poll() is None, site.communicate()[0]
        try:
            urllib.request.urlopen(url, timeout=5)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the site did not answer")


def refusal(*arguments: str) -> str:
    done = subprocess.run(command(*arguments), cwd=ROOT, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        said = refusal("--port", str(port), "--data", str(tmp_path))

    assert said.startswith(f"Port {port} is in use")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("port", ["eighty", "80", "70000", "-1"])
def test_what_is_no_port_is_refused(port: str) -> None:
    with pytest.raises(UnreadyError, match="is not a port"):
        parse_port(port)


def test_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    said = refusal("--port", str(free_port()), "--data", str(tmp_path / "file" / "data"))

    assert "cannot be written to" in said
    assert len(said.splitlines()) == 1


def test_columns_are_straight_with_chinese_text() -> None:
    assert table_lines([["a", "南宁市", "x"], ["bb", "city", "y"]]) == ["a   南宁市  x", "bb  city    y"]
    assert table_lines([]) == []


def test_the_terminal_says_which_departments_have_logins() -> None:
    logins = [Login(f"nanning.{name}.officer", demo.PLANNED, name, "officer") for name in ("fire", "market")]
    other = Login("beihai.housing.officer", "gx450500", "housing", "officer")

    assert demo._offices([*logins, other])["officer"] == "* is one of fire, market"


def test_folder_belongs_to_one_start_at_a_time(tmp_path: Path) -> None:
    with owned_folder(tmp_path), pytest.raises(UnreadyError, match="already uses"), owned_folder(tmp_path):
        raise AssertionError("two starts hold one folder")


@pytest.mark.nightly
def test_killed_site_leaves_no_cloud_behind_and_the_next_start_finds_its_data(tmp_path: Path) -> None:
    port = free_port()
    site = subprocess.Popen(
        command("--port", str(port), "--data", str(tmp_path)), cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    wait_for(f"{address}/", site)
    cloud = cloud_of(tmp_path)
    resources = deploy(cloud, address)
    client("dynamodb", cloud).put_item(TableName=resources.table_name, Item=KEY)
    client("s3", cloud).put_object(Bucket=resources.files_bucket, Key="t/gx450100/note", Body=b"kept")

    site.kill()
    site.wait()

    until = time.monotonic() + PATIENCE_SECONDS
    while is_open(cloud):
        assert time.monotonic() < until, "the cloud outlived the site"
        time.sleep(0.1)
    with started(tmp_path, port):
        cloud = cloud_of(tmp_path)
        assert client("dynamodb", cloud).get_item(TableName=resources.table_name, Key=KEY)["Item"] == KEY
        note = client("s3", cloud).get_object(Bucket=resources.files_bucket, Key="t/gx450100/note")["Body"].read()
        assert note == b"kept"


@pytest.mark.nightly
def test_in_memory_the_site_serves_over_moto(tmp_path: Path) -> None:
    with started(tmp_path / "unused", free_port(), "--cloud", "moto") as address:
        answer = urllib.request.urlopen(urllib.request.Request(f"{address}/static/icon.svg"), timeout=30)

        assert answer.status == 200
    assert not (tmp_path / "unused").exists()


def cloud_of(data: Path) -> str:
    return f"http://127.0.0.1:{json.loads((data / 'memory.json').read_text())['cloud_port']}"


def is_open(endpoint: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(endpoint.rsplit(":", 1)[1]))) == 0
