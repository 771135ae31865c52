"""Public pages of the draws: what was committed, when, from what randomness, and how to recompute it."""

from chalice import Blueprint

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.public_draw import PublicDraw
from chalicelib.services.draw import files
from chalicelib.web.answers import Answer, file_answer, page, redirect
from chalicelib.web.console.draw_page import certificate_steps, qr
from chalicelib.web.console.draw_words import reason_label, state_words
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.i18n import mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, Nav, route

blueprint = Blueprint(__name__)

PAGE_ROWS = 25
LARGEST_ANSWER = 4_000_000
"""Bytes; a function's answer ends at 6 MB and is base64 on the way, so a larger file is read from the store."""


@route(blueprint, "/p/{tenant}/draws", permission=OPEN, nav=Nav(group="", label=mark("双随机抽取"), order=40))
def list_draws(request: WebRequest, tenant: str) -> Answer:
    """Every draw whose pool was frozen, newest first, void ones with their reason."""
    found = request.store.public_draws.newest(tenant, after=open_cursor(request), limit=PAGE_ROWS)
    return page(
        request,
        "pages/public/draws.html",
        draws=found.records,
        base=f"/p/{tenant}/draws",
        state_words=state_words,
        next_cursor=seal_cursor(request, found.next),
    )


@route(blueprint, "/p/{tenant}/draws/{draw_id}", permission=OPEN)
def show_draw(request: WebRequest, tenant: str, draw_id: str) -> Answer:
    public: PublicDraw = request.store.public_draws.get(tenant, draw_id)
    url = f"/p/{tenant}/draws/{draw_id}"
    return page(
        request,
        "pages/public/draw.html",
        draw=public,
        url=url,
        steps=certificate_steps(public, url),
        state=state_words(public.state),
        excluded=[(reason_label(code), count) for code, count in public.excluded.items()],
        qr=qr(request, url),
    )


@route(
    blueprint,
    "/p/{tenant}/draws/{draw_id}/{file_name}",
    permission=OPEN,
    sample={"file_name": files.CERTIFICATE_FILE},
)
def download(request: WebRequest, tenant: str, draw_id: str, file_name: str) -> Answer:
    """The certificate and the lists beside it, over blinds, exactly as they were stored."""
    public: PublicDraw = request.store.public_draws.get(tenant, draw_id)
    objects = request.store.objects
    if file_name == files.CERTIFICATE_FILE and public.certificate_sha256:
        key, content_type = files.certificate_key(tenant, draw_id, public.certificate_sha256), files.JSON
    elif file_name in files.ROWS_FILES.values():
        key, content_type = files.rows_key(tenant, draw_id, public.commitment_sha256, file_name), files.JSON_LINES
    else:
        raise RecordNotFoundError(kind="file", id=file_name)
    if objects.size(tenant, key) > LARGEST_ANSWER:
        return redirect(objects.download_url(tenant, key))
    return file_answer(objects.read(tenant, key), content_type, file_name)
