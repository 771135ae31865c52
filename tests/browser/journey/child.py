"""`python -m tests.browser.journey.child PORT FOLDER`: the site as `make run` starts it, with the small city in it."""

import sys
from pathlib import Path

from infra.local import site
from tests.browser.journey import city


def main() -> None:
    site.DEMO = city.__name__
    site.run_site(int(sys.argv[1]), Path(sys.argv[2]), is_kept=True, has_demo=True)


if __name__ == "__main__":
    main()
