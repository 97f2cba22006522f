"""The files that a story leaves, and its figures in `demo.json`."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.auditing import verify_chain
from actions.exporting import deliveries_csv, figures, obligations_csv
from actions.journey import journey, register_of
from documents.papers import register_paper, timeline_page
from models.report import Consolidation
from signing.policy import OFFICIAL
from signing.report import to_html
from wiring.bootstrap import make_trust
from wiring.clock import real_now
from wiring.stories.deeds import People
from wiring.stories.errors import StoryError
from wiring.stories.narrator import Narrator
from wiring.stories.reading import Reading
from wiring.stories.stage import Stage

FIGURES_FILE: Final = "demo.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a story."""

    figures: dict[str, Any]
    """The content of `demo.json`."""
    folder: Path
    reading: Reading


def leave_files(
    stage: Stage, people: People, reading: Reading, narrator: Narrator, *, seconds: float
) -> Outcome:
    """Writes every file of the contract and returns the figures.

    Raises:
        StoryError: the directive never came to its seal, or the audit chain is broken.
    """
    narrator.tell(stage.clock.now(), "Ghi các tệp kết quả và kiểm tra lại chữ ký, nhật ký.")
    files = Files(stage.folder)
    verdict = _paper(stage, people, files)
    with stage.office.database.reading() as session:
        _tables(stage, people, files, session)
        said = _figures(stage, people, session)
    for place, ending in (("mail", "eml"), ("folder", "eml"), ("edxml", "edxml")):
        for path in sorted((stage.folder / place).rglob(f"*.{ending}")):
            files.note(path)
    made: dict[str, Any] = {
        **said,
        "verdict": verdict,
        "read_right": reading.score,
        "seconds": round(seconds, 1),
        "files": files.digests,
    }
    written = json.dumps(made, ensure_ascii=False, indent=1)
    (stage.folder / FIGURES_FILE).write_text(written + "\n", encoding="utf-8")
    return Outcome(figures=made, folder=stage.folder, reading=reading)


class Files:
    """Writes files of the outcome and keeps their digests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.digests: dict[str, str] = {}

    def write(self, name: str, data: bytes) -> None:
        """Writes a file below the folder."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.note(path)

    def note(self, path: Path) -> None:
        """Keeps the digest of a file that is there already."""
        name = path.relative_to(self._folder).as_posix()
        self.digests[name] = hashlib.sha256(path.read_bytes()).hexdigest()


def _paper(stage: Stage, people: People, files: Files) -> str:
    """The sealed directive, judged today as anybody would; returns the verdict."""
    directive = people.row()
    if directive.sealed_sha256 is None:
        raise StoryError("kết quả", "văn bản chưa được đóng dấu khi kịch bản kết thúc.")
    office = stage.office
    pdf = office.desk.archive.get(directive.sealed_sha256)
    files.write("directive.pdf", pdf)
    root = stage.folder / "trust" / "root.pem"
    root.parent.mkdir(exist_ok=True)
    shutil.copyfile(stage.pki.root, root)
    files.note(root)
    report = office.sandbox.verify(
        pdf,
        name="directive.pdf",
        policy=OFFICIAL,
        trust=make_trust(office.settings, office.database),
        at=real_now(),
    )
    files.write("verification.html", to_html(report).encode())
    return report.verdict.value


def _tables(stage: Stage, people: People, files: Files, session: Session) -> None:
    at, directive_id = stage.clock.now(), people.directive_id
    issued = people.row().issue_date
    rows, head = register_of(session, issued.year if issued else at.year)
    files.write(
        "register.pdf", register_paper(rows, head=head, at=at, fonts=stage.office.desk.fonts)
    )
    files.write("deliveries.csv", deliveries_csv(session, directive_id))
    files.write("obligations.csv", obligations_csv(session, directive_id, at=at))
    files.write("timeline.html", timeline_page(journey(session, directive_id, at=at)).encode())
    made = session.scalars(
        select(Consolidation)
        .where(Consolidation.directive_id == directive_id)
        .order_by(Consolidation.at.desc())
    ).first()
    if made is not None:
        archive = stage.office.desk.archive
        files.write("consolidated.pdf", archive.get(made.pdf_sha256))
        files.write("consolidated.xlsx", archive.get(made.xlsx_sha256))


def _figures(stage: Stage, people: People, session: Session) -> dict[str, Any]:
    chain = verify_chain(session)
    if chain.broken_at is not None:
        raise StoryError("nhật ký", chain.reason)
    directive = people.row()
    counted = figures(session, people.directive_id, at=stage.clock.now())
    return {"number": directive.number_text, "state": directive.state, **counted}
