"""One honest letter with known object numbers, and what honest software does to it."""

import re
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding

from tests.signing import makers
from tests.signing.judge_crypto.makers import make_token
from tests.signing.makers import Objects, revise, stream

CATALOG, PAGES, PAGE, CONTENT, FORM, OFFICER, SEAL, NOTE, XMP, INFO, FONT, SPARE = range(1, 13)

TEXT = b"BT /F1 12 Tf 72 720 Td (So 97-KH/BTG: 100 dong) Tj ET"
XMP_TEXT = (
    b"<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"
    b"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF "
    b"xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about='' "
    b"xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:ModifyDate='%s'/></rdf:RDF></x:xmpmeta>"
    b"<?xpacket end='w'?>"
)
METADATA_KEYS = b"/Type/Metadata/Subtype/XML"
LOOK_KEYS = b"/Type/XObject/Subtype/Form/BBox[0 0 100 40]"


def catalog(keys: bytes = b"") -> bytes:
    return b"<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R/Metadata 9 0 R%s>>" % keys


def page(keys: bytes = b"/Annots[6 0 R 7 0 R 8 0 R]", content: bytes = b"4 0 R") -> bytes:
    return (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %s"
        b"/Resources<</Font<</F1 11 0 R>>>>%s>>" % (content, keys)
    )


def form(fields: bytes = b"6 0 R 7 0 R", keys: bytes = b"") -> bytes:
    return b"<</Fields[%s]/SigFlags 3/DA(/F1 10 Tf)/DR<</Font<</F1 11 0 R>>>>%s>>" % (fields, keys)


def field(name: bytes, rect: bytes = b"300 100 400 140", keys: bytes = b"") -> bytes:
    return b"<</Type/Annot/Subtype/Widget/FT/Sig/T(%s)/Rect[%s]/F 132/P 3 0 R%s>>" % (
        name,
        rect,
        keys,
    )


def officer(keys: bytes = b"") -> bytes:
    return field(b"Officer", b"300 100 400 140", keys)


def seal(keys: bytes = b"") -> bytes:
    return field(b"Seal", b"200 100 290 190", keys)


def note(value: bytes = b"100", keys: bytes = b"") -> bytes:
    return (
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(Note)/Rect[72 400 300 430]/F 4/P 3 0 R"
        b"/DA(/F1 10 Tf)/V(%s)/AP<</N 12 0 R>>%s>>" % (value, keys)
    )


def link() -> bytes:
    """An annotation that is no field: a reference to a law."""
    return (
        b"<</Type/Annot/Subtype/Link/Rect[72 400 300 430]/Border[0 0 0]/P 3 0 R"
        b"/A<</S/URI/URI(https://vbpl.vn)>>>>"
    )


def look(text: bytes) -> bytes:
    return stream(b"BT /F1 8 Tf 4 4 Td (%s) Tj ET" % text, LOOK_KEYS)


def xmp(moment: bytes = b"2026-01-01T00:00:00Z") -> bytes:
    return stream(XMP_TEXT % moment, METADATA_KEYS)


def objects(**changed: bytes) -> dict[int, bytes]:
    """The letter's objects; by name those that are to be otherwise."""
    made = {
        "catalog": catalog(),
        "pages": b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "page": page(),
        "content": stream(TEXT),
        "form": form(),
        "officer": officer(),
        "seal": seal(),
        "note": link(),
        "xmp": xmp(),
        "info": b"<</Producer(Trinh Ky)/ModDate(D:20260101000000Z)>>",
        "font": b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "note_look": look(b"100"),
    }
    return dict(enumerate({**made, **changed}.values(), 1))


@cache
def unsigned(*, streamed: bool = False, **changed: bytes) -> bytes:
    return makers.base(objects(**changed), trailer=b"/Info 10 0 R", streamed=streamed)


@cache
def loosely_written() -> bytes:
    """A table with one blank too many: our own reader does not take it, others do."""
    pdf = unsigned()
    loose = pdf.replace(b"xref\n0 13\n", b"xref\n0  13\n")
    assert loose != pdf
    return loose


TRAILER = b"/Root 1 0 R/Info 10 0 R"
CERTIFY = (
    b"/Reference[<</Type/SigRef/TransformMethod/DocMDP"
    b"/TransformParams<</Type/TransformParams/V/1.2/P %d>>>>]"
)


def sign_officer(pdf: bytes, more: Objects | None = None, *, keys: bytes = b"") -> bytes:
    """Fills the officer's empty field, with a look."""
    value = makers.next_number(pdf)
    written = {
        OFFICER: officer(b"/V %d 0 R/AP<</N %d 0 R>>" % (value, value + 1)),
        value + 1: look(b"Officer"),
    }
    return makers.sign(pdf, {**written, **(more or {})}, value=value, keys=keys, trailer=TRAILER)


def sign_seal(pdf: bytes, more: Objects | None = None) -> bytes:
    value = makers.next_number(pdf)
    written = {
        SEAL: seal(b"/V %d 0 R/AP<</N %d 0 R>>" % (value, value + 1)),
        value + 1: look(b"Seal"),
    }
    return makers.sign(pdf, {**written, **(more or {})}, value=value, trailer=TRAILER)


def certify(pdf: bytes, level: int) -> bytes:
    """The officer's signature as the author's certification, level P."""
    value = makers.next_number(pdf)
    perms = catalog(b"/Perms<</DocMDP %d 0 R>>" % value)
    return sign_officer(pdf, {CATALOG: perms}, keys=CERTIFY % level)


WITH_NOTE = {"form": form(b"6 0 R 7 0 R 8 0 R"), "note": note()}
"""The letter with a text field in place of the link."""


@cache
def signed() -> bytes:
    return sign_officer(unsigned())


@cache
def sealed() -> bytes:
    return sign_seal(signed())


@cache
def certified(level: int = 2) -> bytes:
    return certify(unsigned(), level)


def certificate() -> bytes:
    return makers.signer().certificate.public_bytes(Encoding.DER)


VRI_NAME = b"0123456789ABCDEF0123456789ABCDEF01234567"


def kept(pdf: bytes) -> bytes:
    """/Perms of the newest catalog, to be written again."""
    found = re.findall(rb"/Perms<<.*?>>", pdf)
    return bytes(found[-1]) if found else b""


def add_evidence(pdf: bytes, keys: bytes = b"", more: Objects | None = None) -> bytes:
    """A document security store with one certificate and an entry of /VRI."""
    number = makers.next_number(pdf)
    written = {
        CATALOG: catalog(kept(pdf) + b"/DSS %d 0 R" % number),
        number: b"<</Type/DSS/Certs[%d 0 R]/VRI<</%s<</Cert[%d 0 R]>>>>%s>>"
        % (number + 1, VRI_NAME, number + 1, keys),
        number + 1: stream(certificate()),
    }
    return revise(pdf, {**written, **(more or {})}, trailer=TRAILER)


def add_field(
    pdf: bytes,
    *,
    rect: bytes = b"72 100 180 150",
    keys: bytes = b"",
    name: bytes = b"Stranger",
    more: Objects | None = None,
) -> bytes:
    """A stranger's new field with a signature, and its look on the page."""
    number = makers.next_number(pdf)
    annots = b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % number
    bare = b"/V %d 0 R/AP<</N %d 0 R>>" % (number + 1, number + 2)
    written = {
        PAGE: page(annots),
        FORM: form(b"6 0 R 7 0 R %d 0 R" % number),
        number: field(name, rect, bare + keys),
        number + 2: look(b"Stranger"),
    }
    everything = {**written, **(more or {})}
    return makers.sign(pdf, everything, value=number + 1, trailer=TRAILER)


class _Stamps:
    """An authority for time stamps: it stamps for whoever asks."""

    def sign(self, data: bytes) -> bytes:
        return make_token(data)


def add_stamp(pdf: bytes, rect: bytes) -> bytes:
    """A document time stamp in a new field; its look shows where its rectangle has room."""
    number = makers.next_number(pdf)
    bare = b"/V %d 0 R/AP<</N %d 0 R>>" % (number + 1, number + 2)
    value = makers.signature_dictionary(subfilter=b"ETSI.RFC3161")
    written = {
        PAGE: page(b"/Annots[6 0 R 7 0 R 8 0 R %d 0 R]" % number),
        FORM: form(b"6 0 R 7 0 R %d 0 R" % number),
        number: field(b"Stamp", rect, bare),
        number + 1: value.replace(b"/Type/Sig", b"/Type/DocTimeStamp"),
        number + 2: look(b"Stamp"),
    }
    return makers.fill(revise(pdf, written, trailer=TRAILER), _Stamps())


def renew_metadata(pdf: bytes) -> bytes:
    """What writers do beside every saving: /Info and XMP get a new time."""
    written = {
        XMP: xmp(b"2026-02-02T00:00:00Z"),
        INFO: b"<</Producer(Trinh Ky)/ModDate(D:20260202000000Z)>>",
    }
    return revise(pdf, written, trailer=TRAILER)


def fill_note(pdf: bytes, value: bytes = b"200") -> bytes:
    """The value of the text field, with its new look."""
    return revise(pdf, {NOTE: note(value), 12: look(value)}, trailer=TRAILER)
