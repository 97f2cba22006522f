# ruff: noqa: ANN401 (options of the library pass through)
"""Signatures by another tool: pyHanko with its own writer, as a signatory might use it."""

import io
from typing import Any

from pyhanko.pdf_utils.generic import IndirectObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.stamp import TextStampStyle

from signing.names import OFFICER_FIELD, SEAL_FIELD
from tests.signing.office import Office
from wiring.demo_pki.build import DEMO_PIN

LOOK = TextStampStyle(stamp_text="Signed by another tool")


def signer(office: Office, label: str) -> SimpleSigner:
    loaded = SimpleSigner.load_pkcs12(str(office.pki.key(label)), passphrase=DEMO_PIN.encode())
    if loaded is None:
        raise FileNotFoundError(label)
    return loaded


def writer(pdf: bytes) -> IncrementalPdfFileWriter:
    return IncrementalPdfFileWriter(io.BytesIO(pdf))


def finish(made: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


class _Heedless(PdfSigner):
    """A tool that knows nothing of seed values, as many are."""

    def _retrieve_seed_value_spec(self, sig_field: object) -> None:
        """Nothing, whatever the field says."""
        del sig_field


def sign(
    pdf: bytes | IncrementalPdfFileWriter,
    by: SimpleSigner,
    *,
    field: str = OFFICER_FIELD,
    certify: bool = True,
    permission: MDPPerm = MDPPerm.FILL_FORMS,
    own_field: SigFieldSpec | None = None,
    look: TextStampStyle | None = LOOK,
    room: int | None = None,
    **options: Any,
) -> bytes:
    """Signs as the tool does; `own_field` makes a field that was not prepared.

    Asked for anything but a certification with P=2, the tool does not look at seed values.
    `room` is how many hexadecimal digits are kept for the container, where it is not measured.
    """
    meta = PdfSignatureMetadata(
        **{
            "field_name": field,
            "md_algorithm": "sha256",
            "subfilter": SigSeedSubFilter.PADES,
            "certify": certify,
            "docmdp_permissions": permission,
            **options,
        }
    )
    heeds = certify and permission is MDPPerm.FILL_FORMS
    kind = PdfSigner if heeds else _Heedless
    tool = kind(meta, signer=by, stamp_style=look, new_field_spec=own_field)
    made = writer(pdf) if isinstance(pdf, bytes) else pdf
    signed = tool.sign_pdf(made, existing_fields_only=own_field is None, bytes_reserved=room)
    return bytes(signed.getbuffer())


def seal(pdf: bytes | IncrementalPdfFileWriter, by: SimpleSigner, **options: Any) -> bytes:
    """An ordinary signature in the seal's field."""
    return sign(pdf, by, **{"field": SEAL_FIELD, "certify": False, **options})


def first_page(made: IncrementalPdfFileWriter) -> IndirectObject:
    return made.root["/Pages"]["/Kids"].raw_get(0)


def field_object(made: IncrementalPdfFileWriter, name: str) -> IndirectObject:
    fields = made.root["/AcroForm"]["/Fields"]
    return next(
        one for one in map(fields.raw_get, range(len(fields))) if one.get_object()["/T"] == name
    )
