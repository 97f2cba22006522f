"""A portal that lies by the document it shows, or by what it fills in with the seal."""

import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from pyhanko.pdf_utils.generic import (
    ArrayObject,
    BooleanObject,
    DictionaryObject,
    FloatObject,
    NumberObject,
    PdfObject,
    StreamObject,
    pdf_name,
    pdf_string,
)
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field

from signing.agent_checks import CheckedOffer, check_offer, digest_of
from signing.container import CONTAINER_HEX, make_signed_attributes, placeholder
from signing.errors import OfferRefusedError
from signing.names import DATE_FIELD, NUMBER_FIELD, OFFICER_FIELD
from signing.request import PreparedSignature, SignatureKind
from signing.writer import finish, open_writer
from tests.signing import numbered
from tests.signing.office import SEALED_AT, SIGNED_AT, Office

Change = Callable[[IncrementalPdfFileWriter], None]
SEALS: list[tuple[bytes, PreparedSignature]] = []


def ask(prepared: PreparedSignature, shown: bytes, kind: SignatureKind) -> CheckedOffer:
    told = prepared.certificate.facts.sha256_hex
    return check_offer(prepared, shown=shown, kind=kind, certificate_sha256=told)


def refused(prepared: PreparedSignature, shown: bytes, kind: SignatureKind) -> str:
    with pytest.raises(OfferRefusedError) as err:
        ask(prepared, shown, kind)
    assert "Khoá chưa được dùng" in err.value.diagnosis()
    return err.value.reason


def anew(prepared: PreparedSignature, pdf: bytes) -> PreparedSignature:
    """The plan for other bytes of the same length, with digest and attributes to match."""
    moved = replace(prepared, pdf=pdf)
    digest = digest_of(moved)
    attributes = make_signed_attributes(digest, prepared.certificate, prepared.mechanism)
    return replace(moved, document_digest=digest, signed_attributes=attributes)


def sealing(office: Office) -> tuple[bytes, PreparedSignature]:
    """A directive that waits for its seal, with the honest plan that fills in the number."""
    if not SEALS:
        page = numbered.open_page()
        prepared = office.prepare(page, "officer", SignatureKind.OFFICER, SIGNED_AT)
        shown = office.complete(prepared, "officer", SIGNED_AT)
        fill = numbered.fill()
        sealed = office.prepare(shown, "agency", SignatureKind.SEAL, SEALED_AT, fill=fill)
        SEALS.append((shown, sealed))
    return SEALS[0]


def test_an_honest_plan_says_what_is_filled_in(office: Office) -> None:
    shown, prepared = sealing(office)
    revision = ask(prepared, shown, SignatureKind.SEAL).revision
    assert dict(revision.filled) == {NUMBER_FIELD: "96", DATE_FIELD: "21/9/2022"}
    assert revision.reason.endswith("đã ký văn bản này")
    assert revision.claimed_time == SEALED_AT


@pytest.mark.parametrize(
    ("said", "lie"),
    [
        (b"[1000(96)]TJ", b"[1000(69)]TJ"),  # the picture
        (b"/V (96)", b"/V (69)"),  # the value
        (b"/V (96)", b"/V (9x)"),
        (b"\n0 g\n", b"\n1 g\n"),
    ],
)
def test_what_is_filled_in_shows_what_it_says(office: Office, said: bytes, lie: bytes) -> None:
    shown, prepared = sealing(office)
    at = prepared.pdf.index(said, len(shown))
    pdf = prepared.pdf[:at] + lie + prepared.pdf[at + len(said) :]
    assert refused(anew(prepared, pdf), shown, SignatureKind.SEAL) == "revision"


def offered(office: Office, shown: bytes, change: Change = lambda _: None) -> PreparedSignature:
    """The officer's plan over any document, by a portal that checks nothing.

    What it changes comes in the revision of the signature.
    """
    meta = PdfSignatureMetadata(
        field_name=OFFICER_FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES,
        certify=True, docmdp_permissions=MDPPerm.FILL_FORMS, name="Trần Trung Hiếu",
    )  # fmt: skip
    honest = office.prepare(office.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
    signer = PdfSigner(meta, signer=placeholder(honest.certificate))
    writer = open_writer(shown)
    change(writer)
    session = signer.init_signing_session(writer, existing_fields_only=True)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=CONTAINER_HEX)
    out = io.BytesIO()
    placed, _ = document.digest_tbs_document(output=out)
    start, end = placed.reserved_region_start, placed.reserved_region_end
    return anew(replace(honest, region_start=start, region_end=end), out.getvalue())


def with_change(pdf: bytes, change: Change) -> bytes:
    writer = open_writer(pdf)
    change(writer)
    return finish(writer)


def _dictionary(**keys: PdfObject) -> DictionaryObject:
    return DictionaryObject({pdf_name(f"/{key}"): value for key, value in keys.items()})


def _script() -> DictionaryObject:
    return _dictionary(S=pdf_name("/JavaScript"), JS=pdf_string("app.alert(1)"))


def _page(writer: IncrementalPdfFileWriter) -> DictionaryObject:
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    writer.mark_update(page)
    return page.get_object()


def _annotate(writer: IncrementalPdfFileWriter, **keys: PdfObject) -> None:
    corners = ArrayObject(map(NumberObject, (10, 10, 200, 60)))
    note = _dictionary(Type=pdf_name("/Annot"), Rect=corners, **keys)
    page = _page(writer)
    page["/Annots"] = ArrayObject([*page["/Annots"], writer.add_object(note)])


def link(writer: IncrementalPdfFileWriter) -> None:
    action = _dictionary(S=pdf_name("/URI"), URI=pdf_string("https://vbpl.vn"))
    _annotate(writer, Subtype=pdf_name("/Link"), A=action)


def script_at_opening(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OpenAction"] = _script()
    writer.update_root()


def script_of_the_page(writer: IncrementalPdfFileWriter) -> None:
    _page(writer)["/AA"] = _dictionary(O=_script())


def link_with_a_second_act(writer: IncrementalPdfFileWriter) -> None:
    action = _dictionary(S=pdf_name("/URI"), URI=pdf_string("https://vbpl.vn"), Next=_script())
    _annotate(writer, Subtype=pdf_name("/Link"), A=action)


def seen_on_paper_alone(writer: IncrementalPdfFileWriter) -> None:
    note = {"Subtype": pdf_name("/FreeText"), "Contents": pdf_string("10 tỷ")}
    _annotate(writer, F=NumberObject(4 | 32), **note)


def layers(writer: IncrementalPdfFileWriter) -> None:
    group = writer.add_object(_dictionary(Type=pdf_name("/OCG"), Name=pdf_string("a")))
    off = _dictionary(OFF=ArrayObject([group]))
    writer.root["/OCProperties"] = _dictionary(OCGs=ArrayObject([group]), D=off)
    writer.update_root()


def mark_twice(writer: IncrementalPdfFileWriter) -> None:
    """The mark would lie on a second place too, of which nobody shows a picture."""
    page = _page(writer)
    page["/Annots"] = ArrayObject([*page["/Annots"], page["/Annots"].raw_get(0)])


def mark_on_another_page(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"].raw_get(0)
    field.get_object()["/P"] = writer.root.raw_get("/Pages")
    writer.mark_update(field)


def attachment(writer: IncrementalPdfFileWriter) -> None:
    spec = _dictionary(Type=pdf_name("/Filespec"), F=pdf_string("a.txt"))
    files = _dictionary(Names=ArrayObject([pdf_string("a.txt"), spec]))
    writer.root["/Names"] = _dictionary(EmbeddedFiles=files)
    writer.update_root()


def collection(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Collection"] = _dictionary(View=pdf_name("/T"))
    writer.update_root()


def another_picture_on_paper(writer: IncrementalPdfFileWriter) -> None:
    keys = {"Subtype": pdf_name("/Image"), "Alternates": ArrayObject([])}
    keys |= {"Width": NumberObject(1), "Height": NumberObject(1)}
    writer.add_object(StreamObject(dict(_dictionary(**keys)), stream_data=b"\0"))


def data_of_another_file(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(StreamObject(dict(_dictionary(F=pdf_string("b.pdf"))), stream_data=b""))


def looks_made_anew(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/NeedAppearances"] = BooleanObject(value=True)
    writer.update_container(form)


def second_form(writer: IncrementalPdfFileWriter) -> None:
    form = writer.root["/AcroForm"]
    form["/XFA"] = pdf_string("<xdp/>")
    writer.update_container(form)


def field_to_fill_later(writer: IncrementalPdfFileWriter) -> None:
    """The officer's certification would let anybody fill it."""
    kind = {"FT": pdf_name("/Tx"), "Subtype": pdf_name("/Widget"), "T": pdf_string("SoTien")}
    _annotate(writer, **kind)
    form = writer.root["/AcroForm"]
    form["/Fields"].append(_page(writer)["/Annots"].raw_get(-1))
    writer.update_container(form["/Fields"])


def field_to_sign_later(writer: IncrementalPdfFileWriter) -> None:
    append_signature_field(writer, SigFieldSpec("Khac", box=(100, 100, 500, 600)))


@pytest.mark.parametrize("change", [looks_made_anew, second_form])
def test_a_form_that_readers_draw_themselves_is_not_signed(office: Office, change: Change) -> None:
    shown = with_change(office.fielded, change)
    assert refused(offered(office, shown), shown, SignatureKind.OFFICER) in {"document", "revision"}


@pytest.mark.parametrize("change", [lambda _: None, link])
def test_a_still_document_may_be_signed(office: Office, change: Change) -> None:
    shown = with_change(office.fielded, change)
    assert ask(offered(office, shown), shown, SignatureKind.OFFICER)


@pytest.mark.parametrize(
    "change",
    [
        script_at_opening, script_of_the_page, link_with_a_second_act, seen_on_paper_alone, layers,
        field_to_fill_later, field_to_sign_later, attachment, collection, mark_twice,
        mark_on_another_page,
        another_picture_on_paper, data_of_another_file,
    ],
)  # fmt: skip
def test_a_document_that_may_show_something_else_is_not_signed(
    office: Office, change: Change
) -> None:
    shown = with_change(office.fielded, change)
    assert refused(offered(office, shown), shown, SignatureKind.OFFICER) == "document"


@pytest.mark.parametrize("change", [another_picture_on_paper, data_of_another_file])
def test_the_mark_itself_looks_the_same_everywhere(office: Office, change: Change) -> None:
    shown = office.fielded
    assert ask(offered(office, shown), shown, SignatureKind.OFFICER)
    lie = offered(office, shown, change)
    assert refused(lie, shown, SignatureKind.OFFICER) == "document"


def _renamed(title: bytes) -> Change:
    """The description of the file, in place."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        reference = writer.root.raw_get("/Metadata").reference
        before = reference.get_object()
        packet = re.sub(rb"(<dc:title>.*?<rdf:li[^>]*>)[^<]*", rb"\g<1>" + title, before.data)
        keys = {key: before.raw_get(key) for key in ("/Type", "/Subtype")}
        writer.objects[(reference.generation, reference.idnum)] = StreamObject(
            keys, stream_data=packet
        )

    return change


def test_the_title_stays_as_it_was_shown(office: Office) -> None:
    """The portal renames the document in the very revision that is signed."""
    shown = numbered.open_page()
    title = re.findall(rb"<dc:title>.*?<rdf:li[^>]*>([^<]*)", shown)[-1]
    assert ask(offered(office, shown, _renamed(title)), shown, SignatureKind.OFFICER)
    lie = offered(office, shown, _renamed(b"Another document"))
    with pytest.raises(OfferRefusedError, match="metadata: title"):
        ask(lie, shown, SignatureKind.OFFICER)


def _moved_off_the_page(writer: IncrementalPdfFileWriter) -> None:
    fields = writer.root["/AcroForm"]["/Fields"]
    raw = next(one for one in fields if one.get_object()["/T"] == NUMBER_FIELD)
    left, bottom, right, top = (float(edge) for edge in raw.get_object()["/Rect"])
    edges = (left + 900, bottom, right + 900, top)
    raw.get_object()["/Rect"] = ArrayObject(map(FloatObject, map(str, edges)))
    writer.mark_update(raw)


def test_places_for_the_number_are_those_of_directives(office: Office) -> None:
    shown = numbered.open_page()
    assert ask(offered(office, shown), shown, SignatureKind.OFFICER)
    shown = with_change(shown, _moved_off_the_page)
    assert refused(offered(office, shown), shown, SignatureKind.OFFICER) == "document"


def test_a_seal_goes_only_under_a_signature_that_holds(office: Office) -> None:
    """The picture of the officer's hand is there; the signature under it is broken."""
    shown, prepared = sealing(office)
    offer = ask(prepared, shown, SignatureKind.SEAL)
    assert offer.signed_by == ("Trần Trung Hiếu",)
    broken = re.sub(rb"/M \(D(:|\\072)2", rb"/M (D\g<1>1", shown)
    assert broken != shown
    lie = anew(prepared, broken + prepared.pdf[len(shown) :])
    assert refused(lie, broken, SignatureKind.SEAL) == "unsigned"
