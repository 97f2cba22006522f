"""The officer signs first: the number comes after, and into the page with the agency's seal."""

from datetime import date

import pytest
from sqlalchemy import select, update

from actions.auditing import MACHINE
from actions.cancelling import cancel
from actions.desk import Desk
from actions.errors import (
    AlreadyDoneError,
    CertificateUnfitError,
    NotAcceptedError,
    NotAuthorisedError,
    StaleRevisionError,
    WrongStateError,
)
from actions.freezing import freeze
from actions.issuing import issue
from actions.numbering import take_number
from actions.reviewing import return_draft
from actions.sealing import complete as complete_seal
from actions.sealing import hand_in, plan_elsewhere, seal
from actions.signing_off import complete as complete_signature
from actions.uploading import download_for_signing, take_signed
from models.base import DirectiveId
from models.directive import Directive, Document
from models.numbering import NumberSeries, RegisterEntry, TakenNumber
from models.organisation import Office
from signing.keys.software import open_pkcs12
from signing.names import DATE_FIELD, NUMBER_FIELD
from signing.request import SignatureKind
from tests.actions.signature_rows import next_deed
from tests.actions.test_uploading import by, elsewhere
from tests.signing.uploaded import tools
from tests.support.front import Front
from tests.support.signing_office import PIN, Authority, dies_at, seals, signs


def signing_first(front: Front, **settings: bool) -> Front:
    values = {"number_after_signing": True, **settings}
    front.change(lambda session: session.execute(update(Office).values(**values)))
    return front


def frozen(front: Front) -> DirectiveId:
    key = front.approved()
    freeze(front.desk, key)
    return key


def signed(front: Front) -> DirectiveId:
    key = frozen(front)
    signs(front, key)
    complete_signature(front.desk, key)
    return key


def entry(front: Front) -> RegisterEntry | None:
    with front.desk.database.reading() as session:
        return session.scalars(select(RegisterEntry)).one_or_none()


def test_a_directive_goes_the_whole_way_with_its_number_after_the_signature(
    signing_front: Front,
) -> None:
    front = signing_first(signing_front)
    key = front.approved()
    assert next_deed(front, key) == "freeze"
    freeze(front.desk, key)
    assert (front.state(key), next_deed(front, key)) == ("approved", "sign")
    signs(front, key)
    assert next_deed(front, key) == "complete_signature"
    complete_signature(front.desk, key)
    assert (front.state(key), next_deed(front, key)) == ("signed", "take_number")
    assert (front.directive(key).number, entry(front)) == (None, None)
    front.clock.advance(hours=30)
    assert take_number(front.desk, front.clerk, key) == "96-HD/BTNTU"
    assert (front.state(key), next_deed(front, key)) == ("numbered", "seal")
    assert front.directive(key).issue_date == date(2022, 9, 21)
    line = entry(front)
    assert line is not None
    assert line.columns["number_symbol"] == "96-HD/BTNTU"
    assert line.columns["date"] == "21/09/2022"
    seals(front, key)
    complete_seal(front.desk, key)
    assert (front.state(key), next_deed(front, key)) == ("sealed", "issue")
    directive = front.directive(key)
    pdf = front.desk.archive.get(directive.sealed_sha256 or "")
    assert pdf.startswith(front.desk.archive.get(directive.signed_sha256 or ""))
    report = front.desk.judge(pdf, "x", front.clock())
    assert report.verdict.value == "passed"
    filled = {one.detail: one.new for one in report.signatures[0].changes if one.new}
    assert filled == {NUMBER_FIELD: "96", DATE_FIELD: "21/9/2022"}
    issue(front.desk, front.clerk, key)
    assert front.state(key) == "issued"
    assert [event.deed for event in front.events(key) if event.deed in _STEPS] == _STEPS


_STEPS = ["freeze", "sign", "complete_signature", "take_number", "seal", "complete_seal", "issue"]


def test_the_frozen_page_expects_the_next_number_of_the_series(front: Front) -> None:
    signing_first(front)
    front.change(lambda s: s.execute(update(NumberSeries).values(stands_at=1203)))
    key = frozen(front)
    with front.desk.database.reading() as session:
        document = session.scalars(select(Document).where(Document.kind == "frozen")).one()
    number, day = document.made_with["places"]
    assert [gap["digits"] for gap in number["gaps"]] == [4]
    assert [gap["digits"] for gap in day["gaps"]] == [2, 1, 4]
    assert document.name == "Chưa cấp số.pdf"
    assert freeze(front.desk, key) == document.sha256


def test_no_number_before_the_signature_and_no_seal_before_the_number(
    one_front: Front,
) -> None:
    front = signing_first(one_front)
    key = front.approved()
    with pytest.raises(WrongStateError):
        take_number(front.desk, front.clerk, key)
    freeze(front.desk, key)
    with pytest.raises(WrongStateError):
        take_number(front.desk, front.clerk, key)
    signs(front, key)
    complete_signature(front.desk, key)
    with pytest.raises(WrongStateError):
        seals(front, key)
    assert front.count(TakenNumber) == 0
    take_number(front.desk, front.clerk, key)
    with pytest.raises(AlreadyDoneError):
        take_number(front.desk, front.clerk, key)
    with pytest.raises(StaleRevisionError):
        seals(front, key, seen_sha256="0" * 64)
    with pytest.raises(WrongStateError):
        return_draft(front.desk, front.signatory, key, reason="Sửa", revision=1)


def test_the_signatory_may_return_it_until_the_key_has_signed(one_front: Front) -> None:
    front = signing_first(one_front)
    key = frozen(front)
    return_draft(front.desk, front.signatory, key, reason="Sửa trích yếu", revision=1)
    assert (front.state(key), front.directive(key).frozen_sha256) == ("returned", None)


def test_what_is_given_up_after_its_number_leaves_the_number_void(one_front: Front) -> None:
    front = signing_first(one_front)
    key = signed(front)
    take_number(front.desk, front.clerk, key)
    cancel(front.desk, front.signatory, key, reason="Thay bằng văn bản khác")
    with front.desk.database.reading() as session:
        taken = session.scalars(select(TakenNumber)).one()
    assert (front.state(key), taken.state) == ("cancelled", "void")
    line = entry(front)
    assert line is not None
    assert "Thay bằng văn bản khác" in line.columns["note"]


def test_what_is_given_up_before_its_number_leaves_no_gap(one_front: Front) -> None:
    front = signing_first(one_front)
    cancel(front.desk, front.signatory, signed(front), reason="Thôi")
    assert front.count(TakenNumber) == 0
    assert take_number(front.desk, front.clerk, signed(front)) == "96-HD/BTNTU"


@pytest.mark.parametrize("after", [False, True])
def test_changing_the_setting_moves_nothing_that_is_under_way(
    one_front: Front, *, after: bool
) -> None:
    front = signing_first(one_front, number_after_signing=after)
    key = frozen(front) if after else front.frozen()
    signing_first(front, number_after_signing=not after)
    signs(front, key)
    complete_signature(front.desk, key)
    if after:
        assert next_deed(front, key) == "take_number"
        take_number(front.desk, front.clerk, key)
    assert next_deed(front, key) == "seal"
    seals(front, key)
    complete_seal(front.desk, key)
    assert front.state(key) == "sealed"


def test_a_number_taken_while_the_page_is_frozen_is_refused(front: Front) -> None:
    """The setting was changed in between: one of the two must give way."""
    key = front.approved()
    front.change(lambda s: s.execute(update(Directive).values(frozen_sha256="0" * 64)))
    with pytest.raises(WrongStateError):
        take_number(front.desk, front.clerk, key)
    assert front.count(TakenNumber) == 0


@pytest.mark.parametrize("after", [False, True])
def test_the_machine_takes_the_number_only_where_the_office_lets_it(
    front: Front, *, after: bool
) -> None:
    signing_first(front, number_after_signing=after)
    key = front.approved()
    if after:
        front.change(
            lambda s: s.execute(
                update(Directive).values(
                    state="signed", frozen_sha256="0" * 64, signed_sha256="1" * 64
                )
            )
        )
    assert next_deed(front, key) == "take_number"
    with pytest.raises(NotAuthorisedError):
        take_number(front.desk, MACHINE, key)
    signing_first(front, number_after_signing=after, number_by_machine=True)
    assert take_number(front.desk, MACHINE, key) == "96-HD/BTNTU"
    with front.desk.database.reading() as session:
        taken = session.scalars(select(TakenNumber)).one()
    assert (taken.officer_id, front.last_event().actor_kind) == (None, "machine")


def test_killed_at_any_step_of_sealing_it_keeps_one_number_and_one_seal(
    one_front: Front,
) -> None:
    front = signing_first(one_front)
    key = signed(front)
    step = 1
    while dies_at(step, front.desk, lambda desk: take_number(desk, front.clerk, key)):
        assert front.count(TakenNumber) == (front.directive(key).number is not None)
        if front.state(key) == "numbered":
            break
        step += 1
    step = 1
    while front.state(key) == "numbered" and next_deed(front, key) == "seal":
        dies_at(step, front.desk, lambda desk: seals_at(desk, front, key))
        step += 1
    complete_seal(front.desk, key)
    assert front.state(key) == "sealed"
    with front.desk.database.reading() as session:
        assert [row.number for row in session.scalars(select(TakenNumber))] == [96]


def seals_at(desk: Desk, front: Front, key: DirectiveId) -> None:
    seen = front.directive(key).signed_sha256 or ""
    seal(desk, front.clerk, key, seen_sha256=seen, pin=PIN)


def test_another_tool_signs_for_the_officer_where_it_certifies_and_never_seals(
    one_front: Front, authority: Authority
) -> None:
    front = signing_first(one_front)
    key = frozen(front)
    kind, signer = SignatureKind.OFFICER, by(authority, "signatory")
    elsewhere(front)
    handed = download_for_signing(front.desk, front.signatory, key, kind=kind)
    plain = tools.sign(handed.pdf, signer, certify=False, room=24_000)
    with pytest.raises(NotAcceptedError, match="chứng nhận"):
        take_signed(front.desk, front.signatory, key, kind=kind, uploaded=plain)
    assert (front.state(key), next_deed(front, key)) == ("approved", "sign")
    certified = tools.sign(handed.pdf, signer, certify=True, room=24_000)
    take_signed(front.desk, front.signatory, key, kind=kind, uploaded=certified)
    complete_signature(front.desk, key)
    take_number(front.desk, front.clerk, key)
    with pytest.raises(CertificateUnfitError, match="điền cùng với dấu"):
        download_for_signing(front.desk, front.clerk, key, kind=SignatureKind.SEAL)
    elsewhere(front, "pkcs12")
    seals(front, key)
    complete_seal(front.desk, key)
    assert front.state(key) == "sealed"


def test_a_seal_by_a_key_elsewhere_fills_in_number_and_date(
    one_front: Front, authority: Authority
) -> None:
    front = signing_first(one_front)
    key = signed(front)
    take_number(front.desk, front.clerk, key)
    elsewhere(front, "agent")
    seen = front.directive(key).signed_sha256 or ""
    planned = plan_elsewhere(front.desk, front.clerk, key, seen_sha256=seen)
    with open_pkcs12(authority.pki.key("ban"), PIN) as holder:
        raw = holder.sign(planned.prepared.signed_attributes)
    hand_in(front.desk, front.clerk, key, signature_id=planned.id, raw_signature=raw)
    complete_seal(front.desk, key)
    pdf = front.desk.archive.get(front.directive(key).sealed_sha256 or "")
    changes = front.desk.judge(pdf, "x", front.clock()).signatures[0].changes
    assert {one.new for one in changes if one.detail == NUMBER_FIELD} == {"96"}
