"""What people are told of a revision that no signature allows."""

from collections.abc import Callable

import pytest

from signing.judge.changes.describe import observe_steps
from signing.judge.changes.permits import allowed
from signing.judge.changes.shapes import Change, Kind
from signing.judge.file.document import open_document
from signing.judge.file.signatures import list_signatures
from tests.signing.attacks import content, forms, letter
from tests.signing.attacks.honest import with_note


def told(pdf: bytes) -> list[Change]:
    """Of the newest revision."""
    document = open_document(pdf)
    return list(observe_steps(document, list_signatures(document))[-1].changes)


@pytest.mark.parametrize(
    ("attack", "change"),
    [
        (content.page_contents_replaced, Change(Kind.PAGE_CONTENT, page=1)),
        (content.content_stream_overridden, Change(Kind.PAGE_CONTENT, page=1)),
        (content.content_stream_freed, Change(Kind.PAGE_CONTENT, page=1)),
        (content.font_overridden, Change(Kind.PAGE_CONTENT, page=1)),
        (content.media_box_cut, Change(Kind.PAGE_CONTENT, page=1)),
        (content.page_added, Change(Kind.PAGE_CONTENT, "added", page=2)),
        (content.page_replaced_in_tree, Change(Kind.PAGE_CONTENT, "removed", page=1)),
        (
            content.annotation_free_text,
            Change(Kind.ANNOTATION, "FreeText", new="900 dong", page=1),
        ),
        (content.annotation_removed, Change(Kind.ANNOTATION, "removed", page=1)),
        (content.link_redirected, Change(Kind.ANNOTATION, "Link", page=1)),
        (content.open_action, Change(Kind.SCRIPT, "OpenAction")),
        (content.names_javascript, Change(Kind.SCRIPT, "JavaScript")),
        (content.page_additional_actions, Change(Kind.SCRIPT, "AA", page=1)),
        (content.attachment_added, Change(Kind.ATTACHMENT, "EmbeddedFiles")),
        (content.layers_added, Change(Kind.OTHER, "OCProperties")),
        (content.info_title, Change(Kind.METADATA, "Info")),
        (forms.seal_look_overridden, Change(Kind.ANNOTATION, "Widget", page=1)),
        (forms.officer_moved, Change(Kind.ANNOTATION, "Widget", page=1)),
        (forms.need_appearances, Change(Kind.FORM, "AcroForm")),
        (forms.text_field_added, Change(Kind.FORM, "New")),
        (forms.script_on_new_field, Change(Kind.SCRIPT, "Widget", page=1)),
        (forms.evidence_with_foreign_keys, Change(Kind.EVIDENCE_ADDED, "DSS")),
        (forms.metadata_removed, Change(Kind.METADATA, "Metadata")),
    ],
)
def test_each_kind_of_change_is_named(attack: Callable[[bytes], bytes], change: Change) -> None:
    assert change in told(attack(letter.sealed()))


def test_a_signature_is_told_with_its_page_and_nothing_beside_it() -> None:
    assert told(letter.sealed()) == [Change(Kind.SIGNATURE_ADDED, "Seal", page=1)]
    assert told(letter.add_field(letter.signed())) == [
        Change(Kind.SIGNATURE_ADDED, "Stranger", page=1)
    ]


def test_a_value_is_told_with_old_and_new() -> None:
    pdf = letter.fill_note(letter.sign_officer(with_note()))
    assert Change(Kind.VALUE_CHANGED, "Note", "100", "200") in told(pdf)


def test_a_revision_that_repeats_everything_changed_nothing() -> None:
    assert told(letter.sealed())
    document = open_document(
        content.append(letter.sealed(), {letter.PAGE: letter.page(), letter.FORM: letter.form()})
    )
    assert observe_steps(document, list_signatures(document))[-1].changes == ()


def test_no_signature_allows_a_step_that_was_only_observed() -> None:
    document = open_document(letter.sealed())
    signatures = list_signatures(document)
    steps = observe_steps(document, signatures)
    (found,) = allowed(signatures.filled[0], steps)
    assert found.code == "changed_after_signing"
    assert allowed(signatures.filled[1], steps)[0].code == "no_later_changes"
