"""Opinions asked of officers and units before a draft is approved (xin ý kiến), and their answers.

An opinion binds nobody: no step waits for it and it gives no right but to see the draft while it
is not signed. Who was asked, by when, and what they said stands beside the draft for the signatory.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import update

from actions.access import BEFORE_SIGNATURE, posts_on, require_person
from actions.auditing import Actor
from actions.changing import expect_state, get_directive
from actions.desk import Deed, Desk, doing
from actions.discussing.asked import AnswerKind, askers_of, may_answer, open_request, waiting_for
from actions.discussing.looks import is_open_to_change
from actions.discussing.texts import require_text
from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    Problem,
    WrongStateError,
)
from models.base import DirectiveId
from models.directive import Directive
from models.discussion import OpinionRequest
from models.lifecycle import DirectiveState
from models.officer import Officer
from models.organisation import Organisation

MOST_ASKED: Final = 100
"""Officers and units of one request; more is a consultation that has its own paper."""
LONGEST_PAPER: Final = 300
BEFORE_APPROVAL: Final = (
    DirectiveState.DRAFTING,
    DirectiveState.RETURNED,
    DirectiveState.IN_REVIEW,
)
_WHO = "người soạn thảo, người kiểm tra hoặc người ký văn bản này"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose opinion is wanted, by when, on what."""

    officers: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    due: date | None
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer."""

    kind: str
    """`AnswerKind`, as it came."""
    text: str
    received_as: str = ""
    """Number and day of the unit's own paper, where the drafter writes its answer down."""


def ask_opinions(
    desk: Desk, actor: Actor, directive_id: DirectiveId, asked: Asked
) -> tuple[uuid.UUID, ...]:
    """Asks officers and units for their opinion on the version that stands now.

    Raises:
        NotAuthorisedError: the actor neither wrote the draft nor decides on it.
        WrongStateError: it is approved already.
        InvalidInputError: nobody is asked, by no day, or somebody who cannot be; all are named.
    """
    with doing(desk, actor, "ask_opinions", subject=directive_id) as deed:
        directive = get_directive(deed.session, directive_id)
        if actor.kind != "officer" or actor.id not in askers_of(directive):
            raise NotAuthorisedError(actor.name, "xin ý kiến về văn bản này", _WHO)
        expect_state(directive, *BEFORE_APPROVAL)
        question = require_text("Nội dung xin ý kiến", asked.question)
        problems = (*_day_problems(deed, asked.due), *_asked_problems(deed, directive, asked))
        if problems or asked.due is None:
            raise InvalidInputError(*problems)
        rows = [
            OpinionRequest(
                id=uuid.uuid4(), directive_id=directive_id, revision=directive.revision,
                officer_id=officer, organisation_id=organisation, question=question,
                due=asked.due, asked_by=actor.id, asked_at=deed.at, text="",
            )
            for officer, organisation in (
                *((key, None) for key in dict.fromkeys(asked.officers)),
                *((None, key) for key in dict.fromkeys(asked.organisations)),
            )
        ]  # fmt: skip
        deed.session.add_all(rows)
        deed.detail |= {
            "revision": directive.revision, "due": asked.due.isoformat(),
            "asked": [row.officer_id or row.organisation_id for row in rows],
        }  # fmt: skip
        return tuple(row.id for row in rows)


def give_opinion(desk: Desk, actor: Actor, request_id: uuid.UUID, said: Said) -> DirectiveId:
    """Stores the answer of somebody who was asked. Returns the directive.

    Raises:
        NotFoundError: there is no such request, or it was withdrawn.
        NotAuthorisedError: the actor was not asked, nor holds a post at the unit that was.
        WrongStateError: the directive is signed.
        AlreadyDoneError: it was answered.
        InvalidInputError: no answer, or one without the words that it needs.
    """
    row = open_request(desk, request_id)
    with doing(desk, actor, "give_opinion", subject=row.directive_id) as deed:
        posts = frozenset(
            post.organisation_id for post in posts_on(deed.session, actor.id, deed.day)
        )
        if actor.kind != "officer" or not may_answer(row, actor.id, posts):
            who = "người hoặc đơn vị được xin ý kiến"
            raise NotAuthorisedError(actor.name, "trả lời xin ý kiến này", who)
        _answer(deed, row, said, received_as=None)
    return row.directive_id


def record_opinion(desk: Desk, actor: Actor, request_id: uuid.UUID, said: Said) -> DirectiveId:
    """Writes down the answer that a unit gave on a paper of its own. Returns the directive.

    Raises:
        NotAuthorisedError: the actor is not the drafter.
        InvalidInputError: it was asked of an officer, or the paper is not named.
        NotFoundError, WrongStateError, AlreadyDoneError: as in `give_opinion`.
    """
    row = open_request(desk, request_id)
    with doing(desk, actor, "record_opinion", subject=row.directive_id) as deed:
        directive = get_directive(deed.session, row.directive_id)
        require_person(
            deed, directive.drafter_id, "ghi ý kiến của đơn vị", "người soạn thảo văn bản này"
        )
        if row.organisation_id is None:
            reason = "Ý kiến này xin của một cán bộ; chính cán bộ đó trả lời trên hệ thống."
            raise InvalidInputError(Problem(place="Ý kiến", reason=reason))
        named = require_text(
            "Văn bản trả lời", said.received_as, empty="Ghi số và ngày văn bản trả lời của đơn vị."
        )
        if len(named) > LONGEST_PAPER:
            reason = f"Ghi số và ngày trong {LONGEST_PAPER} chữ."
            raise InvalidInputError(Problem(place="Văn bản trả lời", reason=reason))
        _answer(deed, row, said, received_as=named)
    return row.directive_id


def withdraw_request(desk: Desk, actor: Actor, request_id: uuid.UUID) -> DirectiveId:
    """Takes back a request that nobody has answered. Returns the directive.

    Raises:
        NotAuthorisedError: the actor did not ask and is not the drafter.
        NotFoundError, AlreadyDoneError: it was withdrawn or answered.
    """
    row = open_request(desk, request_id)
    with doing(desk, actor, "withdraw_opinion", subject=row.directive_id) as deed:
        directive = get_directive(deed.session, row.directive_id)
        if actor.kind != "officer" or actor.id not in (row.asked_by, directive.drafter_id):
            raise NotAuthorisedError(actor.name, "rút lại việc xin ý kiến", "người đã xin ý kiến")
        _change(deed, row, withdrawn_at=deed.at)
    return row.directive_id


def _day_problems(deed: Deed, due: date | None) -> Sequence[Problem]:
    if due is None:
        return (Problem(place="Hạn trả lời", reason="Chọn ngày cần có ý kiến."),)
    if due < deed.day:
        return (Problem(place="Hạn trả lời", reason="Ngày này đã qua. Chọn hôm nay hoặc sau đó."),)
    return ()


def _asked_problems(deed: Deed, directive: Directive, asked: Asked) -> Sequence[Problem]:
    keys = {*asked.officers, *asked.organisations}
    if not keys:
        return (Problem(place="Người được xin ý kiến", reason="Chọn ít nhất một người, đơn vị."),)
    if len(keys) > MOST_ASKED:
        reason = f"Nhiều nhất {MOST_ASKED} một lần."
        return (Problem(place="Người được xin ý kiến", reason=reason),)
    return (
        *_officer_problems(deed, asked.officers),
        *_unit_problems(deed, directive, asked.organisations),
        *_twice(deed, directive, keys),
    )


def _officer_problems(deed: Deed, keys: Sequence[str]) -> Iterator[Problem]:
    for key in keys:
        officer = deed.session.get(Officer, key)
        if officer is None or (officer.left_on and officer.left_on < deed.day):
            yield Problem(place=f"Cán bộ “{key}”", reason="Không còn làm việc. Chọn người khác.")
        elif key == deed.actor.id:
            yield Problem(place=officer.name, reason="Không thể tự xin ý kiến mình.")


def _unit_problems(deed: Deed, directive: Directive, keys: Sequence[str]) -> Iterator[Problem]:
    for key in keys:
        unit = deed.session.get(Organisation, key)
        if unit is None or (unit.valid_to and unit.valid_to < deed.day):
            yield Problem(place=f"Đơn vị “{key}”", reason="Không còn hoạt động. Chọn lại.")
        elif key == directive.organisation_id:
            reason = "Là cơ quan soạn thảo. Chọn từng cán bộ của cơ quan."
            yield Problem(place=unit.name, reason=reason)


def _twice(deed: Deed, directive: Directive, keys: set[str]) -> Sequence[Problem]:
    waiting = waiting_for(deed.session, directive)
    return tuple(
        Problem(place=name, reason="Đã được xin ý kiến và chưa trả lời; không xin lần nữa.")
        for key, name in waiting.items()
        if key in keys
    )


def _answer(deed: Deed, row: OpinionRequest, said: Said, *, received_as: str | None) -> None:
    directive = get_directive(deed.session, row.directive_id)
    if not is_open_to_change(directive):
        raise WrongStateError("Văn bản", expected=BEFORE_SIGNATURE, actual=directive.state)
    if said.kind not in set(AnswerKind):
        reason = "Chọn đồng ý, đồng ý và có góp ý, hoặc không đồng ý."
        raise InvalidInputError(Problem(place="Ý kiến", reason=reason))
    kind = AnswerKind(said.kind)
    needed = "" if kind is AnswerKind.AGREE else "Ghi rõ góp ý hoặc lý do không đồng ý."
    text = require_text("Nội dung ý kiến", said.text, empty=needed)
    _change(
        deed, row, answer=kind.value, text=text, answered_by=deed.actor.id, answered_at=deed.at,
        answered_revision=directive.revision, received_as=received_as,
    )  # fmt: skip
    deed.detail |= {"answer": kind.value, "revision": directive.revision}


def _change(deed: Deed, row: OpinionRequest, **values: object) -> None:
    """Changes a request that still waits, or refuses: the database decides who was quicker."""
    changed = deed.session.execute(
        update(OpinionRequest)
        .where(
            OpinionRequest.id == row.id,
            OpinionRequest.answered_at.is_(None),
            OpinionRequest.withdrawn_at.is_(None),
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        raise AlreadyDoneError("Việc trả lời hoặc rút lại lần xin ý kiến này")
    deed.detail |= {"request": str(row.id)}
