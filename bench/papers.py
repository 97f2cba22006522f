"""The signed files that are judged: made anew for each run, by an authority made for it alone."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from bench.documents import PAGE_HEIGHT_PT, make_pdf
from signing.archiving import add_archive_timestamp
from signing.completing import complete_signature
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.keys.software import open_pkcs12
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.request import SignatureKind, SignatureRequest
from signing.services import TrustServices
from signing.sign import prepare_signature
from signing.timestamps import TimestampService
from signing.trust import TrustStore, load_anchors, load_certificates
from wiring.clock import real_now
from wiring.demo_pki.build import DEMO_PIN, DemoPKI, build_demo_pki
from wiring.demo_pki.recipe import TSA_URL, DemoHolder, HolderKind
from wiring.demo_pki.serve import clock_headers, serving

FONTS: Final = Path(__file__).resolve().parents[1] / "node_modules" / "@expo-google-fonts" / "tinos"
NOW: Final = real_now()
SIGNED_AT: Final = NOW - timedelta(hours=22)
SEALED_AT: Final = SIGNED_AT + timedelta(hours=2)
ARCHIVED_AT: Final = SIGNED_AT + timedelta(hours=20)
JUDGED_AT: Final = NOW + timedelta(hours=1)
"""After the files of B-B too, which pyHanko signs at the time of the run."""

_PEOPLE: Final = tuple(
    DemoHolder(
        id=kind.value,
        common_name=name,
        organisation="Cơ quan thử nghiệm",
        email=f"{kind.value}@thu-nghiem.example",
        kind=kind,
    )
    for kind, name in ((HolderKind.OFFICER, "Trần Thử"), (HolderKind.AGENCY, "CƠ QUAN THỬ NGHIỆM"))
)


@dataclass(frozen=True)
class Office:
    """A served authority with an officer and an agency."""

    pki: DemoPKI
    url: str

    @cached_property
    def trust(self) -> TrustStore:
        """The authority's root alone."""
        return TrustStore(anchors=load_anchors([self.pki.root]))

    def services(self, at: datetime) -> TrustServices:
        """Time stamps, OCSP and CRL as of an instant."""
        return TrustServices(
            timestamps=(TimestampService(url=TSA_URL),),
            roots=load_certificates(self.pki.root),
            headers=lambda: clock_headers(at),
            proxy=self.url,
        )

    def plain(self, pdf: bytes, signatures: int, *, revisions: int = 0) -> bytes:
        """B-B by pyHanko's signer, one field each.

        Args:
            pdf: Unsigned.
            signatures: How many; the first certifies.
            revisions: How many there are in the end. Between the first signature and the next,
                revisions that change nothing but the date of change bring it up to that.
        """
        names = [f"ChuKy{number}" for number in range(1, signatures + 1)]
        signed = add_signature_fields(pdf, [_box(name, row) for row, name in enumerate(names)])
        for number, name in enumerate(names):
            signed = _sign_plain(signed, name, self._signers[number % 2], certify=number == 0)
            if number == 0:
                for step in range(revisions - 2 - signatures):
                    signed = _touch(signed, step)
        return signed

    @cached_property
    def _signers(self) -> tuple[signers.SimpleSigner, ...]:
        found = (
            signers.SimpleSigner.load_pkcs12(  # type: ignore[no-untyped-call]  # pyHanko types it not
                str(self.pki.key(one.id)), passphrase=DEMO_PIN.encode()
            )
            for one in _PEOPLE
        )
        return tuple(one for one in found if one is not None)

    def long_term(self, pdf: bytes, signatures: int, *, archived: bool) -> bytes:
        """B-LT or B-LTA by our own signing: the officer, and the agency where there are two."""
        names = (OFFICER_FIELD, SEAL_FIELD)[:signatures]
        signed = add_signature_fields(pdf, [_box(name, row) for row, name in enumerate(names)])
        signed = self._sign(signed, SignatureKind.OFFICER, OFFICER_FIELD, _PEOPLE[0], SIGNED_AT)
        if signatures > 1:
            signed = self._sign(signed, SignatureKind.SEAL, SEAL_FIELD, _PEOPLE[1], SEALED_AT)
        if not archived:
            return signed
        return add_archive_timestamp(signed, services=self.services(ARCHIVED_AT), at=ARCHIVED_AT)

    def _sign(
        self, pdf: bytes, kind: SignatureKind, field: str, holder: DemoHolder, at: datetime
    ) -> bytes:
        key = open_pkcs12(self.pki.key(holder.id), DEMO_PIN)
        request = SignatureRequest(kind=kind, field=field, name=holder.common_name)
        prepared = prepare_signature(
            pdf, request=request, certificate=key.certificate, at=at, fonts=FONTS
        )
        raw = key.sign(prepared.signed_attributes)
        return complete_signature(prepared, raw, services=self.services(at), at=at)


@contextlib.contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """Makes an authority in an empty folder and serves it until the block ends."""
    pki = build_demo_pki(folder, _PEOPLE)
    with serving(pki.folder) as url:
        yield Office(pki, url)


def _box(name: str, row: int) -> SignatureFieldBox:
    return SignatureFieldBox(
        name=name,
        page=1,
        x_pt=330,
        y_pt=100 + 85 * row,
        w_pt=170,
        h_pt=75,
        page_height_pt=PAGE_HEIGHT_PT,
    )


def _sign_plain(pdf: bytes, field: str, signer: signers.Signer, *, certify: bool) -> bytes:
    metadata = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    out = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)), metadata, signer, existing_fields_only=True
    )
    return bytes(out.getbuffer())


def _touch(pdf: bytes, step: int) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    info = writer.trailer["/Info"]
    info[pdf_name("/ModDate")] = pdf_string(f"D:202609210654{step:02d}Z")
    writer.mark_update(writer.trailer.raw_get("/Info"))
    out = io.BytesIO()
    writer.write(out)  # type: ignore[no-untyped-call]  # same
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of the comparison."""

    name: str
    """As the ratios name it."""

    path: Path
    data: bytes


SMALL: Final = 100_000
LARGE: Final = 10 << 20


def make_papers(office: Office, folder: Path, *, names: frozenset[str]) -> list[Paper]:
    """Writes the files that are asked for.

    Args:
        office: Who signs.
        folder: Where they are written.
        names: Which of `KINDS`; empty for all.
    """
    made = []
    for name in KINDS:
        if names and name not in names:
            continue
        data = _make(office, name)
        path = folder / f"{name}.pdf"
        path.write_bytes(data)
        made.append(Paper(name, path, data))
    return made


KINDS: Final = (
    "bb1", "bb2", "blt1", "blt2", "blta1", "blta2", "10mb_bb1", "10mb_blt2",
    "2000_pages", "2000_pages_objstm", "50_revisions",
)  # fmt: skip
"""`b…` is the level, the digit the number of signatures; the last three have two B-B signatures."""


def _make(office: Office, name: str) -> bytes:
    if name == "50_revisions":
        return office.plain(make_pdf(image_bytes=SMALL), 2, revisions=50)
    if name.startswith("2000"):
        return office.plain(make_pdf(pages=2000, object_streams=name.endswith("objstm")), 2)
    image = LARGE if name.startswith("10mb") else SMALL
    pdf = make_pdf(image_bytes=image)
    level, signatures = name.removeprefix("10mb_")[:-1], int(name[-1])
    if level == "bb":
        return office.plain(pdf, signatures)
    return office.long_term(pdf, signatures, archived=level == "blta")
