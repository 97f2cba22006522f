"""Copies in due form and annexes, from the file to the agency's signature on it."""

import hashlib
import io
import shutil
import subprocess
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata
from pyhanko.sign.signers import SimpleSigner, sign_pdf
from sqlalchemy.orm import Session

from actions.auditing import verify_chain
from actions.copying import annex_of, copy_directive, copy_file, copy_scans
from actions.errors import (
    InvalidInputError,
    NotAcceptedError,
    NotAuthorisedError,
    WrongStateError,
)
from actions.pages import attachments_of
from documents.copies import CopyForm
from models.base import DirectiveId
from models.directive import Directive, Document
from models.organisation import Office
from models.paper import Paper
from signing.marks.placing import ANNEX_FIELD, COPY_FIELD, moving_parts
from signing.outcome import VerificationReport
from signing.verdict import Verdict
from tests.support.front import Front
from tests.support.papers import certified, order, paper_of, plain_pdf, scan

_USAGE = x509.KeyUsage(
    digital_signature=True, content_commitment=True, key_encipherment=False,
    data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
    encipher_only=False, decipher_only=False,
)  # fmt: skip
BLOCK_TIME = "2022-09-20T08:00:00+07:00"


def judged(front: Front, pdf: bytes) -> VerificationReport:
    return front.desk.judge(pdf, "x", front.clock())


def page_texts(pdf: bytes) -> list[str]:
    """What can be read on each page, marks of signatures left out as in any reader."""
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return found


def block_text(pdf: bytes, depth_pt: float = 52) -> list[str]:
    """The lines at the top right of page 1 once marks are part of the page."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    page = document[0]
    pypdfium2.raw.FPDFPage_Flatten(page.raw, pypdfium2.raw.FLAT_PRINT)
    flat = io.BytesIO()
    document.save(flat)
    document.close()
    again = pypdfium2.PdfDocument(flat.getvalue())
    text: str = again[0].get_textpage().get_text_bounded(left=300, bottom=842 - depth_pt)
    again.close()
    return [line.strip() for line in text.splitlines() if line.strip()]


def attach(
    front: Front, key: DirectiveId, content: bytes, name: str = "Phu luc 1.pdf"
) -> uuid.UUID:
    digest = front.desk.archive.put(content)
    row = Document(
        id=uuid.uuid4(), directive_id=key, revision=1, kind="attachment", name=name,
        sha256=digest, size_bytes=len(content), created_at=front.clock(),
    )  # fmt: skip
    document_id = row.id
    front.change(lambda session: session.add(row))
    return document_id


def signed_by_a_stranger(pdf: bytes) -> bytes:
    """A signature whose certificate nobody here knows."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Người Lạ")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .add_extension(_USAGE, critical=True)
        .sign(key, hashes.SHA256())
    )
    bundle = pkcs12.serialize_key_and_certificates(b"", key, certificate, None, NoEncryption())
    signer = SimpleSigner.load_pkcs12_data(bundle, (), None)
    assert signer is not None
    meta = PdfSignatureMetadata(field_name="Nguoi", md_algorithm="sha256")
    out = sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer)
    return bytes(out.getvalue())


def test_a_copy_of_a_foreign_file_keeps_every_byte_and_bears_form_agency_and_time(
    one_front: Front,
) -> None:
    original = plain_pdf()
    paper_id = copy_file(one_front.desk, one_front.clerk, order(), original)
    pdf = certified(one_front, paper_id)
    assert pdf.startswith(original)
    assert block_text(pdf)[:3] == ["SAO Y (THỬ NGHIỆM)", "Ban Thử nghiệm Tỉnh ủy", BLOCK_TIME]
    report = judged(one_front, pdf)
    assert report.verdict is Verdict.PASSED
    assert [(one.field, one.level) for one in report.signatures] == [
        (COPY_FIELD, "B-LTA"),
        ("DauThoiGian1", "none"),
    ]
    claimed = report.signatures[0].claimed_time
    assert claimed is not None
    assert claimed.isoformat() == BLOCK_TIME
    paper = paper_of(one_front, paper_id)
    assert (paper.kind, paper.copy_form, paper.officer_id) == ("copy", "sao_y", "registry-clerk")
    assert paper.source_sha256 == hashlib.sha256(original).hexdigest()
    assert paper.details["how"] == "behind"
    assert "không có chữ ký số" in paper.details["warnings"][0]
    deeds = [event.deed for event in one_front.events(str(paper_id))]
    assert deeds == ["prepare_copy", "plan_sign_paper", "sign_paper", "complete_paper"]
    with one_front.desk.database.reading() as session:
        assert verify_chain(session).broken_at is None


def test_a_copy_of_our_own_directive_is_a_new_file_that_holds_the_original(
    sealed_front: Front, key: DirectiveId
) -> None:
    front = sealed_front
    paper_id = copy_directive(front.desk, front.clerk, order(), key)
    pdf = certified(front, paper_id)
    sealed = front.desk.archive.get(front.directive(key).sealed_sha256 or "")
    document = pypdfium2.PdfDocument(pdf)
    original = bytes(document.get_attachment(0).get_data())
    document.close()
    assert original == sealed
    assert judged(front, original).verdict is Verdict.PASSED
    assert [one.field for one in judged(front, pdf).signatures if one.kind == "signature"] == [
        COPY_FIELD
    ]
    assert judged(front, pdf).verdict is Verdict.PASSED
    text = page_texts(pdf)[0]
    assert "Các huyện ủy xây dựng kế hoạch" in text
    assert "BAN THỬ" in text  # the words of the seal, part of the page now
    assert block_text(pdf)[0] == "SAO Y (THỬ NGHIỆM)"
    paper = paper_of(front, paper_id)
    assert (paper.directive_id, paper.details["how"]) == (key, "pages")
    assert paper.details["warnings"] == []


def test_a_copy_of_a_copy_keeps_the_first_agency_s_signature(one_front: Front) -> None:
    front = one_front
    first = certified(front, copy_file(front.desk, front.clerk, order(), plain_pdf(top="40mm")))
    paper_id = copy_file(front.desk, front.clerk, order(CopyForm.SAO_LUC), first)
    second = certified(front, paper_id)
    assert second.startswith(first)
    report = judged(front, second)
    assert report.verdict is Verdict.PASSED
    fields = [one.field for one in report.signatures if one.kind == "signature"]
    assert fields == [COPY_FIELD, f"{COPY_FIELD}2"]
    assert paper_of(front, paper_id).details["how"] == "behind"
    assert {"SAO Y (THỬ NGHIỆM)", "SAO LỤC (THỬ NGHIỆM)"} <= set(block_text(second, 100))


def test_an_office_with_keys_of_its_own_copies_without_the_word_trial(one_front: Front) -> None:
    def grow_up(session: Session) -> None:
        session.get_one(Office, 1).test_only = False

    one_front.change(grow_up)
    paper_id = copy_file(one_front.desk, one_front.clerk, order(), plain_pdf(1))
    assert paper_of(one_front, paper_id).details["block"] == ["SAO Y", "Ban Thử nghiệm Tỉnh ủy"]


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_other_programs_find_the_signature_and_the_words(one_front: Front, tmp_path: Path) -> None:
    paper_id = copy_scans(one_front.desk, one_front.clerk, order(), [scan("JPEG")])
    path = tmp_path / "sao.pdf"
    path.write_bytes(certified(one_front, paper_id))
    judged_by = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False
    )
    assert judged_by.stdout.count("Signature is Valid") == 1
    read = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    assert read.stdout.split("\n")[:3] == [
        "SAO Y (THỬ NGHIỆM)",
        "Ban Thử nghiệm Tỉnh ủy",
        BLOCK_TIME,
    ]


def test_an_extract_holds_the_chosen_pages_alone(one_front: Front) -> None:
    front = one_front
    chosen = order(CopyForm.TRICH_SAO, pages=(2,))
    pdf = certified(front, copy_file(front.desk, front.clerk, chosen, plain_pdf(3)))
    assert len(page_texts(pdf)) == 1
    assert "Trang 2 của kế hoạch" in page_texts(pdf)[0]
    assert block_text(pdf)[0] == "TRÍCH SAO (THỬ NGHIỆM)"


def _with(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    writer.update_root()  # type: ignore[no-untyped-call] # no types there
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call] # no types there
    return out.getvalue()


def _dictionary(values: dict[Any, Any]) -> DictionaryObject:
    return DictionaryObject(values)  # type: ignore[no-untyped-call] # no types there


def _script(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.root["/OpenAction"] = _dictionary(action)


def _layers(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OCProperties"] = _dictionary({})


def _inputs(writer: IncrementalPdfFileWriter) -> None:
    field = _dictionary({pdf_name("/FT"): pdf_name("/Tx"), pdf_name("/T"): pdf_string("Ten")})
    fields = ArrayObject([writer.add_object(field)])
    writer.root["/AcroForm"] = _dictionary({pdf_name("/Fields"): fields})


@pytest.mark.parametrize("change", [_script, _layers, _inputs])
def test_of_a_file_that_moves_the_pages_are_copied_as_they_are_seen_now(
    one_front: Front, change: Callable[[IncrementalPdfFileWriter], None]
) -> None:
    original = _with(plain_pdf(1), change)
    paper_id = copy_file(one_front.desk, one_front.clerk, order(), original)
    paper = paper_of(one_front, paper_id)
    assert paper.details["how"] == "pages"
    prepared = one_front.desk.archive.get(paper.prepared_sha256 or "")
    assert moving_parts(original) != ()
    assert moving_parts(prepared) == ()
    assert "Trang 1 của kế hoạch" in page_texts(prepared)[0]


@pytest.mark.parametrize(
    ("form", "pages", "words"),
    [
        (CopyForm.TRICH_SAO, (), "Chọn các trang khi trích sao"),
        (CopyForm.SAO_Y, (1,), "lấy toàn bộ văn bản"),
        (CopyForm.TRICH_SAO, (1, 2, 3), "toàn bộ 3 trang"),
        (CopyForm.TRICH_SAO, (4,), "chỉ có 3 trang"),
    ],
)
def test_pages_must_fit_the_form(
    one_front: Front, form: CopyForm, pages: tuple[int, ...], words: str
) -> None:
    with pytest.raises(InvalidInputError, match=words):
        copy_file(one_front.desk, one_front.clerk, order(form, pages=pages), plain_pdf(3))
    assert one_front.count(Paper) == 0
    assert one_front.last_event().outcome == "refused"


def test_what_was_changed_after_signing_is_not_copied(
    sealed_front: Front, key: DirectiveId
) -> None:
    front = sealed_front
    sealed = front.desk.archive.get(front.directive(key).sealed_sha256 or "")
    forged = sealed[:2000] + bytes([sealed[2000] ^ 1]) + sealed[2001:]
    with pytest.raises(NotAcceptedError, match="Bản gốc"):
        copy_file(front.desk, front.clerk, order(), forged)
    assert front.count(Paper) == 0


def test_a_directive_without_its_seal_has_no_original_to_copy(
    signed_front: Front, key: DirectiveId
) -> None:
    with pytest.raises(WrongStateError):
        copy_directive(signed_front.desk, signed_front.clerk, order(), key)


def test_scans_become_one_certified_file_and_each_is_kept(one_front: Front) -> None:
    front = one_front
    files = [scan(), scan("JPEG"), scan("TIFF", mode="L")]
    paper_id = copy_scans(front.desk, front.clerk, order(), files)
    pdf = certified(front, paper_id)
    assert len(page_texts(pdf)) == 3
    assert block_text(pdf) == ["SAO Y (THỬ NGHIỆM)", "Ban Thử nghiệm Tỉnh ủy", BLOCK_TIME]
    assert judged(front, pdf).verdict is Verdict.PASSED
    paper = paper_of(front, paper_id)
    assert paper.kind == "scan"
    assert [front.desk.archive.get(digest) for digest in paper.details["sources"]] == files
    assert [page["dpi"] for page in paper.details["scan"]] == [200, 200, 200]
    assert paper.details["warnings"][0].startswith("Trang 3 không có màu")
    assert paper.details["decided_by"] == "Chánh văn phòng"


def test_a_coarse_scan_is_refused_with_what_to_do(one_front: Front) -> None:
    coarse = scan(size=(1240, 1754), dpi=150)
    with pytest.raises(InvalidInputError, match="từ 200 dpi"):
        copy_scans(one_front.desk, one_front.clerk, order(), [coarse])
    assert one_front.count(Paper) == 0


def test_files_beyond_the_limit_are_not_opened(one_front: Front) -> None:
    too_much = b"%PDF-1.7" + b"\0" * one_front.desk.size_limit_bytes
    with pytest.raises(InvalidInputError, match="50 MB"):
        copy_scans(one_front.desk, one_front.clerk, order(), [too_much])


def test_nobody_but_the_clerk_makes_copies(one_front: Front) -> None:
    for actor in one_front.everybody():
        if actor == one_front.clerk:
            continue
        with pytest.raises(NotAuthorisedError, match="văn thư"):
            copy_file(one_front.desk, actor, order(), b"never opened")
    assert one_front.count(Paper) == 0


def test_without_room_on_the_page_nothing_is_prepared(one_front: Front) -> None:
    full = plain_pdf(top="3mm")
    with pytest.raises(InvalidInputError, match="không còn chỗ trống"):
        copy_file(one_front.desk, one_front.clerk, order(), full)


def test_an_annex_in_its_own_file_bears_number_and_time(
    signed_front: Front, key: DirectiveId
) -> None:
    front = signed_front
    content = plain_pdf(2)
    document_id = attach(front, key, content)
    paper_id = annex_of(front.desk, front.clerk, key, document_id)
    pdf = certified(front, paper_id)
    assert pdf.startswith(content)
    assert block_text(pdf) == ["96-HD/BTNTU (THỬ NGHIỆM)", BLOCK_TIME]
    report = judged(front, pdf)
    assert report.verdict is Verdict.PASSED
    assert report.signatures[0].field == ANNEX_FIELD
    paper = paper_of(front, paper_id)
    assert (paper.kind, paper.copy_form, paper.directive_id) == ("annex", None, key)
    with front.desk.database.reading() as session:
        travels = attachments_of(session, session.get_one(Directive, key))
        bare = session.get_one(Document, document_id)
    assert [(one.name, one.sha256) for one in travels] == [(bare.name, paper.signed_sha256)]
    assert (bare.kind, bare.sha256) == ("annex_source", hashlib.sha256(content).hexdigest())


def test_a_signature_of_an_unknown_authority_is_kept_as_it_was(one_front: Front) -> None:
    """Ours passes, theirs stays undecided; the whole file is as good as its weakest signature."""
    front = one_front
    original = signed_by_a_stranger(plain_pdf(1, top="40mm"))
    paper_id = copy_file(front.desk, front.clerk, order(), original)
    pdf = certified(front, paper_id)
    assert pdf.startswith(original)
    verdicts = {one.field: one.verdict for one in judged(front, pdf).signatures}
    assert verdicts[COPY_FIELD] is Verdict.PASSED
    assert verdicts["Nguoi"] is Verdict.INDETERMINATE
    paper = paper_of(front, paper_id)
    assert paper.details["how"] == "behind"
    assert "chưa thể kết luận" in paper.details["warnings"][0]
    assert paper.verification is not None
    assert paper.verification["verdict"] == "indeterminate"


def test_an_annex_waits_for_the_officer_and_is_a_pdf_of_this_directive(
    frozen_front: Front, key: DirectiveId
) -> None:
    front = frozen_front
    document_id = attach(front, key, plain_pdf(1))
    with pytest.raises(WrongStateError):
        annex_of(front.desk, front.clerk, key, document_id)

    def pretend(session: object) -> None:
        row = session.get_one(Directive, key)  # type: ignore[attr-defined] # a Session
        row.signed_sha256 = row.frozen_sha256

    front.change(pretend)
    with pytest.raises(InvalidInputError, match="Không phải tệp đính kèm"):
        annex_of(front.desk, front.clerk, key, uuid.uuid4())
    sheet = attach(front, key, b"PK\x03\x04 a sheet", "Bieu 1.xlsx")
    with pytest.raises((InvalidInputError, NotAcceptedError)):
        annex_of(front.desk, front.clerk, key, sheet)
    with pytest.raises(NotAuthorisedError):
        annex_of(front.desk, front.signatory, key, document_id)
