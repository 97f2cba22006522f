"""Reads what a large story left with parsers that know nothing of the product, and compares."""

import base64
import csv
import email
import email.policy
import io
import zipfile
from collections import Counter
from email.message import EmailMessage
from xml.etree import ElementTree as ET

import openpyxl

from tests.stories.conftest import Played
from tests.stories.large_story import Cast

SPACE = {"e": "http://www.mic.gov.vn/TBT/QCVN_102_2016"}


def table(played: Played, name: str) -> list[dict[str, str]]:
    text = (played.folder / name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def mails(played: Played) -> list[EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((played.folder / "mail" / "sent").glob("*.eml"))
    ]


def to(message: EmailMessage) -> str:
    return str(message["To"].addresses[0].addr_spec)


def the_figures_add_up(played: Played, parts: Cast) -> None:
    figures, size = played.figures, len(parts.units)
    assert figures["number"] == "213/KH-UBND"
    assert figures["recipients"] == figures["obligations"] == size
    assert figures["delivered"] == size - len(parts.bounced) - len(parts.refused)
    assert figures["reported"] == len(parts.good) + len(parts.late)
    assert figures["overdue"] == size - figures["reported"]
    assert figures["verdict"] == "passed"


def every_unit_got_the_document(played: Played, parts: Cast) -> None:
    pdf = (played.folder / "directive.pdf").read_bytes()
    by_mail, by_system = set(), set()
    for message in mails(played):
        files = [
            one for one in message.iter_attachments() if one.get_content_type() == "application/pdf"
        ]
        if files:
            assert files[0].get_content() == pdf
            by_mail.add(to(message).partition("@")[0])
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


def message_ids_are_single(played: Played) -> None:
    counted = Counter(str(message["Message-ID"]) for message in mails(played))
    assert max(counted.values()) == 1


def the_tables_say_where_units_stand(played: Played, parts: Cast) -> None:
    states = {row["organisation"]: row["state"] for row in table(played, "deliveries.csv")}
    for unit in parts.units:
        if unit in parts.bounced:
            expected = "bounced"
        elif unit in parts.refused:
            expected = "refused"
        else:
            expected = "accepted" if parts.has_system(unit) else "sent"
        assert states[unit] == expected, unit
    owed = {row["organisation"]: row for row in table(played, "obligations.csv")}
    assert {owed[unit]["state"] for unit in (*parts.good, *parts.late)} == {"accepted"}
    assert {owed[unit]["overdue"] for unit in parts.silent} == {"yes"}
    assert all(int(owed[unit]["reminders"]) > 0 for unit in parts.silent)
    assert {owed[unit]["due"] for unit in parts.units} == {"2026-10-14"}


def the_workbook_holds_every_answer(played: Played, parts: Cast) -> None:
    book = openpyxl.load_workbook(played.folder / "consolidated.xlsx")
    rows = list(book["Kết quả"].iter_rows(min_row=2, values_only=True))
    assert len({str(row[0]) for row in rows}) == len(parts.good) + len(parts.late)
    assert all(len(str(row[6])) == len("0" * 64) for row in rows)


def nobody_is_reminded_after_an_answer(played: Played, parts: Cast) -> None:
    done = {f"{unit}@xa.example" for unit in parts.good}
    told = [one for one in mails(played) if to(one) in done]
    for message in told:
        if "đôn đốc" in str(message["Subject"]).lower():
            assert str(message["Date"].datetime.date()) <= "2026-10-07"
