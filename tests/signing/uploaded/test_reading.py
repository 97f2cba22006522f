"""What comes back from another tool: the honest upload is taken, each cheat has its own refusal."""

import asyncio
import hashlib
import random
from collections.abc import Callable
from typing import Any

import pytest
from asn1crypto import cms
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
)
from pyhanko.sign.general import SigningError

from signing.errors import KeyRefusedError
from signing.judge.file.document import open_document
from signing.judge.file.signatures import list_signatures
from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.services import open_session
from signing.uploaded import errors
from signing.uploaded.errors import UploadRefusedError
from signing.uploaded.outcome import UploadedSignature
from signing.uploaded.reading import read_upload
from tests.signing.office import SIGNED_AT, TODAY, Office, unsigned_directive
from tests.signing.uploaded import tools
from tests.signing.uploaded.bench import Bench
from tests.signing.uploaded.cheats import CHEATS, edited


@pytest.fixture(scope="module")
def bench(office: Office) -> Bench:
    return Bench(office)


def read(bench: Bench, uploaded: bytes, frozen: bytes | None = None) -> UploadedSignature:
    return read_upload(
        bench.frozen if frozen is None else frozen,
        uploaded,
        field=OFFICER_FIELD,
        certificate=bench.certificate,
        at=TODAY,
    )


def test_an_honest_upload_is_taken(bench: Bench) -> None:
    found = read(bench, bench.signed)

    container = cms.ContentInfo.load(_last(bench.signed).contents)
    assert found.raw_signature == container["content"]["signer_infos"][0]["signature"].native
    assert (found.level, found.certifies, found.mechanism) == ("B-B", True, "rsa-pkcs1/sha256")
    assert found.claimed_time is not None
    assert found.claimed_time.tzinfo is not None


HONEST: dict[str, dict[str, Any]] = {
    "an ordinary signature": {"certify": False},
    "without a look": {"look": None},
    "with SHA-512": {"md_algorithm": "sha512"},
    "as PKCS#7": {"subfilter": SigSeedSubFilter.ADOBE_PKCS7_DETACHED},
    "with reason and place": {"reason": "Tôi đồng ý", "location": "An Bình"},
}


@pytest.mark.parametrize("name", HONEST)
def test_ways_in_which_tools_differ_are_taken(bench: Bench, name: str) -> None:
    uploaded = tools.sign(bench.frozen, bench.officer, **HONEST[name])
    assert read(bench, uploaded).certifies is (name != "an ordinary signature")


def test_the_officers_field_tells_tools_to_certify(bench: Bench) -> None:
    ordinary = PdfSignatureMetadata(field_name=OFFICER_FIELD, md_algorithm="sha256")
    with pytest.raises(SigningError, match="certification signature"):
        PdfSigner(ordinary, signer=bench.officer).sign_pdf(tools.writer(bench.frozen))


def test_a_tool_that_signs_with_pss_is_taken(bench: Bench) -> None:
    officer = bench.officer
    pss = SimpleSigner(
        signing_cert=officer.signing_cert,
        signing_key=officer.signing_key,
        cert_registry=officer.cert_registry,
        prefer_pss=True,
    )
    assert read(bench, tools.sign(bench.frozen, pss)).mechanism == "rsa-pss/sha256"


def test_the_agency_seals_elsewhere_too(bench: Bench, office: Office) -> None:
    signed = office.officer_only
    found = read_upload(
        signed,
        tools.seal(signed, bench.agency),
        field=SEAL_FIELD,
        certificate=office.key("agency").certificate,
        at=TODAY,
    )
    assert not found.certifies


def test_the_seal_may_not_certify(bench: Bench, office: Office) -> None:
    """Only the first signature may; here it is in the wrong field."""
    certified = tools.sign(office.fielded, bench.agency, field=SEAL_FIELD)
    with pytest.raises(errors.WrongPermissionError):
        read_upload(
            office.fielded,
            certified,
            field=SEAL_FIELD,
            certificate=office.key("agency").certificate,
            at=TODAY,
        )


@pytest.mark.parametrize("name", CHEATS)
def test_each_cheat_has_its_own_refusal(bench: Bench, name: str) -> None:
    make, refusal = CHEATS[name]
    with pytest.raises(UploadRefusedError) as caught:
        read(bench, make(bench))
    assert type(caught.value) is refusal
    assert "Việc cần làm" in caught.value.diagnosis()
    assert "{" not in caught.value.diagnosis()


def test_whoever_signed_instead_is_named(bench: Bench) -> None:
    uploaded = tools.sign(bench.frozen, tools.signer(bench.office, "unit"))
    with pytest.raises(errors.OtherSignerError, match="Đảng ủy xã Một"):
        read(bench, uploaded)


def test_what_else_changed_is_named(bench: Bench) -> None:
    make, _ = CHEATS["page content"]
    with pytest.raises(errors.ChangedBesideError) as caught:
        read(bench, make(bench))
    assert caught.value.facts["what"] == "đổi nội dung trang"


def _locked(spec: FieldMDPSpec) -> bytes:
    made = tools.writer(unsigned_directive())
    officer = SigFieldSpec(OFFICER_FIELD, box=(340, 270, 510, 340), field_mdp_spec=spec)
    append_signature_field(made, officer)
    append_signature_field(made, SigFieldSpec(SEAL_FIELD, box=(270, 260, 375, 365)))
    return tools.finish(made)


@pytest.mark.parametrize("certify", [True, False])
def test_a_signature_that_locks_the_seals_field_is_refused(bench: Bench, certify: bool) -> None:  # noqa: FBT001
    frozen = _locked(FieldMDPSpec(FieldMDPAction.INCLUDE, [SEAL_FIELD]))
    with pytest.raises(errors.LocksFieldsError, match=SEAL_FIELD):
        read(bench, tools.sign(frozen, bench.officer, certify=certify), frozen)


def test_a_signature_that_locks_its_own_field_is_taken(bench: Bench) -> None:
    frozen = _locked(FieldMDPSpec(FieldMDPAction.INCLUDE, [OFFICER_FIELD]))
    assert read(bench, tools.sign(frozen, bench.officer), frozen).certifies


async def _stamp(office: Office, digest: bytes) -> cms.ContentInfo:
    async with open_session(office.services(SIGNED_AT), at=SIGNED_AT) as session:
        return await session.time_stamp(digest)


def _stamped(bench: Bench, digest_of: Callable[[bytes], bytes]) -> bytes:
    def add(container: cms.ContentInfo) -> None:
        signer = container["content"]["signer_infos"][0]
        token = asyncio.run(_stamp(bench.office, digest_of(signer["signature"].native)))
        stamp = cms.CMSAttribute({"type": "signature_time_stamp_token", "values": [token]})
        signer["unsigned_attrs"] = cms.CMSAttributes([stamp])

    roomy = tools.sign(bench.frozen, bench.officer, room=24_000)
    return edited(roomy, add)


def test_a_time_stamp_of_the_tool_is_noticed(bench: Bench) -> None:
    uploaded = _stamped(bench, lambda value: hashlib.sha256(value).digest())
    found = read(bench, uploaded)
    assert (found.has_time_stamp, found.level) == (True, "B-T")


def test_a_time_stamp_over_something_else_is_refused(bench: Bench) -> None:
    with pytest.raises(errors.BadTimeStampError):
        read(bench, _stamped(bench, lambda _: bytes(32)))


def test_an_expired_certificate_is_refused_before_anything_is_read(office: Office) -> None:
    with pytest.raises(KeyRefusedError):
        read_upload(
            b"", b"", field=OFFICER_FIELD, certificate=office.key("expired").certificate, at=TODAY
        )


def _last(pdf: bytes):  # noqa: ANN202
    return list_signatures(open_document(pdf)).filled[-1]


def test_no_changed_byte_outside_the_container_is_taken(bench: Bench) -> None:
    """A sample of all places; every place of the revision's structure is among them."""
    pdf = bench.signed
    _, gap, resumes, _ = _last(pdf).byte_range
    rng = random.Random(7)  # noqa: S311 (a sample)
    outside = [*range(len(bench.frozen), gap), *range(resumes, len(pdf))]
    places = [*rng.sample(range(len(bench.frozen)), 20), *rng.sample(outside, 100)]
    for at in places:
        changed = bytearray(pdf)
        changed[at] ^= 1 << rng.randrange(8)
        with pytest.raises(UploadRefusedError):
            read(bench, bytes(changed))


def test_a_changed_byte_of_the_container_changes_no_fact(bench: Bench) -> None:
    """What no signature covers (other certificates) may differ; who signed what may not."""
    pdf = bench.signed
    _, gap, resumes, _ = _last(pdf).byte_range
    honest = read(bench, pdf)
    rng = random.Random(8)  # noqa: S311 (a sample)
    refused = 0
    for at in rng.sample(range(gap, resumes), 60):
        changed = bytearray(pdf)
        changed[at] ^= 1 << rng.randrange(8)
        try:
            assert read(bench, bytes(changed)) == honest
        except UploadRefusedError:
            refused += 1
    assert refused > 40
