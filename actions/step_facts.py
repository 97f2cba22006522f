"""What the next steps of directives depend on beside their rows: looked up for many at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.signatures import KEYED
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import DirectiveState, ReviewStep
from models.officer import Officer
from models.organisation import Office
from models.review import Review
from models.signature import Signature
from signing.request import SignatureKind

_D: Final = DirectiveState
_REVIEWED: Final = frozenset({_D.DRAFTING, _D.RETURNED, _D.IN_REVIEW})
_SIGNED_NOW: Final = frozenset({_D.APPROVED, _D.NUMBERED, _D.SIGNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What decides on the next steps of some directives."""

    session: Session
    office: Office | None = None
    """Held here, so that its settings are read once for all."""
    names: dict[str, str] = field(default_factory=dict)
    passed: dict[DirectiveId, frozenset[ReviewStep]] = field(default_factory=dict)
    """Steps that were passed for the current revision."""
    returned: frozenset[DirectiveId] = frozenset()
    """Whose current revision is the very one that somebody returned."""
    keyed: frozenset[tuple[DirectiveId, SignatureKind]] = frozenset()
    """A key has signed, the machine has not finished yet."""

    def name(self, officer_id: str | None) -> str:
        """Returns the name of an officer who has to do with one of the directives."""
        return self.names.get(officer_id or "", "người được phân công")


def facts_of(session: Session, directives: Sequence[Directive]) -> Facts:
    """Looks up what the next steps of these directives depend on, in four statements at most."""
    reviewed = [one.id for one in directives if one.state in _REVIEWED]
    decided: dict[DirectiveId, set[ReviewStep]] = {}
    returned: set[DirectiveId] = set()
    if reviewed:
        for key, step, decision in session.execute(
            select(Review.directive_id, Review.step, Review.decision)
            .join(Directive, Directive.id == Review.directive_id)
            .where(Review.directive_id.in_(reviewed), Review.revision == Directive.revision)
        ):
            if decision == "passed":
                decided.setdefault(key, set()).add(ReviewStep(step))
            else:
                returned.add(key)
    signed = [one.id for one in directives if one.state in _SIGNED_NOW]
    keyed = frozenset(
        (key, SignatureKind(kind))
        for key, kind in (
            session.execute(
                select(Signature.directive_id, Signature.kind).where(
                    Signature.directive_id.in_(signed), Signature.state == KEYED
                )
            )
            if signed
            else ()
        )
    )
    people = {
        officer_id
        for one in directives
        for officer_id in (
            one.drafter_id, one.content_reviewer_id, one.form_reviewer_id, one.signatory_id
        )
        if officer_id
    }  # fmt: skip
    named = select(Officer.id, Officer.name).where(Officer.id.in_(people))
    return Facts(
        session=session,
        office=session.get(Office, 1) if signed else None,
        names={key: name for key, name in session.execute(named)} if directives else {},  # noqa: C416 (rows are no pairs)
        passed={key: frozenset(steps) for key, steps in decided.items()},
        returned=frozenset(returned),
        keyed=keyed,
    )
