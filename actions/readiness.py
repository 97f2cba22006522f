"""Everything that is checked before a PIN is asked for, with what to do; the deeds check again.

Who may not sign at all learns nothing: the right comes first, and its refusal is raised.
"""

from collections.abc import Iterable

from actions.auditing import Actor
from actions.changing import get_directive
from actions.desk import Deed, Desk
from actions.errors import (
    ActionRefusedError,
    CertificateUnfitError,
    NotEntitledError,
    NotFoundError,
    SeparationError,
)
from actions.keying import Order, SigningAct, look_at
from actions.readiness_of_key import (
    authority_check,
    is_elsewhere,
    key_checks,
    may_be_asked,
    no_certificate,
)
from actions.readiness_of_paper import paper_checks
from actions.readiness_terms import Check, Readiness, Standing, problems_first, stop
from actions.signatures import usable_certificate
from models.base import DirectiveId
from models.directive import Directive
from models.officer import RegisteredCertificate
from signing.request import SignatureKind


def readiness(desk: Desk, actor: Actor, directive_id: DirectiveId, act: SigningAct) -> Readiness:
    """Looks at everything, and asks the certificate's authority where that can still matter.

    Args:
        desk: the tools.
        actor: who would sign.
        directive_id: what.
        act: `signing_off.ACT` or `sealing.ACT`.

    Raises:
        NotFoundError: there is no such directive.
        NotAuthorisedError: the actor may not do this at all.
    """
    return with_authority(desk, known_here(desk, actor, directive_id, act))


def known_here(desk: Desk, actor: Actor, directive_id: DirectiveId, act: SigningAct) -> Readiness:
    """The same without asking anybody outside.

    Raises:
        NotFoundError, NotAuthorisedError: as `readiness`.
    """
    with desk.database.reading() as session:
        deed = Deed(session=session, actor=actor, at=desk.clock(), subject_id=str(directive_id))
        directive = get_directive(session, directive_id)
        row = _certificate(deed, directive, act)
        checks = list(paper_checks(desk, deed, directive, act))
        if row is None:
            checks.append(no_certificate(deed, directive, act))
        else:
            checks += key_checks(desk, deed, row)
        source = act.source(directive)
        checks += _whatever_else(deed, directive_id, act, source, checks)
    return Readiness(
        checks=problems_first(checks),
        certificate=row,
        source_sha256=source,
        elsewhere=row is not None and is_elsewhere(row),
    )


def with_authority(desk: Desk, found: Readiness) -> Readiness:
    """Adds what the certificate's authority says (network); not where its own words rule it out."""
    if found.certificate is None or not may_be_asked(found):
        return found
    return joined(found, authority_check(desk, found.certificate))


def of_certificate(desk: Desk, actor: Actor, fingerprint: str) -> Readiness:
    """What is known here of a certificate and its key alone, for many files at once.

    Raises:
        NotFoundError: no such certificate is registered.
    """
    with desk.database.reading() as session:
        row = session.get(RegisteredCertificate, fingerprint)
        if row is None:
            raise NotFoundError("chứng thư", fingerprint)
        deed = Deed(session=session, actor=actor, at=desk.clock())
        checks = problems_first(list(key_checks(desk, deed, row)))
    return Readiness(checks=checks, certificate=row, elsewhere=is_elsewhere(row))


def joined(found: Readiness, more: Check) -> Readiness:
    """Adds one check."""
    return Readiness(
        checks=problems_first([*found.checks, more]),
        certificate=found.certificate,
        source_sha256=found.source_sha256,
        elsewhere=found.elsewhere,
    )


def _certificate(deed: Deed, directive: Directive, act: SigningAct) -> RegisteredCertificate | None:
    """The certificate that would be used. What else speaks against it has its own sentence."""
    try:
        return act.admit(deed, directive)
    except CertificateUnfitError:
        return None
    except (NotEntitledError, SeparationError):
        if act.kind is SignatureKind.OFFICER:
            return usable_certificate(deed.session, deed.day, officer_id=deed.actor.id)
        return usable_certificate(deed.session, deed.day, organisation_id=directive.organisation_id)


def _whatever_else(
    deed: Deed,
    directive_id: DirectiveId,
    act: SigningAct,
    source: str | None,
    found: Iterable[Check],
) -> list[Check]:
    """What the deed itself would refuse, should nothing above have said so."""
    if any(check.standing is Standing.STOP for check in found):
        return []
    try:
        look_at(deed, Order(directive_id=directive_id, act=act, seen_sha256=source or ""))
    except ActionRefusedError as refusal:
        return [stop("deed", refusal.diagnosis())]
    return []
