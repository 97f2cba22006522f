# ruff: noqa: ANN401 (fields of every type pass through)
"""Units, groups and series one at a time: by the rules of the office file, nobody's change lost."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from actions.access import roles_on
from actions.accounts import add_account
from actions.administering.office_file import look_at_office, office_as_it_stands
from actions.auditing import MACHINE, Actor
from actions.errors import InvalidInputError, NotAuthorisedError, NotFoundError, WrongStateError
from actions.expanding import members_of
from actions.office_forms.groups import add_members, end_membership, group_seen, save_group
from actions.office_forms.officers import (
    add_authority,
    add_post,
    end_authority,
    end_post,
    officer_seen,
    save_officer,
)
from actions.office_forms.series import save_series, series_lines, series_seen
from actions.office_forms.units import save_unit, unit_lines, unit_seen
from actions.working.choices import authorities
from models.numbering import NumberSeries
from models.officer import Post, Role, SigningAuthority
from models.organisation import (
    CalendarYear,
    DayOff,
    GroupMembership,
    LadderStepRow,
    Organisation,
    OrganisationSuccessor,
    UnitChannel,
)
from tests.support.factories import SINCE
from tests.support.front import Front

TODAY = date(2022, 9, 20)
NEW = {
    "name": "Sở Khoa học và Công nghệ", "abbreviation": "SKHCN", "aliases": ["Sở KHCN"],
    "regime": "state", "parent": "tinh-uy", "channel": "smtp", "address": "skhcn@tinh.example",
    "valid_from": date(2022, 1, 1), "valid_to": None,
}  # fmt: skip


def by(front: Front) -> dict[str, Any]:
    actor: Actor = front.office.actor(Role.ADMINISTRATOR)
    return {"at": front.clock(), "actor": actor}


def unit_state(front: Front, key: str) -> tuple[dict[str, Any], str]:
    """What a page would send back unchanged, and what names the state."""
    with front.desk.database.reading() as session:
        seen = unit_seen(session, key)
    fields = seen.entry.model_dump(exclude={"id", "channels", "successors", "invented"})
    return fields, seen.seen


def test_a_unit_is_entered_by_its_name_and_found_by_it(front: Front) -> None:
    kept = save_unit(front.desk.database, None, NEW, **by(front))
    assert kept.key == "so-khoa-hoc-va-cong-nghe"
    over = {"valid_from": date(2000, 1, 1), "valid_to": date(2021, 12, 31), "aliases": []}
    again = save_unit(front.desk.database, None, {**NEW, **over}, **by(front))
    assert again.key == "so-khoa-hoc-va-cong-nghe-2"
    with front.desk.database.reading() as session:
        made = session.get_one(Organisation, kept.key)
        assert (made.parent_id, made.address, made.aliases) == (
            "tinh-uy", "skhcn@tinh.example", ["Sở KHCN"],
        )  # fmt: skip
        for is_over, one in ((False, kept), (True, again)):
            lines = unit_lines(session, TODAY, named="khoa hoc", over=is_over)
            assert [line.id for line in lines] == [one.key]
    event = front.last_event()
    assert (event.deed, event.outcome, event.detail["created"]) == (
        "save_unit", "done", [f"organisation:{again.key}"],
    )  # fmt: skip


def test_no_two_units_of_one_parent_bear_one_name_at_one_time_and_no_two_groups_ever(
    front: Front,
) -> None:
    save_unit(front.desk.database, None, NEW, **by(front))
    twin = {**NEW, "name": "Sở khoa học  và công nghệ", "aliases": []}
    with pytest.raises(InvalidInputError, match="đã là tên của một đơn vị đang hoạt động"):
        save_unit(front.desk.database, None, twin, **by(front))
    # Wards of two towns, offices of two agencies: below different units a name may come again.
    assert save_unit(front.desk.database, None, {**twin, "parent": "huyen-a"}, **by(front)).key
    group = {"name": "Các sở ven hồ", "aliases": ["Các sở quanh hồ"]}
    key = save_group(front.desk.database, None, group, **by(front)).key
    for name, others in (("các sở ven hồ", []), ("Các sở khác", ["các sở quanh hồ"])):
        with pytest.raises(InvalidInputError, match="đã là tên của nhóm khác"):
            save_group(front.desk.database, None, {"name": name, "aliases": others}, **by(front))
    with front.desk.database.reading() as session:
        seen = group_seen(session, key, TODAY).seen
    assert not save_group(front.desk.database, key, group, seen=seen, **by(front)).changed


def test_a_change_keeps_what_the_page_does_not_ask_for_and_tells_before_and_after(
    front: Front,
) -> None:
    front.change(
        lambda session: session.add(
            UnitChannel(organisation_id="huyen-a", rank=1, channel="paper", address=None)
        )
    )
    fields, seen = unit_state(front, "huyen-a")
    changed = {**fields, "name": "Huyện ủy A mới"}
    assert save_unit(front.desk.database, "huyen-a", changed, seen=seen, **by(front)).changed
    assert front.count(UnitChannel, UnitChannel.organisation_id == "huyen-a") == 1
    (detail,) = front.last_event().detail["changed"]
    assert (detail["before"], detail["after"]) == (
        {"name": "Huyện ủy A"}, {"name": "Huyện ủy A mới"},
    )  # fmt: skip
    fields, seen = unit_state(front, "huyen-a")
    assert not save_unit(front.desk.database, "huyen-a", fields, seen=seen, **by(front)).changed


def test_of_two_administrators_at_once_the_second_is_told_and_changes_nothing(
    front: Front,
) -> None:
    fields, seen = unit_state(front, "huyen-a")
    first, second = {**fields, "name": "Tên một"}, {**fields, "address": "moi@donvi.example"}
    save_unit(front.desk.database, "huyen-a", first, seen=seen, **by(front))
    with pytest.raises(WrongStateError, match="người khác"):
        save_unit(front.desk.database, "huyen-a", second, seen=seen, **by(front))
    with front.desk.database.reading() as session:
        one = session.get_one(Organisation, "huyen-a")
        assert (one.name, one.address) == ("Tên một", "huyen-a@donvi.example")


def test_a_unit_that_ends_names_who_takes_over(front: Front) -> None:
    fields, seen = unit_state(front, "huyen-a")
    last = TODAY + timedelta(days=10)
    ends = {
        **fields, "valid_to": last, "successor": "huyen-b", "successor_basis": "Nghị quyết 5",
    }  # fmt: skip
    save_unit(front.desk.database, "huyen-a", ends, seen=seen, **by(front))
    with front.desk.database.reading() as session:
        heir = session.scalars(select(OrganisationSuccessor)).one()
        assert (heir.successor_id, heir.since, heir.basis) == (
            "huyen-b", last + timedelta(days=1), "Nghị quyết 5",
        )  # fmt: skip
        over = unit_lines(session, last + timedelta(days=1), over=True)
        assert [one.id for one in over] == ["huyen-a"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Tên"),
        ({"name": "x" * 301}, "dài quá 300"),
        ({"regime": "vua"}, "Thể thức"),
        ({"valid_from": None}, "Từ ngày"),
        ({"valid_to": date(2020, 1, 1)}, "đứng trước ngày bắt đầu"),
        ({"address": "khong phai thu"}, "không đúng dạng"),
        ({"agency_id": "1"}, "Mã định danh"),
        ({"parent": "khong-co"}, "không có cơ quan nào"),
        ({"successor": "huyen-b"}, "kế thừa"),
        ({"successor": "huyen-b", "valid_to": date.max}, "xem lại năm"),
    ],
)
def test_what_is_wrong_with_a_unit_is_said_and_nothing_is_written(
    lone_front: Front, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        save_unit(lone_front.desk.database, None, {**NEW, **changes}, **by(lone_front))
    assert said in refused.value.diagnosis()
    assert lone_front.count(Organisation, Organisation.name.startswith("Sở Khoa")) == 0
    assert lone_front.last_event().outcome == "refused"


def test_nobody_becomes_their_own_superior(lone_front: Front) -> None:
    fields, seen = unit_state(lone_front, "tinh-uy")
    with pytest.raises(InvalidInputError, match="Cấp trên"):
        save_unit(
            lone_front.desk.database, "tinh-uy", {**fields, "parent": "huyen-a"}, seen=seen,
            **by(lone_front),
        )  # fmt: skip


@pytest.mark.parametrize("role", [Role.REGISTRY_CLERK, Role.AUDITOR])
def test_only_an_administrator_changes_the_office(lone_front: Front, role: Role) -> None:
    other = {"at": lone_front.clock(), "actor": lone_front.office.actor(role)}
    database = lone_front.desk.database
    for deed in (
        lambda: save_unit(database, None, NEW, **other),
        lambda: save_group(database, None, {"name": "Nhóm"}, **other),
        lambda: save_series(database, None, {"period_from": TODAY, "stands_at": 0}, **other),
    ):
        with pytest.raises(NotAuthorisedError):
            deed()


def test_members_of_a_group_come_and_go_by_days(front: Front) -> None:
    database = front.desk.database
    key = save_group(database, None, {"name": "Các cơ quan báo chí"}, **by(front)).key
    add_members(database, key, ["huyen-a", "so-tt"], since=TODAY, **by(front))
    with pytest.raises(InvalidInputError, match="cùng thời gian"):
        add_members(database, key, ["so-tt"], since=TODAY + timedelta(days=3), **by(front))
    last = TODAY + timedelta(days=5)
    end_membership(database, key, "so-tt", began=TODAY, last_day=last, **by(front))
    before = TODAY - timedelta(days=1)
    end_membership(database, key, "huyen-a", began=TODAY, last_day=before, **by(front))
    assert front.last_event().detail["taken_away"] is True
    with front.desk.database.reading() as session:
        seen = group_seen(session, key, last + timedelta(days=1))
        assert [(one.organisation_id, one.until, one.is_over) for one in seen.members] == [
            ("so-tt", last, True),
        ]  # fmt: skip
        assert members_of(session, [key], last) == ["so-tt"]
        assert members_of(session, [key], last + timedelta(days=1)) == []
    add_members(database, key, ["so-tt"], since=last + timedelta(days=1), **by(front))
    with pytest.raises(InvalidInputError, match="lại là thành viên"):
        end_membership(
            database, key, "so-tt", began=TODAY, last_day=last + timedelta(days=9), **by(front)
        )
    with pytest.raises(NotFoundError):
        end_membership(database, key, "huyen-b", began=TODAY, last_day=last, **by(front))


def test_a_group_is_renamed_with_its_members_as_they_are(front: Front) -> None:
    with front.desk.database.reading() as session:
        seen = group_seen(session, "huyen", TODAY).seen
    typed = {"name": "Các huyện, thành ủy", "aliases": ["các huyện ủy"]}
    save_group(front.desk.database, "huyen", typed, seen=seen, **by(front))
    assert front.count(GroupMembership, GroupMembership.group_id == "huyen") == 3
    with pytest.raises(WrongStateError):
        save_group(front.desk.database, "huyen", typed, seen=seen, **by(front))


def test_a_series_begins_at_a_number_and_is_only_ended_once_it_gave_one(front: Front) -> None:
    database = front.desk.database
    year = {"period_from": date(2023, 1, 1), "period_to": date(2023, 12, 31)}
    key = save_series(
        database, None, {"doc_type": "Báo cáo", **year, "stands_at": 20}, **by(front)
    ).key
    with database.reading() as session:
        made = session.get_one(NumberSeries, key)
        assert (made.organisation_id, made.regime, made.stands_at) == ("ban", "party", 20)
    with pytest.raises(InvalidInputError, match="trùng thời gian"):
        save_series(database, None, {"doc_type": "Báo cáo", **year, "stands_at": 0}, **by(front))
    front.numbered()
    with database.reading() as session:
        used = series_seen(session, "hd", TODAY)
        assert (used.taken, used.entry.stands_at) == (1, 96)
        assert len(series_lines(session, TODAY)) == 4
    with pytest.raises(InvalidInputError, match="không đổi được"):
        save_series(
            database, "hd", {"doc_type": "Kế hoạch", "period_to": None}, seen=used.seen, **by(front)
        )
    with pytest.raises(InvalidInputError, match="đã cấp số ngày"):
        save_series(
            database, "hd", {"period_to": TODAY - timedelta(days=1)}, seen=used.seen, **by(front)
        )
    front.numbered()
    save_series(database, "hd", {"period_to": TODAY}, seen=used.seen, **by(front))
    with database.reading() as session:
        ended = session.get_one(NumberSeries, "hd")
        assert (ended.period_to, ended.stands_at, ended.period_from) == (TODAY, 97, SINCE)


POST = {
    "title": "Phó Trưởng ban", "organisation": "ban", "roles": ["signatory"], "valid_from": TODAY,
}  # fmt: skip


def test_an_officer_is_added_with_a_post_and_may_sign_by_days(front: Front) -> None:
    database = front.desk.database
    key = save_officer(database, None, {"name": "Đỗ Thị Mới", **POST}, **by(front)).key
    assert key == "do-thi-moi"
    with database.reading() as session:
        assert roles_on(session, key, "ban", TODAY) == {Role.SIGNATORY}
        seen = officer_seen(session, key)
    signs = {
        "capacity": "KT", "position": "Phó Trưởng ban", "lines": ["K/T TRƯỞNG BAN"],
        "valid_from": TODAY,
    }  # fmt: skip
    made = add_authority(database, key, signs, **by(front)).key
    with database.reading() as session:
        offered = authorities(session, "ban", "Hướng dẫn", TODAY)
        assert key in [one.officer_id for one in offered]
    last = TODAY + timedelta(days=3)
    end_authority(database, key, made, last_day=last, **by(front))
    post = {"organisation_id": "ban", "title": "Phó Trưởng ban", "began": TODAY}
    end_post(database, key, **post, last_day=last, **by(front))
    add_post(database, key, {**POST, "valid_from": last + timedelta(days=1)}, **by(front))
    with database.reading() as session:
        after = authorities(session, "ban", "Hướng dẫn", last + timedelta(days=1))
        assert key not in [one.officer_id for one in after]
    assert front.count(Post, Post.officer_id == key) == 2
    renamed = {"name": "Đỗ Thị Mới Hơn", "email": "moi@ban.example"}
    save_officer(database, key, renamed, seen=seen.seen, **by(front))
    with pytest.raises(WrongStateError):
        save_officer(database, key, renamed, seen=seen.seen, **by(front))
    end_authority(database, key, made, last_day=TODAY - timedelta(days=1), **by(front))
    assert front.count(SigningAuthority, SigningAuthority.officer_id == key) == 0
    assert front.count(Post, Post.officer_id == key) == 2


def test_what_is_wrong_with_posts_and_authorities_is_said(lone_front: Front) -> None:
    database = lone_front.desk.database
    tuq = {
        "capacity": "TUQ", "position": "Chánh Văn phòng", "lines": ["TUQ. TRƯỞNG BAN"],
        "valid_from": TODAY,
    }  # fmt: skip
    for deed, said in (
        (
            lambda: add_post(database, "drafter", {**POST, "title": ""}, **by(lone_front)),
            "Chức danh",
        ),
        (
            lambda: add_post(database, "drafter", {**POST, "organisation": "x"}, **by(lone_front)),
            "Nơi",
        ),
        (lambda: add_authority(database, "drafter", tuq, **by(lone_front)), "văn bản uỷ quyền."),
        (
            lambda: add_authority(
                database, "drafter", {**tuq, "capacity": "KT", "lines": []}, **by(lone_front)
            ),
            "dòng quyền hạn",
        ),
        (lambda: save_officer(database, None, POST, **by(lone_front)), "Tên"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            deed()
        assert said in refused.value.diagnosis()
    add_post(database, "drafter", POST, **by(lone_front))
    with pytest.raises(InvalidInputError, match="đã có ở trên"):
        add_post(database, "drafter", POST, **by(lone_front))


def test_the_post_of_the_last_administrator_is_not_ended(front: Front) -> None:
    database = front.desk.database
    add_account(
        database, officer_id="administrator", username="quan-tri", at=front.clock(), actor=MACHINE,
        password="mot cau dai cho ky thi",
    )  # fmt: skip
    post = {"organisation_id": "ban", "title": "Chuyên viên", "began": SINCE}
    with pytest.raises(InvalidInputError, match="quản trị duy nhất"):
        end_post(database, "administrator", **post, last_day=TODAY + timedelta(days=9), **by(front))
    assert front.count(Post, Post.officer_id == "administrator", Post.valid_to.is_(None)) == 1
    assert front.last_event().outcome == "refused"


def test_the_office_file_of_now_changes_nothing_when_it_is_taken_again(front: Front) -> None:
    save_unit(front.desk.database, None, {**NEW, "name": 'Sở “A\\B" \x7fC'}, **by(front))

    def more(session: Any) -> None:
        days = [date(2022, 9, 1), date(2022, 9, 2), date(2022, 9, 5)]
        session.add_all(DayOff(day=day, label="Quốc khánh") for day in days)
        session.add(DayOff(day=date(2022, 9, 10), label="Bù", working=True))
        session.add(CalendarYear(year=2022, basis="c" * 290, confirmed=True))
        session.add(
            LadderStepRow(
                doc_type="Kế hoạch", key="xa", working_days=-200, audience="unit",
                wording="reminder",
            )
        )  # fmt: skip

    front.change(more)
    front.numbered()
    with front.desk.database.reading() as session:
        file = office_as_it_stands(session, at=front.clock(), actor=MACHINE)
    assert file.count(b"[[day_off]]") == 2
    seen = look_at_office(
        front.desk.database, "co-quan.toml", file, at=front.clock(), actor=MACHINE
    )
    assert (seen.summary.created, seen.changes, seen.summary.missing) == ((), (), ())
    assert seen.summary.kept_ladders == ()
