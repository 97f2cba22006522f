"""Whether the portal lives, whether it can work, and plain figures for Prometheus."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import APIRouter
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import InstrumentedAttribute, Session
from starlette.responses import JSONResponse, PlainTextResponse, Response

from models.audit import AuditHead
from models.directive import Directive
from models.dispatch import Consignment, Notice
from models.obligation import Obligation
from models.organisation import Office
from models.outbox import OutboxRow
from models.report import Report
from portal.context import ThePortal

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
_COUNTED: Sequence[tuple[str, str, InstrumentedAttribute[Any]]] = (
    ("trinhky_directives", "Directives by state.", Directive.state),
    ("trinhky_consignments", "Consignments by state.", Consignment.state),
    ("trinhky_notices", "Notices by state.", Notice.state),
    ("trinhky_obligations", "Obligations by state.", Obligation.state),
    ("trinhky_reports", "Reports of units by state.", Report.state),
    ("trinhky_outbox_rows", "Outbox rows by state.", OutboxRow.state),
)

router = APIRouter()


@router.get("/healthz", tags=["operation"])
async def alive() -> dict[str, str]:
    """Answers while the process lives."""
    return {"status": "ok"}


@router.get("/readyz", tags=["operation"])
def ready(portal: ThePortal) -> JSONResponse:
    """Answers 200 when the database can be read and an office is loaded, else 503."""
    try:
        with portal.database.reading() as session:
            session.execute(text("SELECT 1"))
            loaded = session.get(Office, 1) is not None
    except SQLAlchemyError:
        return JSONResponse({"status": "unavailable", "database": False}, 503)
    status = "ok" if loaded else "no_office"
    return JSONResponse({"status": status, "database": True}, 200 if loaded else 503)


@router.get("/metrics", tags=["operation"], response_class=PlainTextResponse)
def metrics(portal: ThePortal) -> Response:
    """Returns figures of the office; no names, no contents."""
    with portal.database.reading() as session:
        lines = list(_lines(session))
    return PlainTextResponse("\n".join(lines) + "\n", media_type=PROMETHEUS)


def _lines(session: Session) -> Iterator[str]:
    for name, meaning, column in _COUNTED:
        yield f"# HELP {name} {meaning}"
        yield f"# TYPE {name} gauge"
        counted = select(column, func.count()).group_by(column).order_by(column)
        if column is Consignment.state:
            counted = counted.where(Consignment.rerouted_to_id.is_(None))
        for state, count in session.execute(counted):
            yield f'{name}{{state="{state}"}} {count}'
    yield "# HELP trinhky_audit_events_total Events of the audit trail."
    yield "# TYPE trinhky_audit_events_total counter"
    head = session.get(AuditHead, 1)
    yield f"trinhky_audit_events_total {head.sequence if head else 0}"
