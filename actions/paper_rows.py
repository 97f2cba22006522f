"""Rows of papers beside the directives: their states, and which signature comes next."""

import uuid
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.errors import NotFoundError
from actions.signatures import ABANDONED, COMPLETED, KEYED
from models.paper import Paper
from models.signature import Signature
from signing.request import SignatureKind

TAKEN: Final = "taken"
PREPARED: Final = "prepared"
SIGNED: Final = "signed"
REFUSED: Final = "refused"

SUBJECT: Final = "paper"
"""What audit events call it."""


def get_paper(session: Session, paper_id: uuid.UUID) -> Paper:
    """Returns a paper.

    Raises:
        NotFoundError: there is none.
    """
    paper = session.get(Paper, paper_id)
    if paper is None:
        raise NotFoundError("giấy tờ", paper_id)
    return paper


def waiting_file(paper: Paper) -> str | None:
    """Returns the SHA-256 of the file that the next signature is made upon; None before it is."""
    return paper.signed_sha256 or paper.prepared_sha256


def next_kind(session: Session, paper: Paper) -> SignatureKind | None:
    """Returns the kind of signature that a prepared paper waits for, or None."""
    if paper.state != PREPARED:
        return None
    done = select(Signature.kind).where(
        Signature.paper_id == paper.id, Signature.state == COMPLETED
    )
    kinds = set(session.scalars(done))
    return next((SignatureKind(one) for one in paper.details["fields"] if one not in kinds), None)


def living_paper_signature(
    session: Session, paper_id: uuid.UUID, kind: SignatureKind
) -> Signature | None:
    """Returns the one signature of a kind that was not abandoned, or None."""
    return session.scalars(
        select(Signature).where(
            Signature.paper_id == paper_id,
            Signature.kind == kind.value,
            Signature.state != ABANDONED,
        )
    ).one_or_none()


def keyed_paper_signature(session: Session, paper_id: uuid.UUID) -> Signature | None:
    """Returns the signature of a paper that the machine has still to finish, or None."""
    return session.scalars(
        select(Signature).where(Signature.paper_id == paper_id, Signature.state == KEYED)
    ).one_or_none()


def unfinished_papers(session: Session) -> list[uuid.UUID]:
    """Returns the papers with a signature that the machine has still to finish, oldest first."""
    keyed = (
        select(Signature.paper_id)
        .where(Signature.paper_id.is_not(None), Signature.state == KEYED)
        .order_by(Signature.keyed_at, Signature.id)
    )
    return [paper_id for paper_id in session.scalars(keyed) if paper_id is not None]


def state_words(paper: Paper) -> str:
    """Returns how a paper stands, in Vietnamese."""
    words = {
        TAKEN: "mới được nhận, chưa chuẩn bị",
        PREPARED: "đã chuẩn bị, chờ ký",
        SIGNED: "đã ký xong",
        REFUSED: "bị từ chối",
    }
    return words.get(paper.state, paper.state)
