"""Nhật ký: who did what, by officer, deed, day and paper; and whether the chain is whole."""

import csv
import io
from datetime import timedelta

import pytest

from actions.administering import journal as rooms
from actions.administering.journal import Wanted, journal
from actions.auditing import MACHINE, Actor, append_event
from models.base import DirectiveId
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE

AUDITOR, ADMINISTRATOR = "cao-duc-thanh", "truong-my-linh"
PAGE = "/quan-tri/nhat-ky"


@pytest.fixture
def ours(browsing: Browsing) -> Browsing:
    browsing.sign_in(AUDITOR)
    return browsing


def note(browsing: Browsing, name: str, subject: str) -> None:
    actor = Actor(kind="officer", id="la-lung", name=name)
    with browsing.portal.database.writing() as session:
        append_event(
            session, actor=actor, deed="load_office", outcome="done", subject_kind="office",
            subject_id=subject, detail={}, at=browsing.portal.at(),
        )  # fmt: skip


def test_the_auditor_and_the_administrator_read_it_and_nobody_else(
    browsing: Browsing, issued: DirectiveId
) -> None:
    for who, status in ((AUDITOR, 200), (ADMINISTRATOR, 200), (PEOPLE.clerk, 403)):
        browsing.sign_in(who)
        for path in (PAGE, f"{PAGE}/chuoi", f"{PAGE}/tep.csv"):
            assert browsing.get(path).status_code == status, (who, path)
    assert issued
    browsing.sign_in(AUDITOR)
    assert f'href="{PAGE}"' in browsing.get("/viec-cua-toi").text


def test_what_was_done_about_one_directive_is_found_by_its_number_and_leads_to_it(
    ours: Browsing, issued: DirectiveId
) -> None:
    number = ours.seeded.directive(issued).number_text
    page = ours.get(f"{PAGE}?ve={number}")
    assert f'href="/van-ban/{issued}"' in page.text
    assert "Phát hành" in words_of(page)
    for typed in (str(ours.seeded.directive(issued).number), (number or "").lower()):
        assert f'href="/van-ban/{issued}"' in ours.get(f"{PAGE}?ve={typed}").text
    only = ours.get(f"{PAGE}?ve={number}&viec=approve&ai={PEOPLE.signatory}")
    assert words_of(only).count("Phê duyệt") > 0
    assert "Không có sự kiện nào như vậy" in words_of(ours.get(f"{PAGE}?ai=khong-ai"))
    assert ours.get(f"{PAGE}?tu=hom-qua").status_code == 422
    assert ours.get(f"{PAGE}?ve=%27%3Bdrop&truoc=-1").status_code == 200


def test_days_bound_what_is_shown_and_pages_lead_on_without_a_gap(ours: Browsing) -> None:
    with ours.portal.database.reading() as session:
        at, seen, before = ours.portal.at(), [], None
        while True:
            found = journal(session, MACHINE, Wanted(), at=at, before=before, rows=17)
            seen += [one.sequence for one in found.events]
            before = found.next
            if before is None:
                break
        assert seen == list(range(seen[0], 0, -1))
        day = at.date()
        later = Wanted(since=day + timedelta(days=2))
        assert not journal(session, MACHINE, later, at=at).events
        whole = Wanted(since=day - timedelta(days=900), until=day + timedelta(days=2))
        assert journal(session, MACHINE, whole, at=at).events[0].sequence == seen[0]
        assert not journal(session, MACHINE, Wanted(until=day - timedelta(days=900)), at=at).events


def test_a_filter_that_finds_little_says_how_far_it_looked(
    ours: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "STRETCH", 3)
    page = ours.get(f"{PAGE}?ai=khong-ai")
    assert "Chưa thấy sự kiện nào như vậy trong đoạn này" in words_of(page)
    assert "Tìm tiếp trước sự kiện" in words_of(page)


def test_the_table_holds_no_formula_and_is_narrowed_like_the_page(ours: Browsing) -> None:
    note(ours, "=cmd|' /C calc'!A0", "@SUM(1)")
    text = ours.get(f"{PAGE}/tep.csv?ai=la-lung").content.decode("utf-8-sig")
    (row,) = list(csv.DictReader(io.StringIO(text)))
    assert row["actor_name"].startswith("'=cmd")
    assert row["subject_id"] == "'@SUM(1)"
    assert row["words"] == "Nạp dữ liệu cơ quan"


def test_the_chain_is_whole_and_a_changed_event_is_named(ours: Browsing) -> None:
    assert "Chuỗi còn nguyên" in words_of(ours.get(f"{PAGE}/chuoi"))
    note(ours, "Người thử", "chuoi")
    with ours.portal.database.writing() as session:
        last = journal(session, MACHINE, Wanted(officer="la-lung"), at=ours.portal.at()).events[0]
        last.actor_name = "Người khác"
        session.flush()
        report, _ = rooms.chain(session, MACHINE, at=ours.portal.at())
        assert report.broken_at == last.sequence
        session.rollback()
    assert "Chuỗi còn nguyên" in words_of(ours.get(f"{PAGE}/chuoi"))


def test_only_the_newest_events_are_computed_anew_where_there_are_many(
    ours: Browsing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "CHECKED", 5)
    seen = words_of(ours.get(f"{PAGE}/chuoi"))
    assert "Chuỗi còn nguyên" in seen
    assert "trinhky audit verify" in seen
