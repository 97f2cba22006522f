"""What `trinhky incoming …` does."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import Actor
from actions.desk import local_day
from actions.errors import InvalidInputError, NotFoundError, Problem
from actions.incoming.accepting import accept, refuse
from actions.incoming.assigning import Handler, assign
from actions.incoming.handling import assignments_of, begin, finish, handles
from actions.incoming.numbers import set_start
from actions.incoming.recalling import agree as agree_to
from actions.incoming.recalling import refuse_request
from actions.incoming.replying import Answer, reply
from actions.incoming.showing import FILTERS, list_papers, whole_paper
from actions.incoming.words import (
    ASSIGNMENT_WORDS,
    FILE_VERDICT_WORDS,
    REQUEST_WORDS,
    STATE_WORDS,
    number_words,
)
from cli.acting import sign_in_as
from cli.errors import FileUnreadableError
from cli.opening import opened_office
from cli.usage import WrongUsageError
from delivery.names import ascii_file_name
from models.incoming import IncomingAssignment, IncomingDocument, IncomingRequest

if TYPE_CHECKING:
    from wiring.bootstrap import Office

_LEAST: Final = 4
"""Letters of an identifier that must be typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Facts of a reply as they were typed."""

    number: str
    symbol: str
    subject: str
    day: str


def list_papers_of(which: str) -> None:
    """Lists papers under a filter.

    Raises:
        WrongUsageError: no such filter.
    """
    if which not in FILTERS or which == "cua-toi":
        raise WrongUsageError(f"--filter không có giá trị “{which}”.")
    with opened_office() as office, office.database.reading() as session:
        rows = list_papers(session, officer_id="", at=office.clock.now())
    found = [one for one in rows if which in one.filters]
    for one in found:
        paper = one.document
        late = f" QUÁ HẠN {one.due:%d/%m/%Y}" if one.late and one.due else ""
        number = number_words(paper.number) or "–"
        typer.echo(
            f"{str(paper.id)[:8]}  {number:>4}  {paper.number_symbol or 'không số'}  "
            f"{paper.sender_name}: {paper.subject[:80]}  [{STATE_WORDS[paper.state]}]{late}"
        )
    if not found:
        typer.echo("Không có văn bản nào.")


def show_paper(key: str, folder: Path | None) -> None:
    """Shows one paper; saves its files where a folder is named."""
    with opened_office() as office:
        with office.database.reading() as session:
            paper = _found(session, key)
            whole = whole_paper(session, paper.id, officer_id="", at=office.clock.now())
        _echo(
            f"Mã: {paper.id}",
            f"Số đến: {number_words(paper.number) or '–'}"
            + (f"/{paper.year}" if paper.year else ""),
            f"Nơi gửi: {paper.sender_name}",
            f"Văn bản: {paper.doc_type} {paper.number_symbol} {paper.subject}",
            f"Trạng thái: {STATE_WORDS[paper.state]}",
            *(f"Cần chú ý: {said}" for said in paper.warnings),
            *(
                f"Tệp {one['name']}: {FILE_VERDICT_WORDS[one['verdict']]}. {one['sentence']}"
                for one in paper.files
            ),
            *(
                f"{'Chủ trì' if one.leads else 'Phối hợp'}: {whole.names[one.id]}"
                + (f", hạn {one.due:%d/%m/%Y}" if one.due else "")
                + f": {ASSIGNMENT_WORDS[one.state]}"
                for one in whole.assignments
            ),
            *(
                f"Nơi gửi đề nghị {REQUEST_WORDS[one.kind]}: {one.reason}"
                for one in whole.requests
                if one.state == "asked"
            ),
        )
        if folder is not None:
            _save(office, paper, folder)


def accept_paper(key: str, username: str, *, note: str, to: str | None, from_stdin: bool) -> None:
    """Accepts a paper and says its number."""
    with _doing(key, username, from_stdin) as (office, actor, paper):
        number = accept(office.desk, actor, paper.id, note=note, presented_to=to)
    _echo(f"Đã tiếp nhận, số đến {number_words(number)}.")


def refuse_paper(key: str, username: str, *, reason: str, from_stdin: bool) -> None:
    """Refuses a paper."""
    with _doing(key, username, from_stdin) as (office, actor, paper):
        refuse(office.desk, actor, paper.id, reason=reason)
    _echo("Đã trả lại; nơi gửi được báo lý do.")


def assign_paper(
    key: str,
    username: str,
    *,
    lead: str,
    beside: Sequence[str],
    opinion: str,
    from_stdin: bool,
) -> None:
    """Assigns a paper."""
    handlers = [_handler(one) for one in (lead, *beside)]
    with _doing(key, username, from_stdin) as (office, actor, paper):
        assign(
            office.desk, actor, paper.id, opinion=opinion, lead=handlers[0],
            coordinating=handlers[1:],
        )  # fmt: skip
    _echo("Đã phân công.")


def begin_part(key: str, username: str, *, from_stdin: bool) -> None:
    """Begins the officer's own part."""
    with _doing(key, username, from_stdin) as (office, actor, paper):
        begin(office.desk, actor, _part(office, actor, paper).id)
    _echo("Đã bắt đầu giải quyết.")


def finish_part(key: str, username: str, *, result: str, from_stdin: bool) -> None:
    """Finishes the officer's own part."""
    with _doing(key, username, from_stdin) as (office, actor, paper):
        whole = finish(office.desk, actor, _part(office, actor, paper).id, result=result)
    _echo("Văn bản đã giải quyết xong." if whole else "Đã báo xong phần việc phối hợp.")


def send_reply(key: str, username: str, file: Path, typed: Typed, *, from_stdin: bool) -> None:
    """Sends a signed file back.

    Raises:
        FileUnreadableError: there is no such file.
    """
    try:
        content = file.read_bytes()
    except OSError as err:
        raise FileUnreadableError(str(file), there=file.exists()) from err
    with _doing(key, username, from_stdin) as (office, actor, paper):
        answer = Answer(
            number=typed.number, symbol=typed.symbol, subject=typed.subject,
            day=_day(typed.day) or local_day(office.clock.now()), file_name=file.name,
        )  # fmt: skip
        reply(office.desk, actor, paper.id, answer, content)
    _echo("Chữ ký đạt; văn bản trả lời đã vào hàng gửi.")


def answer_request(key: str, username: str, *, agree: bool, reason: str, from_stdin: bool) -> None:
    """Answers the oldest request of the sender that waits.

    Raises:
        NotFoundError: none waits.
    """
    with _doing(key, username, from_stdin) as (office, actor, paper):
        with office.database.reading() as session:
            waiting = session.scalars(
                select(IncomingRequest)
                .where(IncomingRequest.document_id == paper.id, IncomingRequest.state == "asked")
                .order_by(IncomingRequest.asked_at)
            ).first()
        if waiting is None:
            raise NotFoundError("đề nghị đang chờ của nơi gửi về", paper.number_symbol)
        if agree:
            agree_to(office.desk, actor, waiting.id, note=reason)
        else:
            refuse_request(office.desk, actor, waiting.id, reason=reason)
    words = REQUEST_WORDS[waiting.kind]
    _echo(f"Đã {'đồng ý' if agree else 'từ chối'} {words}; nơi gửi được báo.")


def start_series(year: int, number: int, username: str, *, from_stdin: bool) -> None:
    """Sets the first number of a year."""
    with opened_office() as office:
        actor, _ = sign_in_as(
            office.database, username, at=office.clock.now(), from_stdin=from_stdin
        )
        set_start(office.desk, actor, year=year, number=number)
    _echo(f"Số đến năm {year} ở đây bắt đầu từ {number_words(number)}.")


@contextmanager
def _doing(
    key: str,
    username: str,
    from_stdin: bool,  # noqa: FBT001 (the three are handed on together)
) -> Iterator[tuple["Office", Actor, IncomingDocument]]:
    with opened_office() as office:
        actor, _ = sign_in_as(
            office.database, username, at=office.clock.now(), from_stdin=from_stdin
        )
        with office.database.reading() as session:
            paper = _found(session, key)
        yield office, actor, paper


def _found(session: Session, key: str) -> IncomingDocument:
    """Returns the paper by số đến (`12`, `12/2026`) or by the beginning of its identifier.

    Raises:
        NotFoundError: none, or several.
    """
    number, _, year = key.partition("/")
    if number.isdigit() and len(number) < _LEAST + 4 and (not year or year.isdigit()):
        query = select(IncomingDocument).where(IncomingDocument.number == int(number))
        if year:
            query = query.where(IncomingDocument.year == int(year))
        found = session.scalars(query.order_by(IncomingDocument.year.desc())).first()
        if found is not None:
            return found
    if len(key) >= _LEAST:
        plain = key.replace("-", "").lower()
        known = session.scalars(select(IncomingDocument.id)).all()
        matching = [one for one in known if one.hex.startswith(plain)]
        if len(matching) == 1:
            return session.get_one(IncomingDocument, matching[0])
    raise NotFoundError("văn bản đến", key)


def _part(office: "Office", actor: Actor, paper: IncomingDocument) -> IncomingAssignment:
    with office.database.reading() as session:
        day = local_day(office.clock.now())
        mine = [
            one
            for one in assignments_of(session, paper.id)
            if one.state != "done" and handles(session, actor.id, one, day)
        ]
    if not mine:
        raise NotFoundError("phần việc đang chờ của", actor.name)
    return mine[0]


def _handler(typed: str) -> Handler:
    who, _, due = typed.partition("=")
    if who.startswith("unit:"):
        return Handler(organisation_id=who.removeprefix("unit:"), due=_day(due))
    return Handler(officer_id=who, due=_day(due))


def _day(typed: str) -> date | None:
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as err:
        said = f"“{typed}” không phải là ngày. Ghi dạng 2026-12-01."
        raise InvalidInputError(Problem(place="Ngày", reason=said)) from err


def _save(office: "Office", paper: IncomingDocument, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for at, one in enumerate(paper.files, 1):
        # The sender's name is never a path; the number keeps two of one name apart.
        target = folder / f"{at:02d}-{ascii_file_name(one['name'])}"
        target.write_bytes(office.desk.archive.get(one["sha256"]))
        typer.echo(f"Đã ghi {target}")


def _echo(*lines: str) -> None:
    for line in lines:
        typer.echo(line)
