"""The code of a paper and its QR, printed in the bottom margin of the page with the signature.

The margins of the form hold no text but the page number at the top (NĐ 30/2020 PL I; HD
36-HD/VPTW), so that nothing of the form moves.
"""

import io
from dataclasses import dataclass

import segno


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCode:
    """What leads from a paper to the page that says whether it is real."""

    address: str
    """Of that page, with the code."""
    site: str
    """Where the code is typed in, as people read it: without `https://`."""
    shown: str
    """The code as it is printed."""


def code_data(code: PaperCode | None) -> dict[str, str] | None:
    """What the template shows of a code; None where there is none."""
    if code is None:
        return None
    return {"svg": qr_svg(code.address), "site": code.site, "code": code.shown}


def qr_svg(address: str) -> str:
    """The QR of an address as SVG: error correction M, without its quiet zone."""
    made = segno.make_qr(address, error="m", boost_error=False)
    out = io.BytesIO()
    made.save(out, kind="svg", border=0, scale=4, xmldecl=False)
    return out.getvalue().decode()
