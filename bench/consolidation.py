"""`python -m bench.consolidation`: one report out of 10, 100 and 1,000 reports of units.

Told is the time to read the answers (SQLite), to set the PDF and to write the workbook; the peer is
the same rows written by plain openpyxl in its write-only mode, in the same run. The last line
printed is a JSON object with the ratios and the growth.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from openpyxl import Workbook
from sqlalchemy import insert

from actions.consolidating import consolidated_input
from bench.tables import milliseconds, ratio, show
from documents.consolidate import (
    ConsolidatedInput,
    consolidated_pdf,
    consolidated_workbook,
)
from models.base import DirectiveId
from models.directive import Directive
from models.migrating import upgrade
from models.obligation import Obligation
from models.officer import Officer
from models.organisation import Office, Organisation
from models.report import Report, ReportedObligation, ReportForm
from models.session import Database
from wiring.settings import TINOS

AT: Final = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
OWN: Final = "ban"
LINES: Final = 3
"""Lines that each unit answers, beside one row of figures."""
SIZES: Final = (10, 100, 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Median seconds of each part."""

    read: float
    pdf: float
    workbook: float
    peer: float

    @property
    def whole(self) -> float:
        """Everything that a consolidation does."""
        return self.read + self.pdf + self.workbook


def main(arguments: Sequence[str]) -> int:
    """Runs it; exit status 0."""
    parser = argparse.ArgumentParser(prog="bench.consolidation", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each size (3)")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="reports")
    given = parser.parse_args(arguments)
    found = {size: measure(size, given.rounds) for size in given.sizes}
    rows = [
        [str(size), *map(milliseconds, (one.read, one.pdf, one.workbook, one.peer)),
         ratio(one.workbook / one.peer)]
        for size, one in found.items()
    ]  # fmt: skip
    sys.stdout.write(show(
        "Consolidation, milliseconds",
        ("reports", "read", "PDF", "XLSX", "plain openpyxl", "XLSX over it"), rows,
    ))  # fmt: skip
    sys.stdout.write("\n" + json.dumps(_ratios(found)) + "\n")
    return 0


def _ratios(found: dict[int, Taken]) -> dict[str, float]:
    first, last = min(found), max(found)
    growth = (found[last].whole / last) / (found[first].whole / first)
    return {
        "workbook_vs_openpyxl": round(found[last].workbook / found[last].peer, 2),
        f"per_report_{last}_over_{first}": round(growth, 2),
        "seconds": round(found[last].whole, 2),
    }


def measure(size: int, rounds: int) -> Taken:
    """Returns the medians for so many reports."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        upgrade(database.engine)
        key = fill(database, size)
        times: dict[str, list[float]] = {"read": [], "pdf": [], "workbook": [], "peer": []}
        for _ in range(rounds):
            report = _timed(times["read"], lambda: _read(database, key))
            _timed(times["pdf"], lambda report=report: consolidated_pdf(report, fonts=TINOS))
            _timed(times["workbook"], lambda report=report: consolidated_workbook(report))
            _timed(times["peer"], lambda report=report: plain(report))
        database.close()
    return Taken(**{name: median(taken) for name, taken in times.items()})


def _read(database: Database, key: DirectiveId) -> ConsolidatedInput:
    with database.reading() as session:
        return consolidated_input(session, session.get_one(Directive, key), AT)


def _timed(into: list[float], work: Any) -> Any:  # noqa: ANN401 (whatever the work gives)
    began = perf_counter()
    made = work()
    into.append(perf_counter() - began)
    return made


def plain(report: ConsolidatedInput) -> bytes:
    """The same rows by plain openpyxl, write-only: no styles, no widths, no chart."""
    book = Workbook(write_only=True)
    answers, standing = book.create_sheet("Kết quả"), book.create_sheet("Tình trạng")
    for one in report.units:
        standing.append([one.unit, one.obligation, one.deadline, str(one.due), one.state])
        for line in one.answers:
            answers.append([one.unit, one.obligation, line.label, line.value, line.source.name,
                            line.source.place, line.source.sha256_hex])  # fmt: skip
    for table in report.figures:
        sheet = book.create_sheet(table.obligation)
        for row in table.page_rows():
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill(database: Database, units: int) -> DirectiveId:
    """Writes a directive that so many units were given, each of which has reported."""
    key = DirectiveId(uuid.uuid4())
    form = uuid.uuid4()
    with database.writing() as session:
        names = [OWN, *(f"xa-{at}" for at in range(units))]
        session.execute(insert(Organisation), [
            {"id": name, "name": f"Ủy ban nhân dân {name}", "aliases": [], "regime": "state",
             "channel": "smtp", "address": f"{name}@donvi.example", "valid_from": date(2020, 1, 1)}
            for name in names
        ])  # fmt: skip
        session.add(Office(id=1, organisation_id=OWN, mailbox="vanthu@ban.example"))
        session.add(Officer(id="soan", name="Nguyễn Thị Soạn"))
        session.flush()
        session.add(Directive(
            id=key, organisation_id=OWN, regime="state", doc_type="Kế hoạch", subject="Báo cáo",
            symbol="KH-UBND", state="issued", drafter_id="soan", number=96,
            number_text="96/KH-UBND", issue_date=date(2026, 9, 1), created_at=AT, updated_at=AT,
            issued_at=AT - timedelta(days=60),
        ))  # fmt: skip
        session.flush()
        session.add(ReportForm(
            id=form, directive_id=key, task_ref="R1", title="Kết quả mở lớp",
            columns=[{"key": "lop", "title": "Số lớp", "kind": "integer", "sum": True}],
            created_by="soan", created_at=AT,
        ))  # fmt: skip
        session.flush()
        owed, reports, links = _rows(key, form, names[1:])
        session.execute(insert(Obligation), owed)
        session.execute(insert(Report), reports)
        session.execute(insert(ReportedObligation), links)
    return key


def _rows(
    key: DirectiveId, form: uuid.UUID, units: Sequence[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    owed, reports, links = [], [], []
    for at, unit in enumerate(units):
        obligation, report = uuid.uuid4(), uuid.uuid4()
        owed.append({
            "id": obligation, "directive_id": key, "task_ref": "R1", "organisation_id": unit,
            "leads": True, "what": "Báo cáo", "sentence": "Các đơn vị báo cáo trước 31/10/2026.",
            "is_report": True, "kind": "before_date", "due": date(2026, 10, 30), "computed": "",
            "flags": [], "state": "accepted", "opened_at": AT, "reported_at": AT,
        })  # fmt: skip
        reports.append({
            "id": report, "directive_id": key, "organisation_id": unit, "via": "upload",
            "file_name": f"bao-cao-{unit}.pdf", "document_sha256": f"{at:064x}",
            "answers": [
                {"label": f"Chỉ tiêu {n}", "value": f"{at + n}", "source": "trang 2"}
                for n in range(LINES)
            ],
            "verdict": "passed", "verification": {}, "state": "accepted", "received_at": AT,
            "figures": {"form": str(form), "rows": [{"lop": at}]},
        })  # fmt: skip
        links.append({"report_id": report, "obligation_id": obligation})
    return owed, reports, links


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
