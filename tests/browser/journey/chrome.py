"""Words of the product itself that a page in English still shows in Chinese."""

import re
from collections.abc import Sequence
from functools import cache

from babel.messages.pofile import read_po
from playwright.sync_api import Page

from chalicelib.web.i18n import LOCALE_FOLDER

NUMBERED = re.compile(
    r"《[^》]+》(第\d+条(之[一二三四五六七八九十]+)?)?(第?[一二三四五六七八九十、]+[款项])*"
    r"|[一-鿿]{2,6}〔\d{4}〕[\d-]+号"
)
"""Titles of laws and numbers of documents are the same in both languages."""
HAN = re.compile("[一-鿿]")
_TEXTS = """() => {
  const chrome = "nav, button, .btn, label, legend, th, caption, summary, .yj-topbar, .yj-crumbs, .yj-state, dt";
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const parent = node.parentElement, text = node.textContent.trim();
    if (!text || parent.closest("script, style, template, [lang=zh-CN], [hreflang]")) { continue; }
    found.push([text, Boolean(parent.closest(chrome))]);
  }
  return found;
}"""


@cache
def messages() -> frozenset[str]:
    """Every Chinese source text of the catalogue."""
    with (LOCALE_FOLDER / "en" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    return frozenset(one.id if isinstance(one.id, str) else one.id[0] for one in catalogue if one.id)


def untranslated(page: Page, data: Sequence[str]) -> list[str]:
    """Texts that are in the catalogue, and Chinese in buttons, labels, heads and navigation that is not data."""
    found = []
    for text, is_chrome in page.evaluate(_TEXTS):
        rest = NUMBERED.sub("", text)
        for word in data:
            rest = rest.replace(word, "")
        if HAN.search(rest) and (text in messages() or is_chrome):
            found.append(text)
    return sorted(set(found))
