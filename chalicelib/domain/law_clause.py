"""A place in a law as people write it (第十九条之一, 19条第二款第三项, 19-1) as the library keeps it.

The library keeps the article in digits, `19` or `19-1` for 第十九条之一, and what is below it in one form of words,
第二款第（三）项第1目 (立法法 65: 条、款、项、目; 项 by Chinese numbers in brackets, 目 by digits).
"""

import re
from typing import NamedTuple

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"[\d零〇一二三四五六七八九十百千]+"
_ARTICLE = re.compile(rf"第?({_NUMBER})条(?:之({_NUMBER}))?|({_NUMBER})(?:-(\d{{1,2}}))?(?![\d款项目])", re.ASCII)
_PART = re.compile(rf"第?[（(]?({_NUMBER})[）)]?([款项目])|第?({_NUMBER}(?:[、和至]{_NUMBER})+)([款项])", re.ASCII)
_ORDER = "款项目"
MOST = 9999


class LawClause(NamedTuple):
    """article: `19`, `19-1` or empty; clause: 第二款第（三）项 or empty."""

    article: str
    clause: str


def chinese_value(text: str) -> int:
    """'19', '十九', '一百零五', '一〇五', '一千二百六十' -> int; 0 for what is no number."""
    if text.isascii() and text.isdigit():
        return int(text)
    if _DIGITS.keys() >= set(text):  # written figure by figure
        return int("".join(str(_DIGITS[char]) for char in text) or 0)
    total = digit = 0
    for char in text:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        elif char in _DIGITS:
            digit = _DIGITS[char]
        else:
            return 0
    return total + digit


def chinese_number(value: int) -> str:
    """1 to 99 in Chinese: 三, 十二, 二十."""
    tens, ones = divmod(value, 10)
    digits = "零一二三四五六七八九"
    head = ("" if tens == 1 else digits[tens]) + "十" if tens else ""
    return head + (digits[ones] if ones or not tens else "")


def article_words(article: str) -> str:
    """第19条, 第19条之一; empty for none."""
    number, _, inserted = article.partition("-")
    if not number:
        return ""
    return f"第{number}条" + (f"之{chinese_number(int(inserted))}" if inserted else "")


def read_place(text: str) -> LawClause:
    """Article and what is below it, in any usual way of writing. Raises ValueError for what is no place in a law."""
    plain = re.sub(r"\s", "", text).translate(_WIDE)
    if not plain:
        return LawClause("", "")
    found = _ARTICLE.match(plain)
    if found is None:
        return LawClause("", read_clause(plain))
    number = chinese_value(found[1] or found[3])
    inserted = chinese_value(found[2] or found[4] or "")
    has_inserted = bool(found[2] or found[4])
    if not 1 <= number <= MOST or (has_inserted and not 1 <= inserted <= 99):
        raise ValueError(f"no place in a law: {text}")
    return LawClause(f"{number}-{inserted}" if has_inserted else str(number), read_clause(plain[found.end() :]))


def read_clause(text: str) -> str:
    """What is below an article, in one form: 第二款第（三）项, 第一、二款. Raises ValueError for anything else."""
    plain, found, last = re.sub(r"\s", "", text).translate(_WIDE), "", -1
    while plain:
        part = _PART.match(plain)
        if part is None:
            raise ValueError(f"no clause of an article: {text}")
        name = part[2] or part[4]
        if _ORDER.index(name) <= last:
            raise ValueError(f"no clause of an article: {text}")
        last = _ORDER.index(name)
        found += f"第{part[3]}{name}" if part[3] else _below(chinese_value(part[1]), name)
        plain = plain[part.end() :]
    return found


def _below(value: int, name: str) -> str:
    if not 1 <= value <= 99:
        raise ValueError(f"no clause of an article: {value}{name}")
    if name == "目":
        return f"第{value}目"
    number = chinese_number(value)
    return f"第（{number}）项" if name == "项" else f"第{number}款"


_WIDE = str.maketrans("０１２３４５６７８９－—", "0123456789--")
