"""The page for reading and the page that is signed."""

from pathlib import Path

import pypdfium2 as pdfium
import pytest
from sqlalchemy import update

from actions.errors import (
    InvalidInputError,
    NotFoundError,
    StaleRevisionError,
    UnavailableError,
    WrongStateError,
)
from actions.freezing import DRAFT_NOTICE, _record, draft_page, freeze
from actions.reviewing import return_draft
from actions.wording import TEST_LINE
from documents.content import to_json
from documents.render import RenderedDocument
from models.base import DirectiveId
from models.directive import Directive, Document, Revision
from models.lifecycle import DirectiveState
from models.organisation import Office
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.front import CONTENT, Front, with_content


def _text(pdf: bytes) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_frozen_document_holds_number_date_and_both_empty_fields(front: Front) -> None:
    key = front.numbered()
    digest = freeze(front.desk, key)
    pdf = front.desk.archive.get(digest)
    assert front.directive(key).frozen_sha256 == digest
    assert "96-HD/BTNTU" in _text(pdf)
    assert "ngày 20 tháng 9 năm 2022" in _text(pdf)
    assert TEST_LINE in _text(pdf).splitlines()
    assert DRAFT_NOTICE not in _text(pdf)
    assert b"ChuKyLanhDao" in pdf
    assert b"DauCoQuan" in pdf
    event = front.last_event()
    assert (event.deed, event.actor_kind, event.detail["sha256"]) == ("freeze", "machine", digest)


def test_freezing_again_changes_nothing(front: Front) -> None:
    key = front.numbered()
    digest = freeze(front.desk, key)
    events = len(front.events())
    assert freeze(front.desk, key) == digest
    assert len(front.events()) == events
    front.change(lambda s: s.execute(update(Directive).values(frozen_sha256=None)))
    again = freeze(front.desk, key)
    assert _text(front.desk.archive.get(again)) == _text(front.desk.archive.get(digest))


def test_before_it_has_a_number_nothing_is_frozen(front: Front) -> None:
    key = front.approved()
    with pytest.raises(WrongStateError):
        freeze(front.desk, key)
    assert front.count(Document) == 0


def test_an_office_with_real_certificates_prints_no_test_notice(front: Front) -> None:
    front.change(lambda s: s.execute(update(Office).values(test_only=False)))
    key = front.numbered()
    assert TEST_LINE not in _text(front.desk.archive.get(freeze(front.desk, key))).splitlines()
    assert DRAFT_NOTICE in _text(draft_page(front.desk, key)).splitlines()


def test_a_return_while_the_page_is_set_wins(front: Front) -> None:
    key = front.numbered()
    seen = front.directive(key)
    page = RenderedDocument(pdf=b"%PDF", boxes=(), marks=(), pages=1, made_with={})
    return_draft(front.desk, front.signatory, key, reason="Sửa", revision=1)
    with pytest.raises(WrongStateError):
        _record(front.desk, seen, page.pdf, page, DirectiveState.NUMBERED)
    front.change(lambda s: s.execute(update(Directive).values(revision=2)))
    with pytest.raises(StaleRevisionError):
        _record(front.desk, seen, page.pdf, page, DirectiveState.NUMBERED)
    assert front.directive(key).frozen_sha256 is None


def test_the_draft_page_is_marked_and_made_once_for_a_revision(front: Front) -> None:
    key = front.start(with_content(notice="Lưu hành nội bộ"))
    pdf = draft_page(front.desk, key)
    assert "DỰ THẢO" in _text(pdf)
    assert "Lưu hành nội bộ" in _text(pdf)
    assert draft_page(front.desk, key) == pdf
    assert front.count(Document, Document.kind == "draft") == 1


def test_the_draft_page_never_shows_a_number(front: Front) -> None:
    key = front.numbered()
    assert "96-HD" not in _text(draft_page(front.desk, key))


def test_a_page_of_nothing_is_not_found(front: Front) -> None:
    with pytest.raises(NotFoundError):
        draft_page(front.desk, DirectiveId(front.start().__class__(int=5)))


def test_a_page_that_cannot_be_set_is_refused_with_the_reason(
    front: Front, tmp_path: Path, database: Database, clock: StoryClock
) -> None:
    key = front.numbered()
    content = to_json(CONTENT) | {"title": "漢"}
    front.change(lambda s: s.execute(update(Revision).values(content=content)))
    with pytest.raises(InvalidInputError, match="Không dựng được trang"):
        freeze(front.desk, key)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "archive").write_text("no folder")
    front.change(lambda s: s.execute(update(Revision).values(content=to_json(CONTENT))))
    with pytest.raises(UnavailableError, match="Kho lưu trữ"):
        freeze(make_desk(database, tmp_path / "other", clock), key)
