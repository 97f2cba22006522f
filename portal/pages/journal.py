"""Nhật ký: what was done and refused in the office, by officer, deed, day and paper; its chain."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from actions.administering.journal import (
    MOST_ROWS,
    Wanted,
    chain,
    deeds_known,
    journal,
    require_overseer,
    whole_journal,
)
from actions.auditing import subject_key
from actions.deed_words import deed_words
from actions.desk import VIETNAM
from actions.exporting import CSV, csv_of
from actions.ordering import title_of
from models.audit import AuditEvent
from models.directive import Directive
from models.dispatch import Consignment, Notice
from models.officer import Officer, Role
from models.organisation import Organisation
from portal.administering import PREFIX
from portal.context import ThePortal
from portal.identity import SignedInPerson
from portal.pages.directive import download
from portal.rendering import page

PATH: Final = f"{PREFIX}/nhat-ky"
PEOPLE: Final = ("account", "officer")
"""Kinds of subjects that are officers."""
_LONGEST: Final = 200
_LONGEST_NUMBER: Final = 15
_FIRST, _LAST = date(1990, 1, 1), date(2200, 1, 1)
_HEADER: Final = (
    "sequence", "at", "actor_kind", "actor_id", "actor_name", "deed", "words", "outcome",
    "subject_kind", "subject_id", "hash",
)  # fmt: skip

router = APIRouter(prefix=PATH)


@router.get("")
def trail(
    *,
    request: Request,
    portal: ThePortal,
    person: SignedInPerson,
    ai: str = "",
    viec: str = "",
    tu: str = "",
    den: str = "",
    ve: str = "",
    truoc: str = "",
) -> Response:
    """Shows the journal, newest first; everything that narrows it stands in the address."""
    given = {"ai": ai, "viec": viec, "tu": tu, "den": den, "ve": ve}
    wanted, wrong = _wanted(given)
    with portal.database.reading() as session:
        before = _number(truoc)
        found = journal(session, person.actor, wanted, at=portal.at(), before=before)
        people = session.execute(select(Officer.id, Officer.name).order_by(Officer.sort_key)).all()
        titles = _titles(session, found.events)
    kept = {key: value for key, value in given.items() if value}
    return page(
        request, "journal.html", person=person, status=422 if wrong else 200, found=found,
        given=given, people=people, deeds=deeds_known(), titles=titles, is_first=before is None,
        further=urlencode({**kept, "truoc": found.next}), table=urlencode(kept), wrong=wrong,
        may_open=Role.ADMINISTRATOR in person.all_roles, subjects_of_people=PEOPLE,
        is_filtered=bool(kept), most_rows=MOST_ROWS,
    )  # fmt: skip


@router.get("/tep.csv")
def table(
    *,
    portal: ThePortal,
    person: SignedInPerson,
    ai: str = "",
    viec: str = "",
    tu: str = "",
    den: str = "",
    ve: str = "",
) -> Response:
    """Returns the journal as a table, narrowed like the page."""
    wanted, _ = _wanted({"ai": ai, "viec": viec, "tu": tu, "den": den, "ve": ve})
    with portal.database.reading() as session:
        require_overseer(session, person.actor, portal.at())
        rows = [_row(one) for one in whole_journal(session, person.actor, wanted, at=portal.at())]
    return download(csv_of(_HEADER, rows), "nhat-ky.csv", CSV)


@router.get("/chuoi")
def check(request: Request, portal: ThePortal, person: SignedInPerson) -> Response:
    """Recomputes the chain of the newest events and shows whether it is whole."""
    with portal.database.reading() as session:
        report, first = chain(session, person.actor, at=portal.at())
    return page(request, "journal_chain.html", person=person, report=report, first=first)


def _row(event: AuditEvent) -> tuple[str, ...]:
    at = event.at.astimezone(VIETNAM).isoformat(timespec="seconds")
    return (
        str(event.sequence), at, event.actor_kind, event.actor_id, event.actor_name, event.deed,
        deed_words(event.deed, refused=event.outcome == "refused"), event.outcome,
        event.subject_kind, event.subject_id, event.hash,
    )  # fmt: skip


def _wanted(given: dict[str, str]) -> tuple[Wanted, bool]:
    """What is looked for, and whether a day was none."""
    since, since_wrong = _day(given["tu"])
    until, until_wrong = _day(given["den"])
    wanted = Wanted(
        officer=given["ai"][:_LONGEST], deed=given["viec"][:_LONGEST], since=since, until=until,
        about=given["ve"].strip()[:_LONGEST],
    )  # fmt: skip
    return wanted, since_wrong or until_wrong


def _day(text: str) -> tuple[date | None, bool]:
    try:
        found = date.fromisoformat(text) if text else None
    except ValueError:
        return None, True
    if found is not None and not _FIRST <= found <= _LAST:
        return None, True
    return found, False


def _number(text: str) -> int | None:
    is_one = text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if is_one else None


def _titles(session: Session, events: Sequence[AuditEvent]) -> dict[str, str]:
    """How the directives, letters and officers are called that the events are about."""
    papers = {subject_key(one.subject_id) for one in events if one.subject_kind == "directive"}
    people = [one.subject_id for one in events if one.subject_kind in PEOPLE]
    found = {
        str(one.id): title_of(one)
        for one in session.scalars(select(Directive).where(Directive.id.in_(papers - {None})))
    }
    for officer in session.scalars(select(Officer).where(Officer.id.in_(people))):
        found[officer.id] = officer.name
    return found | _letters(session, events)


def _letters(session: Session, events: Sequence[AuditEvent]) -> dict[str, str]:
    """Whom a directive was sent to, what a notice was about: nobody knows their identifiers."""
    sent = {subject_key(one.subject_id) for one in events if one.subject_kind == "consignment"}
    told = {subject_key(one.subject_id) for one in events if one.subject_kind == "notice"}
    found: dict[str, str] = {}
    if sent - {None}:
        rows = session.execute(
            select(Consignment.id, Directive.number_text, Organisation.name)
            .join(Directive, Directive.id == Consignment.directive_id)
            .join(Organisation, Organisation.id == Consignment.organisation_id)
            .where(Consignment.id.in_(sent - {None}))
        )
        found |= {str(key): f"{number or ''} → {unit}" for key, number, unit in rows}
    if told - {None}:
        letters = session.execute(
            select(Notice.id, Notice.subject).where(Notice.id.in_(told - {None}))
        )
        found |= {str(key): subject for key, subject in letters}
    return found
