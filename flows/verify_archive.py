"""Reads the whole archive and the whole audit trail again: nothing damaged, missing or changed."""

from prefect import flow, get_run_logger, task
from sqlalchemy import select

from actions.auditing import verify_chain
from flows._office import this_office
from models.directive import Document
from wiring.errors import ArchiveUnsoundError


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


@flow(name="verify-archive", description="Kiểm tra toàn vẹn kho lưu trữ và nhật ký.")
def verify_archive() -> str:
    """Fails with what was found, so that operators see it.

    Raises:
        ArchiveUnsoundError: something was damaged, lost, added or changed.
    """
    problems = (*check_archive(), *check_audit())
    if problems:
        raise ArchiveUnsoundError(problems)
    get_run_logger().info("Kho lưu trữ và nhật ký còn nguyên vẹn.")
    return "Kho lưu trữ và nhật ký còn nguyên vẹn."
