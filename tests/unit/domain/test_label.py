"""Labels are addressed by the ids that lead to them."""

from pydantic import BaseModel

from chalicelib.domain.label import Label, labels_of, with_labels


class Part(BaseModel):
    id: str
    name: Label


class Whole(BaseModel):
    title: Label
    code: str = "not_a_label"
    note: Label = ""
    parts: tuple[Part, ...] = ()
    single: Part | None = None


WHOLE = Whole(title="标题", parts=(Part(id="b", name="乙"), Part(id="a", name="甲")), single=Part(id="s", name="单"))


def test_keys_name_ids_and_empty_labels_are_left_out():
    assert dict(labels_of(WHOLE, "x")) == {
        "x.title": "标题",
        "x.parts.b.name": "乙",
        "x.parts.a.name": "甲",
        "x.single.name": "单",
    }


def test_translation_follows_the_id_not_the_position():
    strings = {"x.parts.a.name": "A", "x.title": "Title"}
    turned = WHOLE.model_copy(update={"parts": WHOLE.parts[::-1]})

    assert with_labels(turned, "x", strings).parts[0].name == "A"
    assert with_labels(WHOLE, "x", strings).parts[0].name == "乙"
    assert with_labels(WHOLE, "x", strings).title == "Title"
    assert WHOLE.title == "标题"
