"""No attack passes; what honest software does to the same letter passes."""

from collections.abc import Callable

import pytest

from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.attacks import content, forms, letter, structure
from tests.signing.attacks.crafted import CASES
from tests.signing.attacks.honest import CONTROLS
from tests.signing.office import TODAY, Office

ATTACKS = {one.__name__: one for one in (*content.ATTACKS, *forms.ATTACKS, *structure.ATTACKS)}

LIBRARY_REFUSES = {
    "future_number_comment",  # It does not read a comment inside a reference.
    "future_number_comment_behind",
    "future_number_long_comment",
    "future_number_nul",
    "future_number_in_object_stream_with_comment",
}
"""Honest files that it does not accept."""


def verdict(pdf: bytes) -> Verdict:
    return verify(pdf, name="x.pdf", policy=INTEGRITY, trust=TrustStore(), at=TODAY).verdict


def cases(names: object, known: set[str], reason: str) -> list[object]:
    mark = pytest.mark.xfail(strict=True, reason=reason)
    return [pytest.param(name, marks=[mark] * (name in known)) for name in names]


REFUSES = "the library refuses it"
CRAFTED = {one.name: one for one in CASES}


@pytest.mark.parametrize("name", cases(CONTROLS, LIBRARY_REFUSES, REFUSES))
def test_what_honest_software_does_passes(name: str) -> None:
    assert verdict(CONTROLS[name]()) is Verdict.PASSED


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_no_attack_on_a_signed_letter_passes(name: str) -> None:
    assert verdict(ATTACKS[name](letter.sealed())) is not Verdict.PASSED


def _sealed_loosely() -> bytes:
    return letter.sign_seal(letter.sign_officer(letter.loosely_written()))


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_no_attack_passes_where_our_own_reader_cannot_open_the_letter(name: str) -> None:
    assert verdict(ATTACKS[name](_sealed_loosely())) is not Verdict.PASSED


def test_an_object_under_a_foreign_number_is_found_beside_a_signature_not_understood() -> None:
    """A transform that nobody knows; the library tolerates it."""
    reference = b"/Reference[<</Type/SigRef/TransformMethod/Identity>>]"
    pdf = letter.sign_officer(letter.unsigned(), keys=reference)
    assert verdict(letter.renew_metadata(pdf)) is Verdict.PASSED
    assert verdict(structure.content_under_a_foreign_number(pdf)) is Verdict.FAILED


def test_what_was_added_behind_a_loose_table_is_a_doubt_and_no_fault() -> None:
    assert verdict(letter.sign_officer(letter.loosely_written())) is Verdict.PASSED
    assert verdict(_sealed_loosely()) is Verdict.INDETERMINATE


@pytest.mark.parametrize("name", cases(CRAFTED, LIBRARY_REFUSES, REFUSES))
def test_the_honest_sequel_of_a_crafted_letter_passes(name: str) -> None:
    assert verdict(CRAFTED[name].control()) is Verdict.PASSED


@pytest.mark.parametrize("name", sorted(CRAFTED))
def test_no_trap_that_was_signed_can_be_sprung(name: str) -> None:
    assert verdict(CRAFTED[name].attack()) is not Verdict.PASSED


BYTES: list[Callable[[bytes], bytes]] = [
    structure.bytes_after_end,
    structure.object_after_end,
    structure.rollback,
    structure.rollback_to_unsigned,
    structure.rollback_with_own_revision,
    structure.skipped_to_first,
]


@pytest.mark.parametrize("attack", BYTES)
def test_attacks_on_the_bytes_of_a_sealed_directive_fail_too(
    office: Office, attack: Callable[[bytes], bytes]
) -> None:
    assert verdict(office.sealed) is Verdict.PASSED
    assert verdict(attack(office.sealed)) is not Verdict.PASSED
