"""From content to pages: the draft page for reading, the frozen document for signing.

The frozen document holds number, date and both empty fields; where the officer signs first, number
and date are two empty fields as well. It is what the signatory sees and what is signed, byte for
byte.
"""

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from actions.auditing import MACHINE
from actions.changing import amend, expect_state, get_directive
from actions.desk import Deed, Desk, doing, local_day
from actions.draft_rows import content_of, revision_of
from actions.errors import InvalidInputError, NotFoundError, Problem, StaleRevisionError
from actions.numbering import series_for
from actions.offices import office_facts
from actions.ordering import state_to_freeze
from actions.pages import add_document, newest_document
from actions.public_codes import code_to_print, shown_code
from actions.trying import archive_wrapped
from actions.waking import ask_to_wake
from actions.wording import TEST_LINE
from documents.content import DirectiveContent
from documents.errors import DocumentsError
from documents.paper_code import PaperCode
from documents.places import ExpectedDigits, OpenPlace
from documents.render import RenderedDocument, render
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.numbers.places import DigitGap, NumberPlace

DRAFT_NOTICE = "DỰ THẢO"
"""In the margin of what is not frozen yet. Source: HD 36-HD/VPTW (ô 11b)."""


def freeze(desk: Desk, directive_id: DirectiveId) -> str:
    """Makes the document that is to be signed. Returns its SHA-256 in hex.

    Idempotent: what is frozen stays. A repeat after a kill sets the same page anew.

    Raises:
        WrongStateError: the directive is not numbered (approved, where the officer signs first),
            or was returned meanwhile.
        InvalidInputError: the page could not be set.
        UnavailableError: the archive does not answer.
    """
    with desk.database.reading() as session:
        directive = get_directive(session, directive_id)
        due = state_to_freeze(session, directive)
        expect_state(directive, due)
        if directive.frozen_sha256 is not None:
            return directive.frozen_sha256
        content, at = _final_content(session, directive), revision_of(session, directive).created_at
        expected = None
        if due == DirectiveState.APPROVED:
            expected = _expected(session, directive, local_day(desk.clock()))
    page = _render(desk, content, at, expected, _paper_code(desk, directive_id))
    pdf = add_signature_fields(
        page.pdf,
        [SignatureFieldBox(**asdict(box)) for box in page.boxes],
        [_place(one) for one in page.places],
        fonts=desk.fonts,
    )
    with archive_wrapped():
        desk.archive.put(pdf)
    return _record(desk, directive, pdf, page, due)


def _paper_code(desk: Desk, directive_id: DirectiveId) -> PaperCode | None:
    """It lies in the bytes that are signed."""
    code = code_to_print(desk, directive_id)
    if code is None:
        return None
    site = desk.public_address
    return PaperCode(
        address=f"{site}/{code}", site=site.partition("://")[2] or site, shown=shown_code(code)
    )


def _expected(session: Session, directive: Directive, day: date) -> ExpectedDigits:
    """How long number and date will be if they are taken today."""
    try:
        following = series_for(session, directive, day).stands_at + 1
    except NotFoundError:  # the clerk will hear of it; the page can wait for its number
        following = 1
    return ExpectedDigits.of(following, day)


def _place(found: OpenPlace) -> NumberPlace:
    return NumberPlace(
        name=found.name,
        page=found.gaps[0].page,
        gaps=tuple(
            DigitGap(x_pt=gap.x_pt, baseline_pt=gap.baseline_pt, digits=gap.digits)
            for gap in found.gaps
        ),
        size_pt=found.size_pt,
        italic=found.italic,
        page_height_pt=found.page_height_pt,
    )


def _record(
    desk: Desk, seen: Directive, pdf: bytes, page: RenderedDocument, due: DirectiveState
) -> str:
    with doing(desk, MACHINE, "freeze", subject=seen.id) as deed:
        directive = get_directive(deed.session, seen.id)
        if directive.revision != seen.revision:
            raise StaleRevisionError(f"bản {seen.revision}", f"bản {directive.revision}")
        name = f"{directive.number_text or 'Chưa cấp số'}.pdf"
        document = add_document(
            deed, directive, kind="frozen", name=name, content=pdf, made_with=_made_with(page)
        )
        amend(deed, directive, expected=due, frozen_sha256=document.sha256)
        deed.detail |= {"revision": directive.revision, "sha256": document.sha256}
        ask_to_wake(deed, directive.id)
    return document.sha256


def draft_page(desk: Desk, directive_id: DirectiveId) -> bytes:
    """Returns the current revision as a PDF for reading, marked as a draft.

    Made once for each revision and kept in the archive.

    Raises:
        NotFoundError: there is no such directive.
        InvalidInputError: the page could not be set.
        UnavailableError: the archive does not answer.
    """
    with desk.database.reading() as session:
        directive = get_directive(session, directive_id)
        kept = newest_document(session, directive, "draft")
        content, at = _draft_content(session, directive), revision_of(session, directive).created_at
    with archive_wrapped():
        if kept is not None:
            return desk.archive.get(kept.sha256)
        page = _render(desk, content, at)
        desk.archive.put(page.pdf)
    # A copy for reading decides nothing, so it leaves no audit event.
    with desk.database.writing() as session:
        deed = Deed(session=session, actor=MACHINE, at=desk.clock())
        name = f"Dự thảo bản {directive.revision}.pdf"
        add_document(
            deed, directive, kind="draft", name=name, content=page.pdf, made_with=_made_with(page)
        )
    return page.pdf


def _final_content(session: Session, directive: Directive) -> DirectiveContent:
    content = content_of(session, directive)
    return _noted(content, TEST_LINE if office_facts(session).test_only else None)


def _draft_content(session: Session, directive: Directive) -> DirectiveContent:
    content = replace(content_of(session, directive), number=None, issue_date=None)
    notices = (DRAFT_NOTICE, TEST_LINE if office_facts(session).test_only else None)
    return _noted(content, " · ".join(notice for notice in notices if notice))


def _noted(content: DirectiveContent, notice: str | None) -> DirectiveContent:
    """What the drafter wrote in the margin stays; ours stands beside it."""
    both = [text for text in (content.notice, notice) if text]
    return replace(content, notice=" · ".join(dict.fromkeys(both)) or None)


def _render(
    desk: Desk,
    content: DirectiveContent,
    at: datetime,
    expected: ExpectedDigits | None = None,
    code: PaperCode | None = None,
) -> RenderedDocument:
    try:
        return render(content, at=at, fonts=desk.fonts, expected=expected, code=code)
    except DocumentsError as err:
        raise InvalidInputError(Problem(place="Trang văn bản", reason=err.diagnosis())) from err


def _made_with(page: RenderedDocument) -> dict[str, Any]:
    return {
        **page.made_with,
        "pages": page.pages,
        "boxes": [asdict(box) for box in page.boxes],
        "marks": [asdict(mark) for mark in page.marks],
        **({"places": [asdict(place) for place in page.places]} if page.places else {}),
    }
