"""Languages of the interface: Chinese is the source, English a gettext catalogue beside the code.

At run time only the standard library's gettext is used; Babel is needed for the command line
`python -m chalicelib.web.i18n extract|add|compile|check`, see `catalogue.py`.

The language of the running request is a context variable, so that macros, filters and plain functions all find it:
`with use_locale("en"): …`. Values are put in by name: `gettext("共%(count)s件", count=3)`; a literal percent sign in a
message is written `%%`, as in templates.
"""

import gettext as standard_gettext
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

SOURCE_LOCALE = "zh"
LOCALES = ("zh", "en")
LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
LOCALE_FOLDER = Path(__file__).resolve().parent / "locale"

_current: ContextVar[str] = ContextVar("locale", default=SOURCE_LOCALE)


@cache
def translations(locale: str) -> standard_gettext.NullTranslations:
    """Catalogue of a language; the source language and an unknown one give the words as written."""
    if locale == SOURCE_LOCALE or locale not in LOCALES:
        return standard_gettext.NullTranslations()
    return standard_gettext.translation("messages", localedir=str(LOCALE_FOLDER), languages=[locale], fallback=True)


def current_locale() -> str:
    """Language of the request that is being answered: `zh` or `en`."""
    return _current.get()


@contextmanager
def use_locale(locale: str) -> Iterator[None]:
    """Everything inside speaks `locale`; an unknown language speaks Chinese."""
    token = _current.set(locale if locale in LOCALES else SOURCE_LOCALE)
    try:
        yield
    finally:
        _current.reset(token)


def gettext(message: str, **values: Any) -> str:
    """`message` in the current language, with `%(name)s` placeholders filled."""
    return translations(current_locale()).gettext(message) % values


def ngettext(singular: str, plural: str, number: int, **values: Any) -> str:
    """Like `gettext`, with the form for `number`, which is also the placeholder `num`."""
    found = translations(current_locale()).ngettext(singular, plural, number)
    return found % {"num": number, **values}


def mark(message: str) -> str:
    """Mark a message for the catalogue where it is stored; it is translated where it is shown."""
    return message


def choose_locale(*, query: str | None = None, cookie: str | None = None, accept_language: str | None = None) -> str:
    """The language to answer in: `lang` of the query, then of the cookie, then Accept-Language, then Chinese."""
    for wanted in (query, cookie):
        if wanted in LOCALES:
            return wanted
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate((accept_language or "").split(",")):
        match = re.fullmatch(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", part)
        if match and match[1].lower() in LOCALES and float(match[2] or 1) > 0:
            ranked.append((-float(match[2] or 1), position, match[1].lower()))
    return min(ranked)[2] if ranked else SOURCE_LOCALE


if __name__ == "__main__":
    from chalicelib.web.catalogue import main

    sys.exit(main())
