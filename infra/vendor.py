"""The vendored kit: rebuild it from npm, or check it against its checksum list.

`python -m infra.vendor` checks (no network, Python only). `python -m infra.vendor refresh` rebuilds everything in a
temporary folder and needs node and npm. Styles are compiled down for Chromium 86, still common on government desktops:
no oklch(), light-dark(), color-mix() or :has() is left. Tabler is cut to its base, grid, forms and utilities: the rest
of it rests on :has() and color-mix() over variables, which that browser does not know; our own components replace it.
"""

import argparse
import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "chalicelib" / "web" / "static"
SHIPPED = STATIC / "vendor"
TESTS_ONLY = ROOT / "tests" / "browser" / "vendor"
CHECKSUMS = "CHECKSUMS.sha256"

PACKAGES = {
    "@tabler/core": "1.6.1",
    "@tabler/icons": "3.51.0",
    "bootstrap": "5.3.9",
    "htmx.org": "2.0.11",
    "axe-core": "4.14.1",
    "lightningcss-cli": "1.33.0",
    "purgecss": "8.0.0",
}
TARGET_BROWSER = "chrome 86"
ICONS = Path(__file__).with_name("vendor_icons.txt")

# What is kept of Tabler: the base, the grid, forms, and utilities; never a component of its own.
TABLER_KEPT = (
    r"^(container|row|col|g|gx|gy|gap|order|offset|d|m|mt|mb|ms|me|mx|my|p|pt|pb|ps|pe|px|py|w|h|mw|mh|vw|vh|min|max)"
    r"(-|$)",
    r"^(flex|justify|align|text|fw|fs|fst|lh|float|position|top|bottom|start|end|translate|overflow|order|visible)(-|$)",
    r"^(invisible|visually|border|rounded|opacity|user|pe|z|object|small|lead|list|btn|form|input|is|was|valid|invalid)"
    r"(-|$)",
)

DOWNGRADE = Path(__file__).with_name("vendor_downgrade.js")


def folder_name(package: str) -> str:
    """Folder of a package below vendor/: `<name>-<version>`."""
    name = {"@tabler/core": "tabler", "@tabler/icons": "tabler-icons", "htmx.org": "htmx"}.get(package, package)
    return f"{name}-{PACKAGES[package]}"


def checksum_lines(folder: Path) -> list[str]:
    """One `sha256  path` line per file below `folder`, sorted, the list itself left out."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != CHECKSUMS)
    return [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}" for path in files]


def check(folder: Path) -> list[str]:
    """What differs between the folder and its checksum list; empty when nothing does."""
    listed = set((folder / CHECKSUMS).read_text(encoding="utf-8").splitlines())
    found = set(checksum_lines(folder))
    return [f"listed but not there: {line}" for line in sorted(listed - found)] + [
        f"there but not listed: {line}" for line in sorted(found - listed)
    ]


def compile_css(modules: Path, source: str, target: Path, kept: tuple[str, ...] = ()) -> None:
    """Write `source` (a path below node_modules) to `target`, cut to `kept` classes and compiled down."""
    binary = next(modules.glob("lightningcss-cli-*/lightningcss"))
    # the script stands beside node_modules, where node looks for what it needs
    script, plain = Path(shutil.copy(DOWNGRADE, modules.parent)), modules.parent / "plain.css"
    subprocess.run(
        ["node", str(script), str(modules / source), str(plain), json.dumps(kept)], check=True, cwd=modules.parent
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    arguments = ["--minify", "--targets", TARGET_BROWSER, str(plain), "-o", str(target)]
    subprocess.run([str(binary), *arguments], check=True, cwd=modules.parent)
    text = re.sub(r"/\*[^!].*?\*/", "", target.read_text(encoding="utf-8"), flags=re.S)
    target.write_text(text.rstrip() + "\n", encoding="utf-8")


def build_sprite(modules: Path, target: Path) -> None:
    """Write the listed Tabler icons as one SVG sprite; each symbol's id is the icon's name."""
    symbols = []
    for name in ICONS.read_text(encoding="utf-8").split():
        icon = (modules / "@tabler/icons/icons/outline" / f"{name}.svg").read_text(encoding="utf-8")
        paths = [path for path in re.findall(r"<path [^>]*/>", icon) if 'stroke="none"' not in path]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(paths)}</symbol>')
    target.parent.mkdir(parents=True, exist_ok=True)
    body = "\n".join(symbols)
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n', encoding="utf-8")


def copy(modules: Path, package: str, names: dict[str, str], folder: Path) -> None:
    """Copy files of a package (`{path inside it: name in the folder}`) into its vendored folder."""
    target = folder / folder_name(package)
    target.mkdir(parents=True, exist_ok=True)
    for source, name in names.items():
        shutil.copyfile(modules / package / source, target / name)


def refresh() -> None:
    """Rebuild both vendored folders and their checksum lists from the pinned packages."""
    with tempfile.TemporaryDirectory(prefix="vendor-") as temporary:
        work = Path(temporary)
        modules = work / "node_modules"
        (work / "package.json").write_text('{"name": "vendor", "private": true}', encoding="utf-8")
        wanted = [f"{name}@{version}" for name, version in PACKAGES.items()]
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *wanted], check=True, cwd=work)
        for folder in (SHIPPED, TESTS_ONLY):
            shutil.rmtree(folder, ignore_errors=True)
        tabler, bootstrap = SHIPPED / folder_name("@tabler/core"), SHIPPED / folder_name("bootstrap")
        compile_css(modules, "@tabler/core/dist/css/tabler.css", tabler / "tabler.min.css", TABLER_KEPT)
        compile_css(modules, "bootstrap/dist/css/bootstrap.css", bootstrap / "bootstrap.min.css")
        copy(modules, "bootstrap", {"LICENSE": "LICENSE"}, SHIPPED)
        copy(modules, "@tabler/icons", {"LICENSE": "LICENSE"}, SHIPPED)
        # The package of Tabler's styles carries no licence file; its icons' file is the same text of the same owner.
        shutil.copyfile(modules / "@tabler/icons/LICENSE", tabler / "LICENSE")
        copy(modules, "htmx.org", {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"}, SHIPPED)
        build_sprite(modules, SHIPPED / folder_name("@tabler/icons") / "sprite.svg")
        names = {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE", "LICENSE-3RD-PARTY.txt": "LICENSE-3RD-PARTY.txt"}
        copy(modules, "axe-core", names, TESTS_ONLY)
    for folder in (SHIPPED, TESTS_ONLY):
        (folder / CHECKSUMS).write_text("\n".join(checksum_lines(folder)) + "\n", encoding="utf-8")


def main() -> int:
    """Command line: 0 when the vendored folders equal their lists, 1 with one line per difference otherwise."""
    parser = argparse.ArgumentParser(prog="python -m infra.vendor", description="check or refresh the vendored kit")
    parser.add_argument("action", nargs="?", choices=("check", "refresh"), default="check")
    if parser.parse_args().action == "refresh":
        refresh()
    problems = [problem for folder in (SHIPPED, TESTS_ONLY) for problem in check(folder)]
    for problem in problems:
        print(problem, file=sys.stderr)
    for path in sorted(SHIPPED.rglob("*")):
        if path.suffix in {".css", ".js", ".svg"}:
            size = len(gzip.compress(path.read_bytes()))
            print(f"{path.relative_to(SHIPPED).as_posix()}: {size / 1024:.1f} KB gzipped")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
