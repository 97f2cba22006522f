"""Every term and every finding is explained, in both languages."""

import pytest

from signing.glossary import CODES, TERMS, find_term
from signing.language import Language
from signing.words import RULES
from tests.signing.report.test_languages import VIETNAMESE


def test_every_finding_has_its_explanation() -> None:
    assert set(CODES) - {"path_unreadable"} == set(RULES)


@pytest.mark.parametrize("code", CODES)
def test_an_explanation_says_in_both_languages_what_it_means_and_what_to_do(code: str) -> None:
    for words in (CODES[code].meaning, CODES[code].todo):
        assert VIETNAMESE.search(words(Language.VI))
        assert not VIETNAMESE.search(words(Language.EN))
        assert words.vi.endswith(".")
        assert words.en.endswith(".")


@pytest.mark.parametrize("key", TERMS)
def test_a_term_has_a_name_a_meaning_and_a_source(key: str) -> None:
    term = TERMS[key]
    assert term.source
    assert not VIETNAMESE.search(term.name.en + term.meaning.en)
    assert term.meaning.vi.endswith(".")
    assert term.meaning.en.endswith(".")


def test_a_term_is_found_by_key_and_by_name_in_either_language() -> None:
    assert find_term("timestamp") is TERMS["timestamp"]
    assert find_term("  Dấu  thời gian ") is TERMS["timestamp"]
    assert find_term("TRUST ANCHOR") is TERMS["anchor"]


def test_what_is_no_term_is_not_found() -> None:
    assert find_term("con dấu đỏ") is None
    assert find_term("") is None


def test_the_words_for_verifying_and_approving_are_not_mixed() -> None:
    said = " ".join(words.vi for one in CODES.values() for words in (one.meaning, one.todo))
    assert "phê duyệt" not in said
    assert "thẩm định" not in said
