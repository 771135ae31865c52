"""Values of a query or a form: several texts per name, read with a type, refused with the field's name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import parse_qs, urlencode

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import FieldProblem, InvalidInputError


def invalid(field: str, code: str, **details: str | int) -> InvalidInputError:
    """One problem with one field."""
    return InvalidInputError([FieldProblem(field=field, code=code, details=details)])


class Fields:
    """Texts by name, in the order sent."""

    def __init__(self, values: Mapping[str, Sequence[str]] | None = None) -> None:
        self._values = {name: list(found) for name, found in (values or {}).items()}

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def names(self) -> list[str]:
        return list(self._values)

    def many(self, name: str) -> list[str]:
        """Every non-empty value of a name, stripped."""
        return [text for value in self._values.get(name, []) if (text := value.strip())]

    def text(self, name: str, default: str = "") -> str:
        """The last value, stripped; the default when it is absent or empty."""
        found = self.many(name)
        return found[-1] if found else default

    def required(self, name: str) -> str:
        text = self.text(name)
        if not text:
            raise invalid(name, "required")
        return text

    def integer(self, name: str, default: int | None = None) -> int | None:
        text = self.text(name)
        if not text:
            return default
        try:
            return int(text)
        except ValueError:
            raise invalid(name, "not_a_number", value=text[:40]) from None

    def day(self, name: str) -> date | None:
        """A date as browsers send it, YYYY-MM-DD."""
        text = self.text(name)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise invalid(name, "not_a_date", value=text[:40]) from None

    def moment(self, name: str) -> datetime | None:
        """A local time as browsers send it, in Shanghai; None when nothing was chosen."""
        text = self.text(name)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
            return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise invalid(name, "not_a_time") from None

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in ("1", "on", "true", "yes")

    def encoded(self, replaced: Mapping[str, str]) -> str:
        """As a query string, with these values in place of those of the same name."""
        kept = [(name, value) for name, values in self._values.items() if name not in replaced for value in values]
        return urlencode([*kept, *replaced.items()])

    def single(self) -> dict[str, str]:
        """The last value of every name: for models and for filling a form again."""
        return {name: self.text(name) for name in self._values}


@dataclass(frozen=True)
class UploadedFile:
    """A file that came with a form. `filename` is what the browser said: never a path of ours."""

    filename: str
    content_type: str
    content: bytes


def parse_query(text: str) -> Fields:
    return Fields(parse_qs(text, keep_blank_values=True, max_num_fields=2000))


def parse_form(content_type: str, body: bytes) -> tuple[Fields, dict[str, list[UploadedFile]]]:
    """Text fields and files of a urlencoded or multipart body; anything else has none."""
    kind = content_type.split(";", 1)[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            return parse_query(body.decode("utf-8")), {}
        if kind == "multipart/form-data":
            return _parse_multipart(content_type, body)
    except (UnicodeDecodeError, ValueError):
        raise invalid("body", "invalid") from None
    return Fields(), {}


def _parse_multipart(content_type: str, body: bytes) -> tuple[Fields, dict[str, list[UploadedFile]]]:
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_boundary()
    if not boundary:
        raise ValueError("no boundary")
    texts: dict[str, list[str]] = {}
    files: dict[str, list[UploadedFile]] = {}
    delimiter = b"\r\n--" + boundary.encode("ascii")
    for part in (b"\r\n" + body).split(delimiter)[1:]:
        if part.startswith(b"--"):
            break
        head, separator, content = part.partition(b"\r\n\r\n")
        if not separator:
            raise ValueError("a part without a head")
        headers = BytesHeaderParser().parsebytes(head.strip(b"\r\n").decode("utf-8").encode("utf-8") + b"\r\n\r\n")
        name, filename = _disposition(head)
        if name is None:
            raise ValueError("a part without a name")
        if filename is None:
            texts.setdefault(name, []).append(content.decode("utf-8"))
        elif filename or content:
            kind = headers.get_content_type()
            files.setdefault(name, []).append(UploadedFile(filename, kind, content))
    return Fields(texts), files


def _disposition(head: bytes) -> tuple[str | None, str | None]:
    """Name and file name of a part. Browsers send them as raw UTF-8 in quotes (HTML standard), not RFC 2231."""
    for line in head.decode("utf-8").split("\r\n"):
        key, _, value = line.partition(":")
        if key.strip().lower() == "content-disposition":
            found = Message()
            found["Content-Disposition"] = value.strip()
            name = found.get_param("name", header="content-disposition")
            filename = found.get_param("filename", header="content-disposition")
            return _plain(name), _plain(filename)
    return None, None


def _plain(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, tuple):
        return str(value[2])
    return str(value).replace("%22", '"').replace("%0D", "").replace("%0A", "")
