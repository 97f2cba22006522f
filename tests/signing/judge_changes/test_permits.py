"""What a signature allows, by its own permissions."""

from signing.judge.changes.permits import allowed
from signing.judge.changes.shapes import Kind, Level
from signing.judge.changes.steps import judge_steps
from signing.judge.file.document import open_document
from signing.judge.file.signatures import list_signatures
from signing.verdict import Finding
from tests.signing.attacks import forms, letter
from tests.signing.attacks.honest import with_note
from tests.signing.judge_changes.judged import PASS, answer, steps_of
from tests.signing.judge_changes.sequels import empty_field


def first_finding(pdf: bytes) -> Finding:
    """What the earliest signature says of everything after it."""
    document = open_document(pdf)
    signatures = list_signatures(document)
    (found,) = allowed(signatures.filled[0], judge_steps(document, signatures))
    return found


def test_nothing_after_a_signature_is_told_as_nothing() -> None:
    assert first_finding(letter.signed()).code == "no_later_changes"


def test_a_seal_after_the_officer_is_permitted_and_named() -> None:
    found = first_finding(letter.sealed())
    assert found.code == "permitted_changes"
    assert "Seal" in found.message


def test_the_certifying_officer_lets_a_seal_in_a_prepared_field_pass_and_a_new_field_not() -> None:
    assert answer(letter.sign_seal(letter.certified(2))) == PASS
    assert answer(letter.add_field(letter.certified(2))) == "changed_after_signing"
    assert answer(letter.add_field(letter.certified(2), rect=b"0 0 0 0")) == PASS
    assert answer(letter.add_field(letter.signed())) == PASS


def test_p1_allows_evidence_alone() -> None:
    assert answer(letter.add_evidence(letter.certified(1))) == PASS
    assert answer(letter.sign_seal(letter.certified(1))) == "changed_after_signing"
    assert answer(forms.value_changed_under_p1(b"")) == "changed_after_signing"


def test_one_forbidden_step_among_permitted_ones_decides() -> None:
    sealed = letter.add_evidence(letter.sign_seal(letter.add_evidence(letter.certified(1))))
    assert answer(sealed) == "changed_after_signing"


def test_locked_fields_stay_as_they_are() -> None:
    assert answer(forms.locked_value_changed(b"")) == "changed_after_signing"
    assert answer(forms.locked_field_signed(b"")) == "changed_after_signing"
    assert answer(letter.fill_note(letter.certify(with_note(), 2))) == PASS


def test_a_changed_value_is_told_with_its_field_old_and_new() -> None:
    pdf = letter.fill_note(letter.sign_officer(with_note()))
    found = first_finding(pdf)
    assert found.code == "form_value_changed"
    assert "Note" in found.message
    (change,) = steps_of(pdf)[0].values
    assert (change.kind, change.detail) == (Kind.VALUE_CHANGED, "Note")
    assert (change.old, change.new) == ("100", "200")


def test_a_value_that_nobody_touched_is_no_change() -> None:
    assert answer(letter.sign_seal(letter.sign_officer(with_note()))) == PASS


def test_levels_and_kinds_are_those_of_the_step() -> None:
    (seal,) = steps_of(letter.sealed())
    assert (seal.level, [one.kind for one in seal.changes]) == (
        Level.FILLING,
        [Kind.SIGNATURE_ADDED],
    )
    (evidence,) = steps_of(letter.add_evidence(letter.signed()))
    assert (evidence.level, [one.kind for one in evidence.changes]) == (
        Level.EVIDENCE,
        [Kind.EVIDENCE_ADDED],
    )
    (renewed,) = steps_of(letter.renew_metadata(letter.signed()))
    assert {one.kind for one in renewed.changes} == {Kind.METADATA}
    (empty,) = steps_of(empty_field())
    assert (empty.level, [one.kind for one in empty.changes]) == (Level.FILLING, [Kind.FORM])


def test_a_signature_says_nothing_of_what_came_before_it() -> None:
    document = open_document(letter.sealed())
    signatures = list_signatures(document)
    steps = judge_steps(document, signatures)
    assert allowed(signatures.filled[1], steps)[0].code == "no_later_changes"
