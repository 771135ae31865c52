"""The author's preview: a new package beside its data and findings, live, in both languages, for this machine only."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chalicelib.contract import law
from chalicelib.contract.registry import registry
from chalicelib.contract.skeleton import NewPackage, make_package
from infra.local.preview import answer
from infra.local.server import is_preview

HERE = {"Host": "127.0.0.1:8000"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("scenarios")
    make_package(NewPackage("elderly_care", "养老机构", "Elderly care", date(2026, 11, 23)), root, root / "tests")
    known = registry()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known, "_folders", (root,))
        known.forget()
        yield root / "elderly_care"
    known.forget()


def shown(path: str, **headers: str) -> tuple[int, str]:
    found = answer(path, {**HERE, **headers})
    return found.status, found.body.decode()


def test_the_four_ones_stand_beside_data_and_findings(package: Path) -> None:
    for part in ("handbook", "checklist", "inspection", "evaluation", "bases", "samples"):
        status, text = shown(f"/preview/elderly_care/{part}")
        assert status == 200, part
        assert "养老机构" in text
        assert "银级，还差" in text
        assert 'data-watch="/preview/elderly_care/mark"' in text
    _, checklist = shown("/preview/elderly_care/checklist")
    assert "疏散通道、安全出口畅通" in checklist
    assert "<code>checklist.json:" in checklist
    assert 'class="wrong"' in checklist
    assert "还没有填写：" in checklist


def test_links_stay_in_the_preview(package: Path) -> None:
    for part in ("handbook", "checklist", "inspection", "evaluation", "bases", "samples"):
        assert 'href="/console' not in shown(f"/preview/elderly_care/{part}")[1], part
    _, bases = shown("/preview/elderly_care/bases")
    lines = (package / "legal_basis.json").read_text("utf-8").splitlines()
    number = next(number for number, line in enumerate(lines, 1) if '"id": "fire_exits"' in line)
    assert f'href="#line-{number}"' in bases and f'id="line-{number}"' in bases


def test_english(package: Path) -> None:
    _, text = shown("/preview/elderly_care/checklist?lang=en")

    assert "Silver: " in text
    assert "Are exits, escape ways and fire lanes clear?" in text
    assert "Scenario packages, live" in shown("/preview", **{"Accept-Language": "en"})[1]


def test_a_text_added_to_the_index_of_law_is_seen(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mark() -> str:
        return str(json.loads(shown("/preview/elderly_care/mark")[1])["mark"])

    legal, index = package / "legal_basis.json", tmp_path / "law_index.json"
    text, titles = legal.read_text("utf-8"), json.loads(law.SHARED_INDEX.read_text("utf-8"))
    index.write_text(json.dumps(titles), "utf-8")
    monkeypatch.setattr(law, "SHARED_INDEX", index)
    try:
        legal.write_text(text.replace("市场主体登记管理条例", "桂花条例"), "utf-8")
        before = mark()
        assert "桂花条例不在法律索引里" in shown("/preview/elderly_care/bases")[1]

        index.write_text(json.dumps({**titles, "桂花条例": titles["市场主体登记管理条例"]}), "utf-8")
        assert mark() != before
        assert "桂花条例不在法律索引里" not in shown("/preview/elderly_care/bases")[1]

        index.write_text("{", "utf-8")
        assert "法律索引读不出来" in shown("/preview/elderly_care/bases")[1]
    finally:
        legal.write_text(text, "utf-8")
        monkeypatch.undo()
        shown("/preview/elderly_care/bases")


def test_a_change_is_seen_and_a_broken_file_is_a_page(package: Path) -> None:
    before = json.loads(shown("/preview/elderly_care/mark")[1])["mark"]
    path = package / "handlers.py"
    source = path.read_text("utf-8")
    checklist = package / "checklist.json"
    text = checklist.read_text("utf-8")
    try:
        checklist.write_text(text.replace("营业执照公示", "营业执照挂出来"), "utf-8")
        assert json.loads(shown("/preview/elderly_care/mark")[1])["mark"] != before
        assert "营业执照挂出来" in shown("/preview/elderly_care/checklist")[1]

        path.write_text(
            source + "\n\ndef handbook(request, context):\n    raise ZeroDivisionError('nought')\n", "utf-8"
        )
        assert "ZeroDivisionError: nought" in shown("/preview/elderly_care/handbook")[1]

        checklist.write_text(text[:-20], "utf-8")
        status, broken = shown("/preview/elderly_care/checklist")
        assert status == 200
        assert "铜级，还差1处" in broken
        assert "不是正确的JSON" in broken
    finally:
        path.write_text(source, "utf-8")
        checklist.write_text(text, "utf-8")
    assert "营业执照公示" in shown("/preview/elderly_care/checklist")[1]


@pytest.mark.parametrize("path", ["/preview/nowhere", "/preview/elderly_care/nothing", "/preview/../app.py/x/y"])
def test_what_is_not_there(package: Path, path: str) -> None:
    assert shown(path)[0] == 404


@pytest.mark.parametrize("host", ["evil.example:8000", "127.0.0.1.evil.example:8000", ""])
def test_another_sites_page_reads_nothing(package: Path, host: str) -> None:
    assert shown("/preview/elderly_care", Host=host)[0] == 403


def test_it_is_the_local_servers_and_no_route_of_the_app(package: Path) -> None:
    import app

    assert not [path for path in app.app.routes if is_preview(path)]
    assert is_preview("/preview?lang=en") and is_preview("/preview/x") and not is_preview("/previews")
    policy = answer("/preview/preview.js", HERE).headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
