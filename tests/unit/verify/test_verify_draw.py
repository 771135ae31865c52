"""The stand-alone verifier: run as the public runs it, and against every change of a certificate."""

import ast
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.cli.draw import VERIFIER
from chalicelib.domain.checkpoint import canonical
from chalicelib.domain.draw_blind import OpeningRole
from chalicelib.domain.draw_certificate import VoidState, compute_draw, inline_reader, issue_certificate
from chalicelib.domain.draw_commitment import RowsName
from chalicelib.domain.draw_freeze import RowsTarget
from chalicelib.domain.draw_opening import open_blinds, open_everything, opening_bytes
from chalicelib.domain.draw_rows import row_bytes
from tests.grouped import every
from tests.unit.domain.test_draw_opening import PEOPLE, SUBJECTS
from tests.unit.verify.draw_case import (
    COSIGNER,
    FROZEN_AT,
    SALT,
    SIGNER,
    at,
    case,
    evidence,
    freeze,
    resigned,
    values,
)

Json = dict[str, Any]
FieldPath = tuple[str | int, ...]


@cache
def verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_draw", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # Pure and slow: most changed certificates carry signatures that were looked at before.
    module.ed25519_holds = cache(module.ed25519_holds)  # type: ignore[attr-defined]
    return module


@cache
def certificate_text(withheld: str = "") -> bytes:
    return case(withheld).certificate.to_bytes()


def certificate() -> Json:
    document: Json = json.loads(certificate_text())
    return document


def run(folder: Path, document: Json | bytes, *arguments: str) -> int:
    path = folder / "certificate.json"
    path.write_bytes(document if isinstance(document, bytes) else canonical(document))
    code: int = verifier().main([str(path), *arguments])
    return code


def alone(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The script in a process of its own that sees neither our packages nor the installed ones."""
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(VERIFIER), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=folder, check=False)


def test_it_runs_alone_and_says_what_it_checked(tmp_path: Path) -> None:
    (tmp_path / "18-1.json").write_bytes(certificate_text())

    finished = alone(tmp_path, "18-1.json", "--key-id", SIGNER.key.key_id)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert "入池40家，抽中10家，名单和次序一致" in finished.stdout
    assert "40 in the pool, 10 drawn" in finished.stdout
    assert finished.stdout.count("一致 ok") == 8


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([], 2),
        (["nowhere.json"], 2),
        (["text.json"], 2),
        (["opening.json"], 2),
        (["good.json", "--opening", "good.json"], 2),
        (["good.json", "--pool", "nowhere.jsonl"], 2),
        (["good.json", "--unknown"], 2),
        (["half.json"], 2),
        (["good.json", "--key-id", COSIGNER.key.key_id], 1),
        (["good.json", "--opening", "opening.json"], 0),
    ],
)
def test_exit_codes(tmp_path: Path, arguments: list[str], code: int) -> None:
    (opening,) = open_blinds("2026-18-1", SALT, OpeningRole.SUBJECT, SUBJECTS, ["subject-004"])
    (tmp_path / "good.json").write_bytes(certificate_text())
    (tmp_path / "text.json").write_text("抽取证书", encoding="utf-8")
    (tmp_path / "half.json").write_text('{"kind":"draw_certificate/1"}', encoding="utf-8")
    (tmp_path / "opening.json").write_bytes(opening_bytes(opening))

    assert alone(tmp_path, *arguments).returncode == code


def test_it_is_python_3_8_and_imports_the_standard_library_only() -> None:
    tree = ast.parse(VERIFIER.read_text(encoding="utf-8"), feature_version=(3, 8))

    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported == {"__future__", "argparse", "hashlib", "hmac", "json", "os", "re", "sys"}


def leaves(value: Any, path: FieldPath = ()) -> Iterator[FieldPath]:
    if isinstance(value, dict | list) and value:
        for name, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*path, name))
    else:
        yield path


def every_kind_of_field(ends: tuple[int, ...] = (0, -1)) -> list[FieldPath]:
    """Every field of a certificate; of a list with many alike, the first and the last."""
    chosen: dict[tuple[Any, ...], list[FieldPath]] = {}
    for path in leaves(certificate()):
        kind = tuple("*" if isinstance(part, int) and index < 4 else part for index, part in enumerate(path))
        chosen.setdefault(kind, []).append(path)
    return sorted({paths[end] for paths in chosen.values() for end in ends}, key=str)


def changed(document: Json, path: FieldPath) -> Json:
    """The document with one field changed to another value of its kind."""
    copied: Json = json.loads(json.dumps(document))
    place: Any = copied
    for part in path[:-1]:
        place = place[part]
    old = place[path[-1]]
    if isinstance(old, bool):
        new: Any = not old
    elif isinstance(old, int):
        new = old + 1
    elif isinstance(old, str):
        new = old[:-1] + ("0" if old[-1] != "0" else "1")
    else:
        new = "x" if old is None else ["x"]
    place[path[-1]] = new
    return copied


@every("path", every_kind_of_field(), lambda path: ".".join(map(str, path)))
def test_one_changed_field_is_found(tmp_path: Path, path: FieldPath) -> None:
    assert run(tmp_path, changed(certificate(), path)) in ((1,) if path != ("kind",) else (2,))


@every(
    "path",
    [path for path in every_kind_of_field() if path not in (("kind",), ("signature",))],
    lambda path: ".".join(map(str, path)),
)
def test_the_issuer_cannot_change_a_field_and_sign_again(tmp_path: Path, path: FieldPath) -> None:
    assert run(tmp_path, resigned(changed(certificate(), path))) == 1


REARRANGED = {
    "a weight": lambda d: d["rows"]["pool"]["rows"][0].__setitem__(1, 3),
    "a member less": lambda d: d["rows"]["pool"]["rows"].pop(),
    "a member more": lambda d: d["rows"]["pool"]["rows"].append(["f" * 64, 1, "城区"]),
    "two members exchanged": lambda d: d["rows"]["pool"]["rows"].reverse(),
    "the order of the drawn": lambda d: d["drawn"].reverse(),
    "a drawn subject less": lambda d: d["drawn"].pop(),
    "a drawn subject twice": lambda d: d["drawn"].append(d["drawn"][0]),
    "the order of beacons": lambda d: d["beacon_values"].reverse(),
    "a beacon less": lambda d: d["beacon_values"].pop(),
    "inspectors exchanged": lambda d: d["assignments"][0]["picks"].reverse(),
    "an assignment less": lambda d: d["assignments"].pop(),
    "a recusal less": lambda d: d["rows"]["recusals"]["rows"].pop(),
    "a past visit less": lambda d: d["rows"]["past_visits"]["rows"].pop(),
    "an exclusion less": lambda d: d["rows"]["exclusions"]["rows"].pop(),
    "a proof cut": lambda d: d["evidence"]["proof"].pop(),
    "a cosignature of nobody": lambda d: d["evidence"]["checkpoint"]["cosignatures"][0].update(key_id="0" * 32),
    "no keys": lambda d: d["keys"].clear(),
    "no seed": lambda d: d.update(seed=None),
    "a void state without its seed": lambda d: d.update(
        seed=None, void={"reason": "x", "voided_at": at(1), "replaced_by": None}
    ),
    "a fraction": lambda d: d["commitment"].update(uniform_k=2.0),
    "a field missing": lambda d: d["commitment"].pop("replaces"),
}


@pytest.mark.parametrize("what", REARRANGED)
def test_the_issuer_cannot_rearrange_and_sign_again(tmp_path: Path, what: str) -> None:
    document = certificate()

    REARRANGED[what](document)

    if what == "a fraction":
        assert run(tmp_path, json.dumps(document).encode()) == 2
    else:
        assert run(tmp_path, resigned(document)) == 1


def test_a_repeated_name_in_json_is_refused(tmp_path: Path) -> None:
    assert run(tmp_path, certificate_text().replace(b'{"assignments":', b'{"seed":"","assignments":', 1)) == 2


def test_a_whole_forgery_needs_another_key(tmp_path: Path) -> None:
    """Somebody without the key makes everything anew: it agrees with itself, but not with the key that you know."""
    forger = COSIGNER
    frozen = freeze()
    forged = issue_certificate(
        frozen.commitment,
        frozen.rows,
        evidence(frozen, signer=forger),
        values=values(),
        result=compute_draw(frozen.commitment, values(), inline_reader(frozen.rows)),
        signer=forger,
        keys=[],
        issued_at=FROZEN_AT,
    )

    assert run(tmp_path, forged.to_bytes()) == 0
    assert run(tmp_path, forged.to_bytes(), "--key-id", SIGNER.key.key_id) == 1


@pytest.mark.parametrize("withheld", ["", "commerce", "justice"])
def test_a_fallback_is_told(tmp_path: Path, withheld: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, certificate_text(withheld)) == 0
    assert ("fallback" in capsys.readouterr().out) == bool(withheld)


@pytest.mark.parametrize("has_result", [True, False])
def test_a_void_draw_is_told(tmp_path: Path, has_result: bool, capsys: pytest.CaptureFixture[str]) -> None:
    frozen, known = freeze(), values() if has_result else []
    void = issue_certificate(
        frozen.commitment,
        frozen.rows,
        evidence(frozen),
        values=known,
        result=compute_draw(frozen.commitment, known, inline_reader(frozen.rows)) if has_result else None,
        signer=SIGNER,
        keys=[COSIGNER.key],
        issued_at=FROZEN_AT,
        void=VoidState(reason="名单泄露", voided_at=at(20)),
    )

    assert run(tmp_path, void.to_bytes()) == 0
    assert "本次抽取已作废。原因：名单泄露" in capsys.readouterr().out


def test_a_pool_in_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[Any] = []
    frozen = freeze(targets={RowsName.POOL: RowsTarget("pool.jsonl", lines.append)})
    inline = inline_reader(frozen.rows)
    result = compute_draw(frozen.commitment, values(), lambda name: lines if name is RowsName.POOL else inline(name))
    document = issue_certificate(
        frozen.commitment,
        frozen.rows,
        evidence(frozen),
        values=values(),
        result=result,
        signer=SIGNER,
        keys=[COSIGNER.key],
        issued_at=FROZEN_AT,
    ).to_bytes()
    (opening,) = open_blinds("2026-18-1", SALT, OpeningRole.SUBJECT, SUBJECTS, ["subject-004"])
    (tmp_path / "opening.json").write_bytes(opening_bytes(opening))
    with_opening = ("--opening", str(tmp_path / "opening.json"))
    content = b"".join(row_bytes(row) + b"\n" for row in lines)

    assert run(tmp_path, document, *with_opening) == 3
    (tmp_path / "pool.jsonl").write_bytes(content)
    assert run(tmp_path, document, *with_opening) == 0
    (tmp_path / "moved.jsonl").write_bytes(content)
    (tmp_path / "pool.jsonl").write_bytes(content.replace(b",16,", b",15,", 1))
    assert run(tmp_path, document) == 1
    assert run(tmp_path, document, "--pool", str(tmp_path / "moved.jsonl")) == 0
    (tmp_path / "pool.jsonl").write_bytes(content + b"\n")
    assert run(tmp_path, document) == 1


@pytest.mark.parametrize(
    ("identifier", "role", "words"),
    [
        ("subject-004", OpeningRole.SUBJECT, "subject-004: drawn, number 8"),
        ("subject-000", OpeningRole.SUBJECT, "subject-000: in the pool, weight 1, not drawn"),
        ("subject-900", OpeningRole.SUBJECT, "subject-900: excluded, reason annual_cap_reached"),
        ("emergency-9", OpeningRole.INSPECTOR, "emergency-9: sent 0 times"),
    ],
)
def test_an_opening_shows_ones_own_place(
    tmp_path: Path, identifier: str, role: OpeningRole, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    everybody = SUBJECTS if role is OpeningRole.SUBJECT else PEOPLE
    (opening,) = open_blinds("2026-18-1", SALT, role, everybody, [identifier])
    path = tmp_path / "opening.json"
    document = json.loads(opening_bytes(opening))

    path.write_bytes(canonical(document))
    assert run(tmp_path, certificate_text(), "--opening", str(path)) == 0
    assert words in capsys.readouterr().out

    for field in leaves(document):
        path.write_bytes(canonical(changed(document, field)))
        assert run(tmp_path, certificate_text(), "--opening", str(path)) == (2 if field == ("kind",) else 1), field


@pytest.mark.parametrize(
    ("subjects", "people", "salt", "code"),
    [
        (SUBJECTS, PEOPLE, SALT, 0),
        (SUBJECTS[1:], PEOPLE, SALT, 1),
        ([*SUBJECTS, "subject-999"], PEOPLE, SALT, 1),
        (["subject-999", *SUBJECTS[1:]], PEOPLE, SALT, 1),
        (SUBJECTS, PEOPLE[1:], SALT, 1),
        (SUBJECTS, PEOPLE, bytes(32), 1),
    ],
)
def test_an_auditor_opens_everything(
    tmp_path: Path, subjects: list[str], people: list[str], salt: bytes, code: int
) -> None:
    path = tmp_path / "full.json"
    path.write_bytes(opening_bytes(open_everything("2026-18-1", salt, subjects, people)))

    assert run(tmp_path, certificate_text(), "--opening", str(path)) == code


plain_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(plain_json)
def test_its_canonical_json_is_that_of_rfc_8785(value: Any) -> None:
    assert verifier().canonical_bytes(value) == rfc8785.dumps(value)


def test_its_ed25519_agrees_with_rfc_8032() -> None:
    holds = verifier().ed25519_holds
    for secret_message in (b"", b"\x72", b"\xaf\x82", "抽取".encode() * 100):
        signature, key = SIGNER.sign(secret_message), bytes.fromhex(SIGNER.key.public_key)
        order = 2**252 + 27742317777372353535851937790883648493
        shifted = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")

        assert holds(key, signature, secret_message)
        assert not holds(key, signature, secret_message + b"x")
        assert not holds(bytes.fromhex(COSIGNER.key.public_key), signature, secret_message)
        assert not holds(key, signature[:32] + shifted, secret_message)
        assert not holds(b"\xff" * 32, signature, secret_message)
