"""Words for clauses that no longer hold as a package cites them: its new version comes later than the law."""

from chalicelib.contract.basis_work import outdated_bases
from chalicelib.contract.exchange import HandlerContext
from chalicelib.services.scenario.basis_marks import standing_marks
from chalicelib.web.basis_words import change_words
from chalicelib.web.formats import format_date
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest


def outdated_words(request: WebRequest, context: HandlerContext) -> dict[str, str]:
    """Basis -> what happened and when, for each that was amended or repealed by today; not where the tenant's legal
    officer has read the new text. Two queries."""
    marks = [one for one in standing_marks(request.store, request.tenant) if one.effective_on <= context.today]
    return {
        basis.id: gettext("%(day)s起%(change)s", day=format_date(mark.effective_on), change=change_words(mark.change))
        for basis, mark in outdated_bases(context.scenario.legal_basis.bases, marks)
        if not any(one.covers(basis) and mark.is_met_by(one) for one in context.confirmations)
    }
