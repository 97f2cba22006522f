"""Looks after the archive each night: bytes, audit trail, verdicts, time stamps."""

from prefect import flow, get_run_logger, task
from sqlalchemy import select

from actions.auditing import verify_chain
from flows._office import this_office
from flows._recording import recorded
from models.directive import Document
from wiring.errors import ArchiveUnsoundError
from wiring.renewal import add_timestamps, care_for_documents

SOUND = "Kho lưu trữ và nhật ký còn nguyên vẹn."


@task
def check_archive() -> tuple[str, ...]:
    """Reads every stored object; names what is damaged, foreign or missing."""
    office = this_office()
    with office.database.reading() as session:
        expected = set(session.scalars(select(Document.sha256)))
    return tuple(
        f"{finding.kind} {finding.sha256_hex or finding.detail}"
        for finding in office.desk.archive.verify(expected)
    )


@task
def check_audit() -> tuple[str, ...]:
    """Recomputes the chain of the audit trail."""
    with this_office().database.reading() as session:
        report = verify_chain(session)
    return () if report.broken_at is None else (report.reason,)


@task
def add_missing() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Adds time stamps that are missing; returns what was done, and what waits."""
    report = add_timestamps(this_office())
    return report.sentences(), report.waiting


@task
def judge_documents() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Judges what is due and renews; returns what was done, and what a person must see to."""
    report = care_for_documents(this_office())
    return report.sentences(), tuple(report.problems)


@recorded
@flow(
    name="verify-archive",
    description="Kiểm tra kho lưu trữ, nhật ký; kiểm tra lại chữ ký và gia hạn dấu thời gian.",
)
def verify_archive() -> str:
    """Fails with what was found, so that operators see it; returns what was done, in words.

    Raises:
        ArchiveUnsoundError: something was damaged, lost, added or changed; a verdict got worse; a
            time stamp could not be added or renewed.
    """
    log = get_run_logger()
    broken = (*check_archive(), *check_audit())
    added, waiting = add_missing()
    judged, problems = judge_documents()
    for line in (*added, *judged):
        log.info(line)
    return conclude((*broken, *waiting, *problems), (*added, *judged))


def conclude(problems: tuple[str, ...], done: tuple[str, ...]) -> str:
    """Returns what was done, in words.

    Raises:
        ArchiveUnsoundError: there is something that a person must see to.
    """
    if problems:
        raise ArchiveUnsoundError(problems)
    return "\n".join((SOUND, *done))
