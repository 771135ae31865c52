"""Static files: what lies in the folder and is of a kind that is served, nothing beside it."""

import gzip

import pytest

from chalicelib.web.render import kit_url, static_url
from tests.web.site import Site


@pytest.mark.parametrize("url", [static_url("icon.svg"), static_url("css/tokens.css"), kit_url("htmx")])
def test_a_file_with_its_hash_is_kept_for_ever(site: Site, url: str) -> None:
    reply = site.browser().get(url)

    assert reply.status == 200
    assert "immutable" in reply.headers["cache-control"]
    assert not reply.set_cookies


def test_a_file_without_its_hash_is_asked_for_again(site: Site) -> None:
    assert site.browser().get("/static/css/tokens.css").headers["cache-control"] == "no-cache"


def test_text_is_compressed_for_who_can_read_it(site: Site) -> None:
    plain = site.browser().get("/static/css/tokens.css")
    packed = site.browser().get("/static/css/tokens.css", {"accept-encoding": "gzip, br"})

    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body)


@pytest.mark.parametrize(
    "path",
    [
        "/static/css/missing.css",
        "/static/vendor/CHECKSUMS.sha256",
        "/static/../render.py",
        "/static/css/..%2F..%2Frender.py",
        "/static/..%2Frender.py",
        "/static/%2e%2e/render.py",
        "/static/css",
    ],
)
def test_nothing_else_is_served(site: Site, path: str) -> None:
    assert site.browser().get(path).status == 404


def test_the_verifier_is_taken_home_under_its_own_name(site: Site) -> None:
    reply = site.browser().get("/static/verify/verify_draw.py")

    assert reply.headers["content-disposition"] == 'attachment; filename="verify_draw.py"'
    assert "content-disposition" not in site.browser().get("/static/verify/verify_draw.js").headers
