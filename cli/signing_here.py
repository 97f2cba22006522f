"""Signing and sealing at a terminal: what will be signed is shown before the PIN is asked for.

So is everything that was checked, problems first; where anything stops, no PIN is asked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import typer

from actions import sealing, signing_off
from actions.changing import get_directive
from actions.draft_rows import content_of
from actions.keying import SigningAct
from actions.readiness import readiness
from actions.readiness_terms import Check, Readiness, Standing
from actions.trying import trying
from cli.acting import ask_secret
from cli.deciding import Sitting, be_sure, sitting
from cli.errors import NotReadyError
from cli.usage import WrongUsageError
from cli.visible import visible
from models.officer import RegisteredCertificate
from signing.certificates import read_facts
from signing.words import say_date, say_day

STANDING_WORDS: Final = {
    Standing.STOP: "Không được",
    Standing.WARNING: "Cảnh báo",
    Standing.OK: "Đạt",
}
"""How a check is begun on a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What differs between the officer's signature and the agency's seal."""

    act: SigningAct
    question: str
    done: str
    make: Callable[..., None]


SIGN: Final = Mark(
    act=signing_off.ACT,
    question="Ký số văn bản này",
    done="Đã ký. Hệ thống gắn dấu thời gian và kiểm tra lại chữ ký.",
    make=signing_off.sign,
)
SEAL: Final = Mark(
    act=sealing.ACT,
    question="Đóng dấu cơ quan lên văn bản này",
    done="Đã đóng dấu. Hệ thống gắn dấu thời gian lưu trữ và kiểm tra lại cả hai chữ ký.",
    make=sealing.seal,
)


def make_mark(mark: Mark, key: str, username: str, seen: str | None, *, from_stdin: bool) -> None:
    """Shows what will be signed and what was checked, asks, and lets the key sign.

    Args:
        mark: signature or seal.
        key: number or identifier of the directive.
        username: who signs.
        seen: digest of the document that the person looked at; without it, the one shown here.
        from_stdin: password and PIN come as lines; then `seen` must be given.

    Raises:
        WrongUsageError: nobody can have seen the document.
        NotReadyError: something stops; no PIN was asked for.
        ActionRefusedError: as in `signing_off.sign` and `sealing.seal`.
    """
    if from_stdin and seen is None:
        raise WrongUsageError("Dùng --stdin thì phải có --sha256 của bản đã xem.")
    with sitting(key, username, from_stdin=from_stdin) as now:
        found = _look(mark, now)
        for line in (*_lines(now, found), *map(check_line, found.checks)):
            typer.echo(visible(line))
        _require_ready(mark.act, found)
        if not from_stdin:
            be_sure(f"{mark.question}?")
        pin = ask_secret("Mã PIN", from_stdin=from_stdin)
        digest = seen.strip().lower() if seen else found.source_sha256
        mark.make(now.office.desk, now.actor, now.directive.id, seen_sha256=digest, pin=pin)
        typer.echo(mark.done)


def _look(mark: Mark, now: Sitting) -> Readiness:
    """Rights first: who may not sign learns nothing and is not asked for a PIN."""
    with trying(now.office.desk, now.actor, mark.act.deed, subject=now.directive.id):
        return readiness(now.office.desk, now.actor, now.directive.id, mark.act)


def check_line(check: Check) -> str:
    """One check as a line of the terminal."""
    return f"{STANDING_WORDS[check.standing]}: {check.words}"


def _require_ready(act: SigningAct, found: Readiness) -> None:
    if not found.may_sign:
        raise NotReadyError(act.what, "xem các dòng “Không được” ở trên.")
    if not found.takes_pin:
        where = next(check.words for check in found.checks if check.key == "key")
        raise NotReadyError(act.what, where)


def _lines(now: Sitting, found: Readiness) -> Iterator[str]:
    with now.office.database.reading() as session:
        directive = get_directive(session, now.directive.id)
        block = content_of(session, directive).signature
    number = directive.number_text or "chưa cấp; số và ngày được điền khi đóng dấu"
    yield f"Số, ký hiệu: {number}"
    if sealing.fill_in(directive) and directive.issue_date is not None:
        yield f"Điền cùng dấu: số {number}, ngày {say_date(directive.issue_date)}"
    yield f"Trích yếu: {directive.doc_type}: {directive.subject}"
    yield f"Quyền hạn ký: {' / '.join((*block.capacity_lines, block.position))}, {block.name}"
    yield from certificate_lines(found.certificate)
    yield f"SHA-256 của bản sẽ ký: {found.source_sha256 or 'chưa có'}"


def certificate_lines(row: RegisteredCertificate | None) -> Iterator[str]:
    """The certificate that will be used, as lines of the terminal."""
    if row is None:
        return
    facts = read_facts(row.der)
    yield f"Chứng thư: {facts.name}, số {facts.serial}, do {facts.issuer} cấp"
    yield f"Hạn chứng thư: {say_day(facts.not_after)}"
    yield f"SHA-256 của chứng thư: {facts.sha256_hex}"
