"""Many files under one PIN at a terminal: the list first, then one result a file.

Ctrl-C stops between two files; what was signed stays signed.
"""

import signal
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final

import typer

from actions.auditing import Actor
from actions.batch_rows import (
    OUTCOME_WORDS,
    REFUSED,
    SUMMARISED,
    BatchLine,
    BatchView,
    view,
    wrong_state,
)
from actions.batch_running import carry_out
from actions.batching import ACTS, begin_batch, summarise
from actions.desk import local_day
from actions.progress import moving_work_for
from actions.readiness import of_certificate, with_authority
from actions.readiness_terms import Readiness
from cli.acting import ask_secret, sign_in_as
from cli.case import find_directive
from cli.deciding import be_sure
from cli.errors import BatchIncompleteError, NotReadyError
from cli.opening import opened_office
from cli.signing_here import certificate_lines, check_line
from cli.usage import WrongUsageError
from cli.visible import visible
from models.base import DirectiveId
from models.batch import SigningBatch
from signing.request import SignatureKind
from wiring.bootstrap import Office

DIGEST_SHOWN: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """What differs between the signatory's batch and the clerk's."""

    kind: SignatureKind
    deed: str
    """Of the work that waits, as in `actions.progress`."""
    question: str


SIGN: Final = Many(kind=SignatureKind.OFFICER, deed="sign", question="Ký số")
SEAL: Final = Many(kind=SignatureKind.SEAL, deed="seal", question="Đóng dấu cơ quan lên")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sitting:
    """An officer with the office open."""

    office: Office
    actor: Actor
    from_stdin: bool

    def see(self, batch_id: uuid.UUID) -> BatchView:
        with self.office.database.reading() as session:
            return view(session, self.actor, batch_id)


def make_batch(
    many: Many,
    keys: Sequence[str],
    username: str,
    batch: str | None,
    *,
    summary_only: bool,
    from_stdin: bool,
) -> None:
    """Shows the list, asks, and lets one PIN sign what stands in it.

    Args:
        many: signatures or seals.
        keys: numbers or identifiers; none for everything that waits.
        username: who signs.
        batch: identifier of a list that was made before, instead of a new one.
        summary_only: makes and shows the list, and no more.
        from_stdin: password and PIN come as lines; then `batch` must be given.

    Raises:
        WrongUsageError: nobody can have seen the list, or both a list and files were named.
        NotReadyError: nothing can be signed; no PIN was asked for.
        BatchIncompleteError: some files were not signed.
        ActionRefusedError: as in `actions.batching` and `actions.batch_running`.
    """
    if from_stdin and batch is None and not summary_only:
        raise WrongUsageError("Dùng --stdin thì phải có --batch của danh sách đã xem (--summary).")
    if batch is not None and (keys or summary_only):
        raise WrongUsageError("Dùng --batch thì không nêu văn bản và không dùng --summary.")
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        now = _Sitting(office=office, actor=actor, from_stdin=from_stdin)
        found = now.see(_known(batch) if batch else _new(many, now, keys))
        _show(many, found)
        if not summary_only:
            _carry_out(many, now, found)


def _known(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed.strip())
    except ValueError as err:
        raise WrongUsageError("Mã danh sách không đúng. Lập danh sách: --summary") from err


def _new(many: Many, now: _Sitting, keys: Sequence[str]) -> uuid.UUID:
    database = now.office.database
    if keys:
        chosen = [find_directive(database, key).id for key in keys]
    else:
        with database.reading() as session:
            items = moving_work_for(session, now.actor.id, local_day(now.office.clock.now()))
        chosen = [item.directive_id for item in items if item.deed == many.deed]
    made: SigningBatch = summarise(now.office.desk, now.actor, many.kind, chosen)
    return made.id


def _show(many: Many, found: BatchView) -> None:
    if found.kind != many.kind.value:
        raise WrongUsageError("Danh sách này thuộc loại khác: ký dùng sign-batch, dấu seal-batch.")
    lines = [f"Mã danh sách: {found.id}", f"Sẽ thực hiện: {len(found.to_sign)} văn bản"]
    lines += [f"  {one.position}. {_file(one)}" for one in found.to_sign]
    left_out = found.lines_with(REFUSED)
    if left_out:
        lines.append(f"Không được, đã bỏ ra: {len(left_out)} văn bản")
        lines += [f"  {one.position}. {_file(one)}\n     {one.problem}" for one in left_out]
    typer.echo("\n".join(visible(line) for text in lines for line in text.split("\n")))


def _file(line: BatchLine) -> str:
    capacity = f" | {line.capacity}" if line.capacity else ""
    digest = f" | SHA-256 {line.seen_sha256[:DIGEST_SHOWN]}…" if line.seen_sha256 else ""
    return f"{line.number} | {line.doc_type}: {line.subject}{capacity}{digest}"


def _carry_out(many: Many, now: _Sitting, found: BatchView) -> None:
    _require_ready(many, now, found)
    if not now.from_stdin:
        be_sure(f"{many.question} {len(found.to_sign)} văn bản trên?")
    pin = ask_secret("Mã PIN", from_stdin=now.from_stdin)
    desk = now.office.desk
    begin_batch(desk, now.actor, found.id)
    signed: list[DirectiveId] = []
    words = OUTCOME_WORDS[found.kind]
    numbers = {line.directive_id: line.number for line in found.lines}

    def told(key: DirectiveId) -> None:
        signed.append(key)
        typer.echo(visible(f"{numbers[key]}: {words['signed']}"))

    with _interruptible() as halted:
        carry_out(desk, now.actor, found.id, pin, signed=told, halted=lambda: bool(halted))
    _tell_rest(now.see(found.id))
    _wake(now.office, signed)
    done = now.see(found.id)
    if len(done.signed) < len(found.to_sign):
        raise BatchIncompleteError(len(done.signed), len(found.to_sign))


def _require_ready(many: Many, now: _Sitting, found: BatchView) -> None:
    what = ACTS[many.kind].what
    if found.state != SUMMARISED:
        with now.office.database.reading() as session:
            raise wrong_state(session.get_one(SigningBatch, found.id), SUMMARISED)
    if not found.to_sign or found.certificate is None:
        raise NotReadyError(what, "không có văn bản nào ký được trong danh sách.")
    desk = now.office.desk
    ready: Readiness = with_authority(desk, of_certificate(desk, now.actor, found.certificate))
    for line in (*certificate_lines(ready.certificate), *map(check_line, ready.checks)):
        typer.echo(visible(line))
    if not ready.takes_pin:
        raise NotReadyError(what, "xem các dòng “Không được” ở trên.")


def _tell_rest(done: BatchView) -> None:
    words = OUTCOME_WORDS[done.kind]
    for line in done.lines:
        if line.problem:
            typer.echo(visible(f"{line.number}: {words[line.outcome]}. {line.problem}"))


@contextmanager
def _interruptible() -> Iterator[list[int]]:
    """While files are signed, Ctrl-C is a wish to stop and not an end."""
    asked: list[int] = []

    def ask(number: int, _frame: FrameType | None) -> None:
        asked.append(number)
        typer.echo("Đang dừng sau văn bản đang làm dở…", err=True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)


def _wake(office: Office, keys: Sequence[DirectiveId]) -> None:
    """What was signed stands whatever Prefect does; without it `reconcile` wakes flows later."""
    if not office.orchestrator.is_healthy():
        typer.echo("Bộ điều phối chưa chạy; chữ ký được hoàn tất khi hệ thống chạy lại.", err=True)
        return
    for key in keys:
        office.nudge(key)
