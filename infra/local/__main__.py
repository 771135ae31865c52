"""`python -m infra.local`: the whole product on this machine. `make run` calls it."""

import sys

# Read by older Pythons than the rest of the code, to say so in one sentence.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Yijianshi needs Python 3.11 or newer; this one is older.")

import argparse
from pathlib import Path

from infra.local.checks import UnreadyError, parse_port
from infra.local.cloud import CloudError
from infra.local.site import DATA, run_site


def main() -> int:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", default="8000")
    parser.add_argument("--cloud", default="ministack", choices=("ministack", "moto"))
    parser.add_argument("--data", type=Path, default=DATA, help="folder that keeps the data (default: .local)")
    parser.add_argument("--without-demo", action="store_true", help="start empty")
    arguments = parser.parse_args()
    is_kept = arguments.cloud == "ministack"
    try:
        run_site(parse_port(arguments.port), arguments.data, is_kept=is_kept, has_demo=not arguments.without_demo)
    except (UnreadyError, CloudError) as stop:
        print(stop, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
