"""After issue: recall, replacement, correction, other recipients, answers noted by the clerk."""

from collections.abc import Callable
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from actions.amending.answering import note_recall_answer
from actions.amending.correcting import correct
from actions.amending.recalling import recall
from actions.amending.recipients import update_recipients
from actions.amending.replacing import Owed, replace
from actions.amending.showing import unit_keys
from actions.errors import InvalidInputError, Problem
from models.base import DirectiveId
from portal import directive_page
from portal.context import Portal, ThePortal
from portal.identity import Deciding, Person
from portal.pages.decisions import refused_words
from portal.problems import STALE, problem_of
from portal.seeing import Kept

_ROLES: Final = frozenset({"action", "report", "know"})

router = APIRouter(prefix="/van-ban/{directive_id}/sau-phat-hanh")


@router.post("/thu-hoi")
def recalls(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Recalls the directive."""
    key = DirectiveId(directive_id)
    return _do(
        request, portal, person, key, typed={"form": "thu-hoi", "why": reason},
        deed=lambda: recall(portal.desk, person.actor, key, reason=reason),
    )  # fmt: skip


@router.post("/thay-the")
def replaces(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    other: Annotated[str, Form()] = "",
    owed: Annotated[str, Form()] = Owed.CANCEL.value,
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Replaces the directive by another one."""
    key = DirectiveId(directive_id)

    def deed() -> object:
        by, rest = _other(other), Owed.PASS if owed == Owed.PASS else Owed.CANCEL
        return replace(portal.desk, person.actor, key, by=by, reason=reason, owed=rest)

    typed = {"form": "thay-the", "why": reason, "other": other, "owed": owed}
    return _do(request, portal, person, key, typed=typed, deed=deed)


@router.post("/dinh-chinh")
def corrects(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    other: Annotated[str, Form()] = "",
    printed: Annotated[str, Form()] = "",
    corrected: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Corrects the directive by a công văn."""
    key = DirectiveId(directive_id)

    def deed() -> object:
        return correct(
            portal.desk, person.actor, key, by=_other(other), reason=reason, printed=printed,
            corrected=corrected,
        )  # fmt: skip

    typed = {
        "form": "dinh-chinh", "why": reason, "other": other, "printed": printed,
        "corrected": corrected,
    }  # fmt: skip
    return _do(request, portal, person, key, typed=typed, deed=deed)


@router.post("/noi-nhan")
def recipients(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    add: Annotated[str, Form()] = "",
    remove: Annotated[list[str] | None, Form()] = None,
    role: Annotated[str, Form()] = "know",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Changes the recipients: names to add, one a line; units to ask it back from."""
    key = DirectiveId(directive_id)

    def deed() -> object:
        return update_recipients(
            portal.desk, person.actor, key, add=_named(portal, add), remove=remove or [],
            role=role if role in _ROLES else "know", reason=reason,
        )  # fmt: skip

    typed = {"form": "noi-nhan", "why": reason, "add": add, "role": role}
    return _do(request, portal, person, key, typed=typed, deed=deed)


@router.post("/tra-loi")
def answer_noted(
    *,
    request: Request,
    portal: ThePortal,
    person: Deciding,
    directive_id: UUID,
    consignment: Annotated[UUID, Form()],
    answer: Annotated[str, Form()] = "",
    words: Annotated[str, Form()] = "",
) -> Response:
    """Notes what a unit answered on paper or by telephone."""
    key = DirectiveId(directive_id)

    def deed() -> None:
        if answer not in {"dong-y", "khong"}:
            said = "Chọn đơn vị đồng ý hay không đồng ý."
            raise InvalidInputError(Problem(place="Trả lời", reason=said))
        note_recall_answer(
            portal.desk, person.actor, consignment, agreed=answer == "dong-y", words=words
        )

    typed = {"form": str(consignment), "why": words}
    return _do(request, portal, person, key, typed=typed, deed=deed)


def _other(typed: str) -> DirectiveId:
    """Returns the directive that was chosen.

    Raises:
        InvalidInputError: none was.
    """
    try:
        return DirectiveId(UUID(typed))
    except ValueError as err:
        reason = "Chọn văn bản đã phát hành trong danh sách."
        raise InvalidInputError(Problem(place="Văn bản mới", reason=reason)) from err


def _named(portal: Portal, typed: str) -> list[str]:
    """Returns the units that were named, one a line.

    Raises:
        InvalidInputError: a line names no unit of the office's list.
    """
    with portal.database.reading() as session:
        found, unknown = unit_keys(session, typed.splitlines())
    if unknown:
        raise InvalidInputError(
            *(
                Problem(place=name, reason="Không có đơn vị này trong danh mục; ghi lại tên.")
                for name in unknown
            )
        )
    return list(found.values())


def _do(
    request: Request,
    portal: Portal,
    person: Person,
    key: DirectiveId,
    *,
    typed: dict[str, str],
    deed: Callable[[], object],
) -> Response:
    try:
        deed()
    except (*STALE, InvalidInputError) as refusal:
        kept = Kept(
            sentence=refused_words(portal, key, refusal), stale=isinstance(refusal, STALE),
            typed={name: text for name, text in typed.items() if text},
        )  # fmt: skip
        status = problem_of(refusal).status
        return directive_page.show(request, portal, person, key, kept=kept, status=status)
    portal.nudge(key)
    return RedirectResponse(f"/van-ban/{key}#sau-phat-hanh", status_code=303)
