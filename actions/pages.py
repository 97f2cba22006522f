"""Stored pages of a directive: the row of a document, whose bytes lie in the archive."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.desk import Deed
from models.directive import Directive, Document


def add_document(
    deed: Deed,
    directive: Directive,
    *,
    kind: str,
    name: str,
    content: bytes,
    made_with: Mapping[str, Any],
) -> Document:
    """Adds the row of a PDF that was put into the archive before. Does not commit.

    Args:
        deed: the deed that made it.
        directive: whose page it is; the row bears its current revision.
        kind: draft, frozen, signed or sealed.
        name: file name for people; `/` in numbers becomes `-`.
        content: its bytes.
        made_with: versions, fonts, boxes: what is needed to make the same bytes again.
    """
    document = Document(
        directive_id=directive.id,
        revision=directive.revision,
        kind=kind,
        name=name.replace("/", "-"),
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        made_with=dict(made_with),
        created_at=deed.at,
    )
    deed.session.add(document)
    deed.session.flush()
    return document


def newest_document(session: Session, directive: Directive, kind: str) -> Document | None:
    """Returns the newest document of a kind for the current revision, or None."""
    return session.scalars(
        select(Document)
        .where(
            Document.directive_id == directive.id,
            Document.revision == directive.revision,
            Document.kind == kind,
        )
        .order_by(Document.created_at.desc(), Document.id)
    ).first()


def attachments_of(session: Session, directive: Directive) -> list[Document]:
    """Returns the attachments of the current revision, by name."""
    return list(
        session.scalars(
            select(Document)
            .where(
                Document.directive_id == directive.id,
                Document.revision == directive.revision,
                Document.kind == "attachment",
            )
            .order_by(Document.name)
        )
    )
