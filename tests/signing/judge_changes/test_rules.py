"""Each rule of later changes: what keeps it, what breaks it."""

import pytest

from signing.judge.changes.rules import REFUSED, RULES, refused, unsure
from signing.words import RULES as WORDS
from tests.signing.judge_changes.judged import broken_rule
from tests.signing.judge_changes.sequels import BROKEN, KEPT, UNSURE_OF_READER

FAILURES = [(rule, number) for rule, makes in BROKEN.items() for number in range(len(makes))]


def test_every_rule_has_a_file_that_breaks_it_and_every_refusal_has_words() -> None:
    assert set(BROKEN) == set(RULES) | set(REFUSED)
    assert set(REFUSED) <= set(WORDS)


@pytest.mark.parametrize(("rule", "number"), FAILURES)
def test_what_breaks_a_rule_is_named_by_it(rule: str, number: int) -> None:
    assert broken_rule(BROKEN[rule][number]()) == rule


@pytest.mark.parametrize("name", sorted(KEPT.keys() - UNSURE_OF_READER))
def test_what_keeps_every_rule_is_understood(name: str) -> None:
    assert broken_rule(KEPT[name]()) == ""


@pytest.mark.parametrize("name", sorted(UNSURE_OF_READER))
def test_a_comment_or_nul_inside_a_reference_is_not_understood(name: str) -> None:
    assert broken_rule(KEPT[name]()) == "syntax"


def test_a_rule_without_a_name_cannot_be_raised() -> None:
    with pytest.raises(KeyError):
        unsure("nothing")
    with pytest.raises(KeyError):
        refused("nothing")


def test_what_must_be_refused_is_refused_beside_what_is_not_understood() -> None:
    from tests.signing.attacks import content, forms, letter  # noqa: PLC0415 (this test alone)

    for attack in (forms.script_on_new_field, forms.page_sized_new_field, forms.need_appearances):
        pdf = content.info_title(attack(letter.sealed()))
        assert broken_rule(pdf) in REFUSED
        assert broken_rule(attack(content.info_title(letter.sealed()))) in REFUSED
