"""Words of the legal-basis library: standings, ranks of documents, what rests on a basis."""

from chalicelib.contract.basis_work import WorkKind
from chalicelib.contract.exchange import BasisView
from chalicelib.domain.basis_mark import BasisChange
from chalicelib.domain.law_clause import article_words
from chalicelib.domain.legal_basis import BasisKind
from chalicelib.services.scenario.basis_library import Standing
from chalicelib.web.formats import join_clauses
from chalicelib.web.i18n import current_locale, gettext, mark

STANDINGS: dict[Standing, tuple[str, str, str]] = {
    Standing.REPEALED: (mark("已废止"), "red", "x"),
    Standing.AMENDED: (mark("已修订"), "red", "x"),
    Standing.ENDED: (mark("已失效"), "", ""),
    Standing.WAITING: (mark("依据待确认"), "orange", "clock"),
    Standing.CONFIRMED: (mark("本地法制已确认"), "azure", "check"),
    Standing.UPCOMING: (mark("尚未施行"), "", ""),
    Standing.VERIFIED: (mark("已核对原文"), "green", "check"),
}
RANKS = {
    BasisKind.LAW: mark("法律"),
    BasisKind.ADMINISTRATIVE_REGULATION: mark("行政法规"),
    BasisKind.JUDICIAL_INTERPRETATION: mark("司法解释"),
    BasisKind.DEPARTMENTAL_RULE: mark("部门规章"),
    BasisKind.LOCAL_REGULATION: mark("地方性法规"),
    BasisKind.STANDARD: mark("标准"),
    BasisKind.POLICY: mark("政策文件"),
}
CHANGES = {BasisChange.AMENDED: mark("修订"), BasisChange.REPEALED: mark("废止")}
WORK = {
    WorkKind.BASIS: mark("依据条目"),
    WorkKind.HANDBOOK_ITEM: mark("监管事项"),
    WorkKind.PARAGRAPH: mark("手册段落"),
    WorkKind.CHECK_ITEM: mark("检查项"),
    WorkKind.OVERLAY_ITEM: mark("本地加的检查项"),
    WorkKind.SELF_CHECK_ROUND: mark("自查轮次"),
    WorkKind.INSPECTION: mark("检查规则"),
    WorkKind.DOCUMENT: mark("文书"),
    WorkKind.DEADLINE: mark("时限"),
    WorkKind.OCCURRENCE: mark("处置中的事项"),
    WorkKind.FIGURE: mark("数值"),
    WorkKind.REPORT_FORM: mark("报表"),
    WorkKind.INDICATOR: mark("风险指标"),
    WorkKind.SCORING: mark("评价计分"),
    WorkKind.PLAN: mark("进行中的计划"),
    WorkKind.VISIT: mark("进行中的检查"),
}


def standing_chip(standing: Standing) -> tuple[str, str, str]:
    """Words, tone and icon, as components/state.html takes them."""
    words, tone, icon = STANDINGS[standing]
    return gettext(words), tone, icon


def rank_words(kind: BasisKind) -> str:
    return gettext(RANKS[kind])


def clause_words(article: str, clause: str) -> str:
    """第19条之一第二款, or Article 19-1第二款: what is below an article is kept in Chinese."""
    if not article:
        return clause
    is_inserted = "-" in article and current_locale() != "en"
    return (article_words(article) if is_inserted else gettext("第%(number)s条", number=article)) + clause


def change_words(change: BasisChange) -> str:
    return gettext(CHANGES[change])


def work_words(kind: WorkKind) -> str:
    return gettext(WORK[kind])


def clause_choice(basis: BasisView) -> str:
    """A clause as one of several to choose from: without its article only the summary tells it from the others."""
    return basis.citation if basis.is_usable else join_clauses([basis.citation, basis.summary])
