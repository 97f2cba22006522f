"""Officer and agency sign; what must not be signed is refused."""

import io
import shutil
import socket
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from signing.archiving import add_archive_timestamp
from signing.completing import complete_signature
from signing.errors import (
    DocumentChangedError,
    DocumentUnsignableError,
    KeyRefusedError,
    KeyUnavailableError,
    SignatureMismatchError,
    TimestampUnavailableError,
)
from signing.fields import add_signature_fields
from signing.fitness import check_certificate
from signing.keys.software import open_pkcs12
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.request import PreparedSignature, SignatureKind
from signing.writer import finish, open_writer
from tests.signing.office import (
    BOXES,
    SEALED_AT,
    SIGNED_AT,
    Office,
    contents_of,
    sha256_hex,
    unsigned_directive,
)
from wiring.settings import load_settings


def test_both_fields_are_made_before_the_first_signature_and_leave_the_bytes_alone() -> None:
    plain = unsigned_directive()
    fielded = add_signature_fields(plain, BOXES)
    assert fielded.startswith(plain)
    with pytest.raises(DocumentUnsignableError, match="exists"):
        add_signature_fields(fielded, BOXES)


def test_fields_are_refused_in_a_signed_document(office: Office) -> None:
    with pytest.raises(DocumentUnsignableError, match="already signed"):
        add_signature_fields(office.officer_only, BOXES[1:])


def test_fields_are_refused_in_what_is_no_pdf() -> None:
    with pytest.raises(DocumentUnsignableError) as refused:
        add_signature_fields(b"hello", BOXES)
    assert "Việc cần làm" in refused.value.diagnosis()


def test_each_step_only_appends(office: Office) -> None:
    assert office.officer_only[:100] == office.fielded[:100]
    assert office.sealed.startswith(office.officer_only)
    assert office.archived.startswith(office.sealed)


def test_the_signature_dictionary_says_who_when_and_where_in_vietnamese(office: Office) -> None:
    reader = PdfFileReader(io.BytesIO(office.sealed))
    officer, seal = reader.embedded_regular_signatures
    assert officer.field_name == OFFICER_FIELD
    assert officer.sig_object["/M"] == "D:20220921135400+07'00'"
    assert officer.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert officer.sig_object["/Reason"] == "Trần Trung Hiếu đã ký văn bản này"
    assert officer.sig_object["/Name"] == "Trần Trung Hiếu"
    assert officer.sig_object["/Location"] == "An Bình"
    assert officer.sig_object["/ContactInfo"] == "officer@anbinh.example.vn"
    assert officer.docmdp_level.value == 2
    assert seal.docmdp_level is None
    attributes = {one["type"].native for one in officer.signer_info["signed_attrs"]}
    assert attributes >= {"message_digest", "signing_certificate_v2", "cms_algorithm_protection"}
    assert "signing_time" not in attributes


def test_the_marks_can_be_read_on_the_page(office: Office) -> None:
    prepared = office.prepare(
        office.officer_only, "agency", SignatureKind.SEAL, SEALED_AT, test_only=True
    )
    document = pypdfium2.PdfDocument(prepared.pdf)
    document.init_forms()
    page = document[0]
    image = page.render(scale=1, may_draw_forms=True).to_pil().convert("RGB")
    pixels = list(image.get_flattened_data())
    red = sum(1 for r, g, b in pixels if r > 150 and g < 90 and b < 90)
    blue = sum(1 for r, g, b in pixels if r < 90 and g < 120 and b > 110)
    assert red > 300
    assert blue > 60
    document.close()


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed")
def test_pdfsig_finds_both_signatures_valid(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "directive.pdf"
    path.write_bytes(office.archived)
    done = subprocess.run(
        ["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False
    )
    assert done.stdout.count("Signature is Valid") == 2


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_the_text_of_the_seal_can_be_extracted(office: Office, tmp_path: Path) -> None:
    prepared = office.prepare(
        office.officer_only, "agency", SignatureKind.SEAL, SEALED_AT, test_only=True
    )
    path = tmp_path / "sealed.pdf"
    path.write_bytes(prepared.pdf)
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True)
    words = " ".join(done.stdout.split())
    assert "BAN TUYÊN GIÁO TỈNH ỦY AN BÌNH" in words
    assert "THỬ NGHIỆM" in words


def test_a_unit_signs_with_an_elliptic_key(office: Office) -> None:
    prepared = office.prepare(office.fielded, "unit", SignatureKind.OFFICER, SIGNED_AT)
    signed = office.complete(prepared, "unit", SIGNED_AT)
    algorithm = contents_of(signed, OFFICER_FIELD)["content"]["signer_infos"][0]
    assert algorithm["signature_algorithm"].signature_algo == "ecdsa"


def test_preparing_asks_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        pytest.fail("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refused)
    office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)


def test_completing_twice_gives_the_same_signature(office: Office) -> None:
    prepared = office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
    raw = office.key("officer").sign(prepared.signed_attributes)
    stored = prepared.to_json()
    again = PreparedSignature.from_json(stored, pdf=prepared.pdf)
    services = office.services(SIGNED_AT)
    first = complete_signature(prepared, raw, services=services, at=SIGNED_AT)
    second = complete_signature(again, raw, services=services, at=SIGNED_AT)
    values = [
        contents_of(pdf, OFFICER_FIELD)["content"]["signer_infos"][0]["signature"].native
        for pdf in (first, second)
    ]
    assert values == [raw, raw]
    head = prepared.region_start
    assert first[:head] == second[:head] == prepared.pdf[:head]
    assert len(PdfFileReader(io.BytesIO(second)).embedded_signatures) == 1


def test_a_wrong_pin_is_refused_with_a_sentence(office: Office) -> None:
    with pytest.raises(KeyRefusedError) as refused:
        open_pkcs12(office.pki.key("officer"), "000000")
    assert refused.value.reason == "wrong_pin"
    assert "Mã PIN không đúng" in refused.value.diagnosis()


def test_a_missing_key_file_is_transient(office: Office) -> None:
    with pytest.raises(KeyUnavailableError) as missing:
        open_pkcs12(office.pki.key("nobody"), "000000")
    assert missing.value.transient


@pytest.mark.parametrize(("label", "reason"), [("expired", "expired"), ("wrong", "wrong_usage")])
def test_an_unfit_certificate_is_refused_before_the_pin(
    office: Office, label: str, reason: str
) -> None:
    with pytest.raises(KeyRefusedError) as refused:
        office.prepare(office.fielded, label, SignatureKind.OFFICER, SIGNED_AT)
    assert refused.value.reason == reason


def test_a_revoked_certificate_cannot_be_completed(office: Office) -> None:
    prepared = office.prepare(office.fielded, "revoked", SignatureKind.OFFICER, SIGNED_AT)
    with pytest.raises(KeyRefusedError, match="revoked"):
        office.complete(prepared, "revoked", SIGNED_AT)


@pytest.mark.parametrize(
    ("label", "codes"),
    [
        ("officer", ()),
        ("unit", ()),
        ("revoked", ("revoked",)),
        ("expired", ("expired",)),
        ("wrong", ("wrong_usage",)),
    ],
)
def test_the_signer_learns_before_the_pin_what_is_wrong(
    office: Office, label: str, codes: tuple[str, ...]
) -> None:
    found = check_certificate(
        office.key(label).certificate, services=office.services(SIGNED_AT), at=SIGNED_AT
    )
    assert tuple(one.code for one in found.problems) == codes
    assert found.usable is (codes == ())


def test_a_document_that_changed_since_its_approval_is_not_signed(office: Office) -> None:
    approved = sha256_hex(office.fielded)
    office.prepare(
        office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT, approved_sha256_hex=approved
    )
    with pytest.raises(DocumentChangedError):
        office.prepare(
            office.fielded + b"\n",
            "officer",
            SignatureKind.OFFICER,
            SIGNED_AT,
            approved_sha256_hex=approved,
        )


def test_a_document_that_changed_after_preparing_is_not_completed(office: Office) -> None:
    prepared = office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
    with pytest.raises(DocumentChangedError):
        office.complete(replace(prepared, pdf=prepared.pdf + b" "), "officer", SIGNED_AT)


def test_prepared_words_of_another_document_are_not_completed(office: Office) -> None:
    one = office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
    two = office.prepare(
        office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT + timedelta(hours=1)
    )
    mixed = replace(two, signed_attributes=one.signed_attributes)
    with pytest.raises(DocumentChangedError):
        office.complete(mixed, "officer", SIGNED_AT)


def test_a_signature_by_another_key_is_not_embedded(office: Office) -> None:
    prepared = office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
    with pytest.raises(SignatureMismatchError):
        office.complete(prepared, "agency", SIGNED_AT)


def test_the_seal_cannot_come_before_the_officer(office: Office) -> None:
    with pytest.raises(DocumentUnsignableError, match="before"):
        office.prepare(office.fielded, "agency", SignatureKind.SEAL, SIGNED_AT)


def test_a_field_is_signed_once(office: Office) -> None:
    with pytest.raises(DocumentUnsignableError, match="is signed"):
        office.prepare(office.sealed, "agency", SignatureKind.SEAL, SEALED_AT)


def test_an_officer_certifies_no_document_with_fields_of_others(office: Office) -> None:
    writer = open_writer(office.fielded)
    append_signature_field(writer, SigFieldSpec("ChuKyCuaAi", on_page=0, box=(0, 0, 0, 0)))
    with pytest.raises(DocumentUnsignableError, match="ChuKyCuaAi") as refused:
        office.prepare(finish(writer), "officer", SignatureKind.OFFICER, SIGNED_AT)
    assert "Việc cần làm" in refused.value.diagnosis()


def test_an_unknown_field_is_refused(office: Office) -> None:
    bare = unsigned_directive()
    with pytest.raises(DocumentUnsignableError, match=SEAL_FIELD):
        office.prepare(bare, "agency", SignatureKind.SEAL, SEALED_AT)


def test_a_silent_authority_is_transient_and_leaves_nothing_half_done(office: Office) -> None:
    prepared = office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
    raw = office.key("officer").sign(prepared.signed_attributes)
    deaf = replace(office.services(SIGNED_AT), proxy="http://127.0.0.1:9")
    with pytest.raises(TimestampUnavailableError) as silent:
        complete_signature(prepared, raw, services=deaf, at=SIGNED_AT)
    assert silent.value.transient
    whole = complete_signature(prepared, raw, services=office.services(SIGNED_AT), at=SIGNED_AT)
    assert len(PdfFileReader(io.BytesIO(whole)).embedded_signatures) == 1


def test_without_an_address_nobody_is_asked_for_a_time_stamp(office: Office) -> None:
    prepared = office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
    raw = office.key("officer").sign(prepared.signed_attributes)
    assert not load_settings({}).timestamps.addresses
    unset = replace(office.services(SIGNED_AT), timestamps=())
    with pytest.raises(TimestampUnavailableError) as missing:
        complete_signature(prepared, raw, services=unset, at=SIGNED_AT)
    assert "TRINHKY_TIMESTAMPS__URL" in missing.value.diagnosis()


def test_an_unsigned_document_gets_no_archive_stamp(office: Office) -> None:
    with pytest.raises(DocumentUnsignableError, match="nothing signed"):
        add_archive_timestamp(office.fielded, services=office.services(SIGNED_AT), at=SIGNED_AT)
