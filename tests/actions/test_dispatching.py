from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from actions import outbox
from actions.attempting import Dispatching, UnknownPolicy
from actions.auditing import verify_chain
from actions.chasing import chase
from actions.desk import Desk
from actions.dispatching import KINDS, DispatchSummary, deliver_batch
from delivery.backoff import Backoff
from delivery.folder import FolderChannel
from models.audit import AuditEvent
from models.directive import Document
from models.dispatch import Consignment, DeliveryAttempt, Notice
from models.session import Database
from tests.actions.back_office import (
    OWN,
    PDF,
    WORK,
    ScriptedChannel,
    change_unit,
    consignments,
    issue,
    send_all,
    task,
)
from tests.support.clock import StoryClock
from tests.support.desk import make_desk
from tests.support.factories import SmallOffice, small_office

A, B = "huyen-a@donvi.example", "huyen-b@donvi.example"


@pytest.fixture
def channel() -> ScriptedChannel:
    return ScriptedChannel()


@pytest.fixture
def office(database: Database) -> SmallOffice:
    return small_office(database)


@pytest.fixture
def desk(
    database: Database,
    tmp_path: Path,
    clock: StoryClock,
    channel: ScriptedChannel,
    office: SmallOffice,
) -> Desk:
    assert office.organisation == "ban"
    return make_desk(database, tmp_path, clock, channels={"smtp": channel})


def attempts(desk: Desk, organisation: str) -> list[DeliveryAttempt]:
    key = consignments(desk)[organisation].key
    with desk.database.reading() as session:
        query = select(DeliveryAttempt).where(DeliveryAttempt.ikey == key)
        return list(session.scalars(query.order_by(DeliveryAttempt.ordinal)))


def test_every_unit_gets_one_message_and_a_second_run_sends_nothing(
    desk: Desk, channel: ScriptedChannel
) -> None:
    issue(desk, tasks=[task()])
    assert send_all(desk, limit=3) == [
        DispatchSummary(claimed=3, sent=3), DispatchSummary(claimed=1, sent=1),
    ]  # fmt: skip
    assert channel.recipients == sorted(
        f"{key}@donvi.example" for key in ("huyen-a", "huyen-b", "so-tt", "tinh-uy")
    )
    assert channel.opened == 2
    assert deliver_batch(desk) == DispatchSummary()
    assert {one.state for one in consignments(desk).values()} == {"sent"}
    assert len({one.message_id for one in channel.sent}) == 4
    with desk.database.reading() as session:
        assert verify_chain(session).broken_at is None


def test_the_message_carries_the_sealed_document_and_says_what_is_owed(
    desk: Desk, channel: ScriptedChannel
) -> None:
    key = issue(desk, tasks=[WORK, task(), OWN])
    extra = desk.archive.put(b"bang so lieu")
    with desk.database.writing() as session:
        for revision in (1, 2):
            session.add(
                Document(
                    directive_id=key, revision=revision, kind="attachment",
                    name=f"Phụ lục {revision}.xlsx", media_type="application/vnd.ms-excel",
                    sha256=extra, size_bytes=12, created_at=desk.clock(),
                )
            )  # fmt: skip
    send_all(desk)
    envelope = next(one for one in channel.sent if one.recipient == A)
    mail = message_from_bytes(envelope.to_bytes(), policy=policy.default)
    assert mail["Subject"] == "96-HD/BTNTU: Tuyên truyền, quán triệt Kế hoạch số 53"
    assert mail["Message-ID"] == consignments(desk)["huyen-a"].message_id
    assert mail["Date"].datetime == consignments(desk)["huyen-a"].planned_at
    main, beside = list(mail.iter_attachments())
    assert (main.get_filename(), main.get_content_type()) == (
        "96-HD-BTNTU.pdf", "application/pdf",
    )  # fmt: skip
    assert main.get_content() == PDF
    assert beside.get_filename() == "Phụ lục 1.xlsx"
    text = envelope.text
    assert "Hướng dẫn số 96-HD/BTNTU ngày 21/09/2022" in text
    assert "“báo cáo kết quả về Ban trước ngày 31/10/2022”" in text
    assert "ngày làm việc cuối cùng trong hạn: thứ Sáu, 28/10/2022" in text
    assert "https://trinhky.example/don-vi/huyen-a/" in text
    assert "ban@ban.example" in text
    assert "Đỗ Văn Dõi (follow-up@ban.example)" in text
    assert "đề nghị các đồng chí".casefold() in text.casefold()
    assert "THỬ NGHIỆM" in text
    assert "định kỳ" not in text
    known = next(one for one in channel.sent if one.recipient.startswith("tinh-uy"))
    assert "không yêu cầu đơn vị báo cáo" in known.text


def test_an_attempt_is_written_down_before_anything_is_sent(
    desk: Desk, channel: ScriptedChannel
) -> None:
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    seen: list[tuple[str, str]] = []

    def look() -> None:
        seen.append((attempts(desk, "huyen-a")[0].outcome, consignments(desk)["huyen-a"].state))

    channel.before_answer = look
    send_all(desk)
    assert seen == [("started", "sending")]
    (attempt,) = attempts(desk, "huyen-a")
    assert (attempt.outcome, attempt.code, attempt.text) == ("sent", "250", "2.0.0 queued")


def test_a_refusal_for_good_is_a_bounce_with_the_servers_words(
    desk: Desk, channel: ScriptedChannel
) -> None:
    channel.plan[A] = ["bounce"]
    issue(desk)
    assert send_all(desk)[0].bounced == 1
    bounced = consignments(desk)["huyen-a"]
    assert (bounced.state, bounced.detail) == ("bounced", "550 5.1.1 no such user")
    assert consignments(desk)["huyen-b"].state == "sent"
    assert deliver_batch(desk).claimed == 0


def test_a_passing_fault_is_tried_again_after_a_pause(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    channel.plan[A] = ["defer", "defer"]
    issue(desk)
    assert send_all(desk) == [DispatchSummary(claimed=4, sent=3, retried=1)]
    waiting = consignments(desk)["huyen-a"]
    assert (waiting.state, waiting.detail) == ("planned", "451 try again later")
    clock.advance(seconds=61)
    assert deliver_batch(desk).retried == 1
    clock.advance(seconds=61)
    assert deliver_batch(desk).claimed == 0
    clock.advance(seconds=61)
    assert deliver_batch(desk).sent == 1
    assert [one.outcome for one in attempts(desk, "huyen-a")] == ["transient", "transient", "sent"]


def test_attempts_end_at_the_limit(desk: Desk, channel: ScriptedChannel, clock: StoryClock) -> None:
    channel.plan[A] = ["defer"] * 9
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    how = Dispatching(backoff=Backoff(attempts=2))
    assert deliver_batch(desk, how=how).retried == 1
    clock.advance(minutes=2)
    assert deliver_batch(desk, how=how).failed == 1
    assert consignments(desk)["huyen-a"].state == "failed"
    clock.advance(days=2)
    assert deliver_batch(desk, how=how).claimed == 0


def test_silence_is_unknown_and_sent_again_under_the_same_message_id(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    channel.plan[A] = ["silent"]
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    assert deliver_batch(desk).unknown == 1
    assert consignments(desk)["huyen-a"].state == "unknown"
    clock.advance(minutes=2)
    change_unit(desk, "huyen-a", name="Tên mới")  # the letter itself stays as it was
    assert deliver_batch(desk).sent == 1
    first, second = channel.sent
    assert first.to_bytes() == second.to_bytes()
    assert [one.outcome for one in attempts(desk, "huyen-a")] == ["unknown", "sent"]


def test_by_the_other_policy_silence_waits_for_a_person(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    channel.plan[A] = ["silent"]
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    how = Dispatching(unknown=UnknownPolicy.ASK)
    assert deliver_batch(desk, how=how).unknown == 1
    clock.advance(days=1)
    assert deliver_batch(desk, how=how).claimed == 0
    assert consignments(desk)["huyen-a"].state == "unknown"


def test_a_worker_killed_after_handing_over_leaves_an_unknown_that_is_sent_again(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    channel.plan[A] = ["die"]
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    with pytest.raises(KeyboardInterrupt):
        deliver_batch(desk)
    assert consignments(desk)["huyen-a"].state == "sending"
    assert deliver_batch(desk) == DispatchSummary()  # the lease still holds
    clock.advance(seconds=outbox.LEASE_S)
    assert deliver_batch(desk) == DispatchSummary(claimed=1, released=1, sent=1)
    first, second = channel.sent
    assert first.message_id == second.message_id
    tried = attempts(desk, "huyen-a")
    assert [(one.outcome, one.code) for one in tried] == [
        ("unknown", "lease_expired"), ("sent", "250"),
    ]  # fmt: skip
    with desk.database.reading() as session:
        deeds = select(AuditEvent.detail).where(AuditEvent.deed == "release_expired")
        assert session.scalars(deeds).one()["rows"][0]["outcome"] == "unknown"


def test_after_a_kill_the_other_policy_leaves_it_to_a_person(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    channel.plan[A] = ["die"]
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    with pytest.raises(KeyboardInterrupt):
        deliver_batch(desk)
    clock.advance(seconds=outbox.LEASE_S)
    how = Dispatching(unknown=UnknownPolicy.ASK)
    assert deliver_batch(desk, how=how) == DispatchSummary(released=1)
    assert consignments(desk)["huyen-a"].state == "unknown"


def test_a_worker_killed_before_its_attempt_leaves_nothing_unknown(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    outbox.claim(desk, KINDS, limit=9)
    clock.advance(seconds=outbox.LEASE_S)
    assert deliver_batch(desk) == DispatchSummary(claimed=1, released=1, sent=1)
    assert len(channel.sent) == 1
    assert [one.outcome for one in attempts(desk, "huyen-a")] == ["sent"]


def test_a_reminder_under_way_when_the_worker_dies_is_unknown_and_sent_again(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    issue(
        desk, lines=(("know", ("so-tt",), ()),), tasks=[task(groups=[], organisations=["huyen-a"])]
    )
    send_all(desk)
    clock.set_day(date(2022, 10, 25))
    assert chase(desk).reminders == 1
    channel.plan[A] = ["die"]
    with pytest.raises(KeyboardInterrupt):
        deliver_batch(desk)
    clock.advance(seconds=outbox.LEASE_S)
    assert deliver_batch(desk) == DispatchSummary(claimed=1, released=1, sent=1)
    first, second = (one for one in channel.sent if one.recipient == A)
    assert first.to_bytes() == second.to_bytes()
    with desk.database.reading() as session:
        notice = session.scalars(select(Notice)).one()
    assert (notice.state, notice.sent_at) == ("sent", clock.at)


def test_a_letter_beside_the_directive_points_at_it(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    issue(desk, tasks=[task(groups=[], organisations=["huyen-a"])])
    send_all(desk)
    clock.set_day(date(2022, 10, 25))
    chase(desk)
    send_all(desk)
    reminder = next(one for one in channel.sent if one.subject.startswith("[Nhắc]"))
    assert reminder.headers == (
        ("Auto-Submitted", "auto-generated"),
        ("References", consignments(desk)["huyen-a"].message_id),
    )
    assert "<p>" in str(reminder.html)


def test_in_a_folder_a_repeat_is_harmless_and_nothing_is_unknown(
    database: Database, tmp_path: Path, clock: StoryClock, office: SmallOffice
) -> None:
    assert office.group == "huyen"
    folder = tmp_path / "out"
    folder.mkdir()
    dying = ScriptedChannel("folder")
    dying.plan[A] = ["die"]
    channels = {"folder": dying}
    desk = make_desk(database, tmp_path, clock, channels=channels)
    change_unit(desk, "huyen-a", channel="folder")
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    with pytest.raises(KeyboardInterrupt):
        deliver_batch(desk)
    clock.advance(seconds=outbox.LEASE_S)
    channels["folder"] = lambda: FolderChannel(folder)  # type: ignore[assignment]  # a channel too
    assert deliver_batch(desk) == DispatchSummary(claimed=1, released=1, sent=1)
    assert len(list(folder.glob("*.eml"))) == 1
    assert [one.outcome for one in attempts(desk, "huyen-a")] == ["lease_lost", "sent"]


def test_who_lost_the_lease_while_sending_changes_nothing_but_its_own_attempt(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    channel.plan[A] = ["accept", "accept"]
    issue(desk, lines=(("action", ("huyen-a",), ()),))

    def another_worker_takes_over() -> None:
        channel.before_answer = lambda: None
        clock.advance(seconds=outbox.LEASE_S)
        assert deliver_batch(desk) == DispatchSummary(claimed=1, released=1, sent=1)

    channel.before_answer = another_worker_takes_over
    assert deliver_batch(desk) == DispatchSummary(claimed=1, lost=1)
    assert consignments(desk)["huyen-a"].state == "sent"
    assert [one.outcome for one in attempts(desk, "huyen-a")] == ["lease_lost", "sent"]
    assert len({one.message_id for one in channel.sent}) == 1


def test_a_lease_lost_before_the_attempt_sends_nothing(
    desk: Desk, channel: ScriptedChannel, clock: StoryClock
) -> None:
    issue(desk, lines=(("action", ("huyen-a", "huyen-b"), ()),))
    taken: list[DispatchSummary] = []

    def another_worker_takes_the_rest() -> None:
        channel.before_answer = lambda: None
        clock.advance(seconds=outbox.LEASE_S)
        taken.append(deliver_batch(desk))

    channel.before_answer = another_worker_takes_the_rest
    assert deliver_batch(desk) == DispatchSummary(claimed=2, lost=2)
    assert taken == [DispatchSummary(claimed=2, released=2, sent=2)]
    assert [one.recipient for one in channel.sent].count(B) == 1


def test_what_was_answered_in_the_meantime_is_not_sent_any_more(
    desk: Desk, channel: ScriptedChannel
) -> None:
    issue(desk, lines=(("action", ("huyen-a",), ()),))
    with desk.database.writing() as session:
        session.scalars(select(Consignment)).one().state = "accepted"
    assert deliver_batch(desk) == DispatchSummary(claimed=1, lost=1)
    assert channel.sent == []
    assert deliver_batch(desk).claimed == 0


# --- put back by a person -------------------------------------------------------------------
