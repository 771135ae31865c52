"""Gallery of the web kit: every component on a few pages with invented data, and the sample values they show."""

from datetime import UTC, date, datetime
from typing import Any

HASH = "1b7cdce714c30242118083ed56ef7736aa0dc119d33aee98d3512e72b9c35c23"
PAGES = ("console", "form", "visit", "day", "public", "plain", "confirm")
FACES = {"visit": "field", "day": "field", "public": "public", "plain": "public", "confirm": "public"}


def _nav(face: str) -> list[dict[str, Any]]:
    if face == "public":
        rows = [
            ("查结果", "/public", "search", True),
            ("看手册", "#", "notebook", False),
            ("验抽取", "#", "shield-check", False),
        ]
        return [{"label": "", "items": [_item(*row) for row in rows]}]
    work = [
        _item("待办", "#", "checklist", False, 9),
        _item("计划与抽查", "#", "calendar-event", True),
        _item("综合查一次", "#", "arrows-join", False, 2),
        _item("派单与跟办", "#", "send", False, 14),
        _item("预警与线索", "#", "alert-triangle", False, 5),
    ]
    books = [_item("监管对象", "#", "building-store", False), _item("事项、手册与检查单", "#", "notebook", False)]
    return [{"label": "办理", "items": work}, {"label": "底账", "items": books}]


def _item(label: str, url: str, icon: str, active: bool, count: int | None = None) -> dict[str, Any]:
    return {"label": label, "url": url, "icon": icon, "active": active, "count": count}


def ui(page: str, locale: str) -> dict[str, Any]:
    """What the middleware gives to every page."""
    face = FACES.get(page, "console")
    return {
        "face": face,
        "tenant_label": "南宁市",
        "person_label": "市大数据发展局 统筹岗",
        "nav": _nav(face),
        "csrf_token": "gallery-token",
        "locale": locale,
        "path": f"/{page}",
        "flash": [{"tone": "green", "text": "已保存。"}] if page == "console" else None,
        "search_url": "/console",
        "help_url": "#",
        "account_url": "#",
        "logout_url": "/post",
        "shortcuts": (("h", "/console", "待办"), ("p", "/console", "计划与抽查")),
        "terms": ("inspection_plan", "opinion"),
    }


def context(page: str) -> dict[str, Any]:
    """Values of one gallery page."""
    problems = [{"field": "title", "text": "请填写“计划名称”"}, {"field": "bodies", "text": "请选择“参加部门”"}]
    confirm = {
        "title": "作废本次抽取？",
        "text": "作废后原结果仍公开。",
        "action": "/post",
        "confirm_label": "作废",
        "back_url": "/console",
    }
    return {"sample": SAMPLE, "problems": problems} | (confirm if page == "confirm" else {})


def _task(days: int, title: str, sub: str, kind: str, holder: str, level: str = "") -> dict[str, Any]:
    due = datetime(2026, 11, 23, 7, 0, tzinfo=UTC) if days == 0 else date(2026, 11, 23 + days)
    return {"days": days, "due": due, "title": title, "sub": sub, "kind": kind, "holder": holder, "level": level}


SAMPLE: dict[str, Any] = {
    "due": date(2026, 11, 25),
    "hash": HASH,
    "steps": [
        {"state": "done", "deadline": "11月18日批准", "note": "已完成"},
        {"state": "now", "deadline": "11月25日止", "note": "抽取已完成，待生成"},
        {"state": "todo", "deadline": "5个工作日", "note": "12月2日止"},
        {"state": "todo", "deadline": "2个工作日", "note": "12月4日止"},
        {"state": "todo", "deadline": "15个工作日", "note": "12月25日止"},
        {"state": "todo", "deadline": "20个工作日内公示", "note": "以检查日起算"},
    ],
    "exclusions": [
        {"reason": "已歇业、注销或迁出", "basis": "登记状态，11月20日市场监管数据", "number": 21},
        {"reason": "本年度检查频次已满", "basis": "各部门公布的年度上限", "number": 14},
        {"reason": "无事不扰清单内", "basis": "园区名单2026年第3期", "number": 6},
    ],
    "strata": [
        {"name": "A级", "weight": 1, "pool": 96, "drawn": 3, "share": 312},
        {"name": "D级", "weight": 8, "pool": 15, "drawn": 5, "share": 3333},
    ],
    "items": [{"number": 1, "name": "证照与主体信息一致"}, {"number": 2, "name": "购销台账和来源凭证齐全"}],
    "certificate": [
        {"title": "锁定规则和名单", "note": "11月20日17:30:12，存证第48213号", "hash": HASH, "hash_label": "承诺值"},
        {
            "title": "随机数后产生",
            "pairs": [("公开开奖", "2026134期，11月22日21:15"), ("封存随机数", "市商务局、市司法局各一份")],
        },
        {"title": "按规则算出结果", "note": "今天09:00:03，企业24家", "hash": HASH[::-1], "hash_label": "种子"},
        {
            "title": "出具证书",
            "note": "南综监抽〔2026〕18-1号",
            "done": False,
            "links": [("下载证书", "#", "download")],
        },
    ],
    "checks": [
        {"ok": True, "title": "检查事项已公布", "note": "15项都在市级清单内"},
        {
            "ok": False,
            "title": "每个部门至少2名持证人员",
            "why": "市市场监管局只有1人有效：黄*的执法证11月15日到期。",
            "mend": "换1名持证人员（可选3人），或上传换发的新证。",
            "links": [("换人", "#"), ("上传新证", "#")],
        },
        {"ok": True, "title": "没有超过年度频次上限", "note": "商务0/2，应急1/2，市监0/2"},
    ],
    "filters": [{"label": "全部", "url": "#", "active": True, "count": 9}, {"label": "预警", "url": "#", "count": 2}],
    "tabs": [{"label": "概况", "url": "#", "active": True}, {"label": "检查记录", "url": "#", "count": 4}],
    "tasks": [
        _task(-3, "卸油区紧急切断阀未修好，无人复查", "南宁市壬申加油站有限公司，邕宁区", "逾期整改", "市应急管理局"),
        _task(0, "预付卡充值激增", "南宁市己巳健身服务有限公司", "预警", "待您研判", "red"),
        _task(2, "3个部门的检查可以并为1次", "南宁市甲戌加油站有限公司，江南区，可少进2次", "合并建议", "待您确认"),
    ],
    "plans": [
        {"name": "成品油流通四季度联合抽查", "sub": "〔2026〕18号，市商务局牵头", "step": 2, "days": 2, "subjects": 24},
        {
            "name": "三层以上经营性自建房排查",
            "sub": "〔2026〕17号，市住房城乡建设局牵头",
            "step": 3,
            "days": -1,
            "subjects": 60,
        },
    ],
    "grades": [
        {"code": "D", "label": "D级", "lines": ["不到60分", "现场检查按需安排"]},
        {"code": "C", "label": "C级", "lines": ["60到75分", "现场检查每年最多3次"]},
        {"code": "B", "label": "B级", "lines": ["75到90分", "现场检查每年最多2次"]},
        {"code": "A", "label": "A级", "lines": ["90分以上", "现场检查每年最多1次"]},
    ],
    "history": [
        {"at": "12月9日", "title": "由B级降为C级", "note": "通知已送达，当天已读"},
        {"at": "6月17日", "title": "您提出异议", "note": "对1条投诉记录，附2份材料"},
    ],
    "figures": [
        {"label": "整改逾期", "value": 6, "unit": "家", "note": "比上周多2家", "tone": "red", "url": "#"},
        {"label": "3个工作日内到期", "value": 14, "unit": "件任务", "note": "其中5件还没派人"},
        {"label": "预警未办结", "value": 5, "unit": "条", "note": "红色1，橙色2，黄色2"},
        {"label": "快到频次上限", "value": 11, "unit": "家企业", "note": "再查1次即满"},
    ],
    "visits": [
        {
            "time": "08:10",
            "name": "南宁市壬寅加油站",
            "url": "#",
            "place": "江南区示例大道6号，应急2人",
            "note": "整改复查2项，1张照片，等联网发送",
            "state": "done",
            "state_label": "已查完",
        },
        {
            "time": "09:00",
            "name": "南宁市甲戌加油站",
            "url": "/visit",
            "place": "江南区示例大道18号，6人",
            "note": "已答9项，共15项，1项不合格",
            "state": "now",
            "state_label": "正在查",
            "done": 9,
            "total": 15,
        },
        {
            "time": "14:30",
            "name": "南宁市戊午餐饮店",
            "url": "#",
            "place": "良庆区示例路3号，4人",
            "note": "22项，检查单和2份材料已下载",
            "state": "todo",
            "state_label": "未开始",
        },
    ],
    "findings": [
        {
            "name": "紧急切断阀不能当场切断",
            "body": "市应急管理局",
            "due": date(2026, 12, 22),
            "result": "12月21日复查合格",
        },
        {
            "name": "隐患排查记录2条没有闭环",
            "body": "市应急管理局",
            "due": date(2026, 12, 15),
            "result": "12月15日复查合格",
        },
    ],
    "past": [
        {"on": date(2026, 5, 20), "name": "明码标价检查", "note": "市市场监管局，1项不合格"},
        {"on": date(2025, 11, 12), "name": "成品油流通联合抽查", "note": "市商务局、市应急管理局，12项全部合格"},
    ],
}
