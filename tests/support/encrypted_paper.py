"""A paper behind a password, signed as other software does it."""

import io
from pathlib import Path

from pyhanko.pdf_utils.crypt import StandardSecurityHandler
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import copy_into_new_writer
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter


def encrypted_and_signed(pdf: bytes, *, key: Path, pin: str, password: str) -> bytes:
    """Encrypts (AES-256, one password for all) and then signs at B-B."""
    shut = _encrypt(pdf, password)
    writer = IncrementalPdfFileWriter(io.BytesIO(shut))
    writer.encrypt(password)
    signer = signers.SimpleSigner.load_pkcs12(str(key), passphrase=pin.encode())
    assert signer is not None
    details = signers.PdfSignatureMetadata(
        field_name="ChuKy", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    return bytes(signers.sign_pdf(writer, details, signer=signer).getvalue())


def _encrypt(pdf: bytes, password: str) -> bytes:
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    writer._assign_security_handler(
        StandardSecurityHandler.build_from_pw(
            password.encode(), password.encode(), encrypt_metadata=False
        )
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
