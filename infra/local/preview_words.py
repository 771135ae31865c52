"""Words of the author's preview, in Chinese and English: local pages are not in the product's catalogue."""

from chalicelib.web.i18n import LOCALES, current_locale

_WORDS = {
    "title": ("场景包预览", "Scenario packages, live"),
    "preview": ("预览", "Preview"),
    "intro": (
        "改文件、保存，这里一秒内更新。只在本机，不会部署。",
        "Save a file and this page follows within a second. On this machine only, never deployed.",
    ),
    "handbook": ("一业一册", "Handbook"),
    "checklist": ("一业一单", "Checklist"),
    "inspection": ("一业一查", "Inspection"),
    "evaluation": ("一业一评", "Evaluation"),
    "bases": ("法律依据", "Legal bases"),
    "samples": ("样例", "Samples"),
    "bronze": ("铜级", "Bronze"),
    "silver": ("银级", "Silver"),
    "gold": ("金级", "Gold"),
    "refused": ("不能用", "Refused"),
    "bronze_is": ("能加载，四个一齐全，编号不重复", "Loads, has the four ones, unique identifiers"),
    "silver_is": ("依据齐全，义务有人查，有自己的测试", "Rests on law, every duty is checked, own tests"),
    "gold_is": (
        "样例走完四个一，文书和译文齐全",
        "A sample runs through the four ones; documents and English are whole",
    ),
    "reached": ("{tier}，已达到", "{tier}: reached"),
    "holds": ("{tier}的规则都通过", "{tier}: its rules hold"),
    "waits": ("{tier}，要等文件能读", "{tier}: waits for files that can be read"),
    "to_mend": ("{tier}，还差{count}处", "{tier}: {count} to mend"),
    "findings": ("要改的{count}处", "{count} to mend"),
    "no_findings": ("没有要改的", "Nothing to mend"),
    "all_hold": ("所有规则都通过。", "Every rule holds."),
    "here_first": ("这一页的文件排在前面。", "Those of this page's file come first."),
    "mend": ("怎么改：", "Mend: "),
    "data": ("数据", "Data"),
    "lines": ("{count}行", "{count} lines"),
    "not_there": ("没有这个文件。", "There is no such file."),
    "broken": ("这一部分现在显示不出来", "This part cannot be shown now"),
    "broken_why": (
        "先改右边标为铜级的问题，保存后自动显示。",
        "Mend what is marked bronze on the right; it appears when you save.",
    ),
    "error": ("处理函数出错：{error}", "The handler failed: {error}"),
    "case": ("样例", "Case"),
    "one": ("环节", "One"),
    "path": ("路径", "Path"),
    "wanted": ("应得", "Expected"),
    "got": ("实得", "Found"),
    "result": ("结果", "Result"),
    "same": ("一致", "Same"),
    "differs": ("不一致", "Differs"),
    "no_cases": ("还没有样例", "No cases yet"),
    "missing": ("没有这个场景包", "There is no such package"),
    "packages": ("全部场景包", "All packages"),
    "package": ("场景包", "Package"),
    "tier": ("级别", "Tier"),
    "count": ("要改的", "To mend"),
}


def words(key: str, **values: object) -> str:
    """The words in the reader's language."""
    return _WORDS[key][LOCALES.index(current_locale())].format(**values)
