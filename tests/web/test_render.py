"""Rendering: languages, escaping, strictness, static files; and the words of errors."""

import re

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from chalicelib.domain import errors
from chalicelib.web import i18n, messages, render
from chalicelib.web.i18n import choose_locale, gettext, ngettext, use_locale

UI = {
    "face": "public", "tenant_label": "", "person_label": "", "nav": [], "csrf_token": "token", "locale": "zh",
    "path": "/x", "flash": None,
}  # fmt: skip
CONFIRM = {"title": "<b>作废？</b>", "text": "文字", "action": "/post", "confirm_label": "作废", "back_url": "/back"}


def test_page_speaks_the_language_asked_for() -> None:
    chinese = render.render("layouts/confirm.html", locale="zh", ui=UI, **CONFIRM)
    english = render.render("layouts/confirm.html", locale="en", ui={**UI, "locale": "en"}, **CONFIRM)

    assert '<html lang="zh-CN">' in chinese
    assert "取消" in chinese
    assert '<html lang="en">' in english
    assert "Cancel" in english
    assert i18n.current_locale() == "zh"


def test_values_are_escaped() -> None:
    page = render.render("layouts/confirm.html", locale="zh", ui=UI, **CONFIRM)

    assert "&lt;b&gt;作废？&lt;/b&gt;" in page
    assert "<b>作废" not in page


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render.render(
            "layouts/confirm.html", locale="zh", ui=UI, **{**CONFIRM, "title": render.environment().undefined()}
        )


def test_keys_of_a_dict_come_before_its_methods() -> None:
    template = render.environment().from_string("{{ row.items }}{{ row.count }}")

    assert template.render(row={"items": "甲", "count": 3}) == "甲3"


def test_a_filter_of_a_constant_follows_the_language() -> None:
    template = render.environment().from_string("{{ 123|money }}")

    with use_locale("en"):
        assert template.render() == "¥1.23"
    assert template.render() == "1.23元"


def test_cells_carry_their_columns_name_and_are_escaped() -> None:
    cell = render.CellWriter([("企业", ""), ("权重", "num"), "操作"])

    assert cell("<i>") == '<td class="" data-h="企业"><span class="in">&lt;i&gt;</span></td>'
    assert cell(4) == '<td class="num" data-h="权重"><span class="in">4</span></td>'
    assert cell(Markup("<a>看</a>")) == '<td class="" data-h="操作"><span class="in"><a>看</a></span></td>'
    assert 'class="blank"' in cell(None)


def test_static_url_changes_with_the_content_only() -> None:
    url = render.static_url("css/tokens.css")

    assert re.fullmatch(r"/static/css/tokens\.css\?v=[0-9a-f]{12}", url)
    assert url == render.static_url("css/tokens.css")
    with pytest.raises(FileNotFoundError):
        render.static_url("css/no.css")


@pytest.mark.parametrize(
    "path", ["../render.py", "css/../../render.py", "/etc/hosts", "vendor", "vendor/CHECKSUMS.sha256", "css/no.css"]
)
def test_static_file_serves_nothing_else(path: str) -> None:
    assert render.static_file(path) is None


@pytest.mark.parametrize(
    ("asked", "locale"),
    [
        ({"query": "en", "cookie": "zh"}, "en"),
        ({"query": "fr", "cookie": "en"}, "en"),
        ({"accept_language": "en-GB,en;q=0.9,zh;q=0.8"}, "en"),
        ({"accept_language": "fr,zh-CN;q=0.7,en;q=0.3"}, "zh"),
        ({"accept_language": "en;q=0, de"}, "zh"),
        ({"accept_language": "en;q=nonsense,\x00"}, "zh"),
        ({}, "zh"),
    ],
)
def test_choice_of_language(asked: dict[str, str], locale: str) -> None:
    assert choose_locale(**asked) == locale


def test_placeholders_are_filled_in_both_languages() -> None:
    assert gettext("依据：%(label)s", label="第三条") == "依据：第三条"
    with use_locale("en"):
        assert gettext("依据：%(label)s", label="Article 3") == "Legal basis: Article 3"
        assert ngettext("有%(num)d处要改", "有%(num)d处要改", 1) == "1 thing to mend"
        assert ngettext("有%(num)d处要改", "有%(num)d处要改", 2) == "2 things to mend"
    with use_locale("xx"):
        assert gettext("没有找到") == "没有找到"


def test_every_error_of_the_domain_has_words() -> None:
    codes = {
        each.code
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.YijianshiError)
    }

    assert codes <= set(messages.ERRORS)


def test_error_words_never_fail() -> None:
    class UnheardError(errors.YijianshiError):
        code = "never_heard_of"

    assert messages.error_words(UnheardError(a=1)).title == "没有办成"
    with use_locale("en"):
        assert messages.error_words(errors.RecordNotFoundError()).title == "Not found"


def test_form_problems_use_the_labels_of_the_page() -> None:
    problems = [errors.FieldProblem(field="title", code="required"), errors.FieldProblem(field="other", code="odd")]

    found = messages.form_problems(errors.InvalidInputError(problems), {"title": "计划名称"})

    assert found == [
        {"field": "title", "text": "请填写“计划名称”"},
        {"field": "other", "text": "“other”填得不对，请核对"},
    ]
