"""How a draft begins: empty for a kind of paper, with a template, or as a copy of a directive."""

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.draft import Draft
from actions.working.body import Body, Item, Line, Task, heading, paragraph
from actions.working.building import from_draft
from actions.working.choices import authorities, reviewers, symbol_for
from actions.working.outline import WANTED, renumber
from documents.content import Regime, from_json
from documents.regimes import rules_for
from models.directive import Directive, RecipientLine, Revision
from models.officer import Role
from models.organisation import Organisation

_WITHOUT_PARTS: Final = ("công văn", "giấy mời", "công điện", "phiếu chuyển")
"""Kinds that are letters: paragraphs, no numbered parts."""
_PARTS: Final = {
    "hướng dẫn": ("MỤC ĐÍCH, YÊU CẦU", "NỘI DUNG", "TỔ CHỨC THỰC HIỆN"),
    "kế hoạch": ("MỤC ĐÍCH, YÊU CẦU", "NỘI DUNG", "TỔ CHỨC THỰC HIỆN"),
    "báo cáo": ("KẾT QUẢ THỰC HIỆN", "ĐÁNH GIÁ CHUNG", "PHƯƠNG HƯỚNG, NHIỆM VỤ"),
}
"""Parts that papers of a kind usually have; a beginning, each can be taken out."""


def empty(session: Session, office: Organisation, doc_type: str, day: date) -> Body:
    """Returns the body with which a paper of a kind begins.

    What is the same on every paper of the office stands already: form, names, symbol, place, the
    archive line; and the only person where there is just one to choose.
    """
    parent_issuer, issuer, place = _head(session, office)
    letter = doc_type.casefold() in _WITHOUT_PARTS
    body = Body(
        regime=Regime(office.regime).value,
        doc_type=doc_type,
        symbol=symbol_for(office, doc_type, day),
        parent_issuer=parent_issuer,
        issuer=issuer,
        place=place,
        opening=[paragraph()],
        outline=_parts(doc_type) if not letter else [paragraph()],
        closing=[] if letter else [paragraph()],
        lines=[Line(role="action"), Line(raw=_archive(session, office, day), role="archive")],
    )
    renumber(body.outline, doc_type)
    _choose(session, body, office, day)
    return body


def _head(session: Session, office: Organisation) -> tuple[str, str, str]:
    """Superior, office and place as its last paper printed them; of the first paper, the names."""
    last = session.scalars(
        select(Revision)
        .join(Directive, Directive.id == Revision.directive_id)
        .where(Directive.organisation_id == office.id)
        .order_by(Directive.created_at.desc(), Revision.ordinal.desc())
        .limit(1)
    ).first()
    if last is not None:
        content = from_json(last.content)
        return content.parent_issuer, content.issuer, content.place
    parent = session.get(Organisation, office.parent_id) if office.parent_id else None
    above = parent.name if parent else ""
    own = office.name.removesuffix(above).strip() or office.name
    return above.upper(), own.upper(), office.place or ""


def _archive(session: Session, office: Organisation, day: date) -> str:
    """The line for the archive, as on the office's last paper, or as the form begins it."""
    last = session.scalars(
        select(RecipientLine.raw)
        .join(Directive, Directive.id == RecipientLine.directive_id)
        .where(Directive.organisation_id == office.id, RecipientLine.role == "archive")
        .order_by(Directive.created_at.desc(), RecipientLine.revision.desc())
        .limit(1)
    ).first()
    start = str(rules_for(Regime(office.regime)).rule("archive_start", day).value)
    return last or f"{start}{'VT' if office.regime == Regime.STATE else 'Văn phòng'}"


def _parts(doc_type: str) -> list[Item]:
    titles = _PARTS.get(doc_type.casefold(), ("",))
    return [one for title in titles for one in (heading(1, title, WANTED), paragraph())]


def _choose(session: Session, body: Body, office: Organisation, day: date) -> None:
    """Where there is one choice it is made."""
    ways = authorities(session, office.id, body.doc_type, day)
    if len(ways) == 1:
        body.authority_id = ways[0].id
    for name, role in (
        ("content_reviewer", Role.CONTENT_REVIEWER),
        ("form_reviewer", Role.FORM_REVIEWER),
    ):
        people = reviewers(session, office.id, role, day)
        if len(people) == 1:
            setattr(body, name, people[0].id)


def begun_with(session: Session, office: Organisation, body: Body, day: date) -> Body:
    """Returns a template as the beginning of a draft, with what every paper of the office bears."""
    body.regime = Regime(office.regime).value
    body.parent_issuer, body.issuer, body.place = _head(session, office)
    body.symbol = symbol_for(office, body.doc_type, day)
    _choose(session, body, office, day)
    return body


def copied(session: Session, office: Organisation, draft: Draft, day: date) -> Body:
    """Returns an earlier directive as the beginning of a new one.

    Days of its tasks are not taken along: they are over; the words stay, to be changed.
    """
    body = from_draft(draft)
    body.symbol = symbol_for(office, body.doc_type, day)
    for task in body.tasks:
        _without_day(task)
    known = {one.id for one in authorities(session, office.id, body.doc_type, day)}
    if body.authority_id not in known:
        body.authority_id = ""
    for name, role in (
        ("content_reviewer", Role.CONTENT_REVIEWER),
        ("form_reviewer", Role.FORM_REVIEWER),
    ):
        people = {one.id for one in reviewers(session, office.id, role, day)}
        if getattr(body, name) not in people:
            setattr(body, name, "")
    return body


def _without_day(task: Task) -> None:
    task.named_date = None
