"""Messages of QCVN 102:2016: what we write is read by anybody, what others write never hurts."""

import base64
import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.edxml.errors import EdxmlUnreadableError
from delivery.edxml.message import (
    NAMESPACE,
    Business,
    BusinessType,
    DocumentMessage,
    EdxmlFile,
    EdxmlMessage,
    Party,
    Priority,
    ReceiverChange,
    Replacement,
    ResponseFor,
    Staff,
    StatusMessage,
    SteeringType,
)
from delivery.edxml.reading import read_edxml
from delivery.edxml.schema import problems_of
from delivery.edxml.writing import write_edxml
from delivery.errors import EnvelopeError

AT = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "edxml"
OURS = Party(organ_id="000.00.00.H36", name="Ban Tuyên giáo Tỉnh ủy Lâm Đồng", email="a@b.example")
THEIRS = Party(organ_id="000.01.02.H36", name="Huyện ủy <A> & “B”")
PDF = EdxmlFile(name="96-HD-BTGTU.pdf", content=b"%PDF-1.7 \x00\xff", content_id="cid:1")
LETTER = DocumentMessage(
    sender=OURS, receivers=(THEIRS,), document_id="000.00.00.H36,2022/09/21,96-HD/BTGTU",
    number="96", notation="HD/BTGTU", place="Lâm Đồng", promulgation_date=date(2022, 9, 21),
    type="2", type_name="Hướng dẫn", subject="Tuyên truyền Kế hoạch số 53-KH/TU",
    competence="K/T TRƯỞNG BAN", position="PHÓ TRƯỞNG BAN", signer="Trần Trung Hiếu",
    due=date(2022, 10, 28), to_places=("Các huyện ủy", "Lưu VPTU"), priority=Priority.URGENT,
    steering=SteeringType.DIRECTIVE, pages=5, copies=63, appendixes=("Biểu 1",),
    business=Business(reason="Văn bản điện tử mới"), traces=((OURS.organ_id, AT),), files=(PDF,),
)  # fmt: skip


def written(message: EdxmlMessage) -> bytes:
    return write_edxml(message, at=AT, key="96:1:huyen-a:edxml_folder")


def test_what_we_write_is_what_we_read() -> None:
    assert read_edxml(written(LETTER)) == LETTER


def test_the_same_message_is_the_same_bytes() -> None:
    assert written(LETTER) == written(LETTER)


def test_another_reader_finds_number_subject_and_the_very_file() -> None:
    root, space = ET.fromstring(written(LETTER)), {"e": NAMESPACE}  # noqa: S314 (our own bytes)
    header = root.find("e:edXMLEnvelope/e:edXMLHeader/e:MessageHeader", space)
    assert header is not None
    assert header.findtext("e:Code/e:CodeNotation", "", space) == "HD/BTGTU"
    assert header.findtext("e:To/e:OrganName", "", space) == "Huyện ủy <A> & “B”"
    assert root.findtext(".//e:Bussiness/e:BussinessDocType", "", space) == "0"
    encoded = root.findtext("e:AttachmentEncoded/e:Attachment/e:ContentTransferEncoded", "", space)
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(encoded))) as package:
        (entry,) = package.namelist()
        assert package.read(entry) == PDF.content
        assert "96" not in entry


def test_a_file_without_identifier_gets_one_and_is_found_by_it() -> None:
    read = read_edxml(written(replace(LETTER, files=(replace(PDF, content_id=""),) * 2)))
    assert isinstance(read, DocumentMessage)
    first, second = read.files
    assert first.content_id.startswith("cid:")
    assert first.content_id != second.content_id
    assert first.content == second.content == PDF.content


def test_a_character_that_xml_cannot_hold_is_refused_before_anything_is_queued() -> None:
    with pytest.raises(EnvelopeError, match="Subject"):
        written(replace(LETTER, subject="a\x0b"))


texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc")), max_size=30
).map(lambda text: " ".join(text.split()))  # fmt: skip
words = texts.filter(lambda text: text.casefold() not in {"null", "none"} and bool(text))
days = st.none() | st.dates(min_value=date(1000, 1, 1))
parties = st.builds(
    Party, organ_id=words, name=texts, in_charge=texts, address=texts, email=texts,
    telephone=texts, fax=texts, website=texts,
)  # fmt: skip
answers = st.builds(
    ResponseFor, organ_id=words, code=texts, document_id=texts, promulgation_date=days
)
staff = st.builds(Staff, department=texts, staff=texts, mobile=texts, email=texts)
businesses = st.builds(
    Business, type=st.sampled_from(BusinessType), reason=words, document_id=texts,
    paper=st.booleans(), staff=staff,
    receivers=st.lists(
        st.builds(ReceiverChange, organ_id=words, added=st.booleans()), max_size=2
    ).map(tuple),
    replacements=st.lists(
        st.builds(Replacement, document_id=words, organ_ids=st.lists(words, max_size=2).map(tuple)),
        max_size=2,
    ).map(tuple),
)  # fmt: skip
files = st.lists(
    st.builds(EdxmlFile, name=words, media_type=words, content=st.binary(max_size=40),
              description=words),
    max_size=3,
).map(lambda found: tuple(
    replace(one, content_id=f"cid:{at}") for at, one in enumerate(found)
))  # fmt: skip
documents = st.builds(
    DocumentMessage, sender=parties, receivers=st.lists(parties, max_size=2).map(tuple),
    document_id=texts, number=texts, notation=texts, place=texts, promulgation_date=days,
    type=texts, type_detail=texts, type_name=texts, subject=texts, content=texts,
    competence=texts, position=texts, signer=texts, due=days,
    to_places=st.lists(words, max_size=3).map(tuple), priority=st.sampled_from(Priority),
    steering=st.sampled_from(SteeringType), pages=st.none() | st.integers(0, 9999),
    copies=st.none() | st.integers(0, 9999), appendixes=st.lists(words, max_size=2).map(tuple),
    response_for=st.lists(answers, max_size=2).map(tuple), business=businesses,
    traces=st.just(((OURS.organ_id, AT),)), files=files,
)  # fmt: skip
statuses = st.builds(
    StatusMessage, sender=parties, response_for=answers,
    code=st.from_regex(r"[0-9]{2}", fullmatch=True), description=texts,
    at=st.datetimes(min_value=datetime(1000, 1, 2), max_value=datetime(9998, 1, 1)).map(  # noqa: DTZ001 (the zone comes next)
        lambda at: at.replace(microsecond=0, tzinfo=UTC)
    ),
    staff=staff,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(documents | statuses)
def test_every_message_comes_back_as_it_was(message: EdxmlMessage) -> None:
    assert read_edxml(written(message)) == message


sample = pytest.mark.skipif(not SAMPLES.is_dir(), reason="../shared/edxml is not here")


@sample
def test_all_samples_are_read_but_the_two_that_are_not_well_formed() -> None:
    unread = {}
    for path in sorted(SAMPLES.glob("*.edxml")):
        try:
            read_edxml(path.read_bytes())
        except EdxmlUnreadableError as fault:
            unread[path.name] = fault.reason
    assert unread == {"edoc.edxml": "not_xml", "edoc_new.edxml": "not_xml"}


@sample
def test_the_samples_say_what_their_names_say() -> None:
    for code in ("02", "03", "05", "06", "13", "15", "16"):
        (path,) = SAMPLES.glob(f"status_*{code}.edxml")
        status = read_edxml(path.read_bytes())
        assert isinstance(status, StatusMessage)
        assert status.code == code
        assert status.response_for.code == "7816/VPCP-TTĐT"
    update = read_edxml((SAMPLES / "edoc_update.edxml").read_bytes())
    assert isinstance(update, DocumentMessage)
    assert update.business.type is BusinessType.UPDATE
    assert [one.added for one in update.business.receivers] == [False, True]
    assert update.business.document_id == "000.00.00.G22,2014/02/30,7806/VPCP-TTĐT"
    assert update.weak_signature


@sample
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_sample_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    paths = sorted(SAMPLES.glob("*.edxml"), key=lambda path: path.stat().st_size)[:18]
    raw = bytearray(data.draw(st.sampled_from(paths)).read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    with suppress(EdxmlUnreadableError):
        read_edxml(bytes(raw))


@settings(max_examples=60, deadline=None)
@given(documents | statuses)
def test_what_we_write_keeps_to_the_schema(message: EdxmlMessage) -> None:
    assert problems_of(written(message)) == ()


@sample
def test_every_sample_that_is_xml_keeps_to_the_schema() -> None:
    for path in sorted(SAMPLES.glob("*.edxml")):
        found = problems_of(path.read_bytes())
        assert found == () or path.name in {"edoc.edxml", "edoc_new.edxml"}, (path.name, found)


@sample
def test_a_file_is_what_it_is_however_it_travelled() -> None:
    (path,) = SAMPLES.glob("sent-2019-5-*.edxml")
    zipped = read_edxml(path.read_bytes())
    assert isinstance(zipped, DocumentMessage)
    assert zipped.files[0].media_type == "application/pdf"
    (path,) = SAMPLES.glob("upload-1f881896-*.edxml")
    texts_ = read_edxml(path.read_bytes())
    assert isinstance(texts_, DocumentMessage)
    assert {one.media_type for one in texts_.files} == {"text/plain"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"<edXML:Priority>1<", b"<edXML:Priority>9<", "phần Priority"),
        (b"<edXML:DueDate>2022/10/28<", b"<edXML:DueDate>mai<", "phần DueDate"),
        (b"<edXML:BussinessDocType>0</edXML:BussinessDocType>", b"", "phần Bussiness"),
        (b"edXML:Subject>", b"edXML:Subjekt>", "phần Subjekt"),
        (b"<edXML:OtherInfo>", b"<edXML:OtherInfo><edXML:X/>", "phần X"),
    ],
)
def test_what_departs_from_the_schema_is_named_with_its_place(
    old: bytes, new: bytes, said: str
) -> None:
    raw = written(LETTER)
    assert old in raw
    (first, *_) = problems_of(raw.replace(old, new))
    assert said in first


def _bomb(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("x", content)
    return out.getvalue()


def _with_attachment(raw: bytes) -> bytes:
    made = written(LETTER)
    start = made.index(b"ContentTransferEncoded>") + len(b"ContentTransferEncoded>")
    end = made.index(b"</", start)
    return made[:start] + base64.b64encode(raw) + made[end:]


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not_xml"),
    "text": (lambda: b"hello", "not_xml"),
    "another root": (lambda: b"<html/>", "not_edxml"),
    "doctype": (lambda: b'<!DOCTYPE x [<!ENTITY a "b">]><edXML>&a;</edXML>', "doctype"),
    "external entity": (
        lambda: b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><edXML/>', "doctype",
    ),
    "undeclared entity": (lambda: b"<edXML>&x;</edXML>", "not_xml"),
    "deep": (lambda: b"<edXML>" + b"<a>" * 100_000, "too_large"),
    "wide": (lambda: b"<edXML>" + b"<a/>" * 100_000 + b"</edXML>", "too_large"),
    "a tag without end": (
        lambda: b'<edXML a="' + b"x" * (3 << 20) + b'"/>', "too_large",
    ),
    "a comment without end": (
        lambda: b"<edXML><!--" + b"x" * (3 << 20) + b"--></edXML>", "too_large",
    ),
    "no sender": (lambda: written(replace(LETTER, sender=Party(organ_id=""))), "no_sender"),
    "zip bomb": (lambda: _with_attachment(_bomb(b"\0" * (60 << 20))), "too_large"),
    "broken zip": (lambda: _with_attachment(b"PK\x03\x04 broken"), "bad_attachment"),
    "packed by a method that is none of ours": (
        lambda: _with_attachment(_packed_by(zipfile.ZIP_LZMA)), "bad_attachment",
    ),
    "more entries than it says": (
        lambda: _with_attachment(_with_entries(3_000)), "bad_attachment",
    ),
    "a business that nobody knows": (
        lambda: written(LETTER).replace(b"BussinessDocType>0<", b"BussinessDocType>7<"),
        "unknown_business",
    ),
    "no base64": (
        lambda: written(LETTER).replace(b"ContentTransferEncoded>UEs", b"ContentTransferEncoded>?"),
        "bad_attachment",
    ),
    "attachment left out": (
        lambda: written(LETTER).split(b"<edXML:AttachmentEncoded")[0] + b"</edXML>",
        "attachment_missing",
    ),
    "odd encoding": (lambda: b'<?xml version="1.0" encoding="x-none"?><edXML/>', "not_xml"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_what_would_do_harm_is_refused_with_its_own_reason(name: str) -> None:
    make, reason = HOSTILE[name]
    with pytest.raises(EdxmlUnreadableError) as refused:
        read_edxml(make(), size_limit_bytes=50 << 20)
    assert refused.value.reason == reason
    assert problems_of(make()) == (refused.value.diagnosis(),)


def _packed_by(method: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        package.writestr("x", b"hello" * 1000)
    return out.getvalue()


def _with_entries(entries: int) -> bytes:
    """A package that says it has one entry and lists more."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for number in range(entries):
            package.writestr(f"{number:060}", b"")
    raw = bytearray(out.getvalue())
    raw[-14:-10] = b"\x01\x00\x01\x00"
    return bytes(raw)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_package_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    methods = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    raw = bytearray(_packed_by(data.draw(st.sampled_from(methods))))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    with suppress(EdxmlUnreadableError):
        read_edxml(_with_attachment(bytes(raw)))


def test_a_time_that_other_systems_write_for_none_is_none() -> None:
    raw = written(LETTER).replace(b"2026/11/26 09:30:00", b"0001/01/01 00:00:00")
    read = read_edxml(raw)
    assert isinstance(read, DocumentMessage)
    assert read.traces == ((OURS.organ_id, None),)


def test_a_line_end_in_a_text_comes_back_as_it_was() -> None:
    letter = replace(LETTER, content="a\r\nb\rc\nd")
    assert read_edxml(written(letter)) == letter


def test_an_element_of_another_namespace_never_passes_for_one_of_the_message() -> None:
    raw = written(LETTER).replace(
        b"<edXML:DocumentId>", b'<DocumentId xmlns="urn:x">forged</DocumentId><edXML:DocumentId>'
    )
    read = read_edxml(raw)
    assert isinstance(read, DocumentMessage)
    assert read.document_id == LETTER.document_id


def test_a_zip_with_several_entries_is_itself_the_file() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("../../etc/a", "1")
        package.writestr("b", "2")
    read = read_edxml(_with_attachment(out.getvalue()))
    assert isinstance(read, DocumentMessage)
    assert read.files[0].content == out.getvalue()


@pytest.mark.parametrize(
    ("number", "notation", "code"),
    [("96", "HD/BTGTU", "96-HD/BTGTU"), ("15", "QĐ-BNV", "15/QĐ-BNV"), ("", "QĐ-BNV", "QĐ-BNV")],
)
def test_number_and_symbol_are_joined_as_their_regime_does(
    number: str, notation: str, code: str
) -> None:
    assert replace(LETTER, number=number, notation=notation).code == code
