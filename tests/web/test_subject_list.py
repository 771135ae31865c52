"""The divisions that the register's filter offers: down to the villages of the township that is chosen."""

from datetime import date

from chalicelib.domain.local_division import LocalDivision, local_divisions
from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.web.subject_list import division_options

COUNTY, OTHER = "450105000000", "450102000000"
TOWN, VILLAGE = "450105001000", "450105001201"
TODAY = date(2026, 11, 23)
LOCAL = [
    LocalDivision(id=VILLAGE, name="示例社区"),
    LocalDivision(id="450105001202", name="撤并的村", closed_on=date(2026, 1, 1)),
    LocalDivision(id="450105002201", name="别处社区"),
]


def offered(division: str | None) -> dict[str, str]:
    with local_divisions(lambda: LOCAL):
        return dict(division_options(SubjectQuery(division=division), [COUNTY, OTHER], TODAY))


def test_villages_open_under_the_chosen_township_and_nowhere_else():
    assert set(offered(None)) == {"", COUNTY, OTHER}
    assert TOWN in offered(COUNTY) and VILLAGE not in offered(COUNTY)
    opened = offered(TOWN)
    assert opened[VILLAGE] == "\u3000\u3000示例社区"
    assert not {"450105001202", "450105002201"} & set(opened)


def test_a_chosen_village_keeps_its_place_and_a_closed_one_stays_chosen():
    assert list(offered(VILLAGE)).index(VILLAGE) > list(offered(VILLAGE)).index(TOWN)
    assert "450105001202" in offered("450105001202")
