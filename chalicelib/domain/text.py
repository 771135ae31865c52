"""Texts as people type them: one form for comparing, one for keeping, codes checked and mended, names masked."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

# Full-width letters and digits become half-width; Chinese punctuation such as （） and ， is how Chinese is written.
_HALF_WIDTH = {
    code: code - 0xFEE0
    for code in range(0xFF01, 0xFF5F)
    if chr(code - 0xFEE0).isalnum() or chr(code - 0xFEE0) in "-+/._@#"
}
_INVISIBLE = re.compile(
    r"[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_COMPOUND_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "夏侯")


@lru_cache(8192)
def normalise(text: str) -> str:
    """The form for comparing and searching: NFKC, upper case, no spaces. Never shown."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).upper())


def tidy(text: str) -> str:
    """The form for keeping and showing: no invisible characters, half-width letters and digits, single spaces, none
    between Chinese characters."""
    text = re.sub(r"[\s\u3000]+", " ", _INVISIBLE.sub("", text).translate(_HALF_WIDTH)).strip()
    return re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", text)


class CodeCheck(BaseModel):
    """value: the code to keep, or the text as it came when it is wrong. was_mended: case, width or separators differed.
    problem: None when valid."""

    model_config = ConfigDict(frozen=True)

    value: str
    was_mended: bool
    problem: Literal["code_length", "code_character", "code_check_digit"] | None = None

    @property
    def is_valid(self) -> bool:
        return self.problem is None


@lru_cache(2048)
def check_uscc(text: str) -> CodeCheck:
    """Check a unified social credit code (GB 32100-2015). Lower case, full width and separators are mended; letters
    that the alphabet does not have (I O S V Z) are never guessed."""
    from stdnum.cn import uscc
    from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

    code = re.sub(r"[-_.·]", "", normalise(text))
    try:
        uscc.validate(code)
    except InvalidLength:
        return CodeCheck(value=text, was_mended=False, problem="code_length")
    except InvalidChecksum:
        return CodeCheck(value=text, was_mended=False, problem="code_check_digit")
    except ValidationError:
        return CodeCheck(value=text, was_mended=False, problem="code_character")
    return CodeCheck(value=code, was_mended=code != text)


def check_phone(text: str) -> str | None:
    """The digits of a mainland mobile, landline (with area code, extension after a hyphen) or service number; None if
    it is none of them."""
    digits = re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", re.sub(r"[\s()]", "", unicodedata.normalize("NFKC", text)))
    digits = re.sub(r"[—–‐−]", "-", digits)
    if re.fullmatch(r"1[3-9]\d-?\d{4}-?\d{4}", digits):
        return digits.replace("-", "")
    found = re.fullmatch(r"(0\d{2,3})-?(\d{7,8})(-\d{1,6})?", digits)
    if found:
        return f"{found[1]}-{found[2]}{found[3] or ''}"
    return digits.replace("-", "") if re.fullmatch(r"(400|800)-?\d{3}-?\d{4}|1\d{4}|12\d{3}", digits) else None


def mask_phone(text: str) -> str:
    """138****1234; a landline keeps its area code and last two digits."""
    if not text:
        return ""
    if re.fullmatch(r"\d{11}", text):
        return f"{text[:3]}****{text[-4:]}"
    area, hyphen, rest = text.partition("-")
    if hyphen:
        return f"{area}-{'*' * max(len(rest) - 2, 3)}{rest[-2:]}"
    return f"{'*' * max(len(text) - 2, 3)}{text[-2:]}"


def mask_name(name: str) -> str:
    """王*, 欧阳**: a person's surname and a star for each character of the given name."""
    name = name.strip()
    if not name:
        return ""
    surname = 2 if len(name) > 2 and name.startswith(_COMPOUND_SURNAMES) else 1
    return name[:surname] + "*" * max(len(name) - surname, 1)


def mask_identity(number: str) -> str:
    """4501**********1234: an identity card's first and last four."""
    return f"{number[:4]}{'*' * max(len(number) - 8, 4)}{number[-4:]}" if len(number) > 8 else "*" * len(number)


def safe_cell(text: str) -> str:
    """A text that a spreadsheet opens as text: what could start a formula (= + - @ tab CR, any width) is prefixed."""
    first = unicodedata.normalize("NFKC", text.lstrip(" \u3000")[:1])
    return "'" + text if text and (text[0] in _FORMULA_STARTS or first in _FORMULA_STARTS) else text
