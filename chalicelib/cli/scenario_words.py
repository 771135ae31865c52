"""What `yijianshi scenario` says to authors, in Chinese and English, and how a finding is printed."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from chalicelib.contract.finding_words import LANGUAGES, finding_words
from chalicelib.contract.json_places import Place, find_place
from chalicelib.contract.rule_finding import RuleFinding

WORDS = {
    "made": ("已生成{folder}和{tests}，可以直接使用。", "Made {folder} and {tests}; the package can be used as it is."),
    "bad_name": (
        "{name}不能作场景名称：请用3至32位小写字母、数字和单个下划线，以字母开头，例如elderly_care。",
        "{name} cannot be a scenario's name: 3 to 32 lower-case letters, digits and single underscores, beginning with"
        " a letter, e.g. elderly_care.",
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
        "{file}：有{added}个键等您翻译，删了{removed}个没有用的键。",
        "{file}: {added} keys wait for their translation, {removed} unused keys removed.",
    ),
    "declared": ("{file}：{done}条done，{todo}条todo。", "{file}: {done} done, {todo} todo."),
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


def echo_findings(folder: Path, findings: Iterable[RuleFinding], language: str) -> None:
    for finding in findings:
        for line in finding_lines(folder, finding, language):
            click.echo(line)
