"""What was changed after signing is told in words, also where the signature is refused for it."""

from collections.abc import Callable

import pytest

from signing.outcome import SignatureReport
from signing.policy import INTEGRITY
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.attacks import content, letter
from tests.signing.office import TODAY


def officer_of(pdf: bytes) -> SignatureReport:
    report = verify(pdf, name="x", policy=INTEGRITY, trust=TrustStore(), at=TODAY)
    return report.signatures[0]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (content.page_contents_replaced, "page_content"),
        (content.content_stream_overridden, "page_content"),
        (content.page_added, "page_content"),
        (content.annotation_free_text, "annotation"),
        (content.open_action, "script"),
        (content.names_javascript, "script"),
        (content.attachment_added, "attachment"),
    ],
    ids=lambda one: getattr(one, "__name__", one),
)
def test_what_was_done_to_a_signed_letter_is_named(
    change: Callable[[bytes], bytes], kind: str
) -> None:
    signature = officer_of(change(letter.signed()))
    assert signature.verdict is Verdict.FAILED
    assert kind in {one.kind for one in signature.changes if not one.allowed}


def test_a_changed_value_is_told_with_old_and_new() -> None:
    signed = letter.sign_officer(letter.unsigned(**letter.WITH_NOTE))
    changed = content.append(signed, {letter.NOTE: letter.note(b"900")})
    (value,) = [one for one in officer_of(changed).changes if one.kind == "value_changed"]
    assert (value.detail, value.old, value.new, value.allowed) == ("Note", "100", "900", False)


def test_an_allowed_seal_is_told_as_allowed() -> None:
    signature = officer_of(letter.sealed())
    assert signature.verdict is Verdict.PASSED
    assert [one.kind for one in signature.changes if one.kind == "signature_added"]
    assert all(one.allowed for one in signature.changes)


def test_of_the_last_signature_nothing_is_told() -> None:
    assert officer_of(letter.signed()).changes == ()
