"""Each term once, in both languages; each domain class is a term, a form of one, or a part of its module's term."""

import pytest

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.glossary import label, term, terms


def test_a_term_has_a_name_and_a_definition_in_both_languages():
    found = term("handbook")

    assert (label("handbook", "zh"), label("handbook", "en")) == ("一业一册", "Handbook")
    assert found.definition("zh") != found.definition("en")


def test_a_form_is_called_as_its_term_is():
    assert term("public_result") is term("result")
    assert label("inspection_result", "zh") == "结果"


def test_an_unknown_name_is_not_found():
    with pytest.raises(RecordNotFoundError):
        label("widget", "zh")


def test_names_labels_forms_and_modules_occur_once():
    names = [name for one in terms() for name in (one.name, *(form for form in one.forms if form != one.name))]
    modules = [module for one in terms() for module in one.modules]

    for values in (names, modules, [one.zh for one in terms()], [one.en for one in terms()]):
        assert len(values) == len(set(values))
