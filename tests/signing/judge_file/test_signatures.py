"""Every signature of a file is listed, with what it covers and what it allows."""

from datetime import UTC, datetime, timedelta

import pytest

from signing.judge.file.document import open_document
from signing.judge.file.objects import Text
from signing.judge.file.permissions import Lock
from signing.judge.file.signatures import SignatureField, Signatures, list_signatures
from signing.judge.file.text import read_date, read_text
from tests.signing import makers
from tests.signing.judge_file import files
from tests.signing.judge_file.files import CATALOG, FIRST, FORM, SECOND
from tests.signing.makers import fill, next_number, revise, sign, signature_dictionary


def listed(pdf: bytes) -> Signatures:
    return list_signatures(open_document(pdf))


def only(pdf: bytes) -> SignatureField:
    (found,) = listed(pdf).filled
    return found


def signed_with(keys: bytes = b"", field: bytes = b"") -> bytes:
    pdf = files.plain()
    value = next_number(pdf)
    written = {FIRST: files.field(b"First", b"/V %d 0 R%s" % (value, field))}
    return sign(pdf, written, value=value, keys=keys)


def test_filled_and_empty_fields_are_told_apart_and_filled_ones_stand_by_revision() -> None:
    pdf = files.signed(files.signed(number=SECOND, name=b"Second"))
    found = listed(pdf)
    assert [one.name for one in found.filled] == ["Second", "First"]
    assert [one.revision for one in found.filled] == [1, 2]
    assert [one.covers for one in found.filled] == ["revision", "whole_file"]
    assert found.empty == ()
    assert listed(files.plain()).empty == ("First", "Second")
    assert listed(files.plain({CATALOG: files.catalog(b"")})) == Signatures((), ())


def test_the_range_and_the_value_are_those_of_the_file() -> None:
    pdf = files.signed()
    found = only(pdf)
    assert found.byte_range is not None
    zero, first, second, length = found.byte_range
    assert (zero, second + length) == (0, len(pdf))
    assert bytes.fromhex(pdf[first + 1 : second - 1].decode()) == found.contents
    assert pdf[slice(*found.place)].startswith(b"7 0 obj")
    assert (found.field_number, found.value_number) == (FIRST, 7)


def test_a_value_that_stands_in_its_field_is_a_signature_too() -> None:
    value = b"/V" + signature_dictionary()
    pdf = fill(revise(files.plain(), {FIRST: files.field(b"First", value)}))
    found = only(pdf)
    assert (found.value_number, found.covers) == (None, "whole_file")


def test_type_and_value_are_inherited_and_names_joined_by_dots() -> None:
    above = b"<</T(Top)/FT/Sig/V 8 0 R/Kids[7 0 R]>>"
    pdf = files.plain({FORM: files.form(b"5 0 R"), FIRST: above, 7: b"<</T(Be.low)/Parent 5 0 R>>"})
    found = only(fill(revise(pdf, {8: signature_dictionary()})))
    assert (found.name, found.field_number) == ("Top.Be.low", 7)


def test_a_field_may_have_looks_apart() -> None:
    parts = {FIRST: b"<</T(First)/FT/Sig/V 8 0 R/Kids[7 0 R]>>", 7: b"<</Subtype/Widget>>"}
    pdf = revise(files.plain(parts), {8: signature_dictionary()})
    assert only(fill(pdf)).name == "First"


@pytest.mark.parametrize(
    "subfilter", [b"adbe.pkcs7.sha1", b"adbe.x509.rsa_sha1", b"ETSI.RFC3161", b"vn.unknown"]
)
def test_a_signature_of_any_kind_is_named_and_none_dropped(subfilter: bytes) -> None:
    written = {
        FIRST: files.field(b"First", b"/V 7 0 R"),
        7: signature_dictionary(subfilter=subfilter),
    }
    found = only(fill(revise(files.plain(), written)))
    assert found.subfilter == subfilter.decode()
    assert found.is_document_stamp == (subfilter == b"ETSI.RFC3161")


def test_permissions_are_those_of_the_certification_and_the_locks() -> None:
    keys = (
        b"/Reference[<</TransformMethod/DocMDP/TransformParams<</P 3/V/1.2>>>>"
        b"<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[(A)]>>>>]"
    )
    lock = b"/Lock<</Action/Exclude/Fields[(B)]/P 2>>"
    found = only(signed_with(keys, lock)).permissions
    assert (found.certifies, found.doc_mdp) == (True, 2)
    assert found.locks == (Lock("Exclude", ("B",)), Lock("Include", ("A",)))
    plain = only(files.signed()).permissions
    assert (plain.certifies, plain.doc_mdp, plain.locks) == (False, None, ())


def test_a_certification_without_a_level_allows_form_filling() -> None:
    assert only(signed_with(b"/Reference[<</TransformMethod/DocMDP>>]")).permissions.doc_mdp == 2


def test_a_lock_that_a_later_revision_removes_still_locks() -> None:
    pdf = signed_with(field=b"/Lock<</Action/All>>")
    later = revise(pdf, {FIRST: files.field(b"First", b"/V 7 0 R")})
    assert only(later).permissions.locks == (Lock("All", ()),)


@pytest.mark.parametrize(
    ("lock", "locked"),
    [
        (Lock("All", ()), {"A", "A.B", "AB"}),
        (Lock("Include", ("A",)), {"A", "A.B"}),
        (Lock("Exclude", ("A",)), {"AB"}),
    ],
)
def test_a_lock_covers_the_fields_below_a_name(lock: Lock, locked: set[str]) -> None:
    assert {name for name in ("A", "A.B", "AB") if lock.covers(name)} == locked


def test_claimed_time_and_reason_are_read() -> None:
    found = only(signed_with(b"/M(D:20220921135400+07'00')/Reason(\xef\xbb\xbfK\xc3\xbd)"))
    assert found.claimed_time == datetime(2022, 9, 21, 6, 54, tzinfo=UTC)
    assert found.reason == "Ký"
    assert (only(files.signed()).claimed_time, only(files.signed()).reason) == (None, "")


@pytest.mark.parametrize(
    ("raw", "hours"), [(b"D:2022Z", 0), (b"D:202201-03", -3), (b"20220101000000+07'00", 7)]
)
def test_dates_of_all_lengths_are_read(raw: bytes, hours: int) -> None:
    found = read_date(Text(raw))
    assert found is not None
    assert found.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "raw", [b"", b"D:2022", b"D:20221301Z", b"2022-01-01", b"D:2022+99'99'", b"D:0001Z"]
)
def test_what_is_no_instant_is_none(raw: bytes) -> None:
    assert read_date(Text(raw)) is None


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xfe\xff\x00K\x00\xfd", "Ký"),
        (b"\xff\xfeK\x00\xfd\x00", "Ký"),
        (b"\xef\xbb\xbfK\xc3\xbd", "Ký"),
        (b"K\xfd\x80", "Ký•"),
        (b"\xfe\xff\xd8", "\ufffd"),
    ],
)
def test_text_strings_of_all_encodings_are_read(raw: bytes, text: str) -> None:
    assert read_text(Text(raw)) == text
    assert read_text(None) == ""


def moved(old: bytes, new: bytes) -> bytes:
    """A signed file in which something of equal length was changed."""
    assert len(old) == len(new)
    pdf = files.signed()
    assert old in pdf
    return pdf.replace(old, new, 1)


def ranged(pdf: bytes, *, start: int = 0, before: int = 0, behind: int = 0, end: int = 0) -> bytes:
    """The file with its byte range moved by so many bytes at each of its four limits."""
    zero, first, second, length = only(pdf).byte_range or (0, 0, 0, 0)
    old = b"[0 %010d %010d %010d]" % (first, second, length)
    new = b"[%d %010d %010d %010d]" % (
        zero + start,
        first + before,
        second + behind,
        length - behind + end,
    )
    assert old in pdf
    return pdf.replace(old, new)


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        ({}, ""),
        ({"end": -1}, ""),
        ({"start": 1}, "coverage_partial"),
        ({"before": -1}, "coverage_partial"),
        ({"before": 1}, "coverage_partial"),
        ({"before": 5}, "coverage_partial"),
        ({"behind": 1}, "coverage_partial"),
        ({"behind": -2}, "coverage_partial"),
        ({"end": -2}, "coverage_partial"),
        ({"end": 1}, "saved_anew"),
    ],
)
def test_a_range_leaves_out_the_value_alone_and_ends_with_its_revision(
    limits: dict[str, int], fault: str
) -> None:
    found = only(ranged(files.signed(), **limits))
    assert found.fault == fault
    assert (found.byte_range is None) == bool(fault)
    assert (found.covers == "partial") == bool(fault)


def test_a_range_of_a_later_revision_covers_no_revision_of_its_own() -> None:
    pdf = files.signed()
    later = files.evidence(pdf)
    assert only(ranged(later, end=len(later) - len(pdf))).fault == "coverage_partial"
    assert only(later).covers == "revision"


def test_blanks_that_are_signed_too_belong_to_the_signature() -> None:
    pdf = files.signed() + b"\n"
    assert only(ranged(pdf, end=1)).covers == "whole_file"


def test_the_gap_of_another_string_than_contents_covers_nothing() -> None:
    other = b"/Cert<" + b"00" * 300 + b">"
    pdf = signed_with(other)
    zero, first, second, length = only(pdf).byte_range or (0, 0, 0, 0)
    start = pdf.index(b"/Cert<") + 5
    behind = start + 602
    changed = pdf.replace(
        b"[0 %010d %010d %010d]" % (first, second, length),
        b"[0 %010d %010d %010d]" % (start, behind, len(pdf) - behind),
    )
    assert zero == 0
    assert only(changed).fault == "coverage_partial"


@pytest.mark.parametrize("old", [b"/Contents<", b"/ByteRange["])
def test_a_signature_without_value_or_range_covers_nothing(old: bytes) -> None:
    found = only(moved(old, b"/X" + old[2:]))
    assert found.fault == ("contents_missing" if b"Contents" in old else "coverage_partial")


def test_an_empty_room_is_no_value() -> None:
    pdf = revise(
        files.plain(), {FIRST: files.field(b"First", b"/V 7 0 R"), 7: signature_dictionary()}
    )
    assert only(pdf).fault == "contents_missing"
    assert makers.fill(pdf) != pdf
    assert only(makers.fill(pdf)).fault == ""
