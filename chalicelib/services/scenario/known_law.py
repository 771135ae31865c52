"""What the law library knows of a title: whether anything cites it, and how far its articles go."""

from datetime import date

from chalicelib.contract.law import IndexedText, law_changes, law_index, own_index
from chalicelib.contract.registry import registry
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.law_clause import LawClause, read_clause, read_place
from chalicelib.domain.legal_basis import plain_title


def is_known_title(title: str) -> bool:
    """Whether the index knows it or an installed package cites it, in a basis or in a clock."""
    plain = plain_title(title)
    if plain in law_index() or plain in law_changes():
        return True
    packages = [registry().get(name) for name in registry().names() if registry().holds(name)]
    return any(
        plain_title(one) == plain
        for package in packages
        for one in (
            *(basis.title for basis in package.legal_basis.bases),
            *(cited.title for rule in package.inspection.deadlines for cited in rule.legal_basis),
        )
    )


def indexed_text(title: str, text_date: date | None, package: str | None) -> IndexedText | None:
    """The text that was indexed; None where none was, or where a newer one was read. package: whose own index counts
    besides the shared one."""
    plain = plain_title(title)
    found = law_index().get(plain)
    if found is None and package is not None:
        try:
            found = own_index(registry().folder(package)).get(plain)
        except ValueError:  # an index that cannot be read knows nothing
            return None
    return None if found is None or (text_date is not None and text_date > found.text_date) else found


def read_article(
    title: str, article: str, clause: str, *, text_date: date | None, package: str | None = None
) -> tuple[LawClause, list[FieldProblem]]:
    """The place that was typed, and what is wrong with it: not in a form of the law, twice and differently, or beyond
    the last article of the text."""
    problems: list[FieldProblem] = []
    place, below = LawClause("", ""), ""
    try:
        place = read_place(article)
    except ValueError:
        problems.append(FieldProblem(field="article", code="article_form", details={"value": article.strip()[:40]}))
    try:
        below = read_clause(clause)
    except ValueError:
        problems.append(FieldProblem(field="clause", code="clause_form", details={"value": clause.strip()[:40]}))
    if place.clause and below and place.clause != below:
        problems.append(FieldProblem(field="clause", code="clause_twice", details={"value": place.clause}))
    found = LawClause(place.article, place.clause or below)
    text = indexed_text(title, text_date, package)
    if found.article and text is not None and int(found.article.partition("-")[0]) > text.articles:
        details: dict[str, str | int] = {"title": plain_title(title), "articles": text.articles}
        details["day"] = text.text_date.isoformat()
        problems.append(FieldProblem(field="article", code="no_such_article", details=details))
    if found.clause and not found.article and not problems:
        problems.append(FieldProblem(field="article", code="required"))
    return found, problems
