"""Import of 100,000 rows beside parsing alone: `python -m tests.bench.bench_import_rows [rows]`.

Measured is our own processor time up to the border of the table's client library, where a recording client takes every
request (`recording_table.py`); serialising, signing, network and table are not in it. "rows" is reading the file into
rows of text alone; "parsing" is reading it and understanding every cell (codes, divisions, dates, choices), which any
import has to do whatever it then writes. Peak memory is that of a process that does nothing else. The table's own
part is what `make run` shows: it depends on the table, not on us.
"""

import csv
import io
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from chalicelib.domain.event import EventType
from chalicelib.domain.record import new_id, utc_now
from chalicelib.domain.register_columns import map_columns, register_columns
from chalicelib.domain.register_import import ImportScope, read_rows
from chalicelib.domain.register_table import read_table
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.register.import_register import columns_of, import_register
from chalicelib.services.register.request_import import request_import
from chalicelib.storage.scope import entered
from infra.local.demo_roster import TENANTS
from infra.local.synthetic import HEADERS, synthetic_stations
from tests.bench.recording_table import RecordingTable
from tests.builders import TENANT, act

ROWS = 100_000
SCENARIO = "refined_oil"
FORMS = ("csv", "xlsx")


def register_file(form: str, rows: int) -> bytes:
    """A clean register of so many filling stations, CSV in GB 18030 or XLSX."""
    stations = synthetic_stations(["450100000000"], rows)
    if form == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(HEADERS.values())
        writer.writerows([one[field] for field in HEADERS] for one in stations)  # type: ignore[literal-required]
        return text.getvalue().encode("gb18030")
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(HEADERS.values()))
    for number, one in enumerate(stations, start=1):
        sheet.write_row(number, 0, [one[field] for field in HEADERS])  # type: ignore[literal-required]
    book.close()
    return file.getvalue()


def seconds_of_rows(content: bytes) -> float:
    began = time.process_time()
    count = sum(1 for _ in read_table(io.BytesIO(content), "register").rows)
    assert count
    return time.process_time() - began


def seconds_of_parsing(content: bytes) -> float:
    own = columns_of(SCENARIO)
    began = time.process_time()
    table = read_table(io.BytesIO(content), "register", columns=[*own, *register_columns()])
    scope = ImportScope(divisions=tuple(TENANTS[0].divisions), scenario=SCENARIO)
    refused = sum(one.is_refused for one in read_rows(table.rows, map_columns(table.headers, extra=own), scope))
    assert not refused
    return time.process_time() - began


def seconds_of_import(content: bytes, rows: int) -> tuple[float, RecordingTable]:
    table = RecordingTable()
    store = table.store
    with entered(TENANT):
        with store.change(TENANT, act()) as change:
            tenant = TENANTS[0].model_copy(update={"scenarios": [SCENARIO]})
            change.save(tenant)
            change.event(EventType.TENANT_ONBOARDED, tenant)
        job = request_import(
            store, TENANT, act(), upload_id=new_id(), filename="register", scenario=SCENARIO, content=content
        )
        began = time.process_time()
        done = run_job(store, TENANT, job.id, lambda _: import_register, utc_now)
        seconds = time.process_time() - began
    assert done.result["accepted"] == rows, (done.state, done.error_code, done.result)
    return seconds, table


def measure(path: Path, rows: int, what: str) -> None:
    """One measurement, in a process of its own that has not made the file, so that its peak memory is the work's."""
    content = path.read_bytes()
    more = ""
    if what == "import":
        seconds, table = seconds_of_import(content, rows)
        calls = " ".join(f"{name}={count}" for name, count in sorted(table.calls.items()))
        more = f"items={table.items} {calls}"
    else:
        seconds = seconds_of_rows(content) if what == "rows" else seconds_of_parsing(content)
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, more)


def _in_a_process(*words: str) -> list[str]:
    command = [sys.executable, "-m", "tests.bench.bench_import_rows", *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def main(rows: int = ROWS, forms: Sequence[str] = FORMS) -> None:
    print(f"import of {rows:,} rows of {len(HEADERS)} columns, our own processor time")
    with TemporaryDirectory() as folder:
        for form in forms:
            path = str(Path(folder) / form)
            _in_a_process("make", path, str(rows), form)
            found: dict[str, float] = {}
            for what in ("rows", "parsing", "import"):
                seconds, peak, *more = _in_a_process("measure", path, str(rows), what)
                found[what] = float(seconds)
                against = f"{found[what] / found['parsing']:5.2f} x parsing" if "parsing" in found else ""
                against += f"  {found[what] / found['rows']:5.2f} x rows"
                print(f"  {form:4} {what:8} {found[what]:7.1f} s  {against:32}  peak {peak} MB", flush=True)
                if more:
                    print(f"       {' '.join(more)}", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] == "make":
        Path(sys.argv[2]).write_bytes(register_file(sys.argv[4], int(sys.argv[3])))
    elif len(sys.argv) == 5:
        measure(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, sys.argv[2:] or FORMS)
