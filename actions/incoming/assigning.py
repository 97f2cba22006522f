"""The leader, or whom the clerk presented the paper to, says who handles it and until when.

Exactly one leads (chủ trì), others coordinate (phối hợp), each with a deadline of its own.
Assigning anew replaces what was assigned, until the work is done. Source: NĐ 30/2020 Đ23, Đ24; PL
IV (phiếu giải quyết văn bản đến).
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from actions.access import ROLE_WORDS, officer_actor, roles_on
from actions.auditing import Actor
from actions.desk import Deed, Desk, doing
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError, Problem
from actions.incoming.answering import queue_status
from actions.incoming.register_lines import fill
from actions.incoming.registers import handler_names
from actions.incoming.rows import SUBJECT, change, get_document
from actions.offices import office_facts
from models.incoming import IncomingAssignment, IncomingDocument
from models.officer import Role
from models.organisation import Organisation

ASSIGNABLE: Final = ("accepted", "assigned", "in_progress")
"""States in which a paper can be assigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """Who is to handle a paper: a unit or an officer, one of both."""

    organisation_id: str | None = None
    officer_id: str | None = None
    due: date | None = None
    """By when; no deadline where None."""
    note: str = ""


def assign(
    desk: Desk,
    actor: Actor,
    document_id: uuid.UUID,
    *,
    opinion: str,
    lead: Handler,
    coordinating: Sequence[Handler] = (),
) -> None:
    """Assigns a registered paper; the sender hears 04.

    Args:
        desk: the tools.
        actor: a leader (signatory) of the office, or the officer it was presented to.
        document_id: the paper.
        opinion: the leader's opinion (ý kiến chỉ đạo).
        lead: who leads.
        coordinating: who else takes part.

    Raises:
        NotFoundError: no such paper, unit or officer.
        NotAuthorisedError: the actor is neither.
        WrongStateError: it is not registered yet, done, or taken back.
        InvalidInputError: a handler is named twice or not at all, or a deadline lies in the past.
    """
    with doing(desk, actor, "assign_incoming", kind=SUBJECT, subject=document_id) as deed:
        document = get_document(deed.session, document_id)
        _require_right(deed, document)
        _require_input(deed, lead, coordinating)
        first = document.state == "accepted"
        change(
            deed, document, *ASSIGNABLE,
            state="assigned", opinion=opinion.strip() or None, assigned_at=deed.at,
        )  # fmt: skip
        made = _replace(deed, document, lead, coordinating)
        names = handler_names(deed.session, made)
        fill(
            deed, document,
            receiver="; ".join(names[one.id] for one in made), passed_on=f"{deed.day:%d/%m/%Y}",
        )  # fmt: skip
        if first:
            queue_status(desk, deed, document, "04", said=f"Chủ trì: {names[made[0].id]}")
        deed.detail |= {
            "opinion": opinion.strip(),
            "handlers": [[names[one.id], one.leads, str(one.due or "")] for one in made],
        }


def may_assign(session: Session, officer_id: str, document: IncomingDocument, day: date) -> bool:
    """Tells whether an officer may assign a paper."""
    organisation_id = office_facts(session).organisation_id
    held = roles_on(session, officer_id, organisation_id, day)
    return Role.SIGNATORY in held or officer_id == document.presented_to_id


def _require_right(deed: Deed, document: IncomingDocument) -> None:
    if deed.actor.kind != "officer" or not may_assign(
        deed.session, deed.actor.id, document, deed.day
    ):
        needed = f"lãnh đạo ({ROLE_WORDS[Role.SIGNATORY]}) hoặc người được trình văn bản này"
        raise NotAuthorisedError(deed.actor.name, "phân công giải quyết văn bản đến", needed)


def _require_input(deed: Deed, lead: Handler, coordinating: Sequence[Handler]) -> None:
    problems = []
    named = [(one.organisation_id, one.officer_id) for one in (lead, *coordinating)]
    if any((unit is None) == (person is None) for unit, person in named):
        reason = "Chọn một đơn vị hoặc một cán bộ cho mỗi dòng phân công."
        problems.append(Problem(place="Phân công", reason=reason))
    if len(set(named)) != len(named):
        reason = "Một đơn vị hoặc cán bộ được ghi hai lần; mỗi nơi chỉ chủ trì hoặc phối hợp."
        problems.append(Problem(place="Phân công", reason=reason))
    if any(one.due is not None and one.due < deed.day for one in (lead, *coordinating)):
        reason = "Thời hạn đã qua. Chọn ngày từ hôm nay trở đi."
        problems.append(Problem(place="Thời hạn", reason=reason))
    if problems:
        raise InvalidInputError(*problems)
    for one in (lead, *coordinating):
        if one.organisation_id is not None:
            if deed.session.get(Organisation, one.organisation_id) is None:
                raise NotFoundError("đơn vị", one.organisation_id)
        else:
            officer_actor(deed.session, one.officer_id or "", deed.day)


def _replace(
    deed: Deed, document: IncomingDocument, lead: Handler, coordinating: Sequence[Handler]
) -> list[IncomingAssignment]:
    """Writes the assignments anew, those first who lead; what was assigned stays in the audit."""
    mine = IncomingAssignment.document_id == document.id
    before = deed.session.scalars(select(IncomingAssignment).where(mine)).all()
    if before:
        names = handler_names(deed.session, before)
        deed.detail["before"] = [[names[one.id], one.leads, str(one.due or "")] for one in before]
        deed.session.execute(delete(IncomingAssignment).where(mine))
    made = [
        IncomingAssignment(
            document_id=document.id, organisation_id=one.organisation_id,
            officer_id=one.officer_id, leads=one is lead, due=one.due,
            note=one.note.strip() or None, state="open", assigned_by=deed.actor.id,
            assigned_at=deed.at,
        )
        for one in (lead, *coordinating)
    ]  # fmt: skip
    deed.session.add_all(made)
    deed.session.flush()
    return made
