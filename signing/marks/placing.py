"""A field for one more signature in a finished file, signed or not: for copies and annexes.

A signature that is there already is kept: the new field shows nothing until it is filled, and the
given bytes stay as they are. A certifying signature allows no new visible field (ISO 32000-2,
12.8.2.2); who wants to copy such a file makes a new one.
"""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import Any, Final

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field, enumerate_sig_fields

from signing.errors import DocumentUnsignableError
from signing.fields import SignatureFieldBox
from signing.writer import finish, open_writer

COPY_FIELD: Final = "DauSao"
"""The agency's signature on a copy."""

ANNEX_FIELD: Final = "DauPhuLuc"
"""The agency's signature on an annex."""

_UNREADABLE: Final = (
    "Không đọc được tệp PDF để thêm ô ký. Việc cần làm: lưu lại tệp thành PDF rồi thử lại."
)


def add_one_field(pdf: bytes, box: SignatureFieldBox) -> tuple[bytes, str]:
    """Adds an empty field; returns the new bytes, which begin with the given, and its name.

    Where the name of the box is taken, a number follows it: a copy of a copy bears two blocks.

    Raises:
        DocumentUnsignableError: The file cannot be read or written on, for instance encrypted.
    """
    try:
        writer = open_writer(pdf)
        if writer.prev.encrypted:
            raise DocumentUnsignableError(
                "encrypted",
                "Tệp PDF bị đặt mật khẩu hoặc hạn chế. Việc cần làm: xin bản không đặt mật khẩu.",
            )
        taken = {name: value is not None for name, value, _ in enumerate_sig_fields(writer.prev)}
        name = _free(box.name, taken)
        append_signature_field(writer, SigFieldSpec(name, on_page=box.page - 1, box=box.corners()))
        if any(taken.values()):
            # After a signature a field with a look, even an empty one, is a change of the page.
            holder = next(one for found, _, one in enumerate_sig_fields(writer) if found == name)
            holder.get_object().pop("/AP", None)
        return finish(writer), name
    except (PdfError, ValueError, KeyError, TypeError, IndexError) as err:
        raise DocumentUnsignableError(str(err), _UNREADABLE) from err


def moving_parts(pdf: bytes) -> tuple[str, ...]:
    """What in a file runs or can make a page look otherwise later, by the keys of the format.

    An agency answers for what a copy shows: such a file is copied as the pages that are seen now.

    Raises:
        DocumentUnsignableError: The file cannot be read.
    """
    try:
        root = PdfFileReader(io.BytesIO(pdf)).root
        found = [key for key in ("/AA", "/OCProperties") if key in root]
        if "/S" in _under(root, "/OpenAction"):  # without it, it only says where to open
            found.append("/OpenAction")
        if "/JavaScript" in _under(root, "/Names"):
            found.append("/JavaScript")
        form = _under(root, "/AcroForm")
        if "/XFA" in form:
            found.append("/XFA")
        if any(_is_input(one.get_object()) for one in _under(form, "/Fields")):
            found.append("/Fields")
    except (PdfError, ValueError, KeyError, TypeError, IndexError, AttributeError) as err:
        raise DocumentUnsignableError(str(err), _UNREADABLE) from err
    return tuple(found)


def _under(holder: Any, key: str) -> Collection[Any]:  # noqa: ANN401 (no types there)
    """What a dictionary has under a key, references followed; nothing where it has nothing."""
    if key not in holder:
        return ()
    found = holder[key]  # `get` would not follow a reference
    return found if isinstance(found, DictionaryObject | ArrayObject) else ()


def _is_input(field: object) -> bool:
    """Whether it is a field that somebody may fill in; one of a signature is none."""
    return isinstance(field, DictionaryObject) and ("/FT" not in field or field["/FT"] != "/Sig")


def _free(name: str, taken: Collection[str]) -> str:
    number = 2
    free = name
    while free in taken:
        free = f"{name}{number}"
        number += 1
    return free
