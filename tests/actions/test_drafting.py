"""Drafts at the door: what is let in, what is refused with its place and leaves nothing."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from actions.auditing import verify_chain
from actions.draft_rows import draft_of
from actions.drafting import (
    Draft,
    LineReading,
    NewAttachment,
    TaskReading,
    revise,
    start_directive,
    submit,
)
from actions.errors import (
    ActionRefusedError,
    InvalidInputError,
    NotAuthorisedError,
    NotEntitledError,
    NotFoundError,
    SeparationError,
    WrongStateError,
)
from actions.pages import attachments_of
from documents.content import Paragraph, RecipientRole, Regime
from models.base import DirectiveId
from models.directive import Directive, Document, Revision
from models.directive import RecipientLine as RecipientRow
from models.officer import Officer, SigningAuthority
from models.organisation import Office, Organisation, OrganisationSuccessor
from models.outbox import OutboxRow
from models.session import Database
from tests.support.clock import StoryClock
from tests.support.factories import organisation
from tests.support.front import CONTENT, DRAFT, Front, make_front, with_content


def _line(**changes: Any) -> Draft:  # noqa: ANN401 (fields of every type)
    """The good draft whose third line was read otherwise."""
    third = replace(DRAFT.lines[2], **changes)
    return replace(DRAFT, lines=(*DRAFT.lines[:2], third, *DRAFT.lines[3:]))


def _task(**changes: Any) -> Draft:  # noqa: ANN401 (fields of every type)
    return replace(DRAFT, tasks=(replace(DRAFT.tasks[0], **changes), DRAFT.tasks[1]))


def _line_longer() -> Draft:
    """The third line, on the page and as it was read, longer than any address."""
    raw = "Ban Tuyên giáo " * 40
    printed = replace(CONTENT.recipients[2], raw=raw)
    lines = (*CONTENT.recipients[:2], printed, *CONTENT.recipients[3:])
    return replace(_line(raw=raw), content=replace(CONTENT, recipients=lines))


def _attached(*files: NewAttachment) -> Draft:
    return replace(DRAFT, attachments=files)


def _file(name: str = "phu-luc.xlsx", content: bytes = b"bytes") -> NewAttachment:
    return NewAttachment(name=name, media_type="application/octet-stream", content=content)


def _paragraph(text: str) -> Draft:
    return with_content(opening=(Paragraph(text=text),))


def test_a_good_draft_is_stored_with_its_lines_tasks_and_attachments(front: Front) -> None:
    key = front.start(_attached(_file()))
    directive = front.directive(key)
    assert (directive.state, directive.revision, directive.subject) == (
        "drafting",
        1,
        CONTENT.title,
    )
    with front.desk.database.reading() as session:
        stored = draft_of(session, directive)
        files = attachments_of(session, directive)
        assert verify_chain(session).broken_at is None
    assert stored == DRAFT
    assert [front.desk.archive.get(file.sha256) for file in files] == [b"bytes"]
    event = front.last_event()
    assert (event.deed, event.outcome, event.subject_id) == ("start_directive", "done", str(key))
    assert front.count(OutboxRow, OutboxRow.kind == "wake") == 1


def test_number_and_date_of_a_draft_are_the_clerks_to_give(front: Front) -> None:
    key = front.start(with_content(number=7, issue_date=date(2022, 9, 1)))
    with front.desk.database.reading() as session:
        content = session.get_one(Revision, (key, 1)).content
    assert (content["number"], content["issue_date"]) == (None, None)


BAD_DRAFTS: list[tuple[str, Draft, str, str]] = [
    ("no recipients", with_content(recipients=()), "Nơi nhận", "chưa có nơi nhận"),
    (
        "only the archive line",
        replace(with_content(recipients=CONTENT.recipients[3:]), lines=DRAFT.lines[3:]),
        "Nơi nhận",
        "Chưa có đơn vị nhận",
    ),
    ("a secret marking", with_content(secrecy="Mật"), "Độ mật", "văn bản mật"),
    ("a character without a shape", _paragraph("Nội dung 漢."), "Phần mở đầu", "không in được"),
    ("a bidirectional control", _paragraph("Nội dung \u202egnud."), "Phần mở đầu", "ký tự ẩn"),
    ("a day that does not exist", _paragraph("Trước ngày 31/9/2022."), "Phần mở đầu", "có thật"),
    ("an unknown unit", _line(organisations=("khong-co",)), "dòng 3", "Không có đơn vị"),
    ("an unknown group", _line(groups=("khong-co",)), "dòng 3", "Không có nhóm"),
    ("an unknown unit in a task", _task(coordinating=("la",)), "I.1", "Không có đơn vị"),
    ("a line that names nobody", _line(organisations=()), "dòng 3", "Chưa xác định"),
    ("a line read otherwise", _line(raw="Huyện ủy B"), "Nơi nhận", "không khớp"),
    ("a task twice", _task(ref="R1"), "Nhiệm vụ R1", "trùng"),
    ("an unknown kind of deadline", _task(kind="soon"), "Nhiệm vụ I.1", "không có"),
    ("a date missing", _task(kind="before_date"), "Nhiệm vụ I.1", "chưa có ngày"),
    ("a kind too long for its place", with_content(doc_type="Kế hoạch " * 9), "Tên loại", "60"),
    ("a symbol too long for its place", with_content(symbol="BTG" * 30), "Ký hiệu", "60"),
    ("a line too long for its place", _line_longer(), "dòng 3", "500"),
    ("a task named at length", _task(ref="I." * 20), "Nhiệm vụ I.", "20"),
    ("a deadline told at length", _task(deadline_raw="rất " * 99), "Nhiệm vụ I.1", "300"),
    ("an empty attachment", _attached(_file(content=b"")), "Tệp kèm", "rỗng"),
    ("a huge attachment", _attached(_file(content=bytes(2048 * 1024))), "Tệp kèm", "1 MB"),
    ("an attachment with a path", _attached(_file("../a.pdf")), "Tệp kèm", "Tên tệp"),
    ("an attachment named dots", _attached(_file("..")), "Tệp kèm", "Tên tệp"),
    ("two attachments of one name", _attached(_file(), _file()), "Tệp kèm", "cùng tên"),
    ("the other form", with_content(regime=Regime.STATE), "Thể thức", "party"),
    (
        "another capacity on the page",
        with_content(signature=replace(CONTENT.signature, capacity_lines=())),
        "Quyền hạn ký",
        "K/T TRƯỞNG BAN",
    ),
    (
        "another name on the page",
        with_content(signature=replace(CONTENT.signature, name="Ai Đó")),
        "Họ tên người ký",
        "Ai Đó",
    ),
]


@pytest.fixture
def narrow(sqlite_database: Database, tmp_path: Path, clock: StoryClock) -> Front:
    """The office with a limit of one megabyte a file; what is refused never meets the tables."""
    return make_front(sqlite_database, tmp_path, clock, size_limit_bytes=1024 * 1024)


@pytest.mark.parametrize(
    ("draft", "place", "words"), [row[1:] for row in BAD_DRAFTS], ids=[r[0] for r in BAD_DRAFTS]
)
def test_a_bad_draft_is_refused_with_its_place_and_leaves_only_an_event(
    narrow: Front, draft: Draft, place: str, words: str
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        narrow.start(draft)
    assert any(place in one.place and words in one.reason for one in refusal.value.problems), (
        refusal.value.problems
    )
    assert narrow.count(Directive) == narrow.count(Revision) == narrow.count(Document) == 0
    assert [(event.deed, event.outcome) for event in narrow.events()] == [
        ("start_directive", "refused")
    ]
    assert not list((narrow.desk.archive._objects).glob("**/*"))  # type: ignore[attr-defined]


def test_every_problem_of_a_draft_is_named_at_once(front: Front) -> None:
    draft = replace(_line(organisations=("khong-co",)), tasks=_task(kind="soon").tasks)
    with pytest.raises(InvalidInputError) as refusal:
        front.start(draft)
    assert len(refusal.value.problems) == 2


PEOPLE: list[tuple[str, dict[str, str], type[ActionRefusedError]]] = [
    ("content and form by one person", {"form_reviewer": "content-reviewer"}, SeparationError),
    ("the drafter checks the content", {"content_reviewer": "drafter"}, SeparationError),
    ("the drafter checks the form", {"form_reviewer": "drafter"}, SeparationError),
    ("the approver checked the content", {"content_reviewer": "signatory"}, SeparationError),
    ("the approver checked the form", {"form_reviewer": "signatory"}, SeparationError),
    ("the approver wrote it", {"signatory": "drafter"}, SeparationError),
    ("a content reviewer who is none", {"content_reviewer": "auditor"}, NotAuthorisedError),
    ("a form reviewer who is unknown", {"form_reviewer": "nobody"}, NotAuthorisedError),
    ("a signatory without authority", {"signatory": "auditor"}, NotEntitledError),
    ("an unknown signatory", {"signatory": "nobody"}, NotEntitledError),
    ("no signatory", {"signatory": ""}, NotEntitledError),
    ("an unknown authority", {"authority_id": "khong-co"}, NotEntitledError),
    ("no authority", {"authority_id": ""}, NotEntitledError),
]


@pytest.mark.parametrize(
    ("changes", "error"), [row[1:] for row in PEOPLE], ids=[row[0] for row in PEOPLE]
)
def test_a_draft_with_the_wrong_people_is_refused(
    narrow: Front, changes: dict[str, str], error: type[ActionRefusedError]
) -> None:
    with pytest.raises(error) as refusal:
        narrow.start(replace(DRAFT, **changes))  # type: ignore[arg-type]
    assert refusal.value.diagnosis()
    assert narrow.count(Directive) == 0
    assert narrow.last_event().outcome == "refused"


AUTHORITIES: list[tuple[str, Callable[[Session], object], bool]] = [
    (
        "for this very kind",
        lambda s: s.execute(update(SigningAuthority).values(doc_types=["HƯỚNG DẪN"])),
        True,
    ),
    (
        "for another kind only",
        lambda s: s.execute(update(SigningAuthority).values(doc_types=["Kế hoạch"])),
        False,
    ),
    (
        "until today",
        lambda s: s.execute(update(SigningAuthority).values(valid_to=date(2022, 9, 20))),
        True,
    ),
    (
        "until yesterday",
        lambda s: s.execute(update(SigningAuthority).values(valid_to=date(2022, 9, 19))),
        False,
    ),
    (
        "from tomorrow",
        lambda s: s.execute(update(SigningAuthority).values(valid_from=date(2022, 9, 21))),
        False,
    ),
    (
        "of an officer who leaves today",
        lambda s: s.execute(update(Officer).values(left_on=date(2022, 9, 20))),
        True,
    ),
    (
        "of an officer who has left",
        lambda s: s.execute(update(Officer).values(left_on=date(2022, 9, 19))),
        False,
    ),
    (
        "at another office",
        lambda s: s.execute(update(SigningAuthority).values(organisation_id="tinh-uy")),
        False,
    ),
    (
        "of somebody else",
        lambda s: s.execute(update(SigningAuthority).values(officer_id="auditor")),
        False,
    ),
]


@pytest.mark.parametrize(
    ("change", "entitled"), [row[1:] for row in AUTHORITIES], ids=[row[0] for row in AUTHORITIES]
)
def test_the_signatory_needs_an_authority_for_kind_and_day(
    narrow: Front, change: Callable[[Session], object], *, entitled: bool
) -> None:
    narrow.change(change)
    if entitled:
        assert narrow.state(narrow.start()) == "drafting"
    else:
        with pytest.raises(NotEntitledError, match="không có thẩm quyền ký"):
            narrow.start()
        assert narrow.count(Directive) == 0


def test_only_a_drafter_starts_a_directive(front: Front) -> None:
    for actor in front.everybody():
        if actor.id == "drafter":
            start_directive(front.desk, actor, draft=DRAFT)
        else:
            with pytest.raises(NotAuthorisedError):
                start_directive(front.desk, actor, draft=DRAFT)
    assert front.count(Directive) == 1


def test_without_an_office_nothing_can_be_drafted(front: Front) -> None:
    front.change(lambda session: session.delete(session.get_one(Office, 1)))
    with pytest.raises(NotFoundError):
        front.start()


def test_a_unit_that_ended_is_let_in_only_with_a_successor(front: Front) -> None:
    ended = date(2022, 1, 1)
    front.change(
        lambda session: session.execute(
            update(Organisation).where(Organisation.id == "huyen-a").values(valid_to=ended)
        )
    )
    with pytest.raises(InvalidInputError, match="chưa có đơn vị kế thừa"):
        front.start()
    front.change(
        lambda session: session.add(
            OrganisationSuccessor(organisation_id="huyen-a", successor_id="huyen-b", since=ended)
        )
    )
    assert front.start()


def test_a_unit_that_is_not_founded_yet_is_refused(front: Front) -> None:
    front.change(lambda s: organisation(s, "moi", "Huyện ủy Mới", valid_from=date(2023, 1, 1)))
    with pytest.raises(InvalidInputError, match="chưa thành lập"):
        front.start(_line(organisations=("moi",)))


def test_a_revision_replaces_lines_and_tasks_and_keeps_the_old_ones(front: Front) -> None:
    key = front.start()
    shorter = replace(
        with_content(title="Tên mới", recipients=CONTENT.recipients[1:]),
        lines=DRAFT.lines[1:],
        tasks=DRAFT.tasks[:1],
        attachments=(_file(),),
    )
    assert revise(front.desk, front.drafter, key, draft=shorter, note="Bớt nơi nhận") == 2
    directive = front.directive(key)
    assert (directive.revision, directive.subject, directive.state) == (2, "Tên mới", "drafting")
    with front.desk.database.reading() as session:
        assert draft_of(session, directive) == replace(shorter, attachments=())
        assert session.get_one(Revision, (key, 1)).content["title"] == CONTENT.title
        assert session.get_one(Revision, (key, 2)).note == "Bớt nơi nhận"
    assert front.count(RecipientRow, RecipientRow.revision == 1) == 4


def test_only_its_own_drafter_revises_and_submits_a_directive(front: Front) -> None:
    key = front.start()
    for actor in front.everybody():
        if actor.id == "drafter":
            continue
        with pytest.raises(NotAuthorisedError):
            revise(front.desk, actor, key, draft=DRAFT, note="Sửa")
        with pytest.raises(NotAuthorisedError):
            submit(front.desk, actor, key)
    assert front.directive(key).revision == 1


def test_a_revision_needs_a_note_and_passes_the_same_door(front: Front) -> None:
    key = front.start()
    with pytest.raises(InvalidInputError, match="Đã sửa những gì"):
        revise(front.desk, front.drafter, key, draft=DRAFT, note="  ")
    with pytest.raises(InvalidInputError, match="Không có đơn vị"):
        revise(front.desk, front.drafter, key, draft=_line(organisations=("la",)), note="Sửa")
    assert front.directive(key).revision == 1
    assert front.count(Revision) == 1


def test_a_draft_in_review_can_neither_be_revised_nor_submitted_again(front: Front) -> None:
    key = front.submitted()
    with pytest.raises(WrongStateError, match="đang kiểm tra"):
        revise(front.desk, front.drafter, key, draft=DRAFT, note="Sửa")
    with pytest.raises(WrongStateError, match="đang kiểm tra"):
        submit(front.desk, front.drafter, key)


def test_what_breaks_the_form_may_be_drafted_and_not_submitted(front: Front) -> None:
    key = front.start(with_content(symbol="QĐ/BTNTU", place=""))
    with pytest.raises(InvalidInputError, match="Ký hiệu"):
        submit(front.desk, front.drafter, key)
    assert front.state(key) == "drafting"
    warned = with_content(place="")  # a missing place is for the reviewers to see
    revise(front.desk, front.drafter, key, draft=warned, note="Sửa ký hiệu")
    submit(front.desk, front.drafter, key)
    assert front.state(key) == "in_review"


def test_a_draft_that_was_good_is_looked_at_again_when_it_is_submitted(front: Front) -> None:
    key = front.start()
    front.change(lambda s: s.execute(update(SigningAuthority).values(valid_to=date(2022, 9, 20))))
    front.clock.set_day(date(2022, 9, 21))
    with pytest.raises(NotEntitledError):
        submit(front.desk, front.drafter, key)
    assert front.state(key) == "drafting"


def test_an_unknown_directive_is_not_found(front: Front) -> None:
    with pytest.raises(NotFoundError, match="Không tìm thấy văn bản"):
        submit(front.desk, front.drafter, DirectiveId(uuid.uuid4()))


def test_an_archive_that_does_not_answer_is_a_refusal(front: Front, tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    with pytest.raises(ActionRefusedError, match="Kho lưu trữ"):
        front.start(_attached(_file()))
    assert front.count(Directive) == 0
    assert front.last_event().outcome == "refused"


def test_readings_have_no_units_where_none_are_given() -> None:
    line = LineReading(raw="Lưu VT", role=RecipientRole.ARCHIVE)
    task = TaskReading(ref="1", what="", sentence="", kind="no_deadline")
    assert (line.organisations, line.groups, task.groups, task.coordinating) == ((), (), (), ())
