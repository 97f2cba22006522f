"""Making it official: everything at once, by the clerk, from a sealed document."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    NotFoundError,
    WrongStateError,
)
from actions.issuing import issue, preview
from actions.registering import COLUMNS, entries
from models.base import DirectiveId
from models.directive import RecipientLine, Revision
from models.dispatch import Consignment
from models.numbering import RegisterEntry
from models.obligation import Obligation
from models.organisation import Organisation
from models.outbox import OutboxRow
from tests.support.front import Front
from tests.support.signing_office import sealed


def _units(front: Front) -> dict[str, tuple[str, str]]:
    with front.desk.database.reading() as session:
        return {
            row.organisation_id: (row.role, row.state)
            for row in session.scalars(select(Consignment))
        }


def test_a_sealed_directive_goes_out_to_each_unit_once(signing_front: Front) -> None:
    front = signing_front
    key = sealed(front)
    front.clock.advance(minutes=10)
    plan = issue(front.desk, front.clerk, key)
    directive = front.directive(key)
    assert (directive.state, directive.issued_at) == ("issued", front.clock())
    assert [(unit.organisation_id, unit.role) for unit in plan.units] == [
        ("tinh-uy", "report"),
        ("huyen-a", "action"),
        ("huyen-b", "action"),
        ("so-tt", "action"),
    ]
    assert (plan.number_text, plan.tasks, plan.held) == ("96-HD/BTNTU", 2, ())
    assert set(_units(front)) == {unit.organisation_id for unit in plan.units}
    assert front.count(OutboxRow, OutboxRow.kind == "consignment") == 4
    assert front.count(Obligation) == 6
    event = front.last_event()
    assert (event.deed, event.detail["units"], event.detail["obligations"]) == ("issue", 4, 6)


def test_the_register_line_is_whole_once_it_is_issued(
    sealed_front: Front, key: DirectiveId
) -> None:
    issue(sealed_front.desk, sealed_front.clerk, key)
    with sealed_front.desk.database.reading() as session:
        entry = entries(session, year=2022)[0]
    assert list(entry.columns) == list(COLUMNS)
    assert entry.columns == {
        "number_symbol": "96-HD/BTNTU",
        "date": "20/09/2022",
        "type_and_subject": "Hướng dẫn: Tổ chức thực hiện Kế hoạch số 53-KH/TU",
        "signatory": "Trần Văn Ký",
        "recipients": "Tỉnh ủy (báo cáo); Các huyện ủy; Huyện ủy A",
        "copy_holder": "Lưu VPTU",
        "copies": "4",
        "sent_on": "20/09/2022",
        "received_by": "Gửi điện tử",
        "note": "",
    }


def test_nobody_but_the_clerk_issues(sealed_front: Front, key: DirectiveId) -> None:
    for actor in sealed_front.everybody():
        if actor == sealed_front.clerk:
            continue
        with pytest.raises(NotAuthorisedError, match="phát hành"):
            issue(sealed_front.desk, actor, key)
    assert (sealed_front.state(key), sealed_front.count(Consignment)) == ("sealed", 0)


def _require_refused(front: Front, key: DirectiveId) -> None:
    with pytest.raises(WrongStateError, match="chờ phát hành"):
        issue(front.desk, front.clerk, key)
    assert front.count(Consignment) == front.count(Obligation) == 0
    assert front.last_event().outcome == "refused"


@pytest.mark.parametrize("make", [Front.start, Front.submitted, Front.approved, Front.numbered])
def test_what_nobody_has_signed_is_not_issued(
    lone_front: Front, make: Callable[[Front], DirectiveId]
) -> None:
    _require_refused(lone_front, make(lone_front))


def test_what_is_signed_and_not_sealed_is_not_issued(signed_front: Front, key: DirectiveId) -> None:
    _require_refused(signed_front, key)


def test_a_directive_is_issued_once(sealed_front: Front, key: DirectiveId) -> None:
    issue(sealed_front.desk, sealed_front.clerk, key)
    with pytest.raises(WrongStateError, match="đã phát hành"):
        issue(sealed_front.desk, sealed_front.clerk, key)
    assert sealed_front.count(Consignment) == 4


def test_the_preview_shows_who_gets_it_and_changes_nothing(front: Front) -> None:
    key = front.start()
    front.change(
        lambda s: s.execute(
            update(Organisation).where(Organisation.id == "huyen-b").values(address=None)
        )
    )
    events = len(front.events())
    plan = preview(front.desk, key)
    assert [unit.organisation_id for unit in plan.held] == ["huyen-b"]
    assert (len(plan.units), plan.tasks, plan.number_text) == (4, 2, None)
    assert len(front.events()) == events
    assert front.count(Consignment) == 0


def test_a_unit_without_an_address_is_held_and_named(sealed_front: Front, key: DirectiveId) -> None:
    sealed_front.change(
        lambda s: s.execute(
            update(Organisation).where(Organisation.id == "huyen-b").values(address=None)
        )
    )
    issue(sealed_front.desk, sealed_front.clerk, key)
    assert _units(sealed_front)["huyen-b"] == ("action", "held")
    assert sealed_front.last_event().detail["held"] == ["huyen-b"]


def test_when_a_unit_cannot_be_found_nothing_at_all_is_issued(
    sealed_front: Front, key: DirectiveId
) -> None:
    sealed_front.change(
        lambda s: s.execute(
            update(RecipientLine)
            .where(RecipientLine.ordinal == 1)
            .values(organisations=["khong-co"])
        )
    )
    with pytest.raises(NotFoundError):
        issue(sealed_front.desk, sealed_front.clerk, key)
    assert (sealed_front.state(key), sealed_front.count(Consignment)) == ("sealed", 0)
    with sealed_front.desk.database.reading() as session:
        entry = session.scalars(select(RegisterEntry)).one()
    assert entry.columns["sent_on"] == ""


def test_a_secret_paper_does_not_go_out_even_if_it_came_this_far(
    sealed_front: Front, key: DirectiveId
) -> None:
    front = sealed_front
    with front.desk.database.writing() as session:
        revision = session.scalars(select(Revision).where(Revision.directive_id == key)).one()
        revision.content = {**revision.content, "secrecy": "Mật"}
    with pytest.raises(InvalidInputError, match="mật"):
        issue(front.desk, front.clerk, key)
    assert (front.state(key), front.count(Consignment)) == ("sealed", 0)
