"""The file that stands for a directive or a paper in the archive now, and what was judged of it.

Its newest renewed one, else the sealed one, else the signed one. Earlier files stay where they are;
they are not judged again, for each later file holds them byte for byte at its front.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from actions.desk import Deed, local_day
from actions.paper_rows import SIGNED, SUBJECT
from actions.signatures import ABANDONED, COMPLETED
from models.base import DirectiveId
from models.directive import Directive, Document
from models.judgement import Judgement
from models.lifecycle import DirectiveState
from models.paper import Paper
from models.signature import Signature
from signing.outcome import VerificationReport, sentence
from signing.verdict import Verdict

DIRECTIVE = "directive"
ARCHIVED = "archived"
"""Kind of a document with a further archive time stamp."""
_LEVELS = ("none", "B-B", "B-T", "B-LT", "B-LTA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """The file that stands for one directive, or for one paper beside the directives."""

    id: uuid.UUID
    """Of the directive or the paper."""
    kind: str = DIRECTIVE
    name: str
    """For people: the number, or the paper's name."""
    sha256: str
    certificates: dict[str, str]
    """Field to fingerprint, of every signature of ours that it must bear."""

    @property
    def title(self) -> str:
        """How sentences begin about it."""
        return f"Văn bản {self.name}" if self.kind == DIRECTIVE else f"Giấy tờ “{self.name}”"


def keeper_of(session: Session, directive: Directive) -> Keeper | None:
    """Returns the file that stands for a directive; None where nothing is signed."""
    digest = _standing(session, directive)
    if digest is None:
        return None
    rows = session.scalars(
        select(Signature).where(
            Signature.directive_id == directive.id,
            Signature.state != ABANDONED,
            Signature.document_sha256.is_not(None),
        )
    )
    return Keeper(
        id=directive.id,
        name=directive.number_text or str(directive.id),
        sha256=digest,
        certificates={row.plan["field"]: row.certificate for row in rows},
    )


def _standing(session: Session, directive: Directive) -> str | None:
    if directive.sealed_sha256 is None:
        return directive.signed_sha256
    renewed = session.scalars(
        select(Document.sha256)
        .where(
            Document.directive_id == directive.id,
            Document.revision == directive.revision,
            Document.kind == ARCHIVED,
            Document.made_with["stage"].as_string() == DirectiveState.SEALED.value,
        )
        .order_by(Document.created_at.desc(), Document.size_bytes.desc())
    ).first()
    return renewed or directive.sealed_sha256


def paper_keepers(
    session: Session, judged: Mapping[uuid.UUID, Judgement]
) -> list[tuple[uuid.UUID, Keeper]]:
    """Returns the files of the papers that passed whole when they were signed here, by paper.

    What came from outside with signatures that this office cannot vouch for is left out.

    Args:
        session: a look.
        judged: of `last_judgements`; a renewed file is the one that was judged last.
    """
    found: dict[uuid.UUID, Keeper] = {}
    rows = session.execute(
        select(Paper, Signature)
        .join(Signature, Signature.paper_id == Paper.id)
        .where(
            Paper.state == SIGNED, Paper.signed_sha256.is_not(None), Signature.state == COMPLETED
        )
        .order_by(Signature.completed_at)
    )
    for paper, signature in rows:
        known = found.get(paper.id)
        own = {signature.plan["field"]: signature.certificate}
        last = judged.get(paper.id)
        if (signature.verification or {}).get("verdict") != Verdict.PASSED.value:
            found.pop(paper.id, None)
            continue
        found[paper.id] = Keeper(
            id=paper.id,
            kind=SUBJECT,
            name=paper.name,
            sha256=last.sha256 if last is not None else str(paper.signed_sha256),
            certificates={**(known.certificates if known else {}), **own},
        )
    return list(found.items())


def last_judgement(session: Session, subject: uuid.UUID) -> Judgement | None:
    """Returns the newest judgement of the files of a directive or a paper, or None."""
    return session.scalars(
        select(Judgement)
        .where(or_(Judgement.directive_id == subject, Judgement.paper_id == subject))
        .order_by(Judgement.at.desc())
    ).first()


def last_judgements(session: Session) -> dict[uuid.UUID, Judgement]:
    """Returns the newest judgement of every directive and paper that was judged here."""
    subject = func.coalesce(Judgement.directive_id, Judgement.paper_id)
    newest = select(subject.label("id"), func.max(Judgement.at).label("at")).group_by(subject)
    last = newest.subquery()
    rows = session.scalars(
        select(Judgement).join(last, and_(subject == last.c.id, Judgement.at == last.c.at))
    )
    every = ((row.directive_id or row.paper_id, row) for row in rows)
    return {key: row for key, row in every if key is not None}


def note_judgement(
    deed: Deed, keeper: Keeper, report: VerificationReport, *, trust: str, **detail: str
) -> Judgement:
    """Adds the row of a judgement, with the verdict that it turned from. Does not commit.

    What was never judged here had passed: else it would not have been recorded as signed.

    Args:
        deed: the deed.
        keeper: whose file it is.
        report: of the file.
        trust: mark of the anchors and rules that it was judged by.
        detail: what else belongs to it.
    """
    last = last_judgement(deed.session, keeper.id)
    before = last.verdict if last is not None else Verdict.PASSED.value
    verdict = report.verdict.value
    row = Judgement(
        id=uuid.uuid4(),
        sha256=report.sha256_hex,
        directive_id=DirectiveId(keeper.id) if keeper.kind == DIRECTIVE else None,
        paper_id=keeper.id if keeper.kind != DIRECTIVE else None,
        at=_later(deed.at, last),
        verdict=verdict,
        sentence=sentence(report),
        level=level_of(report),
        renew_by=renewal_day(report),
        turned_from=before if before != verdict else None,
        detail={"trust": trust, "findings": _findings(report), **detail},
    )
    deed.session.add(row)
    deed.session.flush()
    return row


def _later(at: datetime, last: Judgement | None) -> datetime:
    """Never at the same instant as the one before: the newest is found by its time."""
    return at if last is None else max(at, last.at + timedelta(microseconds=1))


def renewal_day(report: VerificationReport) -> date | None:
    """Returns the day by which a further archive time stamp is needed, in Vietnam."""
    return local_day(report.renew_by) if report.renew_by is not None else None


def level_of(report: VerificationReport) -> str:
    """Returns the lowest level of the signatures."""
    found = [one.level for one in report.signatures if one.kind == "signature"]
    return min(found, key=_LEVELS.index, default="none")


def _findings(report: VerificationReport) -> list[list[str]]:
    every = [*report.findings, *(one for part in report.signatures for one in part.findings)]
    return [[one.code, one.message] for one in every if one.effect is not Verdict.PASSED]
