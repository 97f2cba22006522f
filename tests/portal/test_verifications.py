"""Checking signatures: the contract for programs, the page for people."""

import pytest

from tests.portal.browsing import Browsing, token_in, words_of
from tests.portal.seeded import Seeded

API = "/api/v1/verifications"
KEYS = {
    "file", "sha256", "verdict", "sentence", "policy", "signatures", "findings", "milliseconds",
}  # fmt: skip


@pytest.fixture(scope="session")
def sealed_pdf(seeded: Seeded) -> bytes:
    return seeded.pdf(seeded.sealed())


def test_a_sealed_directive_passes_without_a_token(browsing: Browsing, sealed_pdf: bytes) -> None:
    answer = browsing.client.post(API, files={"file": ("96.pdf", sealed_pdf, "application/pdf")})
    said = answer.json()
    assert answer.status_code == 200
    assert set(said) == KEYS
    assert said["file"] == "96.pdf"
    assert said["verdict"] == "passed", said
    assert said["policy"]["name"] == "official"
    kinds = [one["kind"] for one in said["signatures"]]
    assert kinds == ["signature", "signature", "timestamp"]


def test_the_profile_can_be_chosen_and_no_other(browsing: Browsing, sealed_pdf: bytes) -> None:
    files = {"file": ("96.pdf", sealed_pdf, "application/pdf")}
    chosen = browsing.client.post(f"{API}?profile=integrity", files=files)
    assert chosen.json()["policy"]["name"] == "integrity"
    other = browsing.client.post(f"{API}?profile=lax", files=files)
    assert other.status_code == 422
    assert other.json()["code"] == "invalid_input"


def test_a_changed_byte_is_answered_with_200_and_failed(
    browsing: Browsing, sealed_pdf: bytes
) -> None:
    broken = bytearray(sealed_pdf)
    broken[2000] ^= 1
    answer = browsing.client.post(API, files={"file": ("x.pdf", bytes(broken))})
    assert answer.status_code == 200
    assert answer.json()["verdict"] in {"failed", "unreadable"}


@pytest.mark.parametrize("content", [b"", b"%PDF-", b"\x00" * 3000])
def test_rubbish_is_unreadable(browsing: Browsing, content: bytes) -> None:
    answer = browsing.client.post(API, files={"file": ("x.pdf", content)})
    assert answer.status_code == 200
    assert answer.json()["verdict"] == "unreadable"


def test_a_file_over_the_limit_is_given_up(browsing: Browsing) -> None:
    large = b"%PDF-1.7\n" + b"0" * (2 * 1024 * 1024 + 100_000)
    answer = browsing.client.post(API, files={"file": ("lon.pdf", large)})
    said = answer.json()
    assert answer.status_code == 200
    assert set(said) == KEYS
    assert said["file"] == "lon.pdf"
    assert said["verdict"] == "unreadable"
    assert [one["code"] for one in said["findings"]] == ["too_large"]
    assert "2 MB" in said["sentence"]


def test_a_body_that_does_not_say_its_size_is_given_up_too(browsing: Browsing) -> None:
    def endless() -> object:
        yield (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n')
        for _ in range(60):
            yield b"0" * 65536

    answer = browsing.client.post(
        API,
        content=endless(),  # type: ignore[arg-type]  # an iterator of bytes
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert answer.json()["verdict"] == "unreadable"
    assert answer.json()["file"] == "a.pdf"


@pytest.mark.usefixtures("still")
def test_a_form_without_a_file_is_refused(browsing: Browsing) -> None:
    for sent in ({"data": {"a": "b"}}, {"files": {"other": ("x.pdf", b"x")}}, {"json": {}}):
        answer = browsing.client.post(API, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 422
        assert answer.json()["code"] == "bad_upload"


@pytest.mark.usefixtures("still")
def test_asking_too_often_is_refused_with_the_time_to_wait(browsing: Browsing) -> None:
    for _ in range(40):
        answer = browsing.client.post(API, files={"file": ("x.pdf", b"x")})
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["code"] == "too_many_requests"


def test_anybody_checks_a_file_on_the_page(browsing: Browsing, sealed_pdf: bytes) -> None:
    form = browsing.get("/kiem-tra-chu-ky")
    page = browsing.client.post(
        "/kiem-tra-chu-ky",
        data={"csrf": token_in(form)},
        files={"file": ("<b>96</b>.pdf", sealed_pdf, "application/pdf")},
    )
    assert page.status_code == 303
    page = browsing.get(page.headers["location"])
    said = words_of(page)
    assert page.status_code == 200
    assert "Chữ ký hợp lệ. Văn bản còn nguyên vẹn từ khi ký." in said
    assert "Trần Trung Hiếu" in said
    assert "chứng minh bằng dấu thời gian" in said
    assert "<b>96</b>" not in page.text


def test_the_page_keeps_no_file(browsing: Browsing, sealed_pdf: bytes) -> None:
    folder = browsing.seeded.office.settings.archive_folder
    before = sorted(path.name for path in folder.rglob("*"))
    form = browsing.get("/kiem-tra-chu-ky")
    other = sealed_pdf + b"\n% khac\n"
    browsing.client.post(
        "/kiem-tra-chu-ky", data={"csrf": token_in(form)}, files={"file": ("x.pdf", other)}
    )
    assert sorted(path.name for path in folder.rglob("*")) == before


def test_a_large_file_gets_its_sentence_on_the_page(browsing: Browsing) -> None:
    form = browsing.get("/kiem-tra-chu-ky")
    page = browsing.client.post(
        "/kiem-tra-chu-ky",
        data={"csrf": token_in(form)},
        files={"file": ("x.pdf", b"0" * (3 * 1024 * 1024))},
    )
    assert "Không đọc được tệp này: tệp lớn hơn giới hạn 2 MB." in words_of(page)


def test_a_forged_check_is_refused(browsing: Browsing) -> None:
    browsing.get("/kiem-tra-chu-ky")
    page = browsing.client.post(
        "/kiem-tra-chu-ky", data={"csrf": "sai"}, files={"file": ("x.pdf", b"x")}
    )
    assert page.status_code == 403


@pytest.mark.parametrize(
    ("form", "suffix", "begins"),
    [
        ("pdf", ".pdf", b"%PDF-"),
        ("html", ".html", b"<!doctype html>"),
        ("json", ".json", b'{"file"'),
        ("etsi", ".etsi.xml", b"<?xml"),
    ],
)
def test_the_page_hands_out_the_report_as_a_file(
    browsing: Browsing, sealed_pdf: bytes, form: str, suffix: str, begins: bytes
) -> None:
    asked = browsing.get("/kiem-tra-chu-ky")
    answer = browsing.client.post(
        "/kiem-tra-chu-ky",
        data={"csrf": token_in(asked), "report": form, "lang": "en"},
        files={"file": ('số "96"\r\n.pdf', sealed_pdf)},
    )
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    given = answer.headers["content-disposition"]
    assert given.startswith("attachment; filename*=UTF-8''ket-qua-s%E1%BB%91")
    assert given.endswith(suffix)
    if form != "pdf":
        assert "The signature is valid." in answer.text


def test_an_unknown_form_of_report_is_answered_with_the_page(
    browsing: Browsing, sealed_pdf: bytes
) -> None:
    asked = browsing.get("/kiem-tra-chu-ky")
    answer = browsing.client.post(
        "/kiem-tra-chu-ky",
        data={"csrf": token_in(asked), "report": "exe", "lang": "xx"},
        files={"file": ("x.pdf", sealed_pdf)},
    )
    assert "content-disposition" not in answer.headers
    assert "Chữ ký hợp lệ" in words_of(browsing.get(answer.headers["location"]))
