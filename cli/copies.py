"""What `trinhky copy` does: prepares, shows, signs."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.copying import CopyOrder, annex_of, copy_directive, copy_file, copy_scans
from actions.errors import UnavailableError
from actions.pages import attachments_of
from actions.paper_completing import finish_papers
from actions.paper_rows import next_kind, state_words, unfinished_papers, waiting_file
from actions.paper_signing import complete_paper, sign_paper
from actions.paper_words import facts_of, kind_words, warnings_of
from actions.trying import archive_wrapped
from cli.acting import ask_secret, sign_in_as
from cli.case import find_directive, title
from cli.deciding import be_sure
from cli.errors import FileUnreadableError
from cli.opening import opened_office, opened_tables
from cli.usage import WrongUsageError
from cli.visible import visible
from documents.copies import CopyForm
from models.directive import Directive
from models.paper import Paper
from signing.request import SignatureKind
from wiring.bootstrap import Office

_SHORT: Final = 8
_LEAST: Final = 4
_PAGES: Final = re.compile(r"([0-9]{1,4})(?:\s*-\s*([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was typed about a copy."""

    form: str
    name: str
    pages: str
    decided_by: str

    def order(self, name: str = "") -> CopyOrder:
        """Reads it.

        Raises:
            WrongUsageError: no such form, or the pages cannot be read.
        """
        if self.form not in set(CopyForm):
            raise WrongUsageError(f"Không có hình thức “{self.form}”. Có: {', '.join(CopyForm)}.")
        return CopyOrder(
            form=CopyForm(self.form),
            name=name or self.name,
            pages=read_pages(self.pages),
            decided_by=self.decided_by,
        )


def read_pages(typed: str) -> tuple[int, ...]:
    """Reads "1,3-5" as pages.

    Raises:
        WrongUsageError: it cannot be read so.
    """
    pages: list[int] = []
    for part in filter(None, (piece.strip() for piece in typed.split(","))):
        found = _PAGES.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if last < first:
            raise WrongUsageError(f"Không hiểu các trang “{typed}”. Viết như 1,3-5.")
        pages.extend(range(first, last + 1))
    return tuple(dict.fromkeys(pages))


@contextmanager
def _clerk(username: str, *, from_stdin: bool) -> Iterator[tuple[Office, Actor]]:
    with opened_office() as office:
        at = office.clock.now()
        actor, _ = sign_in_as(office.database, username, at=at, from_stdin=from_stdin)
        yield office, actor


def prepare_file(wish: Wish, path: Path, username: str, *, from_stdin: bool) -> None:
    """Prepares a copy of a PDF."""
    order, pdf = wish.order(), _read(path)
    with _clerk(username, from_stdin=from_stdin) as (office, actor):
        _tell(office, copy_file(office.desk, actor, order, pdf))


def prepare_scans(wish: Wish, paths: Sequence[Path], username: str, *, from_stdin: bool) -> None:
    """Prepares a copy of paper."""
    order, files = wish.order(), [_read(path) for path in paths]
    with _clerk(username, from_stdin=from_stdin) as (office, actor):
        _tell(office, copy_scans(office.desk, actor, order, files))


def prepare_directive(wish: Wish, key: str, username: str, *, from_stdin: bool) -> None:
    """Prepares a copy of a directive of the office."""
    with _clerk(username, from_stdin=from_stdin) as (office, actor):
        found = find_directive(office.database, key)
        order = wish.order(f"{found.doc_type} {title(found)}")
        _tell(office, copy_directive(office.desk, actor, order, found.id))


def prepare_annex(key: str, attachment: str, username: str, *, from_stdin: bool) -> None:
    """Prepares an attachment for the agency's signature in its own file.

    Raises:
        WrongUsageError: the directive has no attachment of that name.
    """
    with _clerk(username, from_stdin=from_stdin) as (office, actor):
        found = find_directive(office.database, key)
        with office.database.reading() as session:
            attached = attachments_of(session, session.get_one(Directive, found.id))
        named = {one.name: one.id for one in attached}
        if attachment not in named:
            there = ", ".join(named) or "không có tệp nào"
            raise WrongUsageError(f"Không có tệp đính kèm “{attachment}”. Có: {there}.")
        _tell(office, annex_of(office.desk, actor, found.id, named[attachment]))


def sign_one(typed: str, username: str, seen: str | None, *, from_stdin: bool) -> None:
    """Shows what will be signed, asks, lets the agency's key sign, and finishes.

    Raises:
        WrongUsageError: nobody can have seen the file, or it waits for no signature.
    """
    if from_stdin and seen is None:
        raise WrongUsageError("Dùng --stdin thì phải có --sha256 của bản đã xem.")
    with _clerk(username, from_stdin=from_stdin) as (office, actor):
        with office.database.reading() as session:
            paper = _find(session, typed)
            kind = next_kind(session, paper)
        _echo(_facts(paper))
        if kind is None:
            raise WrongUsageError(f"“{paper.name}” {state_words(paper)}; không chờ chữ ký nào.")
        if not from_stdin:
            own = kind is SignatureKind.APPROVAL
            be_sure(f"Ký bằng khoá của {'đồng chí' if own else 'cơ quan'}?")
        pin = ask_secret("Mã PIN", from_stdin=from_stdin)
        digest = seen.strip().lower() if seen else waiting_file(paper) or ""
        sign_paper(office.desk, actor, paper.id, kind=kind, pin=pin, seen_sha256=digest)
        typer.echo("Đã ký.")
        _complete(office, paper.id)


def _complete(office: Office, paper_id: UUID) -> None:
    """The signature stands whatever the services do; what is missing comes later."""
    try:
        complete_paper(office.desk, paper_id)
    except UnavailableError as err:
        typer.echo(f"{err.diagnosis()} Hoặc chạy: trinhky copy finish", err=True)
        return
    with office.database.reading() as session:
        paper = session.get_one(Paper, paper_id)
    typer.echo(f"Đã gắn dấu thời gian, kiểm tra lại: đạt. SHA-256: {paper.signed_sha256}")


def finish_all() -> None:
    """Finishes what a kill or a silent service left."""
    with opened_office() as office:
        done = finish_papers(office.desk)
        with office.database.reading() as session:
            left = len(unfinished_papers(session))
    typer.echo(f"Đã hoàn tất {done}; còn chờ {left}.")


def list_all() -> None:
    """Prints papers, the newest first."""
    with opened_tables() as tables, tables.database.reading() as session:
        papers = session.scalars(select(Paper).order_by(Paper.created_at.desc()).limit(200)).all()
    for one in papers:
        _echo([f"{str(one.id)[:_SHORT]}  {kind_words(one)}: {one.name}  {state_words(one)}"])
    if not papers:
        typer.echo("Chưa có bản sao, phụ lục nào.")


def show_one(typed: str, save: Path | None) -> None:
    """Prints what is known of a paper; writes its file where that is wanted."""
    with opened_office() as office:
        with office.database.reading() as session:
            paper = _find(session, typed)
        _echo(_facts(paper))
        if save is not None:
            with archive_wrapped():
                content = office.desk.archive.get(waiting_file(paper) or paper.source_sha256)
            _write(save, content)


def _tell(office: Office, paper_id: UUID) -> None:
    with office.database.reading() as session:
        paper = session.get_one(Paper, paper_id)
    _echo(_facts(paper))
    short = str(paper_id)[:_SHORT]
    _echo([f"Việc tiếp theo: xem lại (trinhky copy show {short} --save TỆP.pdf), rồi ký."])


def _facts(paper: Paper) -> Iterator[str]:
    yield f"Mã: {paper.id}"
    yield f"{kind_words(paper)}: {paper.name}"
    yield from (f"{label}: {value}" for label, value in facts_of(paper))
    yield from (f"Cảnh báo: {warning}" for warning in warnings_of(paper))


def _find(session: Session, typed: str) -> Paper:
    """The one paper that begins so.

    Raises:
        WrongUsageError: none, or several.
    """
    begin = typed.strip().lower().replace("-", "")
    found = [
        one
        for one in session.scalars(select(Paper))
        if len(begin) >= _LEAST and one.id.hex.startswith(begin)
    ]
    if len(found) != 1:
        many = f"có {len(found)} mã bắt đầu như vậy" if found else "không có mã nào như vậy"
        raise WrongUsageError(f"“{typed}”: {many}. Xem: trinhky copy list")
    return found[0]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as err:
        raise FileUnreadableError(str(path), there=path.exists()) from err


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as err:
        raise FileUnreadableError(str(path), there=True) from err
    _echo([f"Đã ghi {path}"])


def _echo(lines: Iterator[str] | Sequence[str]) -> None:
    for line in lines:
        typer.echo(visible(line))
