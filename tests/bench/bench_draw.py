"""Draw of 300,000 subjects beside the bare hash loop in one run: `python -m tests.bench.bench_draw`."""

import hashlib
import hmac
import resource
import time
from collections.abc import Callable, Iterator

from chalicelib.domain.draw import PoolRow, Stratum, draw_subjects
from chalicelib.domain.draw_rows import RowsDigest, sorted_rows

SUBJECTS = 300_000
WEIGHTS = (1, 1, 1, 2, 2, 4, 8)
STRATA = [Stratum(name="urban", k=9_000), Stratum(name="county", k=6_000)]
SEED = hashlib.sha256(b"bench").digest()


def pool() -> list[PoolRow]:
    names = [stratum.name for stratum in STRATA]
    return [
        PoolRow(hashlib.sha256(b"%d" % number).hexdigest(), WEIGHTS[number % len(WEIGHTS)], names[number % 2])
        for number in range(SUBJECTS)
    ]


def bare_loop(rows: list[PoolRow]) -> None:
    """As many HMACs over messages of the same length as the draw makes tickets, and nothing else."""
    for blind, weight, _ in rows:
        message = f"biz\x1f{blind}\x1f1".encode()
        for _turn in range(weight):
            hmac.digest(SEED, message, "sha256")


def bare_prepared_loop(rows: list[PoolRow]) -> None:
    """The same from prepared states, as the draw makes them: the fastest loop that Python's library allows."""
    inner, outer = hashlib.sha256(SEED.ljust(64, b"\0")), hashlib.sha256(SEED.rjust(64, b"\0"))
    for blind, weight, _ in rows:
        message = f"biz\x1f{blind}\x1f1".encode()
        for _turn in range(weight):
            first, second = inner.copy(), outer.copy()
            first.update(message)
            second.update(first.digest())
            second.digest()


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def commit(rows: list[PoolRow]) -> None:
    digest = RowsDigest()
    for row in sorted_rows(rows):
        digest.add(row)


def measure() -> Iterator[str]:
    rows = pool()
    bare = min(seconds(lambda: bare_loop(rows)) for _ in range(3))
    prepared = min(seconds(lambda: bare_prepared_loop(rows)) for _ in range(3))
    drawn = min(seconds(lambda: draw_subjects(SEED, rows, STRATA)) for _ in range(3))
    committed = min(seconds(lambda: commit(rows)) for _ in range(3))
    tickets = sum(row.weight for row in rows)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    yield f"subjects {SUBJECTS}, tickets {tickets}, drawn {sum(stratum.k for stratum in STRATA)}"
    yield f"bare loop, hmac.digest      {bare:7.3f} s"
    yield f"bare loop, prepared states  {prepared:7.3f} s"
    for name, taken in (("draw", drawn), ("sort and commit", committed)):
        yield f"{name:27} {taken:7.3f} s   {taken / bare:.2f} × and {taken / prepared:.2f} × these"
    yield f"peak memory                 {megabytes} MB, the pool itself included"


def main() -> None:
    for line in measure():
        print(line)


if __name__ == "__main__":
    main()
