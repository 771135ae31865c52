"""Synthetic filling stations for the demo and the tests: valid in form, real in nothing.

Codes carry the right check digits in a range (MA000…) that starts the numbering; names are made of the sexagenary
cycle; mobile numbers use the unassigned prefix 154; addresses lie on an example road.
"""

import csv
import io
import random
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any, TypedDict

from chalicelib.domain.division import children, city_of, division, division_label

_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_CYCLE = [_STEMS[n % 10] + _BRANCHES[n % 12] for n in range(60)]
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡林郭何高罗韦覃莫蒙"
_CODE_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Station(TypedDict):
    """One filling station, or now and then a wholesaler or depot; days in ISO 8601, division of county or township
    level with 12 digits; yes and no as offices write them."""

    name: str
    code: str
    division_code: str
    division_name: str
    address: str
    phone: str
    responsible_person: str
    pump_count: int
    nozzle_count: int
    tank_count: int
    business_form: str
    has_storage_tank: str
    is_leased_out: str
    has_living_quarters: str
    has_recent_hot_work: str
    sells_in_containers: str
    has_own_tanker: str
    licence_number: str
    licence_expires_on: str


HEADERS = {
    "name": "企业名称",
    "code": "统一社会信用代码",
    "division_name": "所在县区",
    "address": "经营场所",
    "phone": "联系电话",
    "responsible_person": "主要负责人",
    "pump_count": "加油机数",
    "nozzle_count": "加油枪数",
    "tank_count": "油罐数",
    "business_form": "经营方式",
    "has_storage_tank": "是否有油罐",
    "is_leased_out": "是否承包租赁",
    "has_living_quarters": "站内有住宿",
    "has_recent_hot_work": "近期有动火作业",
    "sells_in_containers": "散装汽油销售",
    "has_own_tanker": "是否自有油罐车",
    "licence_number": "许可证号",
    "licence_expires_on": "证书有效期",
}


def synthetic_code(division_code: str, number: int) -> str:
    """A company's unified social credit code (GB 32100, with the organisation part of GB 11714) numbered 0 – 999999."""
    body = f"MA{number:06d}"
    weighed = zip(body, _ORGANISATION_WEIGHTS, strict=True)
    rest = 11 - sum(_ORGANISATION_ALPHABET.index(char) * weight for char, weight in weighed) % 11
    front = f"91{division_code[:6]}{body}{'0' if rest == 11 else 'X' if rest == 10 else rest}"
    total = sum(_CODE_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(front))
    return front + _CODE_ALPHABET[(31 - total) % 31]


def synthetic_stations(
    division_codes: Sequence[str], count: int, seed: int = 1, *, today: date = date(2026, 11, 23)
) -> list[Station]:
    """`count` stations spread over divisions (counties, or cities whose counties are taken), the same for one seed."""
    counties = [one for code in division_codes for one in _counties(code)]
    chance = random.Random(seed)
    return [_station(n, counties[n % len(counties)], chance, today) for n in range(count)]


def _counties(code: str) -> list[str]:
    if code[4:6] != "00":
        return [code]
    return [one.code for one in children(code)]


def _station(number: int, county: str, chance: random.Random, today: date) -> Station:
    city = division_label(city_of(county) or county)
    place = division(county).name
    turn, within = divmod(number, 60)
    later = f"{place}第{turn + 1}" if turn else ""
    pumps = chance.randint(2, 8)
    form = chance.choices(("零售", "批发", "仓储"), (94, 4, 2))[0]
    trade = {"零售": "加油站", "批发": "石油销售", "仓储": "油库"}[form]
    pumps = pumps if form == "零售" else 0
    return Station(
        name=f"{city}{later}{_CYCLE[within]}{trade}有限公司",
        code=synthetic_code(county, number + 1),
        division_code=county,
        division_name=place,
        address=f"{place}示例大道{number + 18}号",
        phone=f"1540000{number % 10000:04d}",
        responsible_person=f"{chance.choice(_SURNAMES)}{chance.choice(_CYCLE)}",
        pump_count=pumps,
        nozzle_count=pumps * chance.choice((2, 4)),
        tank_count=chance.randint(2, 6),
        business_form=form,
        has_storage_tank="是",
        is_leased_out=_yes(chance, 12),
        has_living_quarters=_yes(chance, 20),
        has_recent_hot_work=_yes(chance, 8),
        sells_in_containers=_yes(chance, 25),
        has_own_tanker=_yes(chance, 15 if form == "零售" else 80),
        licence_number=f"示例油零售证书第{county[:4]}{number + 1:05d}号",
        licence_expires_on=(today + timedelta(days=chance.randint(20, 1500))).isoformat(),
    )


def _yes(chance: random.Random, percent: int) -> str:
    return "是" if chance.randrange(100) < percent else "否"


def _full_width(text: str) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _row(station: Station) -> dict[str, Any]:
    values: dict[str, Any] = dict(station)
    return {title: values[field] for field, title in HEADERS.items()}


def messy_rows(stations: Sequence[Station]) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """The stations as an office keeps them, with a count per planted fault. Mended on import: lower_case, full_width,
    spaced, phone_form, date_form. Refused or set aside: wrong_check_digit, short_code, name_missing, unknown_county,
    duplicate. Needs at least 12 stations; the first ten carry the faults."""
    rows = [_row(station) for station in stations]
    code, name, county = HEADERS["code"], HEADERS["name"], HEADERS["division_name"]
    rows[0][code] = rows[0][code].lower()
    rows[1][code] = _full_width(rows[1][code])
    rows[1][HEADERS["address"]] = _full_width(rows[1][HEADERS["address"]])
    rows[2][name] = f"　{rows[2][name][:3]} {rows[2][name][3:]} "
    rows[3][HEADERS["phone"]] = (
        f"{rows[3][HEADERS['phone']][:3]}-{rows[3][HEADERS['phone']][3:7]}-{rows[3][HEADERS['phone']][7:]}"
    )
    day = date.fromisoformat(rows[4][HEADERS["licence_expires_on"]])
    rows[4][HEADERS["licence_expires_on"]] = f"{day.year}年{day.month}月{day.day}日"
    last = rows[5][code][-1]
    rows[5][code] = rows[5][code][:-1] + ("0" if last != "0" else "1")
    rows[6][code] = rows[6][code][:-2]
    rows[7][name] = ""
    rows[8][county] = "不存在的区"
    rows.append(dict(rows[9]))
    rows.append({title: "合计" if n == 0 else "" for n, title in enumerate(HEADERS.values())})
    faults = ("lower_case", "full_width", "spaced", "phone_form", "date_form", "wrong_check_digit", "short_code")
    return rows, dict.fromkeys((*faults, "name_missing", "unknown_county", "duplicate"), 1)


def messy_csv(stations: Sequence[Station]) -> bytes:
    """A GBK file with a title above its header."""
    rows, _ = messy_rows(stations)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["成品油零售企业名录（示例数据）"])
    writer.writerow(HEADERS.values())
    writer.writerows(row.values() for row in rows)
    return text.getvalue().encode("gb18030")


def messy_xlsx(stations: Sequence[Station]) -> bytes:
    """A workbook with a sheet of remarks first, a merged title, the county merged over the rows of each county, real
    dates, and numbers as numbers."""
    import openpyxl

    rows, _ = messy_rows(stations)
    rows = sorted(rows[:-1], key=lambda row: str(row[HEADERS["division_name"]])) + rows[-1:]
    book = openpyxl.Workbook()
    book.active.title = "填表说明"
    book.active.append(["本表由各县区填报，示例数据。"])
    sheet = book.create_sheet("名录")
    sheet.append(["成品油零售企业名录（示例数据）"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADERS))
    sheet.append([f"{title}*" if title == "企业名称" else title for title in HEADERS.values()])
    expires, county = HEADERS["licence_expires_on"], HEADERS["division_name"]
    for row in rows:
        cells = dict(row)
        if "-" in cells[expires]:
            cells[expires] = date.fromisoformat(cells[expires])
        sheet.append(list(cells.values()))
    column = list(HEADERS.values()).index(county) + 1
    first = 3
    for number, row in islice(enumerate(rows, start=3), 1, None):
        if row[county] != rows[first - 3][county]:
            if number - 1 > first:
                sheet.merge_cells(start_row=first, end_row=number - 1, start_column=column, end_column=column)
            first = number
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
