"""Words for clauses that no longer hold as a package cites them: its new version comes later than the law."""

from collections.abc import Iterable

from chalicelib.contract.basis_work import outdated_bases
from chalicelib.contract.exchange import HandlerContext
from chalicelib.domain.basis_mark import BasisMark
from chalicelib.web.basis_words import change_words
from chalicelib.web.formats import format_date
from chalicelib.web.i18n import gettext


def outdated_words(context: HandlerContext, marks: Iterable[BasisMark]) -> dict[str, str]:
    """Basis -> what happened and when, for each that was amended or repealed by today; not where the tenant's legal
    officer has read the new text. marks: those that count in this tenant."""
    begun = [one for one in marks if one.effective_on <= context.today]
    return {
        basis.id: gettext("%(day)s起%(change)s", day=format_date(mark.effective_on), change=change_words(mark.change))
        for basis, mark in outdated_bases(context.scenario.legal_basis.bases, begun)
        if not any(one.covers(basis) and mark.is_met_by(one) for one in context.confirmations)
    }
