"""Every way to cheat or to err with an upload, each made by a real tool, with its refusal.

The honest upload beside them is in `bench.py`: the same tool, the same key, the same document.
"""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import typst
from asn1crypto import cms, x509
from cryptography import x509 as made_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic, writer
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import SimpleSigner
from pyhanko.sign.fields import (
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
)
from pyhanko.sign.general import as_signing_certificate_v2

from signing.fields import add_signature_fields
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.uploaded import errors
from tests.signing.office import BOXES, FONTS
from tests.signing.uploaded import tools
from tests.signing.uploaded.bench import Bench, numbers

Make = Callable[[Bench], bytes]
Cheat = tuple[Make, type[errors.UploadRefusedError]]


def _other_document(bench: Bench) -> bytes:
    source = '#set page(paper: "a4")\n#set text(font: "Tinos", lang: "vi")\nMột văn bản khác hẳn.'
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])
    other = typst.compile(source.encode(), font_paths=fonts)
    return tools.sign(add_signature_fields(other, BOXES), bench.officer)


def _saved_anew(bench: Bench) -> bytes:
    copied = writer.copy_into_new_writer(PdfFileReader(io.BytesIO(bench.frozen)))
    return tools.sign(tools.finish(copied), bench.officer)


def _printed_after_signing(bench: Bench) -> bytes:
    copied = writer.copy_into_new_writer(PdfFileReader(io.BytesIO(bench.signed)))
    return tools.finish(copied)


def _earlier_byte(bench: Bench) -> bytes:
    changed = bytearray(bench.signed)
    changed[len(bench.frozen) // 2] ^= 1
    return bytes(changed)


def _only_saved(bench: Bench) -> bytes:
    made = tools.writer(bench.frozen)
    made.set_info(generic.DictionaryObject({pdf_name("/Producer"): pdf_string("Công cụ khác")}))
    return tools.finish(made)


def _own_field(bench: Bench) -> bytes:
    spec = SigFieldSpec("ChuKyCuaToi", box=(100, 100, 200, 150))
    return tools.sign(bench.frozen, bench.officer, field="ChuKyCuaToi", own_field=spec)


def _own_field_of_that_name(bench: Bench) -> bytes:
    """The prepared field is renamed, and a new one takes its name."""
    made = tools.writer(bench.frozen)
    prepared = tools.field_object(made, OFFICER_FIELD)
    prepared.get_object()["/T"] = pdf_string("Cu")
    made.mark_update(prepared)
    append_signature_field(made, SigFieldSpec(OFFICER_FIELD, box=(100, 100, 200, 150)))
    return tools.sign(made, bench.officer)


def _two(bench: Bench) -> bytes:
    return tools.seal(bench.signed, bench.officer)


def _by_somebody_else(bench: Bench) -> bytes:
    return tools.sign(bench.frozen, tools.signer(bench.office, "unit"))


def _twin_certificate(bench: Bench) -> bytes:
    """Another certificate for the same key, which somebody else asked for."""
    key = load_der_private_key(bench.officer.signing_key.dump(), None)
    name = made_x509.Name([made_x509.NameAttribute(NameOID.COMMON_NAME, "Người Tráo")])
    return (
        made_x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2040, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


def edited(pdf: bytes, change: Callable[[cms.ContentInfo], None]) -> bytes:
    """The last signature's container with a change, in the same room."""
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[-1]
    start, length = signature.byte_range[1] + 1, 0
    end = signature.byte_range[2] - 1
    container = cms.ContentInfo.load(signature.pkcs7_content)
    change(container)
    digits = container.dump(force=True).hex().encode()
    length = end - start
    return pdf[:start] + digits.ljust(length, b"0") + pdf[end:]


def _named_anew(container: cms.ContentInfo, certificate: x509.Certificate) -> None:
    signer = container["content"]["signer_infos"][0]
    signer["sid"] = cms.SignerIdentifier(
        {
            "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
            )
        }
    )
    container["content"]["certificates"] = cms.CertificateSet([certificate])


def _substituted(bench: Bench) -> bytes:
    """Mathematics holds, for the key is the same; what was signed names the other certificate."""
    twin = x509.Certificate.load(_twin_certificate(bench))
    return edited(bench.signed, lambda container: _named_anew(container, twin))


class _Nameless(SimpleSigner):
    """A tool that names no certificate in what it signs."""

    async def signed_attrs(self, *args: object, **options: object) -> cms.CMSAttributes:  # type: ignore[override]
        found = await super().signed_attrs(*args, **options)  # type: ignore[arg-type]
        kept = [one for one in found if one["type"].native != "signing_certificate_v2"]
        return cms.CMSAttributes(kept)


class _Liar(SimpleSigner):
    """A tool that names another certificate in what it signs."""

    other: x509.Certificate

    async def signed_attrs(self, *args: object, **options: object) -> cms.CMSAttributes:  # type: ignore[override]
        found = await super().signed_attrs(*args, **options)  # type: ignore[arg-type]
        for one in found:
            if one["type"].native == "signing_certificate_v2":
                one["values"] = [as_signing_certificate_v2(self.other)]
        return found


def _made_by(kind: type[SimpleSigner], bench: Bench) -> SimpleSigner:
    officer = bench.officer
    return kind(
        signing_cert=officer.signing_cert,
        signing_key=officer.signing_key,
        cert_registry=officer.cert_registry,
    )


def _unnamed(bench: Bench) -> bytes:
    return tools.sign(
        bench.frozen,
        _made_by(_Nameless, bench),
        subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED,
    )


def _names_another(bench: Bench) -> bytes:
    liar = _made_by(_Liar, bench)
    liar.other = bench.agency.signing_cert
    return tools.sign(bench.frozen, liar)


def _range(pdf: bytes) -> tuple[int, int, int]:
    """Where the last byte range is written, and its two last numbers."""
    at = pdf.rindex(b"/ByteRange")
    start, end = pdf.index(b"[", at) + 1, pdf.index(b"]", at)
    _, _, second, length = map(int, pdf[start:end].split())
    return start, second, length


def _partial(bench: Bench) -> bytes:
    pdf = bench.signed
    start, second, length = _range(pdf)
    end = pdf.index(b"]", start)
    numbers = b"0 %d %d %d" % (int(pdf[start:end].split()[1]), second, length - 40)
    return pdf[:start] + numbers.ljust(end - start) + pdf[end:]


def _further(bench: Bench) -> bytes:
    made = tools.writer(bench.signed)
    made.set_info(generic.DictionaryObject({pdf_name("/Producer"): pdf_string("Công cụ khác")}))
    return tools.finish(made)


def _while_signing(change: Callable[[object, object], None]) -> Make:
    """A change in the very revision that signs."""

    def make(bench: Bench) -> bytes:
        made = tools.writer(bench.frozen)
        change(made, tools.first_page(made))
        return tools.sign(made, bench.officer)

    return make


def _draws(made, _page) -> None:  # noqa: ANN001 (the library's own)
    made.add_stream_to_page(0, made.add_object(_content()))


def _content() -> generic.StreamObject:
    return generic.StreamObject(stream_data=b"q 0 0 0 rg 100 700 200 20 re f Q")


def _annotates(made, page) -> None:  # noqa: ANN001 (the library's own)
    note = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Text"),
            pdf_name("/Rect"): numbers(10, 10, 30, 30),
            pdf_name("/Contents"): pdf_string("Đồng ý"),
        }
    )
    page.get_object()["/Annots"].append(made.add_object(note))
    made.update_container(page.get_object()["/Annots"])


def _fills(made, _page) -> None:  # noqa: ANN001 (the library's own)
    field = tools.field_object(made, "GhiChu")
    field.get_object()["/V"] = pdf_string("mới")
    made.mark_update(field)


def _paints_seal(made, _page) -> None:  # noqa: ANN001 (the library's own)
    field = tools.field_object(made, SEAL_FIELD)
    look = generic.StreamObject(
        {
            pdf_name("/Type"): pdf_name("/XObject"),
            pdf_name("/Subtype"): pdf_name("/Form"),
            pdf_name("/BBox"): numbers(0, 0, 105, 105),
        },
        stream_data=b"1 0 0 rg 0 0 105 105 re f",
    )
    field.get_object()["/AP"] = generic.DictionaryObject({pdf_name("/N"): made.add_object(look)})
    made.mark_update(field)


def _scripts(made, _page) -> None:  # noqa: ANN001 (the library's own)
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    made.root["/OpenAction"] = generic.DictionaryObject(action)
    made.update_root()


def _field_scripts(made, _page) -> None:  # noqa: ANN001 (the library's own)
    field = tools.field_object(made, "GhiChu")
    action = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    actions = {pdf_name("/F"): generic.DictionaryObject(action)}
    field.get_object()["/AA"] = generic.DictionaryObject(actions)
    made.mark_update(field)


def _covers_the_page(made, _page) -> None:  # noqa: ANN001 (the library's own)
    field = tools.field_object(made, OFFICER_FIELD)
    corners = numbers(0, 0, 595, 842)
    field.get_object()["/Rect"] = corners
    made.mark_update(field)


def _attaches(made, _page) -> None:  # noqa: ANN001 (the library's own)
    spec = {pdf_name("/Type"): pdf_name("/Filespec"), pdf_name("/F"): pdf_string("a.txt")}
    listed = generic.ArrayObject([pdf_string("a.txt"), generic.DictionaryObject(spec)])
    files = generic.DictionaryObject({pdf_name("/Names"): listed})
    made.root["/Names"] = generic.DictionaryObject({pdf_name("/EmbeddedFiles"): files})
    made.update_root()


def _hides_an_object(bench: Bench) -> bytes:
    """An object that no section lists, between what was handed out and what the tool added."""
    hidden = b"999 0 obj\n<</Type/Catalog>>\nendobj\n"
    return tools.sign(bench.frozen + hidden, bench.officer)


def _weak(bench: Bench) -> bytes:
    return tools.sign(bench.frozen, bench.officer, md_algorithm="sha1")


def _encapsulated(bench: Bench) -> bytes:
    def carry(container: cms.ContentInfo) -> None:
        info = {"content_type": "data", "content": b"another text"}
        container["content"]["encap_content_info"] = info

    return edited(bench.signed, carry)


def _other_format(bench: Bench) -> bytes:
    return bench.signed.replace(b"/ETSI.CAdES.detached", b"/adbe.x509.rsa_sha1 ")


def _odd_format(bench: Bench) -> bytes:
    return bench.signed.replace(b"/ETSI.CAdES.detached", b"(TSI.CAdES.detache)0")


def _garbage(bench: Bench) -> bytes:
    start, second, _ = _range(bench.signed)
    gap = int(bench.signed[start:].split()[1]) + 1
    return (
        bench.signed[:gap] + b"3003020101" + b"0" * (second - gap - 11) + bench.signed[second - 1 :]
    )


def _padded(bench: Bench) -> bytes:
    _, second, _ = _range(bench.signed)
    return bench.signed[: second - 3] + b"41" + bench.signed[second - 1 :]


def _other_value(bench: Bench) -> bytes:
    def change(container: cms.ContentInfo) -> None:
        signer = container["content"]["signer_infos"][0]
        value = bytearray(signer["signature"].native)
        value[17] ^= 1
        signer["signature"] = bytes(value)

    return edited(bench.signed, change)


CHEATS: dict[str, Cheat] = {
    "a picture": (lambda _: b"\x89PNG\r\n\x1a\n" + b"0" * 100, errors.NotPDFError),
    "nothing": (lambda _: b"", errors.NotPDFError),
    "junk before the header": (lambda b: b"\n" + b.signed, errors.NotPDFError),
    "another document": (_other_document, errors.OtherDocumentError),
    "saved anew, then signed": (_saved_anew, errors.SavedAnewError),
    "signed, then saved anew": (_printed_after_signing, errors.SavedAnewError),
    "an earlier byte changed": (_earlier_byte, errors.SavedAnewError),
    "cut short": (lambda b: b.frozen[:-200], errors.SavedAnewError),
    "not signed": (lambda b: b.frozen, errors.UnsignedUploadError),
    "saved without signing": (_only_saved, errors.UnsignedUploadError),
    "in the seal's field": (
        lambda b: tools.sign(b.frozen, b.officer, field=SEAL_FIELD),
        errors.OtherFieldError,
    ),
    "in a field of its own": (_own_field, errors.OwnFieldError),
    "in a field of its own with that name": (_own_field_of_that_name, errors.OwnFieldError),
    "two signatures": (_two, errors.TwoSignaturesError),
    "by somebody else": (_by_somebody_else, errors.OtherSignerError),
    "certificate substituted": (_substituted, errors.SubstitutedCertificateError),
    "another certificate named": (_names_another, errors.SubstitutedCertificateError),
    "no certificate named": (_unnamed, errors.UnnamedCertificateError),
    "only part covered": (_partial, errors.PartialCoverError),
    "bytes behind the end": (lambda b: b.signed + b"% more", errors.BytesBehindEndError),
    "a line behind the end": (lambda b: b.signed + b"\n", errors.BytesBehindEndError),
    "saved once more": (_further, errors.FurtherRevisionError),
    "page content": (_while_signing(_draws), errors.ChangedBesideError),
    "an annotation": (_while_signing(_annotates), errors.ChangedBesideError),
    "another field's value": (_while_signing(_fills), errors.ChangedBesideError),
    "another field's look": (_while_signing(_paints_seal), errors.ChangedBesideError),
    "a script": (_while_signing(_scripts), errors.ChangedBesideError),
    "a script of a field": (_while_signing(_field_scripts), errors.ChangedBesideError),
    "the field spread over the page": (_while_signing(_covers_the_page), errors.ChangedBesideError),
    "an attachment": (_while_signing(_attaches), errors.ChangedBesideError),
    "a hidden object": (_hides_an_object, errors.ChangedBesideError),
    "no seal allowed": (
        lambda b: tools.sign(b.frozen, b.officer, permission=MDPPerm.NO_CHANGES),
        errors.WrongPermissionError,
    ),
    "annotations allowed": (
        lambda b: tools.sign(b.frozen, b.officer, permission=MDPPerm.ANNOTATE),
        errors.WrongPermissionError,
    ),
    "weak hash": (_weak, errors.WeakAlgorithmError),
    "content inside": (_encapsulated, errors.EncapsulatedError),
    "another format": (_other_format, errors.WrongFormatError),
    "a format that is no name": (_odd_format, errors.NotUnderstoodError),
    "no message": (_garbage, errors.MalformedSignatureError),
    "padding used": (_padded, errors.MalformedSignatureError),
    "another value": (_other_value, errors.NotIntactError),
}
