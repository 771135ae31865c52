"""What `yijianshi scenario` says to authors, in Chinese and English, and how a finding is printed."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chalicelib.contract.finding_words import LANGUAGES, finding_words
from chalicelib.contract.json_places import Place, find_place
from chalicelib.contract.rule_finding import RuleFinding

if TYPE_CHECKING:
    from chalicelib.contract.rules import PackageReport

WORDS = {
    "made": ("已生成{folder}和{tests}，可以直接使用。", "Made {folder} and {tests}; the package can be used as it is."),
    "bad_name": (
        "{name}不能作场景名称：请用3至32位小写字母、数字和单个下划线，以字母开头，不能是Python的保留字，例如elderly_care。",
        "{name} cannot be a scenario's name: 3 to 32 lower-case letters, digits and single underscores, beginning with"
        " a letter, no word of Python's own, e.g. elderly_care.",
    ),
    "no_name": (
        "请写NAME，例如：make scenario NAME=elderly_care LABEL=养老机构",
        "Say NAME: make scenario NAME=x LABEL=x",
    ),
    "bad_label": (
        "“{label}”不能作行业名称：请写1至40个字，不含引号、尖括号、花括号、&和@，例如养老机构。",
        "“{label}” cannot be the trade's label: 1 to 40 characters without quotes, brackets, & and @.",
    ),
    "exists": (
        "{folder}已经在了，没有改动任何文件：请换一个名称，或者先把它移走。",
        "{folder} is there already and nothing was changed: choose another name, or move it away first.",
    ),
    "installed": (
        "{name}已由{origin}带来，没有改动任何文件：请换一个名称。",
        "{name} is brought by {origin} already and nothing was changed: choose another name.",
    ),
    "unknown": ("没有场景{name}；现有：{names}。", "no scenario {name}; there are: {names}"),
    "none": ("一个也没有", "none"),
    "mend": ("改法：", "mend: "),
    "tier_bronze": ("铜级", "bronze"),
    "tier_silver": ("银级", "silver"),
    "tier_gold": ("金级", "gold"),
    "refused": ("不能用", "refused"),
    "total": ("{name}：{tier}，{count}处要改", "{name}: {tier}, {count} findings"),
    "to_reach": ("到{tier}还要改{count}处：", "{count} findings to mend for {tier}:"),
    "next": (
        "接着写：make check-scenario NAME={name} 列出全部问题；make run 后打开"
        " http://127.0.0.1:8000/preview/{name} 边写边看。",
        "Go on: make check-scenario NAME={name} lists everything; with make run, http://127.0.0.1:8000/preview/{name}"
        " shows the package while you write.",
    ),
    "strings_done": (
        "{file}：有{added}个键等您翻译，{taken}个照别的场景包译好了（请看一遍），删了{removed}个没有用的键。",
        "{file}: {added} keys wait for their translation, {taken} were taken over from other packages (read them),"
        " {removed} unused keys removed.",
    ),
    "strings_equal": (
        "其中不同的文字只有{different}句：译好一句，再运行一次这个命令，相同的就都填上。",
        "Only {different} of these texts differ: translate one, run this again, and the equal ones are filled in.",
    ),
    "more_untranslated": (
        "    ……{file}还有{count}处没有译文（--all全部列出）",
        "    … and {count} more in {file} without a text (--all lists them)",
    ),
    "install": (
        "先安装：.venv/bin/python -m pip install --no-deps --no-build-isolation -e {folder}"
        "（正在运行的make run要重新启动）",
        "Install it first: .venv/bin/python -m pip install --no-deps --no-build-isolation -e {folder} (and start a"
        " running `make run` again)",
    ),
    "nothing_shared": ("各场景包里都没有“{text}”。", "No package has “{text}”."),
    "shared_department": ("部门：", "Departments:"),
    "shared_attribute": ("对象的属性：", "Attributes of subjects:"),
    "shared_question": ("只问一次的问题（asked_once_key）：", "Questions asked once (asked_once_key):"),
    "shared_item": ("别的检查项（id相同就是同一个问题）：", "Other check items (an equal id is an equal question):"),
    "shared_waiting_basis": ("等法制机构确认的依据：", "Legal bases that wait for confirmation:"),
    "declared": ("{file}：{done}条done，{todo}条todo。", "{file}: {done} done, {todo} todo."),
    "rest_waits": (
        "（文件都写对以后，才能查它们互相对不对得上：可能还有别的问题。）",
        "(What the files say of each other is looked at once each of them holds: there may be more findings.)",
    ),
    "broken_first": ("请先把铜级的问题改好。", "Mend what keeps the package from bronze first."),
}


def say(key: str, language: str, **values: object) -> str:
    return WORDS[key][LANGUAGES.index(language)].format(**values)


def _language(_: click.Context, __: click.Parameter, value: str | None) -> str:
    """Chinese, unless the option or the terminal's locale says English."""
    return "en" if (value or "").lower().startswith("en") else "zh"


language_option = click.option(
    "--language",
    envvar=["YIJIANSHI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"],
    callback=_language,
    help="zh or en; else what the terminal's locale says, else Chinese.",
)


def place_of(folder: Path, finding: RuleFinding) -> Place:
    """Where in its file a finding stands; nowhere in a file that is not there or is no JSON."""
    path = folder / finding.file
    if not path.is_file():
        return Place()
    return find_place(path.read_text(encoding="utf-8", errors="replace"), finding.place)


def finding_lines(folder: Path, finding: RuleFinding, language: str) -> Iterator[str]:
    """`file:line  $.path`, the problem with its rule, and the mend."""
    place = place_of(folder, finding)
    problem, mend = finding_words(finding, language)
    line = f":{place.line}" if place.line else ""
    path = place.path if place.path not in ("", "$") else finding.place
    yield f"{finding.file}{line}" + (f"  {path}" if path and not path.startswith("line ") else "")
    yield f"    {problem}  [{finding.rule}]"
    yield f"    {say('mend', language)}{mend}"


SHOWN_UNTRANSLATED = 3
"""Missing translations of one file that are listed one by one: a new package has hundreds, and they hide the others."""


def echo_by_tier(folder: Path, report: "PackageReport", language: str, is_whole: bool = False) -> None:
    """The findings under the tier that they keep the package from."""
    from chalicelib.contract.rule import Tier

    for tier in Tier:
        findings = report.of_tier(tier)
        if findings:
            click.echo("\n" + say("to_reach", language, tier=say(f"tier_{tier}", language), count=len(findings)))
            untranslated = [one for one in findings if one.problem.startswith("no text for ")]
            hidden = set() if is_whole else set(untranslated[SHOWN_UNTRANSLATED:])
            echo_findings(folder, (one for one in findings if one not in hidden), language)
            if hidden:
                file = untranslated[0].file
                click.echo(say("more_untranslated", language, file=file, count=len(hidden)))
    if report.reading.scenario is None:
        click.echo("\n" + say("rest_waits", language))


def echo_findings(folder: Path, findings: Iterable[RuleFinding], language: str) -> None:
    for finding in findings:
        for line in finding_lines(folder, finding, language):
            click.echo(line)
