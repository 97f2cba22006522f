"""The honest upload: one document that was handed out, one tool, one key."""

from dataclasses import dataclass
from functools import cached_property

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.sign import SimpleSigner

from signing.certificates import SigningCertificate
from signing.fields import add_signature_fields
from tests.signing.office import BOXES, Office, unsigned_directive
from tests.signing.uploaded import tools


def numbers(*values: int) -> generic.ArrayObject:
    return generic.ArrayObject(map(generic.NumberObject, values))


@dataclass(frozen=True)
class Bench:
    """The document that was handed out, and the keys of those who sign it."""

    office: Office

    @cached_property
    def officer(self) -> SimpleSigner:
        return tools.signer(self.office, "officer")

    @cached_property
    def agency(self) -> SimpleSigner:
        return tools.signer(self.office, "agency")

    @property
    def certificate(self) -> SigningCertificate:
        return self.office.key("officer").certificate

    @cached_property
    def frozen(self) -> bytes:
        """With a text field, so that there is a value that could be changed."""
        made = tools.writer(unsigned_directive())
        page = tools.first_page(made)
        field = generic.DictionaryObject(
            {
                pdf_name("/FT"): pdf_name("/Tx"),
                pdf_name("/T"): pdf_string("GhiChu"),
                pdf_name("/V"): pdf_string("cũ"),
                pdf_name("/Subtype"): pdf_name("/Widget"),
                pdf_name("/Type"): pdf_name("/Annot"),
                pdf_name("/Rect"): numbers(72, 72, 200, 90),
                pdf_name("/P"): page,
                pdf_name("/F"): generic.NumberObject(4),
            }
        )
        number = made.add_object(field)
        made.root["/AcroForm"] = made.add_object(
            generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([number])})
        )
        made.update_root()
        page.get_object()["/Annots"] = generic.ArrayObject([number])
        made.mark_update(page)
        return add_signature_fields(tools.finish(made), BOXES)

    @cached_property
    def signed(self) -> bytes:
        """The honest upload."""
        return tools.sign(self.frozen, self.officer)
