"""The judge on damaged bytes: flipped, appended, torn, written behind a signature."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils import generic

from signing.names import OFFICER_FIELD, SEAL_FIELD
from signing.policy import INTEGRITY
from signing.request import SignatureKind
from signing.verdict import Verdict
from signing.writer import finish, open_writer
from tests.signing.judging import codes, judge
from tests.signing.office import (
    SEALED_AT,
    Office,
    unsigned_directive,
)

PROPERTY = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_an_unsigned_file_is_unsigned(office: Office) -> None:
    assert judge(office, unsigned_directive()).verdict is Verdict.UNSIGNED
    assert judge(office, office.fielded).verdict is Verdict.UNSIGNED


def test_a_file_saved_anew_has_failed(office: Office) -> None:
    # Signature dictionaries are in the bytes, but no field of the last revision reaches them.
    bare = unsigned_directive()
    start = office.officer_only.index(b"/ByteRange")
    report = judge(office, bare + b"% " + office.officer_only[start : start + 60] + b"\n")
    assert report.verdict is Verdict.FAILED
    assert "saved_anew" in codes(report)


def test_a_rolled_back_seal_is_noticed(office: Office) -> None:
    # A second startxref leads back to the revision before the seal.
    position = re.findall(rb"startxref\s+(\d+)", office.officer_only)[-1]
    rolled = office.sealed + b"\nstartxref\n" + position + b"\n%%EOF\n"
    assert judge(office, rolled, policy=INTEGRITY).verdict is not Verdict.PASSED


def test_an_unsupported_signature_is_not_overlooked(office: Office) -> None:
    changed = office.sealed.replace(b"/ETSI.CAdES.detached", b"/XXXX.CAdES.detached")
    report = judge(office, changed, policy=INTEGRITY)
    assert report.verdict is not Verdict.PASSED
    assert "subfilter_unsupported" in codes(report, SEAL_FIELD)


def test_a_changed_byte_of_a_page_fails_even_where_the_page_cannot_be_read_any_more(
    office: Office,
) -> None:
    pdf = office.officer_only
    streams = [found.end() for found in re.finditer(rb"stream\r?\n", pdf[: len(pdf) // 2])]
    verdicts = set()
    for start in streams[:8]:
        changed = pdf[: start + 20] + bytes([pdf[start + 20] ^ 1]) + pdf[start + 21 :]
        report = judge(office, changed, policy=INTEGRITY)
        verdicts.add(report.verdict)
        assert "content_changed" in codes(report, OFFICER_FIELD)
    assert verdicts == {Verdict.FAILED}


@PROPERTY
@given(data=st.data())
def test_any_byte_flipped_in_the_signed_ranges_fails(office: Office, data: st.DataObject) -> None:
    pdf = office.sealed
    limit = len(office.officer_only) - 1
    place = data.draw(st.integers(0, limit))
    mask = data.draw(st.integers(1, 255))
    flipped = pdf[:place] + bytes([pdf[place] ^ mask]) + pdf[place + 1 :]
    report = judge(office, flipped, policy=INTEGRITY)
    assert report.verdict is not Verdict.PASSED


@PROPERTY
@given(tail=st.binary(min_size=1, max_size=40))
@example(tail=b"\n")
@example(tail=b"\0")
@example(tail=b"%%EOF\n")
def test_any_byte_appended_is_noticed(office: Office, tail: bytes) -> None:
    whole = judge(office, office.archived + tail, policy=INTEGRITY)
    # Of the untouched file nothing is found.
    assert whole.findings != () or whole.verdict is not Verdict.PASSED
    if tail.strip(b"\0\t\n\f\r ") != b"":
        assert whole.verdict is not Verdict.PASSED


@PROPERTY
@given(content=st.binary(max_size=300), prefix=st.sampled_from([b"", b"%PDF-1.7\n"]))
def test_nothing_makes_the_judge_raise(office: Office, content: bytes, prefix: bytes) -> None:
    report = judge(office, prefix + content)
    assert report.verdict in {Verdict.UNREADABLE, Verdict.UNSIGNED, Verdict.FAILED}


@PROPERTY
@given(data=st.data())
def test_torn_files_never_pass(office: Office, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(office.archived) - 10))
    whole = {len(office.officer_only), len(office.sealed)}
    report = judge(office, office.archived[:cut], policy=INTEGRITY)
    if report.verdict is Verdict.PASSED:
        # Only a cut at the very end of a revision leaves a whole, earlier document.
        assert office.archived[:cut].rstrip().endswith(b"%%EOF")
        assert cut >= min(whole) - 4096


@pytest.mark.parametrize("way", ["page", "annotation", "action", "free"])
def test_what_is_appended_to_a_signed_directive_is_a_change(office: Office, way: str) -> None:
    writer = open_writer(office.sealed)
    root, page = writer.root, writer.root["/Pages"]["/Kids"][0]
    if way == "page":
        new = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
        page["/Contents"] = new
        writer.mark_update(page.get_object().container_ref)
    elif way == "annotation":
        note = generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
                generic.pdf_name("/Rect"): generic.ArrayObject(
                    map(generic.NumberObject, (0, 0, 99, 99))
                ),
                generic.pdf_name("/Contents"): generic.pdf_string("Số: 97"),
            }
        )
        page["/Annots"].append(writer.add_object(note))
        writer.mark_update(page["/Annots"].container_ref)
        writer.mark_update(page.get_object().container_ref)
    elif way == "action":
        script = generic.DictionaryObject(
            {
                generic.pdf_name("/S"): generic.pdf_name("/JavaScript"),
                generic.pdf_name("/JS"): generic.pdf_string("app.alert(1)"),
            }
        )
        root["/OpenAction"] = writer.add_object(script)
        writer.update_root()
    else:
        root["/NeedAppearances"] = generic.BooleanObject(value=True)
        root["/Lang"] = generic.pdf_string("en")
        writer.update_root()
    report = judge(office, finish(writer), policy=INTEGRITY)
    assert report.verdict is Verdict.FAILED
    assert "changed_after_signing" in codes(report, OFFICER_FIELD)


def test_bytes_put_into_the_padding_of_a_container_are_remarked(office: Office) -> None:
    prepared = office.prepare(office.officer_only, "agency", SignatureKind.SEAL, SEALED_AT)
    place = prepared.region_end - 9
    changed = office.sealed[:place] + b"41" + office.sealed[place + 2 :]
    report = judge(office, changed, policy=INTEGRITY)
    assert "padding_used" in codes(report, SEAL_FIELD)
    assert "padding_used" not in codes(judge(office, office.sealed), SEAL_FIELD)
