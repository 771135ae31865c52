"""The handlers of another distribution, tried in a process of their own before this one imports them.

Code that never returns, or that ends the process, cannot be caught where it runs: it would take `scenario list`, the
packager and the site down with it. So a package that an installed distribution brings is imported, and its sample
cases are run, in a child with a time limit; what comes of it is remembered for as long as its files stay the same.
Packages of this installation are not tried, nor those that `make package` tried before it shipped them: a cold start
pays nothing.

A guard against accidents, not a sandbox: whoever installs a distribution trusts its code.
"""

import hashlib
import json
import os
import signal
import sys
from pathlib import Path

from chalicelib.contract.rule_finding import RuleFinding

TIME_LIMIT_SECONDS = 10
"""For the child as a whole. Starting it takes about a second; importing a sound package and running its cases, less."""

_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from chalicelib.contract.handler_probe import run_probe; run_probe(sys.argv[2])"
)
_MEND = "a module defines functions and waits for nothing: take out what goes on without end or ends the process"
_FAILED_MEND = "correct the module; it may import chalicelib.contract and chalicelib.domain only"
_STEPS = ("importing the module", "running the sample cases")

_outside: set[Path] = set()
_results: dict[tuple[Path, str], RuleFinding | None] = {}


def mark_outside(folder: Path) -> None:
    """Have the package in this folder tried before this process imports it."""
    _outside.add(folder)


def probe_finding(folder: Path) -> RuleFinding | None:
    """What keeps this process from importing the handlers of a folder that was marked; None where nothing does."""
    if folder not in _outside:
        return None
    key = (folder, _digest(folder))
    if key not in _results:
        _results[key] = _probe(folder)
    return _results[key]


def _digest(folder: Path) -> str:
    """Of all that the child reads of the package."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in ("*.py", "*.json") for path in folder.rglob(pattern)):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _probe(folder: Path) -> RuleFinding | None:
    import subprocess

    command = [sys.executable, "-c", _PROGRAM, json.dumps(sys.path), str(folder)]
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(
        command, stdin=quiet, stdout=subprocess.PIPE, stderr=quiet, text=True, start_new_session=True
    )
    ended = True
    try:
        said, _ = child.communicate(timeout=TIME_LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(child.pid)
        said, _ = child.communicate()
        ended = False
    lines = [json.loads(line) for line in said.splitlines()]
    if lines and lines[-1]["step"] == len(_STEPS):
        return None
    problem, mend = lines[-1].get("problem", "") if lines else "", _FAILED_MEND
    if not problem:
        step, mend = _STEPS[lines[-1]["step"] if lines else 0], _MEND
        how = f"ended the process with status {child.returncode}"
        problem = f"{step} {how}" if ended else f"{step} does not end within {TIME_LIMIT_SECONDS} seconds"
    return RuleFinding("handlers_callable", "handlers.py", "", problem, mend)


def _kill(process: int) -> None:
    """The child and whatever it started."""
    from contextlib import suppress

    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)


def run_probe(place: str) -> None:
    """In the child: a line of JSON for each step that was reached. What the package itself prints goes nowhere, and
    its threads do not keep the child."""
    # Whoever started this may be gone by the time at which it should be ended.
    signal.alarm(TIME_LIMIT_SECONDS + 5)
    report = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

    def say(step: int, problem: str = "") -> None:
        report.write(json.dumps({"step": step, "problem": problem}) + "\n")
        report.flush()

    import threading

    from chalicelib.contract.registry import BrokenScenarioError, load_module

    folder = Path(place)
    try:
        load_module(folder)
    except BrokenScenarioError as error:
        say(0, error.findings[0].problem)
        os._exit(0)
    if any(one is not threading.main_thread() and not one.daemon for one in threading.enumerate()):
        say(0, "importing the module started a thread that goes on")
        os._exit(0)
    say(1)
    _run_cases(folder)
    say(2)
    os._exit(0)


def _run_cases(folder: Path) -> None:
    """What a case gives, or raises, is judged later: here it only has to come back."""
    from chalicelib.contract.package import read_package
    from chalicelib.contract.rules_gold import read_samples, run_sample

    reading = read_package(folder)
    samples, _ = read_samples(reading)
    for case in samples.cases if samples and reading.scenario else ():
        try:
            run_sample(reading, case)
        except (Exception, SystemExit):
            continue
