# ruff: noqa: ANN401 (columns and options of every type pass through)
"""An officer leaves: doors are shut, work goes to who is entitled, back, or is told."""

import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from actions.accounts import add_account, session_officer, sign_in
from actions.api_tokens import add_api_token
from actions.auditing import MACHINE, Actor, verify_chain
from actions.draft_rows import content_of
from actions.drafting import submit
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotEntitledError,
    NotFoundError,
)
from actions.freezing import freeze
from actions.handing_over import Passed
from actions.leaving import Left, leave
from actions.numbering import take_number
from actions.reviewing import pass_step
from actions.signing_off import complete as complete_signature
from models.agent import AgentDevice
from models.audit import AuditEvent
from models.base import DirectiveId
from models.directive import Directive, Document, Revision
from models.lifecycle import ReviewStep
from models.officer import (
    Account,
    APIToken,
    Capacity,
    Officer,
    Post,
    Role,
    SigningAuthority,
    SignInSession,
)
from models.organisation import Office
from models.signature import Signature
from models.working import WorkingDraft
from tests.support.factories import SINCE, officer
from tests.support.front import Front
from tests.support.signing_office import Authority, signs

TODAY = date(2022, 9, 20)
PASSWORD = "mot cau dai cho ky thi"
NEW = "Ngô Thị Mới"


def second(front: Front, *roles: Role, may_sign: bool = False) -> str:
    """Another officer, `moi`, with roles, perhaps with authority to sign."""

    def add(session: Session) -> None:
        officer(session, "moi", NEW, *roles)
        if may_sign:
            session.add(
                SigningAuthority(
                    id="moi-ky", officer_id="moi", organisation_id="ban",
                    capacity=Capacity.HEAD.value, position="Trưởng ban", capacity_lines=[],
                    valid_from=SINCE,
                )
            )  # fmt: skip

    front.change(add)
    return "moi"


def leaves(front: Front, who: str, **changes: Any) -> Left:
    values = {
        "on": TODAY, "reason": "Chuyển công tác", "at": front.clock(), "actor": MACHINE, **changes,
    }  # fmt: skip
    return leave(front.desk.database, who, **values)


def one(passed: Iterable[Passed]) -> Passed:
    (found,) = passed
    return found


def test_posts_authorities_and_service_end_with_the_last_day(front: Front) -> None:
    administrator = front.office.actor(Role.ADMINISTRATOR)
    leaves(front, "signatory", actor=administrator)
    with front.desk.database.reading() as session:
        assert session.get_one(Officer, "signatory").left_on == TODAY
        assert session.get_one(SigningAuthority, "ky-thay").valid_to == TODAY
        posts = session.scalars(select(Post.valid_to).where(Post.officer_id == "signatory"))
        assert set(posts) == {TODAY}
        assert verify_chain(session).broken_at is None
    last = front.last_event()
    assert (last.deed, last.subject_id, last.detail["last_day"]) == (
        "officer_leaves", "signatory", "2022-09-20",
    )  # fmt: skip


def test_sessions_tokens_and_paired_machines_end_at_once(front: Front) -> None:
    database, at = front.desk.database, front.clock()
    add_account(
        database, officer_id="drafter", username="drafter", password=PASSWORD, at=at, actor=MACHINE
    )
    token = sign_in(database, "drafter", PASSWORD, at=at).token
    add_api_token(database, officer_id="drafter", label="máy", at=at, actor=MACHINE)
    machine = AgentDevice(id=uuid.uuid4(), officer_id="drafter", label="laptop", created_at=at)
    front.change(lambda session: session.add(machine))
    assert session_officer(database, token, at) is not None
    left = leaves(front, "drafter")
    assert (left.sessions, left.tokens, left.devices) == (1, 1, 1)
    assert session_officer(database, token, at) is None
    with database.reading() as session:
        assert session.get_one(Account, "drafter").disabled_at == at
        for table in (SignInSession, APIToken, AgentDevice):
            assert set(session.scalars(select(table.ended_at))) == {at}


def test_until_a_last_day_to_come_the_doors_stay_open(front: Front) -> None:
    database, at = front.desk.database, front.clock()
    add_account(
        database, officer_id="drafter", username="drafter", password=PASSWORD, at=at, actor=MACHINE
    )
    token = sign_in(database, "drafter", PASSWORD, at=at).token
    leaves(front, "drafter", on=TODAY + timedelta(days=1))
    assert session_officer(database, token, at) is not None
    later = front.clock.advance(days=2)
    assert session_officer(database, token, later) is None


@pytest.mark.parametrize(
    ("who", "changes", "error"),
    [
        ("nobody", {}, NotFoundError),
        ("drafter", {"to": "nobody"}, NotFoundError),
        ("drafter", {"to": "drafter"}, InvalidInputError),
        ("drafter", {"reason": " "}, InvalidInputError),
        ("drafter", {"on": date.max}, InvalidInputError),
        ("drafter", {"on": date(1900, 1, 1)}, InvalidInputError),
    ],
)
def test_what_cannot_be_right_changes_nothing(
    lone_front: Front, who: str, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        leaves(lone_front, who, **changes)
    assert lone_front.last_event().outcome == "refused"
    with lone_front.desk.database.reading() as session:
        assert session.get_one(Officer, "drafter").left_on is None


def test_only_an_administrator_lets_an_officer_leave(lone_front: Front) -> None:
    with pytest.raises(NotAuthorisedError):
        leaves(lone_front, "drafter", actor=lone_front.clerk)
    assert lone_front.last_event().outcome == "refused"


def test_a_last_day_is_not_put_off_nor_is_work_given_to_who_left(lone_front: Front) -> None:
    leaves(lone_front, "auditor")
    with pytest.raises(InvalidInputError):
        leaves(lone_front, "auditor", on=TODAY + timedelta(days=5))
    with pytest.raises(InvalidInputError):
        leaves(lone_front, "drafter", to="auditor")


def test_a_draft_goes_on_with_another_drafter(front: Front) -> None:
    key = front.start()
    to = second(front, Role.DRAFTER)
    work = one(leaves(front, "drafter", to=to).work)
    assert (work.directive_id, work.outcome) == (key, "handed")
    submit(front.desk, Actor(
        kind="officer", id="moi", name=NEW), key)  # fmt: skip
    assert front.state(key) == "in_review"
    assert [event.deed for event in front.events(key)][-2:] == ["hand_over", "submit"]


@pytest.mark.parametrize("to", [None, "content-reviewer", "registry-clerk"])
def test_a_draft_that_nobody_may_take_is_told_and_can_be_given_later(
    front: Front, to: str | None
) -> None:
    key = front.start()
    left = leaves(front, "drafter", to=to)
    assert one(left.work).outcome == "left"
    assert len(left.remaining) == 1
    assert front.directive(key).drafter_id == "drafter"
    again = leaves(front, "drafter", to=second(front, Role.DRAFTER))
    assert (one(again.work).outcome, again.remaining) == ("handed", ())


def writes(front: Front, directive: DirectiveId | None = None) -> uuid.UUID:
    """The drafter begins to write; returns the key of the working copy."""
    key = uuid.uuid4()

    def add(session: Session) -> None:
        session.add(
            WorkingDraft(
                id=key, officer_id="drafter", organisation_id="ban", directive_id=directive,
                body={"title": "", "doc_type": "Công văn"}, window="cua-so",
                created_at=front.clock(), updated_at=front.clock(),
            )
        )  # fmt: skip

    front.change(add)
    return key


def test_what_was_begun_and_not_handed_in_passes_to_another_drafter_who_is_told(
    front: Front,
) -> None:
    key = writes(front)
    second(front, Role.REGISTRY_CLERK)
    left = leaves(front, "drafter", to="moi")
    (draft,) = left.drafts
    assert (draft.draft_id, draft.outcome, draft.subject) == (key, "left", "Công văn")
    assert draft.words == f"{NEW} không có vai trò người soạn thảo; nêu người khác."
    assert "Bản đang soạn, chưa trình (Công văn)" in left.remaining[0]
    front.change(lambda session: officer(session, "thay", "Lý Văn Thay", Role.DRAFTER))
    (again,) = leaves(front, "drafter", to="thay").drafts
    assert (again.outcome, again.words) == ("handed", "Lý Văn Thay soạn thảo tiếp.")
    with front.desk.database.reading() as session:
        kept = session.get_one(WorkingDraft, key)
        assert (kept.officer_id, kept.window) == ("thay", None)
        passed = select(AuditEvent.detail).where(AuditEvent.deed == "pass_draft")
        assert [detail["officer"] for detail in session.scalars(passed)] == ["thay"]
    assert leaves(front, "drafter", to="thay").drafts == ()


def test_a_text_that_was_being_changed_stays_with_who_drafts_the_directive(front: Front) -> None:
    copy = writes(front, front.start())
    leaves(front, "drafter", to=second(front, Role.DRAFTER))
    with front.desk.database.reading() as session:
        assert session.get_one(WorkingDraft, copy).officer_id == "moi"


def test_a_check_that_waits_passes_to_another_reviewer(front: Front) -> None:
    key = front.submitted()
    to = second(front, Role.CONTENT_REVIEWER)
    assert one(leaves(front, "content-reviewer", to=to).work).outcome == "handed"
    assert front.directive(key).content_reviewer_id == "moi"


def test_a_check_that_nobody_may_take_sends_the_draft_back(front: Front) -> None:
    key = front.submitted()
    assert one(leaves(front, "form-reviewer", to="content-reviewer").work).outcome == "returned"
    directive = front.directive(key)
    assert directive.state == "returned"
    assert "cần người kiểm tra khác" in (directive.return_reason or "")


def test_a_check_that_was_passed_stands(front: Front) -> None:
    key = front.submitted()
    front.passes(key, ReviewStep.CONTENT)
    assert leaves(front, "content-reviewer").work == ()
    assert front.directive(key).content_reviewer_id == "content-reviewer"


def test_an_approved_paper_is_signed_by_who_has_authority_after_all_decisions_anew(
    front: Front,
) -> None:
    key = front.numbered()
    number = front.directive(key).number
    to = second(front, Role.SIGNATORY, may_sign=True)
    work = one(leaves(front, "signatory", to=to).work)
    assert work.outcome == "handed"
    directive = front.directive(key)
    assert (directive.state, directive.revision, directive.number) == ("in_review", 2, number)
    assert (directive.signatory_id, directive.authority_id) == ("moi", "moi-ky")
    with front.desk.database.reading() as session:
        block = content_of(session, session.get_one(Directive, key)).signature
        assert (block.name, block.position, block.capacity_lines) == (NEW, "TRƯỞNG BAN", ())
        assert session.get_one(Revision, (key, 2)).created_by == "moi"
    front.passes(key, ReviewStep.CONTENT)
    front.passes(key, ReviewStep.FORM)
    by = Actor(kind="officer", id="moi", name=NEW)
    assert pass_step(front.desk, by, key, ReviewStep.APPROVAL, revision=2) == "numbered"


def test_attachments_stay_with_a_paper_that_gets_another_signatory(front: Front) -> None:
    key = front.submitted()
    paper = Document(
        directive_id=key, revision=1, kind="attachment", name="Phụ lục.pdf", sha256="0" * 64,
        size_bytes=9, created_at=front.clock(),
    )  # fmt: skip
    front.change(lambda session: session.add(paper))
    leaves(front, "signatory", to=second(front, Role.SIGNATORY, may_sign=True))
    with front.desk.database.reading() as session:
        rows = session.scalars(select(Document).where(Document.kind == "attachment")).all()
    assert sorted((row.revision, row.name) for row in rows) == [
        (1, "Phụ lục.pdf"), (2, "Phụ lục.pdf"),
    ]  # fmt: skip


def without_authority(front: Front) -> str:
    return second(front, Role.SIGNATORY)


def of_another_kind(front: Front) -> str:
    to = second(front, Role.SIGNATORY, may_sign=True)
    other = update(SigningAuthority).where(SigningAuthority.id == "moi-ky")
    front.change(lambda session: session.execute(other.values(doc_types=["Quyết định"])))
    return to


def who_checked_it(front: Front) -> str:
    mine = update(SigningAuthority).where(SigningAuthority.id == "moi-ky")
    second(front, Role.SIGNATORY, may_sign=True)
    front.change(lambda session: session.execute(mine.values(officer_id="form-reviewer")))
    return "form-reviewer"


@pytest.mark.parametrize("taker", [without_authority, of_another_kind, who_checked_it])
def test_a_paper_that_nobody_else_may_sign_goes_back_with_the_reason(
    front: Front, taker: Any
) -> None:
    key = front.approved()
    work = one(leaves(front, "signatory", to=taker(front)).work)
    assert work.outcome == "returned"
    directive = front.directive(key)
    assert (directive.state, directive.revision) == ("returned", 1)
    assert "Trần Văn Ký" in (directive.return_reason or "")
    front.clock.advance(days=1)
    with pytest.raises(NotEntitledError):
        submit(front.desk, front.drafter, key)


def test_a_paper_that_went_back_goes_on_once_somebody_entitled_is_named(front: Front) -> None:
    key = front.approved()
    leaves(front, "signatory")
    assert front.state(key) == "returned"
    to = second(front, Role.SIGNATORY, may_sign=True)
    assert one(leaves(front, "signatory", to=to).work).outcome == "handed"
    directive = front.directive(key)
    assert (directive.state, directive.revision, directive.signatory_id) == ("returned", 2, "moi")
    submit(front.desk, front.drafter, key)
    assert front.state(key) == "in_review"


def test_what_a_key_has_signed_is_finished(frozen_front: Front, key: DirectiveId) -> None:
    signs(frozen_front, key)
    work = one(leaves(frozen_front, "signatory").work)
    assert "hoàn tất" in work.words
    assert frozen_front.state(key) == "numbered"


def test_where_the_number_comes_later_a_signed_paper_stays_on_its_way(one_front: Front) -> None:
    first = update(Office).values(number_after_signing=True)
    one_front.change(lambda session: session.execute(first))
    key = one_front.approved()
    freeze(one_front.desk, key)
    signs(one_front, key)
    complete_signature(one_front.desk, key)
    take_number(one_front.desk, one_front.clerk, key)
    assert one_front.state(key) == "numbered"
    assert leaves(one_front, "signatory").work == ()
    assert one_front.state(key) == "numbered"


def test_a_plan_that_no_key_has_touched_is_given_up(
    frozen_front: Front, key: DirectiveId, authority: Authority
) -> None:
    plan = Signature(
        id=uuid.uuid4(), directive_id=key, kind="officer", officer_id="signatory",
        certificate=authority.fingerprint("signatory"), source_sha256="0" * 64,
        prepared_sha256="0" * 64, plan={}, planned_at=frozen_front.clock(),
    )  # fmt: skip
    frozen_front.change(lambda session: session.add(plan))
    left = leaves(frozen_front, "signatory")
    assert [ended.fingerprint for ended in left.certificates] == [plan.certificate]
    with frozen_front.desk.database.reading() as session:
        assert session.get_one(Signature, plan.id).state == "abandoned"
    assert frozen_front.state(key) == "returned"


def test_a_role_that_others_share_goes_on_and_one_that_nobody_holds_is_told(front: Front) -> None:
    key = front.approved()
    left = leaves(front, "registry-clerk")
    (duty,) = left.shared
    assert (duty.role, duty.others, duty.waiting) == (Role.REGISTRY_CLERK, (), 1)
    assert "không còn ai" in one_text(left.remaining)
    second(front, Role.REGISTRY_CLERK)
    again = leaves(front, "registry-clerk")
    assert (again.shared[0].others, again.remaining) == ((NEW,), ())
    by = Actor(kind="officer", id="moi", name=NEW)
    take_number(front.desk, by, key)


def one_text(texts: Iterable[str]) -> str:
    (found,) = texts
    return found


def test_work_that_was_handed_over_is_not_handed_over_twice(front: Front) -> None:
    front.start()
    to = second(front, Role.DRAFTER)
    assert len(leaves(front, "drafter", to=to).work) == 1
    assert leaves(front, "drafter", to=to).work == ()
