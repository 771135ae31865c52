"""Names of packages' parts in the reader's language."""

from chalicelib.contract.registry import registry
from chalicelib.web.i18n import use_locale
from chalicelib.web.scenarios import item_name


def test_the_name_of_an_item_that_a_finding_kept_is_told_in_the_readers_language() -> None:
    item = registry().get("refined_oil").checklist.items[0]

    with use_locale("en"):
        told = item_name(item.name, "catering", "refined_oil")
        unknown = item_name("某市自己的检查项", "refined_oil")
        gone = item_name(item.name, "no_longer_installed")

    assert told == registry().get("refined_oil").in_language("en").checklist.items[0].name != item.name
    assert (unknown, gone) == ("某市自己的检查项", item.name)
    assert item_name(item.name, "refined_oil") == item.name
