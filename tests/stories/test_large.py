"""Another office and kind of paper, many units on two channels: read by independent parsers."""

import base64
import csv
import email
import email.policy
import io
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest

from tests.stories.conftest import Played
from tests.stories.large_story import SHORT, Cast, cast, write_story

pytestmark = pytest.mark.timeout(900)
SIZE = 24
SPACE = {"e": "http://www.mic.gov.vn/TBT/QCVN_102_2016"}


@pytest.fixture(scope="module")
def parts() -> Cast:
    return cast(SIZE)


@pytest.fixture(scope="module")
def played(
    play_story: Callable[[Path], Played], parts: Cast, tmp_path_factory: pytest.TempPathFactory
) -> Played:
    return play_story(write_story(tmp_path_factory.mktemp("large"), parts, SHORT))


def table(played: Played, name: str) -> list[dict[str, str]]:
    text = (played.folder / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def mails(played: Played) -> list[email.message.EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((played.folder / "mail" / "sent").glob("*.eml"))
    ]


def test_the_figures_add_up(played: Played, parts: Cast) -> None:
    figures = played.figures
    assert figures["number"] == "213/KH-UBND"
    assert figures["recipients"] == figures["obligations"] == SIZE
    assert figures["delivered"] == SIZE - len(parts.bounced) - len(parts.refused)
    assert figures["reported"] == len(parts.good) + len(parts.late)
    assert figures["overdue"] == SIZE - figures["reported"]
    assert figures["verdict"] == "passed"


def test_every_unit_got_the_very_document_by_its_own_channel(played: Played, parts: Cast) -> None:
    pdf = (played.folder / "directive.pdf").read_bytes()
    by_mail = set()
    for message in mails(played):
        files = [
            one for one in message.iter_attachments() if one.get_content_type() == "application/pdf"
        ]
        if files:
            assert files[0].get_content() == pdf
            by_mail.add(str(message["To"].addresses[0].addr_spec).partition("@")[0])
    by_system = set()
    for path in (played.folder / "edxml" / "sent").glob("*/*.edxml"):
        root = ET.fromstring(path.read_bytes())  # noqa: S314 (our own bytes)
        packed = root.findtext(".//e:ContentTransferEncoded", "", SPACE)
        if packed:
            with zipfile.ZipFile(io.BytesIO(base64.b64decode(packed))) as package:
                assert package.read(package.namelist()[0]) == pdf
            assert root.findtext(".//e:Code/e:CodeNumber", "", SPACE) == "213"
            by_system.add(path.parent.name)
    assert by_system == {one for one in parts.units if parts.has_system(one)}
    assert by_mail == set(parts.units) - by_system - set(parts.bounced)


def test_each_message_id_is_there_once(played: Played) -> None:
    counted = Counter(str(message["Message-ID"]) for message in mails(played))
    assert max(counted.values()) == 1


def test_the_tables_say_where_each_unit_stands(played: Played, parts: Cast) -> None:
    states = {row["organisation"]: row["state"] for row in table(played, "deliveries.csv")}
    for unit in parts.units:
        expected = (
            "bounced" if unit in parts.bounced
            else "refused" if unit in parts.refused
            else "accepted" if parts.has_system(unit)
            else "sent"
        )  # fmt: skip
        assert states[unit] == expected, unit
    owed = {row["organisation"]: row for row in table(played, "obligations.csv")}
    assert {owed[unit]["state"] for unit in (*parts.good, *parts.late)} == {"accepted"}
    assert {owed[unit]["overdue"] for unit in parts.silent} == {"yes"}
    assert all(int(owed[unit]["reminders"]) > 0 for unit in parts.silent)
    assert {owed[unit]["due"] for unit in parts.units} == {"2026-10-14"}


def test_the_workbook_holds_a_line_with_its_source_for_every_answer(
    played: Played, parts: Cast
) -> None:
    book = openpyxl.load_workbook(played.folder / "consolidated.xlsx")
    answered = {str(row[0]) for row in book["Kết quả"].iter_rows(min_row=2, values_only=True)}
    assert len(answered) == len(parts.good) + len(parts.late)
    assert all(
        len(str(row[6])) == 64 for row in book["Kết quả"].iter_rows(min_row=2, values_only=True)
    )


def test_after_a_month_nobody_who_has_answered_is_reminded(played: Played, parts: Cast) -> None:
    done = {f"{unit}@xa.example" for unit in parts.good}
    for message in mails(played):
        to = str(message["To"].addresses[0].addr_spec)
        if to in done and "ĐÔN ĐỐC" in str(message["Subject"]).upper():
            assert message["Date"].datetime.month <= 10
