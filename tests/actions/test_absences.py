# ruff: noqa: ANN401 (fields of every type pass through)
"""A planned absence: the deputy gets the work, the right capacity is printed, both are recorded."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from actions.absence_rows import lines
from actions.absences.capacity import printed_for
from actions.absences.granting import Grant
from actions.absences.stating import (
    Stated,
    Statement,
    cancel_absence,
    end_absence,
    preview_absence,
    state_absence,
)
from actions.absences.turning import turn
from actions.auditing import MACHINE, Actor, verify_chain
from actions.draft_rows import content_of
from actions.errors import InvalidInputError, NotAuthorisedError, WrongStateError
from actions.freezing import freeze
from actions.journey import journey
from actions.numbering import take_number
from actions.readiness import readiness
from actions.reviewing import pass_step
from actions.signing_off import ACT, sign
from actions.working.choices import authorities
from documents.content import Regime
from models.absence import Absence
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import ReviewStep
from models.officer import Capacity, Post, Role, SigningAuthority
from tests.support.factories import SINCE, officer
from tests.support.front import Front
from tests.support.signing_office import PIN
from tests.support.signing_office import Authority as Keys

TODAY = date(2022, 9, 20)
NAME = "Ngô Thị Thay"
DEPUTY = Actor(kind="officer", id="thay", name=NAME)
SAID = Statement(
    officer_id="signatory", deputy_id="thay", first_day=TODAY, last_day=TODAY + timedelta(days=4),
    reason="Đi công tác", basis="Quyết định số 12-QĐ/BTNTU", signs=True,
    given=Grant(capacity=Capacity.KT),
)  # fmt: skip


@pytest.fixture
def office(front: Front) -> Front:
    front.change(lambda session: officer(session, "thay", NAME, title="Phó Trưởng ban"))
    return front


def administrator(front: Front) -> Actor:
    return front.office.actor(Role.ADMINISTRATOR)


def says(front: Front, by: Actor | None = None, **changes: Any) -> Stated:
    by = by or administrator(front)
    return state_absence(
        front.desk.database, replace(SAID, **changes), at=front.clock(), actor=by
    )  # fmt: skip


def decided_anew(front: Front, key: DirectiveId) -> str:
    front.passes(key, ReviewStep.CONTENT)
    front.passes(key, ReviewStep.FORM)
    revision = front.directive(key).revision
    return pass_step(front.desk, DEPUTY, key, ReviewStep.APPROVAL, revision=revision)


def test_what_waits_passes_to_the_deputy_and_the_paper_bears_capacity_and_name(
    one_front: Front, authority: Keys
) -> None:
    front = one_front
    front.change(lambda session: officer(session, "thay", NAME, title="Phó Trưởng ban"))
    authority.register(front, "other", officer_id="thay")
    key = front.approved()
    stated = says(front)
    assert stated.printed == ("K/T TRƯỞNG BAN", "Phó Trưởng ban")
    assert [(one.directive_id, one.outcome) for one in stated.work] == [(key, "handed")]
    assert stated.warnings == ()
    assert front.directive(key).signatory_id == "thay"
    assert decided_anew(front, key) == "approved"
    take_number(front.desk, front.clerk, key)
    seen = freeze(front.desk, key)
    page = pypdfium2.PdfDocument(front.desk.archive.get(seen))[0]
    text = " ".join(page.get_textpage().get_text_range().split())
    assert "K/T TRƯỞNG BAN PHÓ TRƯỞNG BAN" in text
    assert NAME in text
    ready = readiness(front.desk, DEPUTY, key, ACT)
    # It ends with the absence, as it should: nobody has to get another one.
    assert "authority" not in {one.key for one in ready.warnings}
    sign(front.desk, DEPUTY, key, seen_sha256=seen, pin=PIN)
    record = {one.deed: one for one in front.events(key) if one.outcome == "done"}
    for deed in ("approve", "sign"):
        assert record[deed].actor_id == "thay"
        assert record[deed].detail["in_place_of"] == "Trần Văn Ký"
        assert "20/09/2022 đến 24/09/2022 (Quyết định số 12" in record[deed].detail["because"]
    assert (record["hand_over"].detail["from_name"], record["hand_over"].detail["to_name"]) == (
        "Trần Văn Ký", NAME,
    )  # fmt: skip
    with front.desk.database.reading() as session:
        told = " ".join(one.detail for one in journey(session, key, at=front.clock()).steps)
        assert "Thay Trần Văn Ký, vắng mặt từ 20/09/2022" in told
        assert verify_chain(session).broken_at is None


def test_rights_are_rows_with_the_days_of_the_absence(office: Front) -> None:
    key = says(office, given=replace(SAID.given, roles=(Role.SIGNATORY,))).absence_id
    with office.desk.database.reading() as session:
        absence = session.get_one(Absence, key)
        made = session.get_one(SigningAuthority, absence.authority_id)
        post = session.get_one(Post, absence.post_id)
        assert (made.officer_id, made.capacity, made.on_behalf_of, made.basis) == (
            "thay", "KT", "Trưởng ban", SAID.basis,
        )  # fmt: skip
        days = (SAID.first_day, SAID.last_day)
        assert (made.valid_from, made.valid_to) == (post.valid_from, post.valid_to) == days
        assert (post.officer_id, post.roles) == ("thay", ["signatory"])
        offered = [one.officer_id for one in authorities(session, "ban", "Hướng dẫn", TODAY)]
        assert "thay" in offered
        away = {
            one.officer_id: one.away_until
            for one in authorities(session, "ban", "Hướng dẫn", TODAY)
        }
        assert away == {"thay": None, "signatory": SAID.last_day}
        after = SAID.last_day + timedelta(days=1)
        assert "thay" not in [
            one.officer_id for one in authorities(session, "ban", "Hướng dẫn", after)
        ]


def test_it_begins_on_its_day_and_what_was_not_signed_comes_back_after_the_last(
    office: Front,
) -> None:
    key = office.approved()
    first = TODAY + timedelta(days=2)
    assert says(office, first_day=first).work == ()
    assert turn(office.desk) == ()
    assert office.directive(key).signatory_id == "signatory"
    office.clock.advance(days=2)
    assert turn(office.desk) == (key,)
    assert turn(office.desk) == ()
    assert office.directive(key).signatory_id == "thay"
    office.clock.advance(days=3)
    assert turn(office.desk) == (key,)
    assert turn(office.desk) == ()
    back = office.directive(key)
    assert (back.signatory_id, back.authority_id, back.state) == (
        "signatory", "ky-thay", "in_review",
    )  # fmt: skip
    with office.desk.database.reading() as session:
        block = content_of(session, session.get_one(Directive, key)).signature
        assert (block.name, block.position) == ("Trần Văn Ký", "PHÓ TRƯỞNG BAN THƯỜNG TRỰC")
        assert [one.phase for one in lines(session, TODAY + timedelta(days=5))] == ["over"]


def test_ended_early_the_officer_signs_again_and_the_deputy_only_until_tonight(
    office: Front,
) -> None:
    key = office.approved()
    made = says(office).absence_id
    office.clock.advance(days=1)
    work = end_absence(
        office.desk.database, made, version=1, at=office.clock(), actor=office.signatory
    )
    assert [(one.directive_id, one.outcome) for one in work] == [(key, "handed")]
    assert office.directive(key).signatory_id == "signatory"
    with office.desk.database.reading() as session:
        absence = session.get_one(Absence, made)
        made_for = session.get_one(SigningAuthority, absence.authority_id)
        assert made_for.valid_to == TODAY + timedelta(days=1)
    assert turn(office.desk) == ()


def test_cancelled_before_it_began_nothing_is_left_of_it(office: Front) -> None:
    first = TODAY + timedelta(days=2)
    key = says(
        office, first_day=first, given=replace(SAID.given, roles=(Role.SIGNATORY,))
    ).absence_id
    cancel_absence(
        office.desk.database, key, version=1, at=office.clock(), actor=administrator(office)
    )
    assert office.count(SigningAuthority, SigningAuthority.officer_id == "thay") == 0
    assert office.count(Post, Post.officer_id == "thay") == 1
    assert office.last_event().deed == "cancel_absence"
    with pytest.raises(WrongStateError, match="đã được người khác thay đổi"):
        end_absence(
            office.desk.database, key, version=1, at=office.clock(), actor=administrator(office)
        )
    office.clock.advance(days=2)
    assert turn(office.desk) == ()
    says(office, first_day=first)


def test_of_two_administrators_at_once_the_second_is_told(office: Front) -> None:
    key = says(office).absence_id
    database, by = office.desk.database, administrator(office)
    end_absence(database, key, version=1, at=office.clock(), actor=by)
    with pytest.raises(WrongStateError, match="người khác"):
        end_absence(database, key, version=1, at=office.clock(), actor=by)
    with pytest.raises(WrongStateError):
        cancel_absence(database, key, version=2, at=office.clock(), actor=by)


def test_a_look_before_shows_the_same_and_writes_nothing(office: Front) -> None:
    key = office.approved()
    before = office.events()[-1].sequence
    seen = preview_absence(
        office.desk.database, SAID, at=office.clock(), actor=administrator(office)
    )
    assert (seen.printed[0], [one.outcome for one in seen.work]) == ("K/T TRƯỞNG BAN", ["handed"])
    assert "chưa có chứng thư" in seen.warnings[0]
    assert office.events()[-1].sequence == before
    assert office.directive(key).signatory_id == "signatory"


def test_what_the_deputy_may_not_take_goes_on_waiting_without_a_record(office: Front) -> None:
    checks = office.submitted()
    signs = office.approved()
    stated = says(office, officer_id="content-reviewer", signs=False, given=Grant())
    assert [(one.directive_id, one.outcome) for one in stated.work] == [(checks, "left")]
    none = says(office, signs=False, given=Grant())
    assert {one.directive_id for one in none.work} == {signs, checks}
    assert {one.outcome for one in none.work} == {"left"}
    assert turn(office.desk) == ()
    assert office.directive(signs).signatory_id == "signatory"
    assert "hand_over" not in [one.deed for one in office.events(signs)]


def test_a_check_passes_with_the_role_and_a_deputy_never_takes_two_steps(office: Front) -> None:
    key = office.submitted()
    reviews = Grant(roles=(Role.CONTENT_REVIEWER,))
    stated = says(office, officer_id="content-reviewer", signs=False, given=reviews)
    assert [one.outcome for one in stated.work] == ["handed"]
    assert office.directive(key).content_reviewer_id == "thay"
    both = says(office)
    assert [one.outcome for one in both.work] == ["left"]
    assert office.directive(key).signatory_id == "signatory"


def test_a_standing_authority_serves_as_it_is(office: Front) -> None:
    key = office.approved()

    def standing(session: Any) -> None:
        session.add(
            SigningAuthority(
                id="san-co", officer_id="thay", organisation_id="ban", capacity="KT",
                position="Phó Trưởng ban", capacity_lines=["K/T TRƯỞNG BAN"], valid_from=SINCE,
            )
        )  # fmt: skip

    with pytest.raises(InvalidInputError, match="không có sẵn quyền ký"):
        says(office, given=Grant())
    office.change(standing)
    says(office, by=office.signatory, given=Grant())
    assert office.directive(key).authority_id == "san-co"
    decided_anew(office, key)
    approve = next(one for one in office.events(key)[::-1] if one.deed == "approve")
    assert approve.detail["in_place_of"] == "Trần Văn Ký"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"last_day": TODAY - timedelta(days=1)}, "ngày cuối phải từ ngày đầu"),
        ({"first_day": TODAY - timedelta(days=1)}, "ngày đầu đã qua"),
        ({"last_day": TODAY + timedelta(days=400)}, "dài hơn một năm"),
        ({"reason": " "}, "không được để trống"),
        ({"deputy_id": "signatory"}, "phải là người khác"),
        ({"deputy_id": ""}, "chưa chọn ai"),
        ({"given": Grant(capacity=Capacity.TUQ, position="Phó Trưởng ban")}, "thể thức"),
        ({"given": Grant(capacity=Capacity.TM, position="Phó Trưởng ban")}, "thay mặt tập thể"),
        ({"officer_id": "drafter"}, "không có quyền ký"),
        ({"given": Grant(roles=(Role.ADMINISTRATOR,)), "signs": False}, "không giao được"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    lone_front: Front, changes: dict[str, Any], said: str
) -> None:
    lone_front.change(lambda session: officer(session, "thay", NAME))
    with pytest.raises(InvalidInputError) as refused:
        says(lone_front, **changes)
    assert said in refused.value.diagnosis()
    assert lone_front.count(Absence) == 0
    assert lone_front.count(SigningAuthority) == 1
    assert lone_front.last_event().outcome == "refused"


def test_one_is_away_once_and_no_deputy_is_away_as_well(office: Front) -> None:
    office.change(lambda session: officer(session, "khac", "Người Khác"))
    says(office)
    with pytest.raises(InvalidInputError, match="đã ghi vắng mặt"):
        says(office, deputy_id="khac")
    with pytest.raises(InvalidInputError, match="người thay của Trần Văn Ký"):
        says(office, officer_id="thay", deputy_id="khac", signs=False, given=Grant())
    with pytest.raises(InvalidInputError, match="Trần Văn Ký"):
        says(office, officer_id="khac", deputy_id="signatory", signs=False, given=Grant())


def test_officers_say_their_own_absence_but_give_no_rights(office: Front) -> None:
    own = office.drafter
    says(office, by=own, officer_id="drafter", signs=False, given=Grant())
    for changes in (
        {"officer_id": "signatory"},
        {"officer_id": "signatory", "signs": False, "given": Grant()},
        {"officer_id": "drafter", "signs": False, "given": Grant(roles=(Role.DRAFTER,))},
    ):
        with pytest.raises(NotAuthorisedError):
            says(office, by=own, **changes)
    with office.desk.database.reading() as session:
        (made,) = session.scalars(select(Absence.officer_id)).all()
    assert made == "drafter"


def test_state_papers_stack_the_lines_of_a_collective() -> None:
    def own(capacity: str, position: str, *above: str) -> SigningAuthority:
        return SigningAuthority(
            capacity=capacity, position=position, capacity_lines=list(above), doc_types=[]
        )

    chairman = own("TM", "Chủ tịch", "TM. ỦY BAN NHÂN DÂN")
    director = own("head", "Giám đốc")
    secretary = own("TM", "Bí thư", "T/M BAN THƯỜNG VỤ")
    cases = {
        (chairman, Capacity.KT, Regime.STATE): ("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"),
        (chairman, Capacity.TUQ, Regime.STATE): ("TUQ. CHỦ TỊCH",),
        (director, Capacity.TL, Regime.STATE): ("TL. GIÁM ĐỐC",),
        (director, Capacity.KT, Regime.PARTY): ("K/T GIÁM ĐỐC",),
        (secretary, Capacity.TM, Regime.PARTY): ("T/M BAN THƯỜNG VỤ",),
        (director, Capacity.TM, Regime.STATE): None,
        (secretary, Capacity.TUQ, Regime.PARTY): None,
    }
    for (absent, capacity, regime), expected in cases.items():
        printed = printed_for(absent, capacity, regime, TODAY)
        assert (printed.lines if printed else None) == expected


def test_the_machine_may_say_it_too(office: Front) -> None:
    says(office, by=MACHINE)
    assert office.count(Absence) == 1
