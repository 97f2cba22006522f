"""A unit's channels in order, what the clerk decides about a consignment, limits, test messages."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from actions import outbox
from actions.attempting import Dispatching
from actions.auditing import verify_chain
from actions.consigning import resend
from actions.desk import VIETNAM, Desk
from actions.dispatching import KINDS, deliver_batch
from actions.distribution.clerk import (
    ByHand,
    hold,
    mark_arrived,
    mark_sent_by_hand,
    release,
    reroute,
)
from actions.distribution.trials import send_test, trials_of
from actions.distribution.warning import warn_of_limits
from actions.errors import (
    InvalidInputError,
    NotAuthorisedError,
    WrongStateError,
)
from actions.exporting import deliveries_csv, figures
from actions.sending_limits import send_by
from deadlines.calendar import WorkingCalendar
from delivery.backoff import Backoff
from delivery.parcel import FORMS
from models.directive import Directive
from models.dispatch import Consignment, DeliveryEvent, Notice
from models.officer import Role
from models.organisation import Office, UnitChannel
from models.session import Database
from tests.actions.back_office import ScriptedChannel, change_unit, issue, send_all
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office

A = "huyen-a@donvi.example"
ONE = (("action", ("huyen-a",), ()),)


class Channels(dict[str, ScriptedChannel]):
    """One scripted channel of each name but paper."""

    def __init__(self) -> None:
        super().__init__({name: ScriptedChannel(name) for name in FORMS if name != "paper"})


@pytest.fixture
def channels() -> Channels:
    return Channels()


@pytest.fixture
def desk(database: Database, tmp_path: Path, clock: StoryClock, channels: Channels) -> Desk:
    small_office(database)
    return make_desk(database, tmp_path, clock, channels=channels)


CLERK = SmallOffice().actor(Role.REGISTRY_CLERK)


def add_ways(desk: Desk, *ways: tuple[str, str | None], unit: str = "huyen-a") -> None:
    with desk.database.writing() as session:
        for rank, (channel, address) in enumerate(ways, 1):
            session.add(
                UnitChannel(organisation_id=unit, rank=rank, channel=channel, address=address)
            )


def chain(desk: Desk) -> dict[str, Consignment]:
    """The consignments of huyen-a by channel."""
    with desk.database.reading() as session:
        rows = session.scalars(select(Consignment).where(Consignment.organisation_id == "huyen-a"))
        return {one.channel: one for one in rows}


def current(desk: Desk) -> Consignment:
    (one,) = (one for one in chain(desk).values() if one.rerouted_to_id is None)
    return one


def told(desk: Desk, consignment_id: UUID) -> list[tuple[str, str | None]]:
    with desk.database.reading() as session:
        rows = session.scalars(
            select(DeliveryEvent)
            .where(DeliveryEvent.consignment_id == consignment_id)
            .order_by(DeliveryEvent.id)
        )
        return [(row.source, row.state) for row in rows]


# --- the next channel takes over --------------------------------------------------------------


def test_a_channel_that_refuses_for_good_gives_way_to_the_next_at_once(
    desk: Desk, channels: Channels
) -> None:
    add_ways(desk, ("webhook", "https://a.example/in"), ("paper", None))
    channels["smtp"].plan[A] = ["bounce"]
    key = issue(desk, lines=ONE)
    send_all(desk)
    first, second = chain(desk)["smtp"], chain(desk)["webhook"]
    assert (first.state, first.rerouted_to_id) == ("bounced", second.id)
    assert (second.state, second.address) == ("sent", "https://a.example/in")
    assert first.key != second.key
    assert first.message_id != second.message_id
    assert first.send_by == second.send_by
    assert told(desk, first.id) == [("channel", "bounced"), ("machine", None)]
    assert told(desk, second.id) == [("machine", "planned"), ("channel", "sent")]
    with desk.database.reading() as session:
        assert figures(session, key, at=desk.clock())["recipients"] == 1
        assert figures(session, key, at=desk.clock())["delivered"] == 1
        assert deliveries_csv(session, key).count(b"\r\n") == 2
        assert verify_chain(session).broken_at is None


def test_after_the_last_channel_it_waits_for_a_person(desk: Desk, channels: Channels) -> None:
    add_ways(desk, ("webhook", "https://a.example/in"))
    channels["smtp"].plan[A] = ["bounce"]
    channels["webhook"].plan["https://a.example/in"] = ["bounce"]
    issue(desk, lines=ONE)
    send_all(desk)
    assert (current(desk).channel, current(desk).state) == ("webhook", "bounced")
    assert told(desk, current(desk).id)[-1] == ("machine", None)
    assert deliver_batch(desk).claimed == 0


def test_paper_as_the_last_channel_is_held_with_what_to_do(desk: Desk, channels: Channels) -> None:
    add_ways(desk, ("paper", None))
    channels["smtp"].plan[A] = ["bounce"]
    issue(desk, lines=ONE)
    send_all(desk)
    assert (current(desk).channel, current(desk).state) == ("paper", "held")
    assert "in văn bản" in (current(desk).detail or "")


def test_a_passing_fault_gives_no_other_channel_a_turn_before_its_last_attempt(
    desk: Desk, channels: Channels, clock: StoryClock
) -> None:
    add_ways(desk, ("webhook", "https://a.example/in"))
    channels["smtp"].plan[A] = ["defer"] * 2
    how = Dispatching(backoff=Backoff(attempts=2))
    issue(desk, lines=ONE)
    deliver_batch(desk, how=how)
    assert set(chain(desk)) == {"smtp"}
    clock.advance(minutes=2)
    assert deliver_batch(desk, how=how).failed == 1
    assert deliver_batch(desk, how=how).sent == 1
    assert current(desk).channel == "webhook"


def test_a_missing_file_of_ours_burns_no_other_channel(desk: Desk) -> None:
    add_ways(desk, ("webhook", "https://a.example/in"))
    issue(desk, lines=ONE, sealed_sha256="0" * 64)
    assert deliver_batch(desk).failed == 1
    assert set(chain(desk)) == {"smtp"}


def test_a_first_channel_without_address_is_passed_over_with_a_word(
    desk: Desk, channels: Channels
) -> None:
    change_unit(desk, "huyen-a", address=None)
    add_ways(desk, ("webhook", "https://a.example/in"))
    issue(desk, lines=ONE)
    assert deliver_batch(desk).sent == 1
    assert set(chain(desk)) == {"webhook"}
    assert len(channels["webhook"].sent) == 1


def test_each_channel_gets_the_form_that_it_carries(desk: Desk, channels: Channels) -> None:
    lines = (("action", ("huyen-a", "huyen-b", "so-tt"), ()),)
    change_unit(desk, "huyen-a", channel="edxml_http", address="https://a.example/edxml",
                agency_id="000.00.00.H41")  # fmt: skip
    change_unit(desk, "huyen-b", channel="webhook", address="https://b.example/in")
    change_unit(desk, "so-tt", channel="folder", address="so-tt", email="so-tt@donvi.example")
    issue(desk, lines=lines, urgency="Thượng khẩn")
    assert deliver_batch(desk).sent == 3
    (edxml,), (json,), (mail,) = (
        channels[name].sent for name in ("edxml_http", "webhook", "folder")
    )
    message: Any = edxml
    assert message.message.receivers[0].organ_id == "000.00.00.H41"
    assert (message.message.code, int(message.message.priority)) == ("96-HD/BTNTU", 2)
    assert message.message.files[0].content.startswith(b"%PDF")
    assert json.media_type == "application/json"
    assert (mail.recipient, mail.recipient_address) == ("so-tt@donvi.example", "so-tt")


# --- what the clerk decides -------------------------------------------------------------------


def test_what_is_held_is_not_sent_until_it_is_released(desk: Desk) -> None:
    issue(desk, lines=ONE)
    hold(desk, CLERK, current(desk).id, reason="chờ bản đính chính")
    assert deliver_batch(desk).claimed == 0
    assert current(desk).state == "held"
    assert "chờ bản đính chính" in (current(desk).detail or "")
    release(desk, CLERK, current(desk).id)
    assert deliver_batch(desk).sent == 1
    with pytest.raises(WrongStateError):
        hold(desk, CLERK, current(desk).id, reason="muộn rồi")


def test_holding_asks_for_a_reason_a_clerk_and_nothing_under_way(desk: Desk) -> None:
    issue(desk, lines=ONE)
    with pytest.raises(InvalidInputError):
        hold(desk, CLERK, current(desk).id, reason="  ")
    with pytest.raises(NotAuthorisedError):
        hold(desk, SmallOffice().actor(Role.DRAFTER), current(desk).id, reason="x")
    outbox.claim(desk, KINDS, limit=1)
    with pytest.raises(WrongStateError, match="đang gửi"):
        hold(desk, CLERK, current(desk).id, reason="x")


def test_the_clerk_takes_another_channel_and_comes_back(desk: Desk, channels: Channels) -> None:
    issue(desk, lines=ONE)
    mail = current(desk)
    reroute(desk, CLERK, mail.id, channel="paper", reason="đơn vị mất mạng")
    assert (current(desk).channel, current(desk).state) == ("paper", "held")
    assert deliver_batch(desk).claimed == 0
    reroute(
        desk, CLERK, current(desk).id, channel="smtp", address="moi@a.example", reason="có mạng"
    )
    assert deliver_batch(desk).sent == 1
    assert channels["smtp"].recipients == ["moi@a.example"]
    assert (current(desk).id, current(desk).message_id) == (mail.id, mail.message_id)
    assert set(chain(desk)) == {"smtp", "paper"}


@pytest.mark.parametrize("named", [
    {"channel": "smtp"}, {"channel": "fax"}, {"channel": "webhook"},
    {"channel": "paper", "reason": ""},
])  # fmt: skip
def test_another_channel_must_be_one_with_an_address_and_a_reason(
    desk: Desk, named: dict[str, str]
) -> None:
    issue(desk, lines=ONE)
    with pytest.raises(InvalidInputError):
        reroute(desk, CLERK, current(desk).id, **{"reason": "x", **named})
    assert set(chain(desk)) == {"smtp"}
    assert deliver_batch(desk).sent == 1


def test_a_paper_is_recorded_with_its_number_and_day(desk: Desk, clock: StoryClock) -> None:
    change_unit(desk, "huyen-a", channel="paper", address=None)
    issue(desk, lines=ONE)
    assert deliver_batch(desk).claimed == 0
    paper = current(desk)
    day = clock().astimezone(VIETNAM).date()
    with pytest.raises(InvalidInputError) as refusal:
        mark_sent_by_hand(
            desk, CLERK, paper.id, ByHand(tracking=" ", sent_on=day + timedelta(days=1))
        )
    assert len(refusal.value.problems) == 2
    with pytest.raises(InvalidInputError, match="bản giấy"):
        resend(desk, CLERK, paper.id, address=A)
    mark_sent_by_hand(desk, CLERK, paper.id, ByHand(tracking="EE123456789VN", sent_on=day))
    assert (current(desk).state, current(desk).tracking) == ("sent", "EE123456789VN")
    assert current(desk).sent_at is not None
    with pytest.raises(WrongStateError):
        mark_sent_by_hand(desk, CLERK, paper.id, ByHand(tracking="EE1", sent_on=day))


def test_the_office_says_what_follows_an_unknown_outcome_and_the_clerk_settles_it(
    desk: Desk, channels: Channels, clock: StoryClock
) -> None:
    with desk.database.writing() as session:
        session.get_one(Office, 1).unknown_policy = "ask"
    channels["smtp"].plan[A] = ["silent"]
    issue(desk, lines=ONE)
    assert deliver_batch(desk).unknown == 1
    clock.advance(hours=3)
    assert deliver_batch(desk).claimed == 0
    with pytest.raises(InvalidInputError):
        mark_arrived(desk, CLERK, current(desk).id, reason="")
    mark_arrived(desk, CLERK, current(desk).id, reason="đã gọi điện cho văn thư huyện")
    assert current(desk).state == "arrived"
    assert told(desk, current(desk).id)[-1] == ("officer", "arrived")


def test_nothing_of_a_directive_that_was_taken_back_is_sent_again(desk: Desk) -> None:
    key = issue(desk, lines=ONE)
    hold(desk, CLERK, current(desk).id, reason="x")
    with desk.database.writing() as session:
        session.get_one(Directive, key).state = "recalled"
    for decide in (resend, release):
        with pytest.raises(WrongStateError, match="thu hồi"):
            decide(desk, CLERK, current(desk).id)


# --- limits of sending ------------------------------------------------------------------------

FRIDAY = datetime(2026, 4, 24, 15, 0, tzinfo=VIETNAM)
"""Before Monday 27/4/2026 (taken as a day off here) and Tuesday."""


def test_the_limit_is_the_next_working_morning_and_urgent_is_at_once() -> None:
    calendar = WorkingCalendar(days_off=frozenset({date(2026, 4, 27)}))
    usual = send_by(FRIDAY, urgent=False, calendar=calendar)
    assert usual == datetime(2026, 4, 28, 11, 30, tzinfo=VIETNAM)
    assert send_by(FRIDAY, urgent=True, calendar=calendar) == FRIDAY + timedelta(hours=1)
    night = FRIDAY.replace(hour=23, minute=30)
    assert send_by(night, urgent=True, calendar=calendar) == night + timedelta(minutes=30)


def test_the_clerk_is_warned_once_of_what_is_not_sent(
    desk: Desk, channels: Channels, clock: StoryClock
) -> None:
    channels["smtp"].plan[A] = ["bounce"]
    issue(desk)
    send_all(desk)
    assert warn_of_limits(desk) == 0
    limit = current(desk).send_by
    assert limit is not None
    clock.set(limit - timedelta(hours=1))
    assert warn_of_limits(desk) == 1
    assert warn_of_limits(desk) == 0
    assert current(desk).warned_at is not None
    with desk.database.reading() as session:
        notice = session.scalars(select(Notice).where(Notice.kind == "limit")).one()
    assert notice.address == "registry-clerk@ban.example"
    assert "1 đơn vị" in notice.subject


def test_what_is_urgent_goes_first(desk: Desk, channels: Channels, clock: StoryClock) -> None:
    issue(desk, lines=ONE)
    clock.advance(minutes=1)
    issue(desk, lines=(("action", ("huyen-b",), ()),), urgency="Khẩn")
    deliver_batch(desk, limit=1)
    assert channels["smtp"].recipients == ["huyen-b@donvi.example"]


# --- test messages ----------------------------------------------------------------------------


def test_a_test_message_says_so_and_shows_what_became_of_it(desk: Desk, channels: Channels) -> None:
    send_test(desk, CLERK, "huyen-a")
    assert deliver_batch(desk).sent == 1
    (sent,) = channels["smtp"].sent
    assert sent.subject.startswith("THỬ NGHIỆM")
    assert not sent.attachments
    with desk.database.reading() as session:
        assert [one.state for one in trials_of(session, "huyen-a")] == ["sent"]
    with pytest.raises(InvalidInputError):
        send_test(desk, CLERK, "huyen-a", channel="webhook")
    change_unit(desk, "huyen-b", channel="paper", address=None)
    with pytest.raises(InvalidInputError):
        send_test(desk, CLERK, "huyen-b")
    with pytest.raises(NotAuthorisedError):
        send_test(desk, SmallOffice().actor(Role.DRAFTER), "huyen-a")


def test_a_test_message_by_edxml_is_a_message_of_its_own_kind(
    desk: Desk, channels: Channels
) -> None:
    change_unit(desk, "huyen-a", channel="edxml_http", address="https://a.example/edxml")
    send_test(desk, CLERK, "huyen-a")
    assert deliver_batch(desk).sent == 1
    sent: Any = channels["edxml_http"].sent[0]
    assert sent.message.type_name == "Thử nghiệm"
