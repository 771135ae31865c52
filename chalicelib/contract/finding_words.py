"""Findings in the reader's language. As in gettext the English text is the key, with `{}` for what varies: authors
mostly read Chinese, so `finding_words.json` holds the Chinese of every text that a rule or a model says."""

import json
import re
from functools import cache
from pathlib import Path

from chalicelib.contract.rule_finding import RuleFinding

LANGUAGES = ("zh", "en")

_FILE = Path(__file__).with_suffix(".json")
_HOLE = re.compile(r"\{\w*\}")
_PYDANTIC = "Value error, "


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """(English as a pattern, Chinese), those with the most words of their own first."""
    body: dict[str, str] = json.loads(_FILE.read_text(encoding="utf-8"))
    rows = sorted(body.items(), key=lambda row: len(_HOLE.sub("", row[0])), reverse=True)
    return [(re.compile("(.*?)".join(map(re.escape, _HOLE.split(en))), re.DOTALL), zh) for en, zh in rows]


def in_language(text: str, language: str) -> str:
    """A finding's problem or mend; what the catalogue does not know stays English."""
    plain = text.removeprefix(_PYDANTIC)
    if language != "zh":
        return plain
    for pattern, chinese in _patterns():
        if found := pattern.fullmatch(plain):
            return chinese.format(*(in_language(part, language) for part in found.groups()))
    return plain


def finding_words(finding: RuleFinding, language: str) -> tuple[str, str]:
    """(problem, mend) in `zh` or `en`."""
    return in_language(finding.problem, language), in_language(finding.mend, language)
