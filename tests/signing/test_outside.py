"""One more signature on a paper from outside: what earlier ones leave open, and that they hold."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.sign import SimpleSigner
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    append_signature_field,
)

from signing.fields import SignatureFieldBox
from signing.outcome import VerificationReport
from signing.outside import (
    APPROVAL_FIELD,
    Obstacle,
    OpenedPaper,
    OutsideRefusedError,
    compare,
    open_field,
    survey,
)
from signing.policy import INTEGRITY
from signing.request import SignatureKind, SignatureRequest
from signing.sign import sign_document
from signing.trust import TrustStore
from signing.verdict import Verdict
from signing.verify import verify
from tests.signing.office import FONTS, TODAY, Office, unsigned_directive
from tests.signing.uploaded import tools
from tests.support.encrypted_paper import encrypted_and_signed
from wiring.demo_pki.build import DEMO_PIN

SHARED = Path(__file__).resolve().parents[3] / "shared" / "signed-pdfs"
BOX = SignatureFieldBox(
    name="", page=1, x_pt=100, y_pt=600, w_pt=170, h_pt=70, page_height_pt=841.89
)
SPOT = (100, 100, 270, 170)


def judge(pdf: bytes) -> VerificationReport:
    return verify(pdf, name="", policy=INTEGRITY, trust=TrustStore(anchors=()), at=TODAY)


def signed_by_us(office: Office, pdf: bytes, **place: object) -> tuple[bytes, OpenedPaper]:
    """The whole way; raises where it must not be gone."""
    before = judge(pdf)
    opened = open_field(pdf, survey(pdf, before), **{"name": APPROVAL_FIELD, "box": BOX, **place})
    request = SignatureRequest(
        kind=SignatureKind.APPROVAL, field=opened.field, name="Trần Trung Hiếu"
    )
    signed = sign_document(
        opened.pdf, request=request, key=office.key("officer"), at=TODAY, fonts=FONTS
    )
    compare(before, judge(signed), field=opened.field)
    assert signed.startswith(pdf)
    return signed, opened


def refused(office: Office, pdf: bytes, **place: object) -> Obstacle:
    with pytest.raises(OutsideRefusedError) as caught:
        signed_by_us(office, pdf, **place)
    assert "Việc cần làm" in caught.value.diagnosis()
    return caught.value.obstacle


@pytest.fixture(scope="module")
def stranger(office: Office) -> SimpleSigner:
    return tools.signer(office, "unit")


def paper(
    stranger: SimpleSigner,
    *,
    certify: bool = False,
    permission: MDPPerm = MDPPerm.FILL_FORMS,
    lock: FieldMDPSpec | None = None,
    spare: bool = False,
) -> bytes:
    """A paper that another office signed; `spare` leaves an empty field for somebody."""
    made = tools.writer(unsigned_directive())
    append_signature_field(
        made, SigFieldSpec("KyCuaHo", box=(300, 100, 470, 170), field_mdp_spec=lock)
    )
    if spare:
        append_signature_field(made, SigFieldSpec("ChoKyKhac", box=SPOT))
    return tools.sign(
        tools.finish(made), stranger, field="KyCuaHo", certify=certify, permission=permission
    )


def test_an_ordinary_signature_is_joined_by_ours_where_people_see_it(
    office: Office, stranger: SimpleSigner
) -> None:
    signed, opened = signed_by_us(office, paper(stranger))
    assert opened.visible
    assert [(one.field, one.certifies) for one in judge(signed).signatures] == [
        ("KyCuaHo", False),
        (APPROVAL_FIELD, False),
    ]


def test_a_second_one_of_ours_gets_a_name_of_its_own(
    office: Office, stranger: SimpleSigner
) -> None:
    once, _ = signed_by_us(office, paper(stranger))
    _, opened = signed_by_us(office, once, box=None)
    assert (opened.field, opened.visible) == (f"{APPROVAL_FIELD}2", False)


@pytest.mark.parametrize("certify", [True, False])
def test_an_empty_field_that_the_paper_brings_is_used(
    office: Office,
    stranger: SimpleSigner,
    certify: bool,  # noqa: FBT001 (a parameter of the test)
) -> None:
    pdf = paper(stranger, certify=certify, spare=True)
    _, opened = signed_by_us(office, pdf, into="ChoKyKhac")
    assert (opened.field, opened.visible, opened.pdf) == ("ChoKyKhac", True, pdf)


def test_after_a_certification_a_new_signature_shows_nothing(
    office: Office, stranger: SimpleSigner
) -> None:
    _, opened = signed_by_us(office, paper(stranger, certify=True))
    assert not opened.visible


def test_a_certification_without_changes_refuses_every_further_signature(
    office: Office, stranger: SimpleSigner
) -> None:
    pdf = paper(stranger, certify=True, permission=MDPPerm.NO_CHANGES, spare=True)
    assert refused(office, pdf) is Obstacle.NO_CHANGES
    assert refused(office, pdf, into="ChoKyKhac") is Obstacle.NO_CHANGES


def test_a_locked_field_is_not_filled(office: Office, stranger: SimpleSigner) -> None:
    lock = FieldMDPSpec(FieldMDPAction.INCLUDE, ["ChoKyKhac"])
    pdf = paper(stranger, lock=lock, spare=True)
    assert refused(office, pdf, into="ChoKyKhac") is Obstacle.LOCKED
    _, opened = signed_by_us(office, pdf)
    assert opened.field == APPROVAL_FIELD


def test_where_all_fields_are_locked_nothing_is_signed(
    office: Office, stranger: SimpleSigner
) -> None:
    pdf = paper(stranger, lock=FieldMDPSpec(FieldMDPAction.ALL), spare=True)
    assert refused(office, pdf) is Obstacle.LOCKED
    assert refused(office, pdf, into="ChoKyKhac") is Obstacle.LOCKED


def _changed_inside(pdf: bytes) -> bytes:
    at = pdf.index(b"/MediaBox")
    return pdf[:at] + pdf[at:].replace(b"595", b"594", 1)


def _drawn_on(pdf: bytes) -> bytes:
    made = tools.writer(pdf)
    content = generic.StreamObject(stream_data=b"q 0 0 0 rg 100 700 200 20 re f Q")
    made.add_stream_to_page(0, made.add_object(content))
    return tools.finish(made)


def test_a_paper_behind_a_password_is_not_signed(office: Office) -> None:
    shut = encrypted_and_signed(
        unsigned_directive(), key=office.pki.key("unit"), pin=DEMO_PIN, password=""
    )
    assert refused(office, shut) is Obstacle.ENCRYPTED


@pytest.mark.parametrize(
    ("harm", "obstacles"),
    [
        (_changed_inside, {Obstacle.BROKEN}),
        (_drawn_on, {Obstacle.BROKEN}),
        (lambda pdf: pdf + b"junk", {Obstacle.DAMAGED}),
        (lambda pdf: pdf[: len(pdf) - 600], {Obstacle.DAMAGED, Obstacle.BROKEN}),
        (lambda _: b"no paper", {Obstacle.DAMAGED}),
    ],
)
def test_a_paper_that_is_not_sound_any_more_is_not_signed(
    office: Office,
    stranger: SimpleSigner,
    harm: Callable[[bytes], bytes],
    obstacles: set[Obstacle],
) -> None:
    assert refused(office, harm(paper(stranger))) in obstacles


def test_whoever_harms_an_earlier_signature_is_found_out(
    office: Office, stranger: SimpleSigner
) -> None:
    pdf = paper(stranger)
    before = judge(pdf)
    made = tools.writer(pdf)
    made.root["/Lang"] = pdf_name("/xx")
    made.update_root()
    harmed = tools.sign(
        made,
        tools.signer(office, "officer"),
        field="Them",
        certify=False,
        own_field=SigFieldSpec("Them", box=SPOT),
    )
    with pytest.raises(OutsideRefusedError) as caught:
        compare(before, judge(harmed), field="Them")
    assert caught.value.obstacle is Obstacle.HARMS


def pdfsig(path: Path, pdf: bytes) -> list[str]:
    path.write_bytes(pdf)
    told = subprocess.run(
        ["pdfsig", "-nocert", str(path)],
        capture_output=True,
        check=False,
        text=True,
    )
    return [one for one in told.stdout.splitlines() if "Signature Validation" in one]


HYBRID = "intact/hrmaster1982-dev-phapluat-8chude-data__nghi-dinh-so-118-2026-nd-cp-469379.pdf"
SAMPLES = (
    HYBRID,
    "intact-later-revisions/esig-dss__pkcs7_sha1.pdf",
    "intact-later-revisions/itext-itext-java__docWithMultipleSignaturesAndTimeStamp.pdf",
)


@pytest.mark.parametrize("name", SAMPLES)
def test_papers_of_other_software_keep_their_verdicts(
    office: Office, tmp_path: Path, name: str
) -> None:
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"{path} is not here")
    pdf = path.read_bytes()
    signed, _ = signed_by_us(office, pdf)
    assert judge(signed).verdict is Verdict.PASSED
    before, after = pdfsig(tmp_path / "a.pdf", pdf), pdfsig(tmp_path / "b.pdf", signed)
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert "Signature is Valid" in after[-1]
