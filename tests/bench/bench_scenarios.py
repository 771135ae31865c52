"""Start-up with 6 and with 60 scenario packages, each in fresh processes: `python -m tests.bench.bench_scenarios`.

A start is the import of app.py (which names four functions for each package) and the first use of one package (which
reads that one). The packages are made from the skeleton; both trees hold the same code, compiled beforehand. Rounds
alternate between the trees, so that what else the machine does meets both; the goal is held against processor time.
"""

import os
import shutil
import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.contract.skeleton import NewPackage, make_package

ROOT = Path(__file__).parents[2]
FEW, MANY = 6, 60
ROUNDS = 9
GOAL = 1.10
_TIMED = """
import time; began, worked = time.perf_counter(), time.process_time()
import app
from chalicelib.contract.registry import registry
label = registry().get("trade_000").manifest.label
ended, done = time.perf_counter(), time.process_time()
assert len(registry().names()) == int(__import__("sys").argv[1]), registry().names()
assert callable(app.trade_005_evaluation)
print(ended - began, done - worked)
"""


def make_tree(folder: Path, packages: int) -> Path:
    """The code with so many packages and nothing else in scenarios/."""
    ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "chalicelib", folder / "chalicelib", ignore=ignored)
    shutil.copy(ROOT / "app.py", folder / "app.py")
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "__init__.py").touch()
    for number in range(packages):
        new = NewPackage(f"trade_{number:03}", f"行业{number}", f"Trade {number}", date(2026, 11, 23))
        make_package(new, folder / "scenarios", folder / "made_tests")
    return folder


def milliseconds(tree: Path, packages: int) -> tuple[float, float]:
    """Time on the wall and of the processor, of one fresh process that finds its bytecode."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", _TIMED, str(packages)]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=True)
    wall, processor = map(float, done.stdout.split())
    return wall * 1000, processor * 1000


def main() -> None:
    print(f"start with {FEW} and with {MANY} scenario packages, median of {ROUNDS} processes each")
    with TemporaryDirectory() as folder:
        trees = {count: make_tree(Path(folder) / str(count), count) for count in (FEW, MANY)}
        for count, tree in trees.items():
            milliseconds(tree, count)  # compiles
        times: dict[int, list[tuple[float, float]]] = {count: [] for count in trees}
        for _ in range(ROUNDS):
            for count, tree in trees.items():
                times[count].append(milliseconds(tree, count))
    for position, what in enumerate(("on the wall", "of the processor")):
        medians = {count: statistics.median(one[position] for one in found) for count, found in times.items()}
        for count, median in medians.items():
            print(f"  {median:6.0f} ms  {median / medians[FEW]:5.3f} x  {what}, {count} packages")
    ratio = medians[MANY] / medians[FEW]
    print(f"  ratio {ratio:.3f}, goal at most {GOAL:.2f}: {'reached' if ratio <= GOAL else 'missed'}")


if __name__ == "__main__":
    main()
