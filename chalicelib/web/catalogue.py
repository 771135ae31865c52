"""Development tool of the English catalogue: extract, add, compile, check. Needs Babel; never imported by the product.

`extract` finds every message of the source and keeps the English there is; `add words.json` merges English from a file
`{"中文": "English"}` (a plural: `{"%(num)d件": ["%(num)d item", "%(num)d items"]}`); `compile` writes the .mo;
`prune` drops words that nothing uses; `check` says what is missing. All of them hold a lock, so that two people can
add words at the same time.
"""

import argparse
import fcntl
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.web.i18n import LOCALE_FOLDER

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parent.parent.parent
ENGLISH = LOCALE_FOLDER / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None, "gettext": None, "ngettext": (1, 2), "mark": None,
}  # fmt: skip
HEADER = "# English catalogue of Yijianshi. Chinese, the source language, stands in the msgid.\n"
_EMPTY_HEADERS = tuple(
    f'"{name}'.encode() for name in ("POT-", "PO-", "Project-", "Report-", "Last-", "Language-Team", "Generated-")
)
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # the same words give the same file on any day
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def extract_messages() -> "Catalog":
    """Every message of the web layer and its templates, with the files that use it."""
    from babel.messages.catalog import Catalog
    from babel.messages.extract import extract_from_dir
    from babel.messages.frontend import parse_mapping_cfg

    with (ROOT / "babel.cfg").open(encoding="utf-8") as source:
        methods, options = parse_mapping_cfg(source)
    found = Catalog(locale=None, charset="utf-8")
    folder = ROOT / "chalicelib" / "web"
    rows = extract_from_dir(str(folder), methods, options, keywords=KEYWORDS, comment_tags=())
    for name, _line, message, _comments, context in rows:
        found.add(message, locations=[(f"chalicelib/web/{Path(name).as_posix()}", None)], context=context)
    return found


def read_english() -> "Catalog":
    """The committed catalogue, or an empty one."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import read_po

    if not ENGLISH.exists():
        return Catalog(locale="en", charset="utf-8", fuzzy=False)
    with ENGLISH.open("rb") as source:
        return read_po(source, locale="en")


def merge(words: dict[str, str | list[str]] | None = None) -> "Catalog":
    """Committed English on the messages of today, with `words` laid over. A message out of use, or not yet in use,
    keeps its English as obsolete, so that nothing is lost while a page is being rewritten; `prune` drops those.
    """
    from babel.messages.catalog import Message

    old = read_english()
    merged = extract_messages()
    merged.locale, merged.fuzzy, merged.header_comment = old.locale, False, HEADER
    merged.creation_date, merged.revision_date = old.creation_date, old.revision_date
    for message in merged:
        if not message.id:
            continue
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        kept = old.get(key) or old.obsolete.get(key)
        if kept is not None and isinstance(kept.id, tuple) == isinstance(message.id, tuple):
            message.string = kept.string
        if words and key in words:
            given = words[key]
            message.string = tuple(given) if isinstance(given, list) else given
    for message in [*old, *old.obsolete.values()]:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        if key and merged.get(key) is None:
            merged.obsolete[key] = message
    for key, given in (words or {}).items():
        if merged.get(key) is None:
            plural = isinstance(given, list)
            merged.obsolete[key] = Message((key, key) if plural else key, tuple(given) if plural else given)
    return merged


def po_bytes(catalogue: "Catalog") -> bytes:
    """The catalogue as .po: sorted, one message per entry, without dates that change on every run."""
    from babel.messages.pofile import write_po

    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, omit_header=False, no_location=True)
    lines = [line for line in buffer.getvalue().splitlines() if not line.startswith(_EMPTY_HEADERS)]
    return b"\n".join(lines) + b"\n"


def mo_bytes(catalogue: "Catalog") -> bytes:
    """The catalogue as .mo."""
    from babel.messages.mofile import write_mo

    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def problems() -> list[str]:
    """What keeps the catalogue from being complete and in step with the source; empty when nothing does."""
    merged, found = merge(), []
    for message in merged:
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(strings):
            found.append(f"no English: {ids[0]} ({message.locations[0][0]})")
            continue
        wanted = set(_PLACEHOLDER.findall(ids[0]))
        for number, text in enumerate(strings):
            have = set(_PLACEHOLDER.findall(text))
            if have != wanted and not (number == 0 and len(strings) > 1 and have == wanted - {"num"}):
                found.append(f"other placeholders: {ids[0]} → {text}")
    if not found and po_bytes(merged) != ENGLISH.read_bytes():
        found.append("messages.po is behind the source: run extract")
    compiled = ENGLISH.with_suffix(".mo")
    if not compiled.exists() or mo_bytes(read_english()) != compiled.read_bytes():
        found.append("messages.mo is behind messages.po: run compile")
    return found


@contextmanager
def locked() -> Iterator[None]:
    """One writer at a time, over processes."""
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(ENGLISH.parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def write(catalogue: "Catalog") -> None:
    """Write .po and .mo together."""
    ENGLISH.write_bytes(po_bytes(catalogue))
    ENGLISH.with_suffix(".mo").write_bytes(mo_bytes(read_english()))


def main() -> int:
    """Command line: 0 when all is well, 1 with one line per problem otherwise."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib.web.i18n")
    parser.add_argument("action", choices=("extract", "add", "prune", "compile", "check"))
    parser.add_argument("file", nargs="?", type=Path, help="with add: JSON file of English words")
    chosen = parser.parse_args()
    with locked():
        if chosen.action == "add":
            write(merge(json.loads(chosen.file.read_text(encoding="utf-8"))))
        elif chosen.action in ("extract", "prune"):
            merged = merge()
            if chosen.action == "prune":
                merged.obsolete.clear()
            write(merged)
        elif chosen.action == "compile":
            ENGLISH.with_suffix(".mo").write_bytes(mo_bytes(read_english()))
        found = problems()
    for problem in found:
        sys.stderr.write(f"{problem}\n")
    return 1 if found and chosen.action == "check" else 0
