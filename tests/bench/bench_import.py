"""Cold import of app.py beside the bare stack's, each in fresh processes: `python -m tests.bench.bench_import`."""

import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 7
CASES = {
    "bare stack (chalice, pydantic, pynamodb, boto3, Powertools' logger)": (
        "import chalice, pydantic, pynamodb.models, boto3; from aws_lambda_powertools.logging import Logger"
    ),
    "app.py, as every function imports it": "import app",
    "app.py and the store, as the first request needs them": (
        "import app; from chalicelib import bootstrap; import chalicelib.storage.store"
    ),
}
_TIMED = "import time; began = time.perf_counter(); {}; print(time.perf_counter() - began)"


def milliseconds(statement: str) -> list[float]:
    """Import times of fresh processes, in milliseconds; the first, which fills the disk cache, is left out."""
    times = []
    for _ in range(ROUNDS + 1):
        command = [sys.executable, "-c", _TIMED.format(statement)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        times.append(float(done.stdout) * 1000)
    return times[1:]


def main() -> None:
    print(f"cold import, median of {ROUNDS} processes")
    bare = 0.0
    for label, statement in CASES.items():
        median = statistics.median(milliseconds(statement))
        bare = bare or median
        print(f"  {median:6.0f} ms  {median / bare:4.2f} x  {label}")


if __name__ == "__main__":
    main()
