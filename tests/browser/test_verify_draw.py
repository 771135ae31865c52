"""The page's verifier in a real Chromium: the same verdicts as the stand-alone script, under the content policy."""

import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from chalicelib.cli.draw import VERIFIER
from chalicelib.domain.draw_certificate import VoidState, compute_draw, inline_reader, issue_certificate
from chalicelib.domain.draw_commitment import RowsName
from chalicelib.domain.draw_freeze import RowsTarget
from chalicelib.domain.draw_rows import row_bytes
from tests.browser.conftest import OpenPage
from tests.unit.verify.draw_case import COSIGNER, FROZEN_AT, SIGNER, at, case, evidence, freeze, resigned, values
from tests.unit.verify.test_verify_draw import REARRANGED, changed, every_kind_of_field

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'"
PAGE = """<!doctype html><html lang="zh"><meta charset="utf-8"><title>核验</title>
<script src="verify_draw.js" defer></script>
<section data-verify-draw data-certificate-url="{name}" data-key-ids="{key}" data-text-running="正在核验"
 data-text-ok="全部一致" data-text-failed="有不一致" data-text-incomplete="未核验完" data-text-unreadable="读不到证书"
 data-text-void="本次抽取已作废" data-text-check-draw="抽取结果">
<button data-verify-start>核验</button><progress data-verify-progress hidden></progress>
<p data-verify-result role="status"></p><ol data-verify-steps></ol></section></html>"""
CHECK = "documents => Promise.all(documents.map(document => window.verifyDraw.check(document, async () => null)))"


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address under which it is served with the verifier."""
    (tmp_path / "verify_draw.js").write_bytes(VERIFIER.with_suffix(".js").read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def shown(site: tuple[Path, str], open_page: OpenPage, certificate: bytes, key: str = "") -> Page:
    """The page after a click on its button and the verdict."""
    folder, address = site
    (folder / "18-1.json").write_bytes(certificate)
    (folder / "index.html").write_text(PAGE.format(name="18-1.json", key=key), encoding="utf-8")
    page = open_page(f"{address}/index.html")
    page.click("[data-verify-start]")
    page.wait_for_selector("[data-verify-draw][data-state]:not([data-state=running])")
    return page


def test_a_good_certificate(site: tuple[Path, str], open_page: OpenPage) -> None:
    page = shown(site, open_page, case("justice").certificate.to_bytes(), SIGNER.key.key_id)

    assert page.inner_text("[data-verify-result]") == "全部一致"
    assert page.locator("[data-verify-steps] li[data-state=ok]").count() == 8
    assert page.inner_text("[data-check=draw]") == "抽取结果 10 / 40"
    assert not page.is_visible("progress")


@pytest.mark.parametrize(
    ("content", "key", "words"),
    [
        (case().certificate.to_bytes(), COSIGNER.key.key_id, "有不一致"),
        (case().certificate.to_bytes().replace(b'"uniform_k":2', b'"uniform_k":1'), "", "有不一致"),
        (b"{}", "", "读不到证书"),
        (b"<html>", "", "读不到证书"),
    ],
    ids=["another key", "a changed number", "no certificate", "a page"],
)
def test_a_bad_certificate(site: tuple[Path, str], open_page: OpenPage, content: bytes, key: str, words: str) -> None:
    assert shown(site, open_page, content, key).inner_text("[data-verify-result]") == words


@pytest.mark.nightly
def test_every_changed_field_is_found_as_by_the_script(site: tuple[Path, str], open_page: OpenPage) -> None:
    good: dict[str, Any] = json.loads(case().certificate.to_bytes())
    page = shown(site, open_page, case().certificate.to_bytes())
    paths = [path for path in every_kind_of_field(ends=(0,)) if path not in (("kind",), ("signature",))]
    documents = [changed(good, ("signature",)), changed(good, ("issued_at",))]
    documents += [resigned(changed(good, path)) for path in paths]
    for what, rearrange in REARRANGED.items():
        if what != "a fraction":
            document = json.loads(case().certificate.to_bytes())
            rearrange(document)
            documents.append(resigned(document))

    outcomes = page.evaluate(CHECK, documents)

    assert page.evaluate(CHECK, [good])[0]["state"] == "ok"
    assert {outcome["state"] for outcome in outcomes} == {"failed"}
    assert len(outcomes) > 100


def test_a_pool_in_a_file_and_a_void_draw(site: tuple[Path, str], open_page: OpenPage) -> None:
    lines: list[Any] = []
    frozen = freeze(targets={RowsName.POOL: RowsTarget("pool.jsonl", lines.append)})
    inline = inline_reader(frozen.rows)
    certificate = issue_certificate(
        frozen.commitment,
        frozen.rows,
        evidence(frozen),
        values=values(),
        result=compute_draw(frozen.commitment, values(), lambda name: lines if name is RowsName.POOL else inline(name)),
        signer=SIGNER,
        keys=[COSIGNER.key],
        issued_at=FROZEN_AT,
        void=VoidState(reason="名单泄露", voided_at=at(20)),
    ).to_bytes()

    missing = shown(site, open_page, certificate).inner_text("[data-verify-result]")
    (site[0] / "pool.jsonl").write_bytes(b"".join(row_bytes(row) + b"\n" for row in lines))
    whole = shown(site, open_page, certificate).inner_text("[data-verify-result]")

    assert (missing, whole) == ("未核验完 本次抽取已作废", "全部一致 本次抽取已作废")
