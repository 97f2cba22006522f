"""What a report of a real file says to machines and to people."""

import json
from dataclasses import replace

from signing.policy import INTEGRITY, OFFICIAL
from signing.report import to_html, to_json, to_text
from signing.report.etsi import to_etsi
from signing.transport import dump_report, load_report
from signing.trust import TrustStore
from signing.verify import verify
from tests.signing.office import TODAY, Office
from tests.signing.report.made import OFFICER
from tests.signing.report.made import report as make_report


def test_the_json_has_the_agreed_keys(office: Office) -> None:
    report = verify(office.archived, name="a b.pdf", policy=OFFICIAL, trust=office.trust, at=TODAY)
    answer = json.loads(json.dumps(to_json(report)))
    assert list(answer) == [
        "file",
        "sha256",
        "verdict",
        "sentence",
        "policy",
        "signatures",
        "findings",
        "milliseconds",
    ]
    assert answer["policy"] == {"name": "official", "version": OFFICIAL.version}
    assert set(answer["signatures"][0]) == {
        "field",
        "kind",
        "signer",
        "organisation",
        "email",
        "serial",
        "claimed_time",
        "proven_time",
        "level",
        "covers",
        "verdict",
        "findings",
    }
    assert set(answer["signatures"][0]["findings"][0]) == {"code", "severity", "message"}
    assert answer["sentence"].startswith("Chữ ký hợp lệ. Văn bản còn nguyên vẹn từ khi ký.")


def test_a_changed_document_is_said_in_one_sentence(office: Office) -> None:
    broken = office.sealed.replace(b"/CropBox", b"/cropBox").replace(b"/MediaBox", b"/mediaBox")
    report = verify(broken, name="x", policy=INTEGRITY, trust=TrustStore(), at=TODAY)
    assert to_json(report)["sentence"] == (
        "Chữ ký không hợp lệ: văn bản đã bị thay đổi sau khi ký. "
        "Không sử dụng bản này; đề nghị nơi gửi gửi lại."
    )


def test_a_report_survives_its_way_out_of_the_sandbox(office: Office) -> None:
    report = verify(office.archived, name="x", policy=OFFICIAL, trust=office.trust, at=TODAY)
    assert load_report(dump_report(report)) == report


def test_the_page_is_self_contained_escaped_and_marked_as_a_trial(office: Office) -> None:
    report = verify(
        office.archived, name="<script>x</script>", policy=OFFICIAL, trust=office.trust, at=TODAY
    )
    page = to_html(report)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert " src=" not in page
    assert "THỬ NGHIỆM: chứng thư không có giá trị pháp lý." in page
    assert page.index("Chữ ký hợp lệ") < page.index("<article>")


def test_the_text_names_verdict_signers_and_policy(office: Office) -> None:
    report = verify(office.archived, name="x.pdf", policy=OFFICIAL, trust=office.trust, at=TODAY)
    text = to_text(report)
    assert text.startswith("x.pdf: Hợp lệ")
    assert "13:54:00 ngày 21/9/2022 (chứng minh bằng dấu thời gian)" in text
    assert f"Chính sách: official, bản {OFFICIAL.version}" in text
    assert "[signature_intact]" in text


def test_a_name_that_turns_the_writing_is_shown_as_what_it_is() -> None:
    turned = replace(OFFICER, signer="Nguy\u202eễn\u200b A", findings=())
    whole = make_report(signatures=(turned,), name="a\u202efdp.exe")
    for said in (to_text(whole), to_html(whole), to_etsi(whole)):
        assert "\u202e" not in said
        assert r"Nguy\u202eễn\u200b A" in said
    assert to_json(whole)["signatures"][0]["signer"] == turned.signer
