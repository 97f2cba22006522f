"""What a signatory's machine signs for a portal: nothing but what its person has seen."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.generic import DictionaryObject, NumberObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from signing.agent_checks import CheckedOffer, check_offer, digest_of
from signing.container import CONTAINER_HEX, make_signed_attributes, placeholder
from signing.errors import OfferRefusedError
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.mechanism import Digest, Mechanism, Scheme
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.request import PreparedSignature, SignatureKind, SignatureRequest
from signing.sign import prepare_signature
from signing.writer import finish, open_writer
from tests.signing.numbered import fill, open_page
from tests.signing.office import BOXES, FONTS, SEALED_AT, SIGNED_AT, Office, unsigned_directive

PREPARED: dict[SignatureKind, tuple[bytes, PreparedSignature]] = {}


@pytest.fixture
def officer(office: Office) -> tuple[bytes, PreparedSignature]:
    return offered(office, SignatureKind.OFFICER)


@pytest.fixture
def seal(office: Office) -> tuple[bytes, PreparedSignature]:
    return offered(office, SignatureKind.SEAL)


def offered(office: Office, kind: SignatureKind) -> tuple[bytes, PreparedSignature]:
    """The document and an honest plan for it, made once."""
    if kind not in PREPARED:
        first = kind is SignatureKind.OFFICER
        shown = office.fielded if first else office.officer_only
        who, at = ("officer", SIGNED_AT) if first else ("agency", SEALED_AT)
        PREPARED[kind] = (shown, office.prepare(shown, who, kind, at))
    return PREPARED[kind]


def ask(
    prepared: PreparedSignature,
    shown: bytes,
    kind: SignatureKind = SignatureKind.OFFICER,
    certificate: bytes | None = None,
) -> CheckedOffer:
    told = hashlib.sha256(certificate or prepared.certificate.der).hexdigest()
    return check_offer(prepared, shown=shown, kind=kind, certificate_sha256=told)


def reason(refused: Callable[[], object]) -> str:
    with pytest.raises(OfferRefusedError) as err:
        refused()
    assert "Khoá chưa được dùng" in err.value.diagnosis()
    return err.value.reason


def signing_anew(prepared: PreparedSignature, pdf: bytes) -> PreparedSignature:
    """The same plan for other bytes, with digest and attributes to match."""
    moved = replace(prepared, pdf=pdf)
    digest = digest_of(moved)
    attributes = make_signed_attributes(digest, prepared.certificate, prepared.mechanism)
    return replace(moved, document_digest=digest, signed_attributes=attributes)


def test_an_honest_plan_of_the_officer_passes(officer: tuple[bytes, PreparedSignature]) -> None:
    shown, prepared = officer
    revision = ask(prepared, shown).revision
    assert (revision.field, revision.page) == (OFFICER_FIELD, 1)
    assert revision.name == "Trần Trung Hiếu"
    assert revision.filled == ()


def test_an_honest_plan_of_the_seal_passes(seal: tuple[bytes, PreparedSignature]) -> None:
    shown, prepared = seal
    assert ask(prepared, shown, SignatureKind.SEAL).revision.field == SEAL_FIELD


def test_bytes_that_changed_since_they_were_shown_are_refused(
    officer: tuple[bytes, PreparedSignature],
) -> None:
    shown, prepared = officer
    at = len(shown) // 2
    pdf = prepared.pdf[:at] + bytes([prepared.pdf[at] ^ 1]) + prepared.pdf[at + 1 :]
    assert reason(lambda: ask(signing_anew(prepared, pdf), shown)) == "other_document"
    assert reason(lambda: ask(replace(prepared, pdf=shown), shown)) == "other_document"


def test_the_digest_of_another_document_is_refused(
    officer: tuple[bytes, PreparedSignature],
) -> None:
    shown, prepared = officer
    other = hashlib.sha256(b"another document").digest()
    attributes = make_signed_attributes(other, prepared.certificate, prepared.mechanism)
    for lie in (
        replace(prepared, signed_attributes=attributes),
        replace(prepared, signed_attributes=attributes, document_digest=other),
        replace(prepared, document_digest=other),
    ):
        assert reason(lambda lie=lie: ask(lie, shown)) == "digest"  # type: ignore[misc]


def test_attributes_for_another_hash_or_mechanism_are_refused(
    officer: tuple[bytes, PreparedSignature],
) -> None:
    shown, prepared = officer
    other = Mechanism(Scheme.RSA_PKCS1, Digest.SHA512)
    assert reason(lambda: ask(replace(prepared, mechanism=other), shown)) == "digest"
    pss = Mechanism(Scheme.RSA_PSS, Digest.SHA256)
    assert reason(lambda: ask(replace(prepared, mechanism=pss), shown)) == "attributes"


def test_attributes_that_say_more_are_refused(officer: tuple[bytes, PreparedSignature]) -> None:
    shown, prepared = officer
    attributes = cms.CMSAttributes.load(prepared.signed_attributes)
    more = cms.CMSAttribute({"type": "signing_time", "values": [cms.Time({"utc_time": SIGNED_AT})]})
    said = cms.CMSAttributes([*attributes, more]).dump()
    assert reason(lambda: ask(replace(prepared, signed_attributes=said), shown)) == "attributes"
    for garbage in (b"", b"\x31\x03\x02\x01", prepared.signed_attributes + b"\x00"):
        lie = replace(prepared, signed_attributes=garbage)
        assert reason(lambda lie=lie: ask(lie, shown)) in {"attributes", "digest"}  # type: ignore[misc]


def test_another_certificate_is_refused(
    officer: tuple[bytes, PreparedSignature], office: Office
) -> None:
    shown, prepared = officer
    other = office.key("unit").certificate
    told = prepared.certificate.der
    changed = replace(prepared, certificate=other)
    assert reason(lambda: ask(changed, shown, certificate=told)) == "certificate"
    # The right one beside attributes that bind another.
    attributes = make_signed_attributes(prepared.document_digest, other, prepared.mechanism)
    lie = replace(prepared, signed_attributes=attributes)
    assert reason(lambda: ask(lie, shown)) == "attributes"


def test_a_seal_is_not_made_where_a_signature_was_told_and_the_other_way_round(
    officer: tuple[bytes, PreparedSignature], seal: tuple[bytes, PreparedSignature]
) -> None:
    assert reason(lambda: ask(officer[1], officer[0], SignatureKind.SEAL)) == "field"
    assert reason(lambda: ask(seal[1], seal[0], SignatureKind.OFFICER)) == "field"
    disguised = replace(officer[1], field=SEAL_FIELD)
    assert reason(lambda: ask(disguised, officer[0], SignatureKind.SEAL)) == "field"


def test_a_place_that_is_not_the_empty_container_is_refused(
    officer: tuple[bytes, PreparedSignature],
) -> None:
    shown, prepared = officer
    start, end = prepared.region_start, prepared.region_end
    filled = prepared.pdf[: start + 5] + b"3082" + prepared.pdf[start + 9 :]
    for lie in (
        replace(prepared, pdf=filled),
        signing_anew(replace(prepared, region_start=start + 2), prepared.pdf),
        signing_anew(replace(prepared, region_start=10), prepared.pdf),
        signing_anew(replace(prepared, region_end=end - 2), prepared.pdf),
    ):
        assert reason(lambda lie=lie: ask(lie, shown)) == "place"  # type: ignore[misc]


def _turn_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    page[pdf_name("/Rotate")] = NumberObject(90)
    writer.mark_update(writer.root["/Pages"]["/Kids"].raw_get(0))


def _add_script(writer: IncrementalPdfFileWriter) -> None:
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("1")}
    writer.root[pdf_name("/OpenAction")] = DictionaryObject(action)
    writer.update_root()


CHANGES = pytest.mark.parametrize("change", [_turn_page, _add_script])
Change = Callable[[IncrementalPdfFileWriter], None]


@CHANGES
def test_a_revision_of_something_else_before_the_signature_is_refused(
    office: Office, change: Change
) -> None:
    """The portal slips a revision in between what was shown and the signature's own."""
    shown = office.fielded
    writer = open_writer(shown)
    change(writer)
    prepared = office.prepare(finish(writer), "officer", SignatureKind.OFFICER, SIGNED_AT)
    assert prepared.pdf.startswith(shown)
    assert reason(lambda: ask(prepared, shown)) == "revision"


@CHANGES
def test_a_change_in_the_very_revision_of_the_signature_is_refused(
    officer: tuple[bytes, PreparedSignature], change: Change
) -> None:
    shown, prepared = officer
    assert ask(in_one_revision(shown, prepared, lambda _writer: None), shown)
    assert reason(lambda: ask(in_one_revision(shown, prepared, change), shown)) == "revision"


def in_one_revision(shown: bytes, honest: PreparedSignature, change: Change) -> PreparedSignature:
    """A plan whose one revision holds the signature and something else."""
    writer = open_writer(shown)
    change(writer)
    meta = PdfSignatureMetadata(
        field_name=OFFICER_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES,
        certify=True, docmdp_permissions=MDPPerm.FILL_FORMS, name="Trần Trung Hiếu",
    )  # fmt: skip
    signer = PdfSigner(meta, signer=placeholder(honest.certificate))
    session = signer.init_signing_session(writer, existing_fields_only=True)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=CONTAINER_HEX)
    out = io.BytesIO()
    placed, _ = document.digest_tbs_document(output=out)
    start, end = placed.reserved_region_start, placed.reserved_region_end
    return signing_anew(replace(honest, region_start=start, region_end=end), out.getvalue())


def test_a_document_with_a_field_that_nobody_told_of_is_refused(office: Office) -> None:
    """The portal signs a field that was made for it, over the whole page."""
    shown = office.fielded
    request = SignatureRequest(kind=SignatureKind.OFFICER, field="Khac", name="Trần Trung Hiếu")
    box = SignatureFieldBox(
        name="Khac", page=1, x_pt=0, y_pt=0, w_pt=500, h_pt=700, page_height_pt=841.89
    )
    prepared = prepare_signature(
        add_signature_fields(shown, [box]), request=request,
        certificate=office.key("officer").certificate, at=SIGNED_AT, fonts=FONTS,
    )  # fmt: skip
    assert reason(lambda: ask(prepared, shown)) == "field"
    assert reason(lambda: ask(replace(prepared, field=OFFICER_FIELD), shown)) == "revision"


def test_a_certifying_signature_that_allows_more_is_refused(
    officer: tuple[bytes, PreparedSignature],
) -> None:
    shown, prepared = officer
    level = prepared.pdf.index(b"/P 2", len(shown))
    pdf = prepared.pdf[:level] + b"/P 3" + prepared.pdf[level + 4 :]
    assert reason(lambda: ask(signing_anew(prepared, pdf), shown)) == "revision"


def test_number_and_date_are_filled_with_the_seal_and_shown(office: Office) -> None:
    """An office that signs first: the two empty fields are filled in the seal's own revision."""
    shown = open_page()
    first = office.prepare(shown, "officer", SignatureKind.OFFICER, SIGNED_AT)
    assert ask(first, shown).revision.filled == ()
    signed = office.complete(first, "officer", SIGNED_AT)
    last = office.prepare(signed, "agency", SignatureKind.SEAL, SEALED_AT, fill=fill())
    assert ask(last, signed, SignatureKind.SEAL).revision.filled == fill()
    early = office.prepare(shown, "officer", SignatureKind.OFFICER, SIGNED_AT, fill=fill())
    assert reason(lambda: ask(early, shown)) == "revision"


def test_the_samples_have_both_fields() -> None:
    assert {box.name for box in BOXES} == {OFFICER_FIELD, SEAL_FIELD}
    assert add_signature_fields(unsigned_directive(), BOXES).count(b"/FT /Sig") == 2
