"""A finding's place becomes a path and a line that an editor can open."""

import pytest

from chalicelib.contract.json_places import Place, find_place, path_text, positions, read_unique

TEXT = """{
  "a.b": 1,
  "sections": [
    {"id": "first", "items": [
      {"id": "licence", "name": "许可证 \\"x\\""}
    ]},
    {"code": "second", "deep": {"limit": [1, 2]}}
  ]
}"""


@pytest.mark.parametrize(
    ("place", "path", "line"),
    [
        ("sections.0.items.0.name", "$.sections[0].items[0].name", 5),
        ("sections.0.items.0.department", "$.sections[0].items[0]", 5),
        ("sections.1.deep.limit.1", "$.sections[1].deep.limit[1]", 7),
        ("licence", "$.sections[0].items[0]", 5),
        ("second", "$.sections[1]", 7),
        ("deep", "$.sections[1].deep", 7),
        ("a.b", '$["a.b"]', 2),
        ("", "$", 1),
        ("nowhere", "", 0),
        ("line 4", "", 4),
    ],
)
def test_a_place_is_found(place, path, line):
    assert find_place(TEXT, place) == Place(path, line)


@pytest.mark.parametrize("text", ["{", '{"a": [1', "not json", "", '{"a" 1}'])
def test_no_place_in_what_is_no_json(text):
    assert find_place(text, "a") == Place()


def test_every_value_has_its_line():
    lines = positions('[\n 1,\n {"x": [],\n "y": {}}\n]')

    assert {path_text(path): line for path, line in lines.items()} == {
        "$": 1,
        "$[0]": 2,
        "$[1]": 3,
        "$[1].x": 3,
        "$[1].y": 4,
    }


def test_a_key_that_stands_twice_is_told_with_its_place():
    text = '{"a": 1,\n "b": [{"x.y": {"z": 1}, "q": 2,\n "x.y": {"z": 1}}],\n "a": 2}'

    body, repeated = read_unique(text)

    assert body == {"a": 2, "b": [{"x.y": {"z": 1}, "q": 2}]}
    assert repeated == [Place('$.b[0]["x.y"]', 3), Place("$.a", 4)]
    assert read_unique('[{"a": 1}, {"a": 1}]') == ([{"a": 1}, {"a": 1}], [])
