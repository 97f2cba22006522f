"""Papers from outside: taken in, judged, signed here too; or kept with the reason why not."""

from collections.abc import Callable

import pytest
from pyhanko.sign import SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, append_signature_field
from sqlalchemy import select

from actions.errors import (
    AlreadyDoneError,
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    PinRefusedError,
    StaleRevisionError,
    WrongStateError,
)
from actions.outside_papers import OutsideOrder, TakenPaper, show_outside, take_outside
from actions.paper_signing import complete_paper, sign_paper
from models.paper import Paper
from signing.fields import SignatureFieldBox
from signing.outside import AGENCY_FIELD, APPROVAL_FIELD
from signing.request import SignatureKind
from signing.verdict import Verdict
from tests.signing.uploaded import tools
from tests.support.front import Front
from tests.support.papers import plain_pdf
from tests.support.signing_office import PIN, Authority

APPROVAL, SEAL = SignatureKind.APPROVAL, SignatureKind.SEAL
BOX = SignatureFieldBox(
    name="", page=1, x_pt=340, y_pt=600, w_pt=170, h_pt=70, page_height_pt=841.89
)
THEIRS = "KyCuaHo"


def by(authority: Authority, holder: str) -> SimpleSigner:
    made = SimpleSigner.load_pkcs12(str(authority.pki.key(holder)), passphrase=PIN.encode())
    assert made is not None
    return made


def incoming(authority: Authority, **options: object) -> bytes:
    """A paper that another office has signed."""
    made = tools.writer(plain_pdf(1))
    append_signature_field(made, SigFieldSpec(THEIRS, box=(60, 100, 230, 170)))
    options = {"certify": False, **options}
    return tools.sign(tools.finish(made), by(authority, "other"), field=THEIRS, **options)


def take(front: Front, pdf: bytes, *kinds: SignatureKind, **order: object) -> TakenPaper:
    asked = OutsideOrder(**{"name": "Công văn 12-CV/HU", "kinds": kinds or (APPROVAL,), **order})
    return take_outside(front.desk, front.clerk, pdf, asked)


def sign(front: Front, taken: TakenPaper, kind: SignatureKind, **changes: object) -> None:
    actor = front.signatory if kind is APPROVAL else front.clerk
    seen = show_outside(front.desk, front.clerk, taken.id).waiting_sha256 or ""
    given = {"kind": kind, "pin": PIN, "seen_sha256": seen, **changes}
    sign_paper(front.desk, actor, taken.id, **given)
    complete_paper(front.desk, taken.id)


def row(front: Front) -> Paper:
    with front.desk.database.reading() as session:
        return session.scalars(select(Paper)).one()


def test_officer_and_agency_sign_beside_those_who_signed_before(
    one_front: Front, authority: Authority
) -> None:
    front = one_front
    pdf = incoming(authority)
    taken = take(front, pdf, APPROVAL, SEAL, box=BOX)
    assert (taken.refusal, row(front).state, row(front).kind) == ("", "prepared", "foreign")
    for kind in (APPROVAL, SEAL):
        sign(front, taken, kind)
    seen = show_outside(front.desk, front.clerk, taken.id)
    assert seen.state == "signed"
    signed = front.desk.archive.get(seen.signed_sha256 or "")
    assert signed.startswith(pdf)
    report = front.desk.judge(signed, "x", front.clock())
    made = {one.field: one for one in report.signatures if one.kind == "signature"}
    assert set(made) == {THEIRS, APPROVAL_FIELD, AGENCY_FIELD}
    assert made[APPROVAL_FIELD].verdict is made[AGENCY_FIELD].verdict is Verdict.PASSED
    # Its own evidence was not in the file; ours, and the archive time stamp over all, are.
    assert made[THEIRS].verdict is Verdict.PASSED


def test_what_was_found_on_arrival_stays_with_the_paper(
    one_front: Front, authority: Authority
) -> None:
    pdf = incoming(authority)
    taken = take(one_front, pdf)
    kept = row(one_front)
    assert one_front.desk.archive.get(kept.source_sha256) == pdf
    assert kept.verification is not None
    assert kept.verification["signatures"][0]["field"] == THEIRS
    event = one_front.last_event()
    assert (event.deed, event.subject_id) == ("take_paper", str(taken.id))
    assert event.detail["verdict"] == taken.verdict


def _drawn_on(pdf: bytes) -> bytes:
    made = tools.writer(pdf)
    made.root["/OpenAction"] = tools.first_page(made)
    made.update_root()
    return tools.finish(made)


@pytest.mark.parametrize(
    ("harm", "options", "obstacle"),
    [
        (lambda pdf: pdf, {"certify": True, "permission": MDPPerm.NO_CHANGES}, "no_changes"),
        (lambda pdf: pdf.replace(b"/Rect", b"/Rekt", 1), {}, "earlier_broken"),
        (lambda pdf: pdf + b"junk", {}, "damaged"),
        (lambda _: b"%PDF-1.7 nothing", {}, "damaged"),
        (_drawn_on, {}, "earlier_broken"),
    ],
)
def test_a_paper_that_cannot_be_signed_is_kept_with_the_reason(
    one_front: Front,
    authority: Authority,
    harm: Callable[[bytes], bytes],
    options: dict[str, object],
    obstacle: str,
) -> None:
    pdf = harm(incoming(authority, **options))
    taken = take(one_front, pdf)
    assert "Việc cần làm" in taken.refusal
    kept = row(one_front)
    assert (kept.state, kept.details["obstacle"], kept.prepared_sha256) == (
        "refused",
        obstacle,
        None,
    )
    assert one_front.desk.archive.get(kept.source_sha256) == pdf
    with pytest.raises(NotFoundError):
        sign_paper(
            one_front.desk, one_front.signatory, taken.id, kind=APPROVAL, pin=PIN, seen_sha256=""
        )


def test_only_clerk_and_signatory_take_papers_in(one_front: Front, authority: Authority) -> None:
    pdf, order = incoming(authority), OutsideOrder(name="Công văn")
    for actor in one_front.everybody():
        if actor in {one_front.clerk, one_front.signatory}:
            continue
        with pytest.raises(NotAuthorisedError):
            take_outside(one_front.desk, actor, pdf, order)
    take_outside(one_front.desk, one_front.signatory, pdf, order)


def test_each_signature_is_its_owners(one_front: Front, authority: Authority) -> None:
    taken = take(one_front, incoming(authority), APPROVAL, SEAL)
    seen = show_outside(one_front.desk, one_front.clerk, taken.id).waiting_sha256 or ""
    for actor, kind in ((one_front.clerk, APPROVAL), (one_front.drafter, SEAL)):
        with pytest.raises(NotAuthorisedError):
            sign_paper(one_front.desk, actor, taken.id, kind=kind, pin=PIN, seen_sha256=seen)


def test_what_is_not_right_changes_nothing(one_front: Front, authority: Authority) -> None:
    taken = take(one_front, incoming(authority), APPROVAL, SEAL)
    with pytest.raises(PinRefusedError):
        sign(one_front, taken, APPROVAL, pin="sai")
    with pytest.raises(StaleRevisionError):
        sign(one_front, taken, APPROVAL, seen_sha256="0" * 64)
    with pytest.raises(WrongStateError):
        sign(one_front, taken, SEAL)
    sign(one_front, taken, APPROVAL)
    with pytest.raises(AlreadyDoneError):
        sign(one_front, taken, APPROVAL)


@pytest.mark.parametrize(
    "order",
    [{"name": " "}, {"name": "x" * 300}, {"kinds": (SignatureKind.COPY,)}],
)
def test_an_order_without_sense_is_refused(
    one_front: Front, authority: Authority, order: dict[str, object]
) -> None:
    with pytest.raises(InvalidInputError):
        take(one_front, incoming(authority), **order)
    assert one_front.count(Paper) == 0
