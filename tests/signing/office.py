"""A served throw-away office for the tests of signing and judging."""

import asyncio
import hashlib
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import typst
from asn1crypto import cms, pem
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import CertificateValidator
from pyhanko_certvalidator import errors as faults

from signing.archiving import add_archive_timestamp
from signing.completing import complete_signature
from signing.container import make_container
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.keys.software import SoftwareKey, open_pkcs12
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.request import PreparedSignature, SignatureKind, SignatureRequest
from signing.services import TrustServices, open_session
from signing.sign import place_container, prepare_signature
from signing.timestamps import TimestampService
from signing.trust import HolderKind as RegisteredKind
from signing.trust import RegisteredHolder, TrustStore, load_anchors
from signing.writer import finish, open_writer
from wiring.demo_pki.build import DEMO_PIN, DemoPKI
from wiring.demo_pki.recipe import TSA_URL, DemoHolder, HolderKind
from wiring.demo_pki.serve import clock_headers

FONTS = Path(__file__).resolve().parents[2] / "node_modules" / "@expo-google-fonts" / "tinos"
SIGNED_AT = datetime(2022, 9, 21, 6, 54, tzinfo=UTC)
SEALED_AT = SIGNED_AT + timedelta(hours=2)
ARCHIVED_AT = SIGNED_AT + timedelta(hours=20)
TODAY = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
BOXES = (
    SignatureFieldBox(
        name=OFFICER_FIELD, page=1, x_pt=340, y_pt=500, w_pt=170, h_pt=70, page_height_pt=841.89
    ),
    SignatureFieldBox(
        name=SEAL_FIELD, page=1, x_pt=270, y_pt=480, w_pt=105, h_pt=105, page_height_pt=841.89
    ),
)
NAMES = {
    "officer": ("Trần Trung Hiếu", HolderKind.OFFICER),
    "agency": ("BAN TUYÊN GIÁO TỈNH ỦY AN BÌNH", HolderKind.AGENCY),
    "unit": ("Đảng ủy xã Một", HolderKind.UNIT),
    "revoked": ("Người Bị Thu Hồi", HolderKind.REVOKED),
    "expired": ("Người Hết Hạn", HolderKind.EXPIRED),
    "wrong": ("Người Sai Mục Đích", HolderKind.WRONG_USAGE),
}
PEOPLE = tuple(
    DemoHolder(
        id=label,
        common_name=name,
        organisation="Ban Tuyên giáo Tỉnh ủy An Bình",
        email=f"{label}@anbinh.example.vn",
        kind=kind,
    )
    for label, (name, kind) in NAMES.items()
)


def unsigned_directive() -> bytes:
    body = "Thực hiện kế hoạch năm, các đơn vị khẩn trương triển khai những nhiệm vụ sau. " * 8
    source = f'#set page(paper: "a4")\n#set text(font: "Tinos", lang: "vi")\n{body}'
    return typst.compile(
        source.encode(),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)]),
        pdf_standards=["a-2b"],
    )


@dataclass(frozen=True)
class Office:
    pki: DemoPKI
    url: str

    @property
    def root(self) -> bytes:
        return pem.unarmor(self.pki.root.read_bytes())[2]

    def services(self, at: datetime) -> TrustServices:
        return TrustServices(
            timestamps=(TimestampService(url=TSA_URL, pause_s=0.01),),
            roots=(self.root,),
            headers=lambda: clock_headers(at),
            proxy=self.url,
        )

    @cached_property
    def trust(self) -> TrustStore:
        return TrustStore(anchors=load_anchors([self.pki.root]))

    def registered(self, *labels: str) -> TrustStore:
        kinds = {HolderKind.AGENCY: RegisteredKind.ORGANISATION}
        holders = {
            self.key(label).certificate.facts.sha256_hex: RegisteredHolder(
                kind=kinds.get(NAMES[label][1], RegisteredKind.OFFICER), name=NAMES[label][0]
            )
            for label in labels
        }
        return replace(self.trust, registered=holders)

    def key(self, label: str) -> SoftwareKey:
        return open_pkcs12(self.pki.key(label), DEMO_PIN)

    def prepare(
        self,
        pdf: bytes,
        label: str,
        kind: SignatureKind,
        at: datetime,
        **options: Any,  # noqa: ANN401 (fields of the request)
    ) -> PreparedSignature:
        request = SignatureRequest(
            kind=kind,
            field=OFFICER_FIELD if kind is SignatureKind.OFFICER else SEAL_FIELD,
            name=NAMES[label][0],
            location="An Bình",
            contact=f"{label}@anbinh.example.vn",
            **options,
        )
        return prepare_signature(
            pdf, request=request, certificate=self.key(label).certificate, at=at, fonts=FONTS
        )

    def complete(self, prepared: PreparedSignature, label: str, at: datetime) -> bytes:
        raw = self.key(label).sign(prepared.signed_attributes)
        return complete_signature(prepared, raw, services=self.services(at), at=at)

    @cached_property
    def fielded(self) -> bytes:
        return add_signature_fields(unsigned_directive(), BOXES)

    @cached_property
    def officer_only(self) -> bytes:
        prepared = self.prepare(self.fielded, "officer", SignatureKind.OFFICER, SIGNED_AT)
        return self.complete(prepared, "officer", SIGNED_AT)

    @cached_property
    def sealed(self) -> bytes:
        prepared = self.prepare(self.officer_only, "agency", SignatureKind.SEAL, SEALED_AT)
        return self.complete(prepared, "agency", SEALED_AT)

    @cached_property
    def archived(self) -> bytes:
        return add_archive_timestamp(
            self.sealed, services=self.services(ARCHIVED_AT), at=ARCHIVED_AT
        )

    def forge(self, label: str) -> bytes:
        """What software of an attacker makes with a key that ours refuses; archived honestly."""
        prepared = self.prepare(self.fielded, label, SignatureKind.OFFICER, SIGNED_AT)
        raw = self.key(label).sign(prepared.signed_attributes)
        signed = asyncio.run(_forge(prepared, raw, self.services(SIGNED_AT)))
        return add_archive_timestamp(signed, services=self.services(ARCHIVED_AT), at=ARCHIVED_AT)


async def _forge(prepared: PreparedSignature, raw: bytes, services: TrustServices) -> bytes:
    async with open_session(services, at=SIGNED_AT) as session:
        token = await session.time_stamp(hashlib.sha256(raw).digest())
        container = make_container(
            prepared.certificate,
            prepared.mechanism,
            prepared.signed_attributes,
            raw,
            token=token,
        )
        stamped = place_container(prepared, container)
        context = session.context()
        paths = []
        for structure in (container["content"], token["content"]):
            found = extract_certificate_info(structure)
            validator = CertificateValidator(
                found.signer_cert,
                intermediate_certs=found.other_certs,
                validation_context=context,
            )
            try:
                paths.append(await validator.async_validate_usage(set()))
            except faults.PathValidationError:
                continue  # the evidence against the certificate was gathered all the same
        writer = open_writer(stamped)
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, validation_context=context, paths=paths
        )
        return finish(writer)


def contents_of(pdf: bytes, field: str) -> cms.ContentInfo:
    """The CMS container in a field."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 (used by few tests)

    reader = PdfFileReader(io.BytesIO(pdf))
    signature = next(one for one in reader.embedded_signatures if one.field_name == field)
    return cms.ContentInfo.load(signature.pkcs7_content)


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
