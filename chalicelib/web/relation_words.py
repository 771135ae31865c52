"""Relations of subjects in the reader's language, and those that two kinds may have."""

from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import RelationKind, SubjectKind, relation_rules
from chalicelib.web.i18n import current_locale, gettext
from chalicelib.web.register_words import KINDS


def relation_words(kind: RelationKind, *, is_reverse: bool = False) -> str:
    return relation_rules(kind).words_of(current_locale(), is_reverse=is_reverse)


def relation_options(subject: Subject) -> list[tuple[str, str]]:
    """What this subject may be to another, with the kinds that the other may be of."""
    found = []
    for kind in RelationKind:
        rules = relation_rules(kind)
        if subject.kind in rules.from_kinds:
            kinds = gettext("、").join(gettext(KINDS[one.value]) for one in SubjectKind if one in rules.to_kinds)
            words = {"relation": relation_words(kind), "kinds": kinds}
            found.append((kind.value, gettext("%(relation)s（%(kinds)s）", **words)))
    return found
