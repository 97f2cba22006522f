"""Simulated units with a document system of their own: they read and write messages of QCVN 102."""

from datetime import datetime
from pathlib import Path
from typing import Final

from delivery.edxml.message import (
    DocumentMessage,
    EdxmlFile,
    EdxmlMessage,
    Party,
    ResponseFor,
    StatusMessage,
    SteeringType,
)
from delivery.edxml.reading import read_edxml
from delivery.edxml.writing import write_edxml
from models.organisation import Organisation
from wiring.stories.errors import StoryError
from wiring.stories.script import Answer, Status
from wiring.stories.stage import Stage

REPORT_SYMBOL: Final = "BC"


def send_status(stage: Stage, status: Status) -> None:
    """Lets a unit's system say how far a directive came there.

    Raises:
        StoryError: the unit has got nothing by QCVN 102.
    """
    unit, got = _unit(stage, status.unit), _received(stage, status.unit)
    message = StatusMessage(
        sender=_party(unit), response_for=_about(got), code=status.code,
        description=status.description, at=status.at,
    )  # fmt: skip
    _leave(stage, unit.id, message, f"status-{status.code}", status.at)


def send_report(stage: Stage, given: Answer, content: bytes, file_name: str) -> None:
    """Lets a unit's system send its report in answer to the directive that it got.

    Raises:
        StoryError: the unit has got nothing by QCVN 102.
    """
    unit, got = _unit(stage, given.unit), _received(stage, given.unit)
    message = DocumentMessage(
        sender=_party(unit),
        receivers=(got.sender,),
        document_id=f"{_organ(unit)},{given.at:%Y/%m/%d},{given.at:%d%H%M}/{REPORT_SYMBOL}",
        number=f"{given.at:%d%H%M}",
        notation=REPORT_SYMBOL,
        promulgation_date=given.at.date(),
        type_name="Báo cáo",
        subject=f"Kết quả thực hiện {got.code}",
        response_for=(_about(got),),
        steering=SteeringType.REPORT,
        files=(EdxmlFile(name=file_name, content=content),),
    )
    _leave(stage, unit.id, message, "report", given.at)


def _unit(stage: Stage, unit: str) -> Organisation:
    with stage.office.database.reading() as session:
        found = session.get(Organisation, unit)
    if found is None:
        raise StoryError(unit, "không có đơn vị này trong tệp cơ quan.")
    return found


def _received(stage: Stage, unit: str) -> DocumentMessage:
    """Returns the directive as it lies in the unit's own folder."""
    limit = stage.office.desk.size_limit_bytes
    for path in sorted(stage.edxml_sent.glob(f"*{unit}*/*.edxml")):
        if path.parent.name != unit:
            continue
        message = read_edxml(path.read_bytes(), size_limit_bytes=limit)
        if isinstance(message, DocumentMessage):
            return message
    raise StoryError(unit, "đơn vị chưa nhận được văn bản điện tử nào nên không trả lời được.")


def _about(got: DocumentMessage) -> ResponseFor:
    return ResponseFor(
        organ_id=got.sender.organ_id, code=got.code, document_id=got.document_id,
        promulgation_date=got.promulgation_date,
    )  # fmt: skip


def _organ(unit: Organisation) -> str:
    return unit.agency_id or unit.id


def _party(unit: Organisation) -> Party:
    return Party(organ_id=_organ(unit), name=unit.name)


def _leave(stage: Stage, unit: str, message: EdxmlMessage, what: str, at: datetime) -> None:
    """Puts a message where the office looks, and a copy where the story's reader does."""
    key = f"{unit}:{what}:{at.isoformat()}"
    raw = write_edxml(message, at=at, key=key)
    name = f"{unit}-{at:%Y%m%dT%H%M%S}-{what}.edxml"
    _write(stage.folder / "edxml" / "received" / name, raw)
    _write(stage.office.settings.edxml_inbox_folder / unit / name, raw)


def _write(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(raw)
    part.replace(path)
