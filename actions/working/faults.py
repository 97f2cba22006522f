"""What is still missing or wrong in a draft that is being written, each with its place.

The same checks as when it is handed in, and those of the form, so that nobody learns at the end
what could be known before; only what the database must decide then is left to the deed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from actions.draft_problems import length_problems, line_problems, task_problems
from actions.errors import Problem
from actions.named_units import unit_problems
from actions.working.body import Body
from actions.working.building import Built, build, to_draft
from actions.working.tasks import stands
from documents.checks import check_form, check_text
from documents.findings import Severity

_OF_SIGNER: Final = ("Chức vụ người ký", "Họ tên người ký")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing to look at before the draft is handed in."""

    place: str
    """In words: "Trích yếu", "Nơi nhận, dòng 2"."""
    sentence: str
    clause: str
    """The rule it rests on; empty for a rule of this system."""
    anchor: str
    """Where it stands in the editor."""
    stops: bool
    """It must be put right; else it is for the reviewers to judge."""


def faults_of(session: Session, body: Body, day: date) -> tuple[Fault, ...]:
    """Returns what is missing or wrong, what stops first, each place once per sentence."""
    built = build(session, body)
    told = _of_content(built, day)
    if not body.authority_id:  # that nobody is chosen is said once, not for name and post again
        told = (one for one in told if one.place not in _OF_SIGNER)
    found = dict.fromkeys((*told, *_of_rest(session, body, built, day)))
    return tuple(sorted(found, key=lambda fault: not fault.stops))


def _of_content(built: Built, day: date) -> Iterator[Fault]:
    for one in (*check_text(built.content), *check_form(built.content, at=day)):
        if one.severity is not Severity.INFO:
            yield Fault(
                place=one.place[:1].upper() + one.place[1:],
                sentence=one.message,
                clause=one.clause,
                anchor=built.anchor(one.place),
                stops=one.severity is Severity.ERROR,
            )


def _of_rest(session: Session, body: Body, built: Built, day: date) -> Iterator[Fault]:
    draft = to_draft(session, body)
    problems = (
        *line_problems(draft.content, draft.lines),
        *unit_problems(session, draft, day),
        *task_problems(draft.tasks),
        *length_problems(draft),
        *_people(body),
    )
    for one in problems:
        yield Fault(
            place=one.place, sentence=one.reason, clause="", anchor=built.anchor(one.place),
            stops=True,
        )  # fmt: skip
    for index, task in enumerate(body.tasks):
        place, anchor = f"Nhiệm vụ {task.ref}", f"viec-{index}"
        if not stands(body, task):
            said = "Câu giao nhiệm vụ không còn trong văn bản. Sửa lại câu, hoặc bỏ nhiệm vụ này."
            yield Fault(place=place, sentence=said, clause="", anchor=anchor, stops=True)
        if not (task.organisations or task.groups):
            said = "Chưa chọn đơn vị thực hiện: sẽ không có ai phải báo cáo."
            yield Fault(place=place, sentence=said, clause="", anchor=anchor, stops=False)


def _people(body: Body) -> Iterator[Problem]:
    """Source: NĐ 30/2020 Đ12 (two checks by different people), Đ13 (who signs)."""
    named = (
        ("Người kiểm tra nội dung", body.content_reviewer),
        ("Người kiểm tra thể thức", body.form_reviewer),
        ("Người ký", body.authority_id),
    )
    for place, chosen in named:
        if not chosen:
            yield Problem(place=place, reason="Chưa chọn. Chọn trong danh sách ở mục Người xử lý.")
    if body.content_reviewer and body.content_reviewer == body.form_reviewer:
        reason = "Hai người kiểm tra phải là hai người khác nhau. Chọn người khác."
        yield Problem(place="Người kiểm tra thể thức", reason=reason)
