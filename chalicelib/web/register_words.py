"""Words of the register: what is wrong with a row and how to mend it, what was mended, columns, kinds and states."""

from collections.abc import Iterable
from typing import Any

from chalicelib.domain.division import division_label
from chalicelib.domain.register_columns import Column, ColumnType, register_columns
from chalicelib.web.formats import join_words
from chalicelib.web.i18n import gettext, mark

REGISTER_PROBLEMS: dict[str, str] = {
    "file_empty": mark("文件里没有表头和数据行，请核对选的是不是这个文件"),
    "file_format": mark("“%(name)s”不是CSV或者XLSX文件；旧版.xls请在表格软件里另存为.xlsx再导入"),
    "file_unopened": mark("“%(name)s”打不开：不是XLSX工作簿，或者文件已损坏，请用表格软件打开后另存为.xlsx"),
    "file_unreadable": mark("“%(name)s”读到第%(row)s行就读不下去了，文件可能已损坏，请用表格软件打开后另存一份再导入"),
    "file_encoding": mark("“%(name)s”的文字编码认不出来，请另存为UTF-8或者GBK编码的CSV再导入"),
    "file_too_many_rows": mark("“%(name)s”超过%(limit)s行，请分成几个文件导入"),
    "file_over": mark("文件超过%(limit)s，请分成几个文件，或者另存为CSV再导入"),
    "upload_missing": mark("没有收到文件，请重新选择文件"),
    "column_missing": mark("缺“%(column)s”这一列；可写作：%(also)s。文件里找到的列：%(found)s。请补上这一列再导入"),
    "name_missing": mark("“%(label)s”没有填，请补上名称"),
    "address_missing": mark("“%(label)s”没有填，请补上地址"),
    "value_missing": mark("“%(label)s”没有填，请补上"),
    "text_too_long": mark("“%(label)s”超过%(limit)s个字，请缩短"),
    "code_missing": mark("“%(label)s”没有填；企业必须有18位统一社会信用代码，请补上"),
    "code_length": mark("“%(label)s”是%(length)s位，应为18位，请对照营业执照改正"),
    "code_character": mark("“%(label)s”里有不该出现的字符（不用字母I、O、S、V、Z），请对照营业执照改正"),
    "code_check_digit": mark("“%(label)s”的校验位不对，多半有一位抄错，请对照营业执照改正"),
    "code_cannot_change": mark("“%(label)s”登记后不能改；登记错了请把状态改为注销，再重新登记"),
    "version_needed": mark("请在If-Match里带上读到的版本号（ETag）"),
    "phone_form": mark("“%(label)s”认不出是电话号码，已留空，请填手机号或者带区号的座机号"),
    "phone_invalid": mark("“%(label)s”认不出是电话号码，请填手机号或者带区号的座机号"),
    "choice_unknown": mark("“%(label)s”的“%(value)s”不在可选范围内，请填：%(known)s"),
    "truth_form": mark("“%(label)s”的“%(value)s”认不出是还是否，已留空，请填“是”或者“否”"),
    "number_form": mark("“%(label)s”的“%(value)s”不是整数，已留空，请只填数字"),
    "date_form": mark("“%(label)s”的“%(value)s”认不出是哪一天，已留空，请按2027-03-01的样子填"),
    "division_missing": mark("“%(label)s”没有填，地址里也认不出县区，请补上县区"),
    "division_unknown": mark("没有“%(value)s”这个县区，请按行政区划的名称或者代码填写"),
    "division_ambiguous": mark("“%(value)s”对得上不止一个地方，请写到县区，例如“南宁市江南区”"),
    "division_outside_area": mark("“%(value)s”不在本地范围内，请核对县区，或者由当地导入"),
    "township_unknown": mark("本县区没有“%(value)s”这个乡镇或者街道，已先登记到县区，请核对"),
    "duplicate_in_file": mark("和第%(first_row)s行是同一家，只登记了前一行，请删去这一行"),
    "plate_form": mark(
        "“%(label)s”的“%(value)s”不是境内号牌的样子，请对照行驶证改正；临时、境外、看不全的号牌，请在“号牌类别”里选“其他号牌”"
    ),
    "plate_unreadable": mark("“%(label)s”的“%(value)s”认不出是号牌，请只填看得清的字母、数字和汉字，看不清的用*代替"),
    "plate_taken": mark("号牌“%(value)s”已经登记在另一辆车上，没有重复登记；请打开那辆车核对，号牌换过的先改那一条"),
    "plate_registered": mark(
        "号牌“%(value)s”已经登记在“%(holder)s”名下；请打开核对，是同一个就不用再登记，不是同一个请勾选后登记"
    ),
    "plate_seen_before": mark(
        "号牌“%(value)s”也登记在“%(holder)s”名下，这一行已照样登记；核对后是同一个的，请在页面上合并"
    ),
    "kind_not_in_scenario": mark("这个场景不管这一类对象，请核对对象类型和场景"),
    "scenario_by_membership": mark("加入和退出场景单独办：请调用该对象的memberships"),
    "already_in_scenario": mark("已经在这个场景里了，不用再加入"),
    "not_in_scenario": mark("它不在这个场景里，请回到它的页面看现在的场景"),
    "scenario_has_open_matters": mark(
        "还有没办完的事：处置%(disposals)s件、问题%(findings)s个、检查%(visits)s次、抽中还没排期%(drawn)s次；请先办结或者按程序撤销，再退出场景"
    ),
    "task_is_needed": mark("牵头单位和最后一个参加单位的任务不能单独撤回；整份计划不做了，请取消计划"),
    "draw_counts_on_it": mark("已经开启抽取，人员按各单位的任务算好了；要撤回任务，请先作废这次抽取"),
    "merge_reason_missing": mark("两条的统一社会信用代码不同（%(kept)s、%(other)s），请写明为什么是同一家"),
    "already_registered": mark("监管对象库里已经有这一家，没有重复登记；要改信息请到该对象的页面上改"),
    "code_unwanted": mark("这一类对象没有统一社会信用代码，请清空“%(label)s”"),
    "subject_is_closed": mark("“%(value)s”已经合并到别的对象或者移交出去，这里不能再改，请到该对象的页面查看"),
    "registered_elsewhere": mark("这一家登记在别的县区，您不能改，请联系市级统筹人员"),
    "related_unknown": mark("代码“%(value)s”还没有登记，关系没有记上；请先登记那一家，再导入一次"),
    "related_refused": mark("和代码“%(value)s”的关系记不上：两类对象之间没有这种关系，请核对“%(label)s”"),
    "column_unknown": mark("没有“%(value)s”这一列，请重新选择"),
    "column_twice": mark("“%(value)s”和“%(other)s”都对应“%(column)s”，请只留一个"),
    "column_not_erasable": mark("必填的列不能用空格清空，请取消勾选"),
    "unknown_scenario": mark("“%(label)s”还没有启用，请重新选择场景"),
    "unknown_department": mark("没有这个部门，请重新选择“%(label)s”"),
    "unknown_acting_body": mark("没有这个执法主体，请重新选择“%(label)s”"),
    "unknown_subject": mark("没有这个监管对象，请核对“%(label)s”"),
    "unknown_division": mark("“%(value)s”不是行政区划代码，请填12位代码，每行一个"),
    "administrator_stands_alone": mark("系统、安全、审计三员必须分设：选了其中一员，就不能再有别的角色"),
    "own_roles": mark("自己的角色和在岗状态不能自己改，请另一位安全管理员办理"),
    "certificate_number": mark("“%(label)s”要4到30个字符，请核对"),
    "tenant_taken": mark("“%(value)s”已经有单位在用，请换一个"),
    "same_administrator": mark("三员必须是三个不同的人，请改填“%(label)s”"),
    "division_taken": mark("%(value)s已由%(other)s管；园区请选“园区”，合并的请先注销原来的单位"),
    "tenant_id_other_place": mark("编号里的区划是%(value)s，和所选区划对不上；请核对编号或区划"),
    "tenant_id_form": mark("“%(label)s”要8个字符，只用小写字母和数字"),
    "reserved": mark("“%(value)s”是保留的，请换一个"),
    "filter_empty": mark("还没有选任何条件，请先选好条件再保存"),
    "filters_full": mark("常用条件已有%(limit)s组，请先删去不用的"),
    "filter_name_taken": mark("已经有一组叫“%(value)s”，请换一个名字"),
    "export_too_long": mark("一次导不完这么多，请按县区或者场景分几次导出"),
    "twice": mark("“%(label)s”出现了两次，请留一个"),
    "clue_missing": mark("不明经营者至少要有地址、坐标、车牌号、照片中的一样，请补上"),
    "not_degrees": mark("“%(label)s”要填度数，绝对值不超过%(limit)s，最多七位小数"),
    "related_to_itself": mark("不能和自己建立关系，请换一个对象"),
    "kinds_do_not_relate": mark("这两种对象之间没有这种关系，请换一种关系或者对象"),
    "relation_in_a_circle": mark("这样会绕成一圈：对方已经在它里面，请核对方向"),
    "too_many_relations": mark("关系太多，请先解除不再成立的"),
    "too_many_ancestors": mark("上面的层级太多，请核对关系"),
    "same_subject": mark("这是同一条记录，请选另一个对象"),
    "another_kind": mark("两个对象的类型不同，不能合并，请核对"),
    "no_longer_kept": mark("其中一个已经合并或者移交，请重新选择"),
    "hand_over_under_way": mark("正在移交，请等移交有了结果再办"),
    "too_much_to_move": mark("要移动的关系或场景太多，请先解除一部分"),
    "changed_since": mark("“%(label)s”后来又改过，不能整体撤销，请在修改页上逐项改回"),
}

MENDINGS: dict[str, str] = {
    "text_tidied": mark("去掉多余空格，全角改半角"),
    "code_mended": mark("代码改为半角大写"),
    "phone_mended": mark("电话统一写法，多个只留第一个"),
    "date_mended": mark("日期统一写法"),
    "number_mended": mark("只留数字"),
    "merged_cell_filled": mark("合并单元格向下补齐"),
    "division_from_address": mark("从地址认出县区"),
}

# The labels of data/register_columns.json, named here so that the catalogue holds their English.
_DATA = (
    mark("名称"), mark("统一社会信用代码"), mark("县区"), mark("乡镇街道"), mark("地址"), mark("联系电话"),
    mark("负责人"), mark("经营主体代码"), mark("对象类型"), mark("状态"), mark("车牌号"),
    mark("许可证号"), mark("证书有效期"), mark("所在对象代码"), mark("所属对象代码"),
    mark("企业"), mark("经营场所"), mark("房屋"), mark("工地"), mark("预付卡"), mark("储罐"), mark("车辆"),
    mark("在营"), mark("歇业"), mark("注销"), mark("迁出"),
)  # fmt: skip

TYPES: dict[ColumnType, str] = {
    ColumnType.TEXT: mark("文字"),
    ColumnType.CODE: mark("18位代码"),
    ColumnType.DIVISION: mark("名称或者代码"),
    ColumnType.TOWNSHIP: mark("名称或者代码"),
    ColumnType.PHONE: mark("手机或者带区号的座机"),
    ColumnType.CHOICE: mark("可选的词"),
    ColumnType.INTEGER: mark("整数"),
    ColumnType.DATE: mark("日期，如2027-03-01"),
    ColumnType.BOOLEAN: mark("是或者否"),
}

KINDS: dict[str, str] = {
    "company": mark("企业"),
    "premises": mark("经营场所"),
    "building": mark("房屋"),
    "site": mark("工地"),
    "card_programme": mark("预付卡"),
    "tank": mark("储罐"),
    "vehicle": mark("车辆"),
    "equipment_lot": mark("设备批次"),
    "unknown_operator": mark("不明经营者"),
}

STATUSES: dict[str, tuple[str, str]] = {
    "active": (mark("在营"), "green"),
    "suspended": (mark("歇业"), "orange"),
    "closed": (mark("注销"), ""),
    "moved": (mark("迁出"), ""),
    "merged": (mark("已合并"), ""),
    "handed_over": (mark("已移交"), ""),
}
"""Words and tone of a subject's status."""


def options(words: dict[str, Any]) -> list[tuple[str, str]]:
    """(code, words) for a select, in the reader's language."""
    return [(code, gettext(given if isinstance(given, str) else given[0])) for code, given in words.items()]


def column_label(field: str, own: Iterable[Column] = ()) -> str:
    """A column's name in the reader's language; `own`: the scenario's columns, already in that language."""
    for column in own:
        if column.id == field:
            return column.label
    return next((gettext(column.label) for column in register_columns() if column.id == field), field)


def value_words(field: str, value: str, own: Iterable[Column] = ()) -> str:
    """A registered value as the reader writes it: a choice's label, yes or no, a division's name."""
    if field == "division" and value:
        return division_label(value, is_full=True)
    if field == "status" and value in STATUSES:
        return gettext(STATUSES[value][0])
    column = next((one for one in own if one.id == field), None)
    if column is None:
        return value
    if column.type is ColumnType.BOOLEAN:
        return {"true": gettext("是"), "false": gettext("否")}.get(value, value)
    return next((one.label for one in column.choices if one.code == value), value)


def allowed_words(column: Column, *, is_own: bool) -> str:
    """What may stand in a column, for the help of the import page."""
    labels = [one.label if is_own else gettext(one.label) for one in column.choices]
    return join_words(labels) if labels else gettext(TYPES[column.type])
