"""Proposes what a paper says of itself from its file, for the clerk to correct; stores nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import Desk, local_day
from actions.incoming.taking import PaperFacts
from actions.intake_reading import known_units, read_paper
from documents.intake.errors import IntakeRefusedError
from documents.intake.files import read_file
from models.organisation import Organisation


def suggest(desk: Desk, content: bytes, name: str) -> PaperFacts:
    """Returns what the reader found; empty fields where it found nothing or cannot read the file.

    The file is read in a child process with limits.
    """
    with desk.database.reading() as session:
        directory = known_units(session, local_day(desk.clock()))
    try:
        text = read_file(content, name)
    except IntakeRefusedError:
        return PaperFacts(sender_name="")
    found = read_paper(text, directory)
    issuer = found.issuer.value or ""
    signer = found.signer.value
    with desk.database.reading() as session:
        sender = _known(session, issuer)
    return PaperFacts(
        sender_name=sender.name if sender else issuer,
        sender_id=sender.id if sender else None,
        number_symbol=found.number_full.value or "",
        document_date=found.issue_date.value,
        doc_type=found.doc_type.value or "",
        subject=found.title.value or "",
        signatory=(signer.name or "") if signer else "",
    )


def _known(session: Session, issuer: str) -> Organisation | None:
    """Returns the one organisation of that name, whatever the case of its letters."""
    wanted = " ".join(issuer.casefold().split())
    named = [
        one
        for one in session.scalars(select(Organisation))
        if wanted in {" ".join(name.casefold().split()) for name in (one.name, *one.aliases)}
    ]
    return named[0] if wanted and len(named) == 1 else None
