"""A message that waits in a row is the same when it is sent."""

import hashlib
import json
from datetime import UTC, date, datetime

import pytest

from delivery.edxml.message import (
    Business,
    BusinessType,
    DocumentMessage,
    EdxmlFile,
    Party,
    Priority,
    ReceiverChange,
    Replacement,
    ResponseFor,
    Staff,
    StatusMessage,
    SteeringType,
)
from delivery.edxml.payload import from_payload, to_payload

PDF = EdxmlFile(name="bao-cao.pdf", content=b"%PDF-1.7 x", description="Báo cáo")
WHOLE = DocumentMessage(
    sender=Party(organ_id="000.00.00.H36", name="Sở A", email="a@a.example"),
    receivers=(Party(organ_id="000.00.01.H36"), Party(organ_id="000.00.02.H36")),
    document_id="000.00.00.H36,2026/11/02,12/BC-SA",
    number="12",
    notation="BC-SA",
    place="Đà Lạt",
    promulgation_date=date(2026, 11, 2),
    type_name="Báo cáo",
    subject="Kết quả thực hiện",
    competence="KT. GIÁM ĐỐC",
    position="PHÓ GIÁM ĐỐC",
    signer="Nguyễn Văn A",
    due=date(2026, 12, 1),
    to_places=("Như trên",),
    priority=Priority.VERY_URGENT,
    steering=SteeringType.REPORT,
    pages=3,
    appendixes=("Phụ lục 1",),
    response_for=(
        ResponseFor(organ_id="000.00.01.H36", code="96-HD/BTGTU", document_id="x",
                    promulgation_date=date(2026, 10, 1)),
    ),
    business=Business(
        type=BusinessType.REPLACE, reason="sai", staff=Staff(staff="B"),
        receivers=(ReceiverChange(organ_id="000.00.03.H36", added=True),),
        replacements=(Replacement(document_id="cũ", organ_ids=("000.00.01.H36",)),),
    ),
    traces=(("000.00.00.H36", datetime(2026, 11, 2, 3, tzinfo=UTC)), ("axis", None)),
    files=(PDF,),
)  # fmt: skip
DIGEST = hashlib.sha256(PDF.content).hexdigest()


def test_a_document_comes_back_from_json_with_its_files_by_digest() -> None:
    payload = json.loads(json.dumps(to_payload(WHOLE, digests=[DIGEST])))
    assert from_payload(payload, content_of={DIGEST: PDF.content}.__getitem__) == WHOLE


def test_a_status_comes_back_from_json() -> None:
    status = StatusMessage(
        sender=Party(organ_id="000.00.01.H36"),
        response_for=ResponseFor(organ_id="000.00.00.H36", code="12/BC-SA", document_id="y"),
        code="02",
        description="Không phải thẩm quyền",
        at=datetime(2026, 11, 3, 1, tzinfo=UTC),
    )
    payload = json.loads(json.dumps(to_payload(status)))
    assert from_payload(payload, content_of=lambda _digest: b"") == status


def test_a_file_without_digest_is_not_let_through() -> None:
    with pytest.raises(ValueError, match="shorter"):
        to_payload(WHOLE, digests=[])


def test_the_bytes_of_files_stay_out_of_the_row() -> None:
    assert "%PDF" not in json.dumps(to_payload(WHOLE, digests=[DIGEST]))
