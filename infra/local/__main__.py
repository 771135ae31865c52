"""`python -m infra.local`: the whole product on this machine. `make run` calls it."""

import sys

# Read by older Pythons than the rest of the code, to say so in one sentence.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Yijianshi needs Python 3.11 or newer; this one is older.")

import argparse

from infra.local.checks import UnreadyError, parse_port
from infra.local.cloud import CloudError
from infra.local.site import run_site


def main() -> int:
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument("--port", default="8000")
    parser.add_argument("--cloud", default="ministack", choices=("ministack", "moto"))
    arguments = parser.parse_args()
    try:
        run_site(parse_port(arguments.port), is_kept=arguments.cloud == "ministack")
    except (UnreadyError, CloudError) as stop:
        print(stop, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
