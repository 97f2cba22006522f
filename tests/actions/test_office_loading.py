"""An office file is taken whole or refused whole; loading again changes nothing."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from actions.auditing import MACHINE, Actor, verify_chain
from actions.leaving import leave
from actions.office_file.errors import OfficeFileRefusedError
from actions.office_loading import (
    SIZE_LIMIT_BYTES,
    check_office_file,
    load_office,
    register_certificate,
)
from models.audit import AuditEvent
from models.everything import metadata
from models.numbering import NumberSeries, TakenNumber
from models.officer import Officer, Post, RegisteredCertificate
from models.organisation import (
    GroupMembership,
    Office,
    Organisation,
    OrganisationSuccessor,
)
from models.session import Database
from tests.support.office_texts import OFFICE, write_certificate

AT = datetime(2022, 9, 1, 2, 0, tzinfo=UTC)
OPERATOR = Actor(kind="officer", id="quan-tri", name="Người quản trị")

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "office.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in metadata.tables.items()
        }


def events(database: Database) -> list[AuditEvent]:
    with database.reading() as session:
        assert verify_chain(session).broken_at is None
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.sequence)))


def test_a_right_file_becomes_rows_and_one_event(database: Database, write: Write) -> None:
    summary = load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    assert summary.unchanged == 0
    assert summary.missing == summary.changed == ()
    assert "organisation:ban" in summary.created
    with database.reading() as session:
        unit = session.get_one(Organisation, "so-tt")
        assert (unit.parent_id, unit.valid_to) == ("tinh-uy", date(2025, 2, 28))
        assert session.scalars(select(OrganisationSuccessor.successor_id)).one() == "so-kh"
        assert session.scalars(select(Post.roles)).one() == ["signatory", "drafter"]
    assert [event.deed for event in events(database)] == ["load_office"]


def test_the_same_file_again_changes_nothing_and_writes_no_event(
    database: Database, write: Write
) -> None:
    source = write(OFFICE)
    first = load_office(database, source, at=AT, actor=OPERATOR)
    before = counts(database)
    second = load_office(database, source, at=AT, actor=OPERATOR)
    assert (second.created, second.changed) == ((), ())
    assert second.unchanged == len(first.created)
    assert counts(database) == before


def test_a_changed_file_changes_rows_by_identifier_each_with_its_event(
    database: Database, write: Write
) -> None:
    load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    text = OFFICE.replace("Sở Thông tin", "Sở Tin tức").replace("huyen-a@", "moi@")
    summary = load_office(database, write(text), at=AT, actor=OPERATOR)
    assert summary.changed == ("organisation:huyen-a", "organisation:so-tt")
    assert summary.created == ()
    changes = [event for event in events(database) if event.deed == "change_office"]
    assert [change.subject_id for change in changes] == list(summary.changed)
    assert changes[0].detail["before"] == {"address": "huyen-a@donvi.example"}
    assert changes[0].detail["after"] == {"address": "moi@donvi.example"}


def test_the_order_of_number_and_signature_is_the_files_to_say(
    database: Database, write: Write
) -> None:
    load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    with database.reading() as session:
        office = session.get_one(Office, 1)
        assert (office.number_after_signing, office.number_by_machine) == (False, False)
    words = "[office]\nnumber_after_signing = true\nnumber_by_machine = true\n"
    summary = load_office(
        database, write(OFFICE.replace("[office]\n", words)), at=AT, actor=OPERATOR
    )
    assert summary.changed == ("office:1",)
    with database.reading() as session:
        office = session.get_one(Office, 1)
        assert (office.number_after_signing, office.number_by_machine) == (True, True)


def test_what_a_file_no_longer_names_is_listed_and_kept(database: Database, write: Write) -> None:
    load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    text = OFFICE.replace('"huyen-a", "huyen-b"', '"huyen-b"')
    summary = load_office(database, write(text), at=AT, actor=OPERATOR)
    assert summary.missing == ("membership:huyen/huyen-a/2020-10-17",)
    assert "1 mục không còn trong tệp" in summary.sentence()
    with database.reading() as session:
        assert len(session.scalars(select(GroupMembership)).all()) == 3


def test_a_series_that_gave_a_number_is_not_set_back_by_a_file(
    database: Database, write: Write
) -> None:
    load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    summary = load_office(
        database, write(OFFICE.replace("stands_at = 95", "stands_at = 94")), at=AT, actor=OPERATOR
    )
    assert summary.changed == ("series:hd",)
    with database.writing() as session:
        session.get_one(NumberSeries, "hd").stands_at = 96
        session.add(TakenNumber(series_id="hd", number=96, officer_id="hieu", at=AT))
    summary = load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    assert summary.changed == ()
    with database.reading() as session:
        assert session.get_one(NumberSeries, "hd").stands_at == 96


def test_a_certificate_is_read_from_pem_and_from_der_beside_the_file(
    database: Database, write: Write, tmp_path: Path
) -> None:
    write_certificate(tmp_path / "hieu.pem", "Trần Văn Hiếu", pem=True)
    write_certificate(tmp_path / "ban.der", "BAN THỬ NGHIỆM", pem=False)
    text = OFFICE + (
        '[[certificate]]\nfile = "hieu.pem"\nofficer = "hieu"\nvalid_from = 2022-01-01\n'
        'key = { kind = "pkcs12", location = "hieu.p12" }\n'
        '[[certificate]]\nfile = "ban.der"\norganisation = "ban"\nvalid_from = 2022-01-01\n'
    )
    load_office(database, write(text), at=AT, actor=OPERATOR)
    with database.reading() as session:
        found = {one.subject: one for one in session.scalars(select(RegisteredCertificate))}
    assert set(found) == {"Trần Văn Hiếu", "BAN THỬ NGHIỆM"}
    assert found["Trần Văn Hiếu"].key_location == str(tmp_path / "hieu.p12")
    assert found["BAN THỬ NGHIỆM"].key_kind == "none"


def test_certificates_registered_elsewhere_are_missed_only_by_a_file_that_names_some(
    database: Database, write: Write, tmp_path: Path
) -> None:
    load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    der = write_certificate(tmp_path / "cu.der", "Trần Văn Hiếu", pem=False)
    fingerprint = hashlib.sha256(der).hexdigest()
    register_certificate(
        database, officer_id="hieu", der=der, subject="Trần Văn Hiếu", fingerprint=fingerprint,
        valid_from=date(2022, 1, 1), at=AT, actor=OPERATOR,
    )  # fmt: skip
    assert load_office(database, write(OFFICE), at=AT, actor=OPERATOR).missing == ()
    write_certificate(tmp_path / "moi.der", "Trần Văn Hiếu", pem=False)
    text = '[[certificate]]\nfile = "moi.der"\nofficer = "hieu"\nvalid_from = 2022-06-01\n'
    summary = load_office(database, write(OFFICE + text), at=AT, actor=OPERATOR)
    assert summary.missing == (f"certificate:{fingerprint}",)


def test_an_old_file_takes_back_neither_an_end_nor_the_end_of_the_trial(
    database: Database, write: Write, tmp_path: Path
) -> None:
    der = write_certificate(tmp_path / "hieu.pem", "Trần Văn Hiếu", pem=True)
    text = OFFICE + (
        '[[certificate]]\nfile = "hieu.pem"\nofficer = "hieu"\nvalid_from = 2022-01-01\n'
        'key = { kind = "pkcs12", location = "hieu.p12" }\n'
    )
    load_office(database, write(text), at=AT, actor=OPERATOR)
    leave(database, "hieu", on=AT.date(), reason="Nghỉ hưu", at=AT, actor=MACHINE)
    with database.writing() as session:
        trial = session.get_one(Office, 1).test_only
        session.get_one(Office, 1).test_only = not trial
    assert load_office(database, write(text), at=AT, actor=OPERATOR).changed == ()
    with database.reading() as session:
        found = session.get_one(RegisteredCertificate, hashlib.sha256(der).hexdigest())
        assert (found.valid_to, found.key_kind) == (AT.date(), "none")
        assert session.get_one(Officer, "hieu").left_on == AT.date()
        posts = session.scalars(select(Post.valid_to).where(Post.officer_id == "hieu"))
        assert set(posts) == {AT.date()}
        assert session.get_one(Office, 1).test_only is not trial


def test_a_wrong_file_changes_nothing_and_the_attempt_is_recorded(
    database: Database, write: Write
) -> None:
    before = counts(database)
    with pytest.raises(OfficeFileRefusedError) as refusal:
        load_office(
            database, write(OFFICE.replace("2020-10-17", "2020-02-30")), at=AT, actor=OPERATOR
        )
    after = counts(database)
    assert after.pop("audit_event") == before.pop("audit_event") + 1
    assert after == before
    (event,) = events(database)
    assert (event.outcome, event.detail["code"]) == ("refused", "office_file_refused")
    assert "2020-02-30" in refusal.value.diagnosis()


SECOND_SERIES = """[[series]]
id = "hd2"
organisation = "ban"
regime = "party"
doc_type = "Hướng dẫn"
period_from = 2022-01-01
"""

WRONG = [
    ('regime = "party"\nparent', 'regime = "party"\nparents', "parents", "không có mục nào"),
    ('parent = "tinh-uy"', 'parent = "tinh-ui"', "organisation[2].parent", "“tinh-ui”"),
    ('id = "huyen-b"', 'id = "huyen-a"', "organisation[4].id", "đã có ở trên"),
    ("valid_to = 2025-02-28", "valid_to = 2025-02-30", "organisation[5].valid_to", "không tồn tại"),
    ("valid_to = 2025-02-28", "valid_to = 2019-02-28", "organisation[5].valid_to", "đứng trước"),
    ("valid_to = 2025-02-28", "valid_to = 12", "organisation[5].valid_to", "phải là một ngày"),
    ("valid_to = 2025-02-28\n", "", "organisation[5].successors", "không có valid_to"),
    ('"huyen-a", "huyen-b"', '"huyen-a", "huyen-a"', "group[1].members[1].organisations[2]",
     "cùng thời gian"),
    ('"huyen-a", "huyen-b"', '"huyen-a", "huyen-z"', "organisations[2]", "“huyen-z”"),
    ('roles = ["signatory"', 'roles = ["sign"', "officer[1].posts[1].roles[1]", "“sign”"),
    ('email = "hieu@ban.example"', 'email = "hieu@@ban"', "officer[1].email", "không đúng dạng"),
    ('address = "huyen-a@donvi.example"', 'address = "huyen-a"', "organisation[3].address",
     "không đúng dạng"),
    ('capacity = "KT"', 'capacity = "TUQ"', "authority[1]", "văn bản uỷ quyền"),
    ('capacity = "KT"', 'capacity = "KT/"', "authority[1].capacity", "TUQ"),
    ('lines = ["K/T TRƯỞNG BAN"]\n', "", "authority[1].lines", "quyền hạn"),
    ('lines = ["K/T TRƯỞNG BAN"]', 'lines = ["T/L TRƯỞNG BAN"]', "authority[1].lines", "“K/T”"),
    ('officer = "hieu"', 'officer = "hue"', "authority[1].officer", "“hue”"),
    ("since = 2025-03-01", "since = 2020-10-17", "organisation[5].successors[1].since", "phải sau"),
    ('address = "huyen-a@donvi.example"', 'address = "a@b@donvi.example"',
     "organisation[3].address", "không đúng dạng"),
    ("2025-03-01 }]", '2025-03-01 }, { organisation = "so-tt", since = 2025-03-01 }]',
     "organisation[5].successors", "kế thừa chính mình"),
    ("stands_at = 95", "stands_at = -1", "series[1].stands_at", "nhỏ hơn 0"),
    ("stands_at = 95", 'stands_at = "95"', "series[1].stands_at", "số nguyên"),
    ("day = 2022-09-01", "day = 2022-09-02", "day_off[1].to", "đứng trước"),
    ("to = 2022-09-01", "to = 2023-09-01", "day_off[1].to", "kiểm tra lại năm"),
    ("day = 2022-09-10", "day = 2022-09-12", "working_saturday[1].day", "vốn là ngày làm việc"),
    ('mailbox = "ban@ban.example"\n', "", "office.mailbox", "bắt buộc"),
    ('audience = "unit"', 'audience = "units"', "ladder[1].audience", "unit, superior"),
    ("working_days = -3", "working_days = 3", "ladder[1].working_days", "nhắc (reminder)"),
    ("[office]", '[office]\nquiet_from = "24:30"\nquiet_to = "06:30"', "office.quiet_from",
     "“24:30” không phải giờ"),
    ("[office]", "[office]\nquiet_from = 20\nquiet_to = 6", "office.quiet_to", "GG:PP"),
    ("[office]", '[office]\nquiet_from = "20:00"', "office", "thiếu quiet_to"),
    ("[office]", "[office", "dòng 1, cột", "TOML"),
    ('id = "tinh-uy"\n', 'id = "tinh-uy"\nparent = "ban"\n', "organisation[1].parent",
     "cấp trên của chính mình"),
    ("left_on = 2025-06-30", "left_on = 2019-06-30", "officer[1].posts[1].valid_from",
     "sau ngày nghỉ việc"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "place", "reason"), WRONG)
def test_each_fault_is_named_with_its_place_and_reason(
    write: Write, right: str, wrong: str, place: str, reason: str
) -> None:
    assert right in OFFICE
    problems = check_office_file(write(OFFICE.replace(right, wrong, 1)))
    assert any(place in one.place and reason in one.reason for one in problems), problems


def test_quiet_hours_of_the_file_are_taken_and_a_file_without_them_leaves_them(
    database: Database, write: Write
) -> None:
    def load(text: str) -> tuple[str, str]:
        load_office(database, write(text), at=AT, actor=OPERATOR)
        with database.reading() as session:
            office = session.get_one(Office, 1)
            return office.quiet_from, office.quiet_to

    assert load(OFFICE) == ("20:00", "06:30")
    named = OFFICE.replace("[office]", '[office]\nquiet_from = "21:15"\nquiet_to = "7:00"', 1)
    assert load(named) == ("21:15", "07:00")
    assert load(OFFICE) == ("21:15", "07:00")


def test_the_line_of_a_fault_is_told(write: Write) -> None:
    text = OFFICE.replace('parent = "tinh-uy"', 'parent = "tinh-ui"', 1)
    line = text.splitlines().index('parent = "tinh-ui"') + 1
    (problem,) = check_office_file(write(text))
    assert problem.place == f"organisation[2].parent (dòng {line})"


def test_every_fault_of_a_file_is_told_at_once(write: Write) -> None:
    text = OFFICE.replace("2025-02-28", "2025-02-30").replace("2022-09-10", "2022-13-10")
    assert len(check_office_file(write(text))) == 2
    text = OFFICE.replace('parent = "tinh-uy"', 'parent = "x"').replace(
        'id = "huyen-b"', 'id="ban"'
    )
    assert len(check_office_file(write(text))) >= 4


def test_a_delegated_signature_needs_its_paper_and_its_end(write: Write) -> None:
    text = OFFICE.replace('capacity = "KT"', 'capacity = "TUQ"')
    assert len(check_office_file(write(text))) == 2
    whole = text.replace("lines =", 'basis = "12-QĐ/BTNTU"\nvalid_to = 2023-12-31\nlines =')
    assert check_office_file(write(whole)) == ()


def test_a_unit_reached_through_a_folder_needs_no_mail_address(write: Write) -> None:
    text = OFFICE.replace('address = "huyen-a@donvi', 'channel = "folder"\naddress = "huyen-a')
    assert check_office_file(write(text)) == ()


def test_a_file_beyond_the_limit_is_refused_with_the_limit(tmp_path: Path) -> None:
    (tmp_path / "large.toml").write_bytes(b"#" * (SIZE_LIMIT_BYTES + 1))
    (problem,) = check_office_file(tmp_path / "large.toml")
    assert "10 MB" in problem.reason


def test_the_summary_says_what_happened_in_a_sentence(database: Database, write: Write) -> None:
    load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    summary = load_office(database, write(OFFICE), at=AT, actor=OPERATOR)
    assert summary.sentence() == (
        f"Đã nạp office.toml: thêm 0, sửa 0, giữ nguyên {summary.unchanged} mục."
    )


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        ('[[certificate]]\nfile = "khong-co.pem"\nofficer = "hieu"\nvalid_from = 2022-01-01\n',
         "không đọc được chứng thư"),
        ('[[certificate]]\nfile = "office.toml"\nofficer = "hieu"\nvalid_from = 2022-01-01\n',
         "không phải chứng thư"),
        ('[[certificate]]\nfile = "a.pem"\nofficer = "ai"\nvalid_from = 2022-01-01\n', "“ai”"),
        ('[[certificate]]\nfile = "office.toml"\nvalid_from = 2022-01-01\n', "đúng một trong hai"),
        (SECOND_SERIES, "trùng thời gian"),
    ],
)  # fmt: skip
def test_faults_that_need_more_lines(write: Write, end: str, reason: str) -> None:
    problems = check_office_file(write(OFFICE + end))
    assert any(reason in one.reason for one in problems), problems


def test_a_file_that_is_not_there_or_no_text_is_refused_with_its_reason(tmp_path: Path) -> None:
    (missing,) = check_office_file(tmp_path / "none.toml")
    assert "không đọc được tệp" in missing.reason
    (tmp_path / "latin.toml").write_bytes(b'# one\nx = "\xe9\xff"\n')
    (encoding,) = check_office_file(tmp_path / "latin.toml")
    assert (encoding.place, "UTF-8" in encoding.reason) == ("dòng 2", True)


def test_an_office_says_whether_signing_goes_on_without_time_stamps(
    database: Database, write: Write
) -> None:
    for words, wanted in (("", False), ("go_on_without_timestamp = true\n", True)):
        text = OFFICE.replace("[office]\n", f"[office]\n{words}")
        load_office(database, write(text), at=AT, actor=OPERATOR)
        with database.reading() as session:
            assert session.get_one(Office, 1).go_on_without_timestamp is wanted


# --- channels in their order ----------------------------------------------------------------


# --- ladders --------------------------------------------------------------------------------
