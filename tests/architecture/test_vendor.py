"""The vendored kit is what its list says, speaks to Chromium 86, loads nothing from elsewhere, and is light."""

import gzip
import re
from pathlib import Path

import pytest

from chalicelib.web.render import KIT, STATIC, static_file
from infra import vendor
from tests.browser.harness_server import gallery_page

FIELD_PAGE_BYTES = 150 * 1024
VENDORED_CSS = sorted((STATIC / "vendor").rglob("*.css"))
OWN_CSS = sorted((STATIC / "css").glob("*.css"))
OWN_JS = sorted((STATIC / "js").rglob("*.js"))
# What Chromium 86 does not know and what would change a page's look or lose a rule.
UNKNOWN_CSS = re.compile(
    r"oklch\(|oklab\(|\blab\(|light-dark\(|color-mix\(|:is\(|:where\(|:has\(|@layer|@container|[;{\s]inset:|aspect-ratio:"
    r"|[0-9]d[vh]{2}|[;{\s](?:margin|padding)-(?:inline|block):|[;{\s](?:translate|rotate|scale):"
)
UNKNOWN_JS = re.compile(
    r"\.at\(|structuredClone|Object\.hasOwn|replaceChildren|\?\?=|\|\|=|\.findLast|import\(|\beval\(|\bFunction\("
)


@pytest.mark.parametrize("folder", [vendor.SHIPPED, vendor.TESTS_ONLY], ids=["shipped", "tests only"])
def test_checksums_hold(folder: Path) -> None:
    assert vendor.check(folder) == []


def test_check_sees_a_changed_and_an_added_file(tmp_path: Path) -> None:
    (tmp_path / "kit.css").write_text("a{}", encoding="utf-8")
    (tmp_path / vendor.CHECKSUMS).write_text("\n".join(vendor.checksum_lines(tmp_path)) + "\n", encoding="utf-8")
    assert vendor.check(tmp_path) == []

    (tmp_path / "kit.css").write_text("b{}", encoding="utf-8")
    (tmp_path / "more.js").write_text("", encoding="utf-8")

    assert len(vendor.check(tmp_path)) == 3


@pytest.mark.parametrize(
    "folder", sorted(path for path in vendor.SHIPPED.iterdir() if path.is_dir()), ids=lambda path: path.name
)
def test_vendored_folder_names_its_version_and_carries_its_licence(folder: Path) -> None:
    assert re.fullmatch(r"[a-z0-9-]+-\d+\.\d+\.\d+", folder.name)
    assert "MIT" in (folder / "LICENSE").read_text(encoding="utf-8") or folder.name.startswith("htmx")


def test_kit_paths_are_the_vendored_versions() -> None:
    folders = {vendor.folder_name(name) for name in ("@tabler/core", "@tabler/icons", "bootstrap", "htmx.org")}

    assert {path.split("/")[1] for path in KIT.values()} == folders
    assert all(static_file(path) for path in KIT.values())


@pytest.mark.parametrize("path", VENDORED_CSS + OWN_CSS, ids=lambda path: path.name)
def test_styles_hold_nothing_that_an_old_browser_does_not_know(path: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)
    known = re.sub(r"@supports[^{]*\{", "", text)
    if "bootstrap" in path.name:
        # .ratio keeps a padding fallback out of reach; nothing of ours uses it
        known = re.sub(r"aspect-ratio:", "", known)

    assert sorted(set(UNKNOWN_CSS.findall(known))) == []


@pytest.mark.parametrize("path", VENDORED_CSS + OWN_CSS, ids=lambda path: path.name)
def test_styles_load_nothing(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert "@import" not in text
    assert [url for url in re.findall(r"url\(\s*[\"']?([^\"')]{0,20})", text) if not url.startswith("data:")] == []


@pytest.mark.parametrize("path", OWN_JS, ids=lambda path: path.relative_to(STATIC).as_posix())
def test_scripts_use_nothing_newer(path: Path) -> None:
    assert UNKNOWN_JS.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", ["visit", "day"])
def test_field_page_is_light(page: str) -> None:
    html = gallery_page(page, "zh")
    names = {name.split("?")[0] for name in re.findall(r"(?:src|href)=\"/static/([^\"#]+)", html)}
    files = [static_file(name) for name in names]
    assert len(files) >= 8
    assert all(files)

    weight = len(gzip.compress(html.encode())) + sum(len(gzip.compress(path.read_bytes())) for path in files if path)

    assert weight <= FIELD_PAGE_BYTES
