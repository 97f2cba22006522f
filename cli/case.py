"""One directive, or all of them, on a terminal: looks only."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import verify_events_of
from actions.desk import local_day
from actions.dossier import write_dossier
from actions.freezing import draft_page
from actions.legal_steps import STANDS_WORDS, LegalStep, legal_steps
from actions.ordering import state_words, title_of
from actions.progress import TimelineEntry, next_steps, timeline, work_for
from actions.signatures import timestamp_words
from actions.trying import archive_wrapped
from cli.acting import sign_in_as
from cli.errors import DirectiveUnclearError, FileUnreadableError
from cli.opening import opened_office, opened_tables
from cli.usage import WrongUsageError
from cli.visible import visible
from models.directive import Directive
from models.lifecycle import DirectiveState
from models.officer import Officer
from models.session import Database
from signing.words import say_time
from wiring.bootstrap import Office

SHORT = 8
"""Characters of an identifier that are shown in lists."""
LEAST = 4
"""Characters of an identifier that may be typed for it."""
_IN_MEMORY = 2_000_000
"""Bytes of a dossier that stay out of the file system until it is whole."""


def find_directive(database: Database, typed: str) -> Directive:
    """Returns the directive that was meant by a number, an identifier or its beginning.

    Raises:
        DirectiveUnclearError: none is meant, or several.
    """
    with database.reading() as session:
        found = [session.get_one(Directive, key) for key in _meant(session, typed)]
    if len(found) != 1:
        raise DirectiveUnclearError(typed, tuple(f"{title(one)} ({one.id})" for one in found))
    return found[0]


def _meant(session: Session, typed: str) -> list[uuid.UUID]:
    wanted = typed.strip().casefold()
    rows = session.execute(select(Directive.id, Directive.number_text)).all()
    numbered = [key for key, number in rows if number and number.casefold() == wanted]
    if numbered or len(wanted) < LEAST:
        return numbered
    return [key for key, _ in rows if str(key).startswith(wanted) or key.hex == wanted]


def title(directive: Directive) -> str:
    """Returns the number, or a word where there is none yet."""
    return title_of(directive)


def list_cases(state: str | None, limit: int) -> None:
    """Prints directives, the one changed last first.

    Raises:
        WrongUsageError: there is no such state.
    """
    if state is not None and state not in set(DirectiveState):
        raise WrongUsageError(f"Không có trạng thái “{state}”. Có: {', '.join(DirectiveState)}.")
    query = select(Directive).order_by(Directive.updated_at.desc()).limit(limit)
    if state is not None:
        query = query.where(Directive.state == state)
    with opened_tables() as tables, tables.database.reading() as session:
        lines = [line for one in session.scalars(query) for line in _row(session, one)]
    typer.echo("\n".join(map(visible, lines)) if lines else "Không có văn bản nào.")


def _row(session: Session, directive: Directive) -> Iterator[str]:
    yield f"{str(directive.id)[:SHORT]}  {title(directive)}  {state_words(directive)}"
    yield f"          {directive.doc_type}: {directive.subject}"
    yield from (f"          {step.words}" for step in next_steps(session, directive))


def show_case(typed: str) -> None:
    """Prints what is known of one directive."""
    with opened_tables() as tables:
        directive = find_directive(tables.database, typed)
        with tables.database.reading() as session:
            people = {one.id: one.name for one in session.scalars(select(Officer))}
            fresh = session.get_one(Directive, directive.id)
            steps = next_steps(session, fresh)
            happened = timeline(session, directive.id)
            legal = legal_steps(session, fresh, happened, steps)
            record = verify_events_of(session, "directive", str(directive.id))
            lacking = timestamp_words(session, directive.id)
    lines = [
        *facts(directive, people),
        *([f"Dấu thời gian: {lacking}"] if lacking else ()),
        *(f"Việc tiếp theo: {step.words}" for step in steps),
        "Các bước:",
        *(_legal(step) for step in legal),
        "Diễn biến:",
        *(line for entry in happened for line in _happened(entry)),
        f"Nhật ký: {record.reason}",
    ]
    typer.echo("\n".join(map(visible, lines)))


def _legal(step: LegalStep) -> str:
    done = f"{step.count}/{step.total}" if step.count is not None else STANDS_WORDS[step.stands]
    told = [step.words, done, step.actor, say_time(step.at) if step.at else ""]
    return "  " + " | ".join(one for one in told if one)


def facts(directive: Directive, people: dict[str, str]) -> Iterator[str]:
    """Yields what identifies a directive and who has to do with it, a line each."""
    pairs = (
        ("Mã", str(directive.id)),
        ("Số, ký hiệu", directive.number_text or f"chưa có ({directive.symbol})"),
        ("Tên loại", directive.doc_type),
        ("Trích yếu", directive.subject),
        ("Trạng thái", f"{state_words(directive)}, bản {directive.revision}"),
        ("Người soạn thảo", people.get(directive.drafter_id)),
        ("Kiểm tra nội dung", people.get(directive.content_reviewer_id or "")),
        ("Kiểm tra thể thức", people.get(directive.form_reviewer_id or "")),
        ("Người ký", people.get(directive.signatory_id or "")),
        ("SHA-256 bản để ký", directive.frozen_sha256),
        ("SHA-256 bản đã ký", directive.signed_sha256),
        ("SHA-256 bản đã đóng dấu", directive.sealed_sha256),
    )
    return (f"{label}: {value}" for label, value in pairs if value)


def _happened(entry: TimelineEntry) -> Iterator[str]:
    yield f"  {say_time(entry.at)} | {entry.actor} | {entry.words}"
    reason = entry.detail.get("reason")
    if reason:
        yield f"    Lý do: {reason}"
    missing = entry.detail.get("without_timestamp")
    if missing and entry.outcome == "done":
        yield f"    Chưa có dấu thời gian ({missing})."


def show_next(typed: str) -> None:
    """Prints the steps that one directive waits for."""
    with opened_tables() as tables:
        directive = find_directive(tables.database, typed)
        for words in step_words(tables.database, directive):
            typer.echo(visible(words))


def step_words(database: Database, directive: Directive) -> list[str]:
    """Returns a sentence for each step that the directive waits for now."""
    with database.reading() as session:
        fresh = session.get_one(Directive, directive.id)
        return [step.words for step in next_steps(session, fresh)]


def show_work(username: str | None, *, from_stdin: bool) -> None:
    """Prints everything that waits for an officer.

    Raises:
        WrongUsageError: nobody was named.
        SignInRefusedError: the officer could not be signed in.
    """
    if username is None:
        raise WrongUsageError("Nêu VĂN_BẢN, hoặc --as TÊN_ĐĂNG_NHẬP để xem việc của một người.")
    with opened_tables() as tables:
        at = tables.clock.now()
        actor, _ = sign_in_as(tables.database, username, at=at, from_stdin=from_stdin)
        with tables.database.reading() as session:
            items = work_for(session, actor.id, local_day(at))
    for item in items:
        short = str(item.directive_id)[:SHORT]
        typer.echo(visible(f"{short}  {item.title}  {item.words}  {item.doc_type}: {item.subject}"))
    if not items:
        typer.echo("Không có việc nào đang chờ.")


def save_page(typed: str, target: Path) -> None:
    """Writes the current document of a directive: sealed, signed, frozen, else the draft.

    Raises:
        FileUnreadableError: the file cannot be written.
        UnavailableError: the archive does not answer.
    """
    with opened_office() as office:
        content = _page(office, find_directive(office.database, typed))
    try:
        target.write_bytes(content)
    except OSError as error:
        raise FileUnreadableError(str(target), there=True) from error
    typer.echo(f"Đã ghi {visible(str(target))}")


def save_dossier(typed: str, target: Path) -> None:
    """Writes the dossier of evidence of a directive.

    Raises:
        FileUnreadableError: the file cannot be written.
        UnavailableError: the archive does not answer.
    """
    with opened_office() as office, SpooledTemporaryFile(max_size=_IN_MEMORY) as whole:
        write_dossier(office.desk, find_directive(office.database, typed).id, whole)
        whole.seek(0)
        try:
            with target.open("wb") as out:
                copyfileobj(whole, out)
        except OSError as error:
            raise FileUnreadableError(str(target), there=True) from error
    typer.echo(f"Đã ghi {visible(str(target))}")


def _page(office: Office, directive: Directive) -> bytes:
    stored = directive.sealed_sha256 or directive.signed_sha256 or directive.frozen_sha256
    if stored is None:
        return draft_page(office.desk, directive.id)
    with archive_wrapped():
        return office.desk.archive.get(stored)
