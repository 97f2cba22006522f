"""Signing and sealing at a terminal: what will be signed is shown before the PIN is asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import typer

from actions import sealing, signing_off
from actions.changing import expect_state, get_directive
from actions.desk import Deed
from actions.draft_rows import content_of
from actions.errors import UnavailableError
from actions.offices import office_facts
from actions.trying import looking
from cli.acting import ask_secret
from cli.deciding import Sitting, be_sure, sitting
from cli.usage import WrongUsageError
from cli.visible import visible
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import RegisteredCertificate
from signing.certificates import CertificateFacts, SigningCertificate
from signing.fitness import check_certificate
from signing.words import TEST_BANNER, say_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What differs between the officer's signature and the agency's seal."""

    deed: str
    """Name in the audit trail."""
    question: str
    done: str
    state: DirectiveState
    certificate: Callable[[Deed, Directive], RegisteredCertificate]
    source: Callable[[Directive], str | None]
    """SHA-256 of the document that is signed."""
    make: Callable[..., None]


SIGN: Final = Mark(
    deed="sign",
    question="Ký số văn bản này",
    done="Đã ký. Hệ thống gắn dấu thời gian và kiểm tra lại chữ ký.",
    state=DirectiveState.NUMBERED,
    certificate=signing_off.certificate_of,
    source=lambda directive: directive.frozen_sha256,
    make=signing_off.sign,
)
SEAL: Final = Mark(
    deed="seal",
    question="Đóng dấu cơ quan lên văn bản này",
    done="Đã đóng dấu. Hệ thống gắn dấu thời gian lưu trữ và kiểm tra lại cả hai chữ ký.",
    state=DirectiveState.SIGNED,
    certificate=sealing.certificate_of,
    source=lambda directive: directive.signed_sha256,
    make=sealing.seal,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sight:
    """What the person sees."""

    lines: tuple[str, ...]
    sha256_hex: str
    certificate: SigningCertificate


def make_mark(mark: Mark, key: str, username: str, seen: str | None, *, from_stdin: bool) -> None:
    """Shows what will be signed, asks, and lets the key sign.

    Args:
        mark: signature or seal.
        key: number or identifier of the directive.
        username: who signs.
        seen: digest of the document that the person looked at; without it, the one shown here.
        from_stdin: password and PIN come as lines; then `seen` must be given.

    Raises:
        WrongUsageError: nobody can have seen the document.
        ActionRefusedError: as in `signing_off.sign` and `sealing.seal`.
    """
    if from_stdin and seen is None:
        raise WrongUsageError("Dùng --stdin thì phải có --sha256 của bản đã xem.")
    with sitting(key, username, from_stdin=from_stdin) as now:
        sight = _look(mark, now)
        for line in (*sight.lines, *_warnings(now, sight.certificate)):
            typer.echo(visible(line))
        if not from_stdin:
            be_sure(f"{mark.question}?")
        pin = ask_secret("Mã PIN", from_stdin=from_stdin)
        digest = seen.strip().lower() if seen else sight.sha256_hex
        mark.make(now.office.desk, now.actor, now.directive.id, seen_sha256=digest, pin=pin)
        typer.echo(mark.done)


def _look(mark: Mark, now: Sitting) -> _Sight:
    """Rights first, then the state: who may not sign learns nothing and is not asked for a PIN."""
    with looking(now.office.desk, now.actor, mark.deed, subject=now.directive.id) as deed:
        directive = get_directive(deed.session, now.directive.id)
        certificate = SigningCertificate(der=mark.certificate(deed, directive).der)
        expect_state(directive, mark.state)
        digest = mark.source(directive)
        if digest is None:
            raise UnavailableError("Bản để ký", "đang được dựng")
        lines = tuple(_lines(deed, directive, certificate.facts, digest))
        return _Sight(lines=lines, sha256_hex=digest, certificate=certificate)


def _warnings(now: Sitting, certificate: SigningCertificate) -> Iterator[str]:
    """What speaks against the certificate today, asked of its authority."""
    desk = now.office.desk
    check = check_certificate(certificate, services=desk.services, at=desk.clock())
    return (f"Cảnh báo: {problem.message}" for problem in check.problems)


def _lines(
    deed: Deed, directive: Directive, certificate: CertificateFacts, digest: str
) -> Iterator[str]:
    block = content_of(deed.session, directive).signature
    if office_facts(deed.session).test_only:
        yield TEST_BANNER
    yield f"Số, ký hiệu: {directive.number_text}"
    yield f"Trích yếu: {directive.doc_type}: {directive.subject}"
    yield f"Quyền hạn ký: {' / '.join((*block.capacity_lines, block.position))}, {block.name}"
    yield f"Chứng thư: {certificate.name}, số {certificate.serial}, do {certificate.issuer} cấp"
    yield f"Hạn chứng thư: {say_day(certificate.not_after)}"
    yield f"SHA-256 của chứng thư: {certificate.sha256_hex}"
    yield f"SHA-256 của bản sẽ ký: {digest}"
