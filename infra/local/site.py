"""Starts everything in order, says what it does, and stops it in the opposite order."""

import json
import logging
import os
import shlex
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any
from unicodedata import east_asian_width

from infra.local.checks import UnreadyError, check_port, owned_folder, port_in_use
from infra.local.cloud import HOST, running_cloud
from infra.local.identity import Directory, identity_environment
from infra.local.pump import Pump
from infra.local.receipts import told_later
from infra.local.resources import Resources, create_by_hand, deploy
from infra.local.server import local_server

ROOT = Path(__file__).parents[2]
DATA = ROOT / ".local"
DEMO = "infra.local.demo"
OUTBOUND = "deliver_outbound"
LOGGERS = ("yijianshi", "yijianshi-security")


def run_site(port: int, kept_folder: Path, *, is_kept: bool, has_demo: bool) -> None:
    """Serve on 127.0.0.1:`port` until Ctrl-C or TERM. Raises UnreadyError or CloudError with one sentence each.

    is_kept: data live in `kept_folder` and are there at the next start; else everything is in memory (moto).
    """
    check_port(port)
    stop = _stop_on_signal()
    folder = owned_folder(kept_folder) if is_kept else nullcontext()
    with folder as lock, tempfile.TemporaryDirectory(prefix="yijianshi-") as scratch:
        data = kept_folder if is_kept else Path(scratch)
        memory = _Memory(data / "memory.json")
        _say("starting the local cloud …")
        with _cloud(data, memory, port, lock) as resources:
            app = load_app(resources, _base_url(port))
            _write_environment(data / "environment", resources)
            _log_to(data / "site.log")
            _serve(app, resources, memory, port, stop, has_demo=has_demo, is_kept=is_kept)
    _say("stopped." + (f" The data are kept in {kept_folder.name}/ for the next start." if is_kept else ""))


def load_app(resources: Resources, base_url: str, **more: str) -> ModuleType:
    """Point this process at these resources and import app.py, and only then what reads settings."""
    os.environ.update(
        {
            **resources.environment(),
            **identity_environment(resources, base_url),
            "YIJIANSHI_STAGE": "local",
            # Powertools would look for a metrics and tracing daemon.
            "POWERTOOLS_TRACE_DISABLED": "true",
            "POWERTOOLS_LOG_LEVEL": "WARNING",
            **more,
        }
    )
    app = import_module("app")
    from infra.local.compiled_templates import keep_templates_compiled

    keep_templates_compiled()
    return app


def _write_environment(path: Path, resources: Resources) -> None:
    """What a shell needs so that `yijianshi` works on this cloud: `. .local/environment`."""
    values = {**resources.environment(), "YIJIANSHI_STAGE": "local"}
    path.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in values.items()), "utf-8")


class _Told(logging.Handler):
    """One line at the terminal for what went wrong; the details are in the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.ERROR)
        self._path = path

    def emit(self, record: logging.LogRecord) -> None:
        _say(f"  ! {record.getMessage()}  (details in {self._path})")


def _log_to(path: Path) -> None:
    """The log lines that CloudWatch would take go to a file."""
    stream = path.open("a", encoding="utf-8", buffering=1)
    told = _Told(path)
    for name in LOGGERS:
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(stream)
        logging.getLogger(name).addHandler(told)


class _Memory:
    """What one start remembers for the next: a small JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def get(self, name: str) -> Any:
        return self._values.get(name)

    def keep(self, **values: Any) -> None:
        self._values.update(values)
        written = self._path.with_suffix(".new")
        written.write_text(json.dumps(self._values, ensure_ascii=False, indent=1), "utf-8")
        written.replace(self._path)


def _base_url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _say(text: str) -> None:
    print(text, flush=True)


def _stop_on_signal() -> threading.Event:
    """Set at the first Ctrl-C or TERM; a second Ctrl-C while we are stopping changes nothing."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


@contextmanager
def _cloud(data: Path, memory: _Memory, port: int, lock: int | None) -> Iterator[Resources]:
    """The emulated cloud with everything in it. Without a lock, in memory: data on moto, identity on ministack."""
    # The same port as last time, so that addresses which were stored stay true.
    is_kept, last_port = lock is not None, memory.get("cloud_port") or 0
    with running_cloud(data, is_kept=is_kept, preferred_port=last_port, lock=lock) as endpoint:
        resources = deploy(endpoint, _base_url(port))
        memory.keep(cloud_port=int(endpoint.rsplit(":", 1)[1]))
        if is_kept:
            yield resources
        else:
            # Loaded here: moto and its dependencies cost a second that the other cloud need not pay.
            from infra.local.moto_cloud import running_moto

            with running_moto(HOST) as moto:
                by_hand = {name: value for name, value in vars(create_by_hand(moto)).items() if value}
                yield replace(resources, **by_hand)


def _serve(
    app: ModuleType,
    resources: Resources,
    memory: _Memory,
    port: int,
    stop: threading.Event,
    *,
    has_demo: bool,
    is_kept: bool,
) -> None:
    try:
        server = local_server(app.app, port)
    except OSError as error:
        raise UnreadyError(port_in_use(port)) from error
    vars(app)[OUTBOUND] = told_later(vars(app)[OUTBOUND], _base_url(port))
    pump = Pump(app, resources)
    pump.start()
    if not memory.get("stopped_clean") and memory.get("demo"):
        _say("the last start was not stopped properly: its events are delivered again …")
        pump.redeliver()
    memory.keep(stopped_clean=False)
    logins = _demo(resources, memory, is_small=not is_kept) if has_demo else []
    threading.Thread(target=server.server.serve_forever, name="server", daemon=True).start()
    _greet(port, logins)
    stop.wait()
    _say("\nstopping …")
    server.shutdown()
    server.server.server_close()
    memory.keep(stopped_clean=pump.stop())


def _demo(resources: Resources, memory: _Memory, *, is_small: bool) -> list[list[str]]:
    """Load the demo data at the first start. Returns rows of text about its logins."""
    if memory.get("demo") is None and find_spec(DEMO):
        began = time.monotonic()
        _say("loading a small demo (moto is slow: few stations) …" if is_small else "loading the demo data (once) …")
        rows = import_module(DEMO).load(Directory(resources), _say, is_small=is_small)
        memory.keep(demo=[list(map(str, row)) for row in rows])
        _say(f"demo data loaded in {time.monotonic() - began:.0f} s.")
    return memory.get("demo") or []


def _greet(port: int, logins: list[list[str]]) -> None:
    _say("")
    for line in table_lines(logins):
        _say(f"  {line}")
    _say(f"\n  Yijianshi 一件事 is at  {_base_url(port)}   (Ctrl-C stops it)\n")


def table_lines(rows: list[list[str]]) -> list[str]:
    """Rows as lines with straight columns at a terminal, where a Chinese character takes two places."""
    widths = [max(map(_places, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(text + " " * (width - _places(text)) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _places(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
