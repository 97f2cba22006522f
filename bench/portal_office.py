"""An office to be asked page by page: one directive at each step by the deeds themselves, and mass.

Written in a folder with the trial authority beside it, on SQLite or in a schema of PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from actions import sealing, signing_off
from actions.access import officer_actor
from actions.auditing import Actor
from actions.desk import local_day
from actions.draft import Draft
from actions.drafting import start_directive, submit
from actions.freezing import freeze
from actions.issuing import issue
from actions.numbering import take_number
from actions.reviewing import pass_step
from actions.sessions import open_session
from bench import portal_mass
from documents.content import DirectiveContent
from models.base import DirectiveId
from models.directive import Directive
from models.dispatch import IncomingMessage
from models.incoming import IncomingDocument
from models.lifecycle import ReviewStep
from models.obligation import Obligation
from wiring.bootstrap import Office, open_office
from wiring.demo_draft import PEOPLE, REVIEWED
from wiring.demo_pki.build import DEMO_PIN
from wiring.demo_pki.recipe import TSA_URL
from wiring.demo_pki.serve import serving
from wiring.demo_setup import pki_folder, prepare_demo_office
from wiring.settings import Settings, changed, load_settings
from wiring.stories.reviewed import make_draft, read_reviewed

MAIL: Final = (
    b"From: ai-do@donvi.example\r\nSubject: =?utf-8?b?SOG7j2k=?=\r\n\r\nXin h\xe1\xbb\x8fi.\r\n"
)
STEPS: Final = (
    (ReviewStep.CONTENT, PEOPLE.content_reviewer),
    (ReviewStep.FORM, PEOPLE.form_reviewer),
    (ReviewStep.APPROVAL, PEOPLE.signatory),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An office with what pages are asked with."""

    settings: Settings
    content: DirectiveContent
    """Of each directive of the mass."""
    pdf: str
    """Digest of a signed paper."""
    mail: str
    names: Mapping[str, str]
    """Something real for each name in a path; directives by their state."""


@contextmanager
def written(folder: Path, *, size: int, database: str | None = None) -> Iterator[Asked]:
    """Writes an office of a size; the authority answers until the block ends."""
    given = {"TRINHKY_FOLDER": str(folder), "TRINHKY_LOG__LEVEL": "ERROR"}
    settings = load_settings(given | ({"TRINHKY_DATABASE": database} if database else {}))
    with open_office(settings) as office:
        prepare_demo_office(office.database, settings, at=office.clock())
    with serving(pki_folder(settings)) as address:
        settings = changed(settings, timestamps__url=TSA_URL, timestamps__proxy=address)
        with open_office(settings) as office:
            yield _write(office, settings, size)


def grow(office: Office, asked: Asked, size: int) -> None:
    """Writes so many directives more."""
    with office.database.reading() as session:
        base = session.scalar(select(func.max(Directive.number))) or 0
    portal_mass.fill(
        office.database, size=size, now=office.clock(), content=asked.content, pdf=asked.pdf,
        mail=asked.mail, base=base,
    )  # fmt: skip


def _write(office: Office, settings: Settings, size: int) -> Asked:
    draft = make_draft(read_reviewed(REVIEWED), PEOPLE, {})
    keys = _at_each_step(office, draft)
    issued = _directive(office, keys["issued"])
    asked = Asked(
        settings=settings, content=replace(draft.content, sections=(), closing=()),
        pdf=issued.sealed_sha256 or "", mail=office.desk.archive.put(MAIL), names={},
    )  # fmt: skip
    grow(office, asked, size)
    named = _named(office, issued)
    return replace(asked, names=named | {state: str(key) for state, key in keys.items()})


def _named(office: Office, issued: Directive) -> dict[str, str]:
    with office.database.reading() as session:
        owed = session.scalars(
            select(Obligation).where(
                Obligation.directive_id == issued.id,
                Obligation.organisation_id != issued.organisation_id,
            )
        ).first()
        paper = session.scalars(
            select(IncomingDocument.id).where(IncomingDocument.state == "assigned")
        ).first()
        message = session.scalars(select(IncomingMessage.id)).first()
        if owed is None:
            raise AssertionError
        link = office.links.make(owed.organisation_id, str(issued.id))
        return {
            "obligation_id": str(owed.id), "organisation_id": owed.organisation_id,
            "document_id": str(paper), "message_id": str(message),
            "code": issued.public_code or "",
            "unit": link.removeprefix(office.settings.portal_url),
        }  # fmt: skip


def _directive(office: Office, key: DirectiveId) -> Directive:
    with office.database.reading() as session:
        return session.get_one(Directive, key)


def sign_in(office: Office, officer_id: str) -> str:
    """Opens a session; returns what the browser's cookie holds."""
    with office.database.writing() as session:
        return open_session(session, officer_id, office.clock()).token


def actor(office: Office, officer_id: str) -> Actor:
    """Returns an officer with the post held today."""
    with office.database.reading() as session:
        return officer_actor(session, officer_id, local_day(office.clock()))


def _at_each_step(office: Office, draft: Draft) -> dict[str, DirectiveId]:
    """A directive that came as far as each state of the way, and one that went out."""
    return {state: _walked(office, draft, state) for state in (*portal_mass.WAY, "issued")}


def _walked(office: Office, draft: Draft, until: str) -> DirectiveId:
    desk = office.desk
    named = replace(draft, content=replace(draft.content, title=f"Trang nào cũng nhanh: {until}"))
    key = start_directive(desk, actor(office, PEOPLE.drafter), draft=named)
    if until in ("drafting", "returned"):
        return key
    submit(desk, actor(office, PEOPLE.drafter), key)
    if until == "in_review":
        return key
    for step, who in STEPS:
        pass_step(desk, actor(office, who), key, step, revision=1)
    if until == "approved":
        return key
    take_number(desk, actor(office, PEOPLE.clerk), key)
    freeze(desk, key)
    if until == "numbered":
        return key
    _sign(office, key)
    if until == "signed":
        return key
    _seal(office, key)
    if until == "issued":
        issue(desk, actor(office, PEOPLE.clerk), key)
    return key


def _sign(office: Office, key: DirectiveId) -> None:
    seen = _directive(office, key).frozen_sha256 or ""
    who = actor(office, PEOPLE.signatory)
    signing_off.sign(office.desk, who, key, seen_sha256=seen, pin=DEMO_PIN)
    signing_off.complete(office.desk, key)


def _seal(office: Office, key: DirectiveId) -> None:
    seen = _directive(office, key).signed_sha256 or ""
    who = actor(office, PEOPLE.clerk)
    sealing.seal(office.desk, who, key, seen_sha256=seen, pin=DEMO_PIN)
    sealing.complete(office.desk, key)
