"""Reports as files, on the real command, and their words explained."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from signing.glossary import CODES, TERMS
from tests.cli.conftest import Terminal, trinhky
from tests.signing.office import TODAY, unsigned_directive
from tests.support.signing_office import PIN as AGENCY_PIN
from tests.support.signing_office import Authority

AT = TODAY.isoformat()


@dataclass(frozen=True, slots=True)
class Papers:
    folder: Path

    def path(self, name: str) -> str:
        return str(self.folder / name)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("papers")
    (folder / "dự thảo.pdf").write_bytes(unsigned_directive())
    (folder / "text.pdf").write_bytes(b"no PDF at all")
    return Papers(folder)


def make_key(path: Path, pin: str) -> Path:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Cơ quan kiểm tra")])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(pin.encode())
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", private, made, None, locked))
    return path


def words_of(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return " ".join(document[0].get_textpage().get_text_range().split())
    finally:
        document.close()


def test_the_real_command_writes_paper_and_xml(papers: Papers, tmp_path: Path) -> None:
    """In an empty folder, without any setting."""
    for form in ("pdf", "etsi"):
        done = trinhky(
            "verify", "--format", form, "--out", "out", "--at", AT, papers.path("dự thảo.pdf"),
            papers.path("text.pdf"), folder=tmp_path,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (2, "")
        assert len(done.stdout.splitlines()) == 2
    out = tmp_path / "out"
    assert sorted(one.name for one in out.iterdir()) == [
        "dự thảo.etsi.xml", "dự thảo.pdf", "text.etsi.xml", "text.pdf",
    ]  # fmt: skip
    assert "Tệp này không có chữ ký số." in words_of(out / "dự thảo.pdf")
    root = ET.parse(out / "text.etsi.xml").getroot()  # noqa: S314 (same)
    assert root.tag == "{http://uri.etsi.org/19102/v1.2.1#}ValidationReport"


def test_reports_in_the_folder_of_the_files_write_over_none_of_them(
    terminal: Terminal, papers: Papers, tmp_path: Path
) -> None:
    paper = tmp_path / "a.pdf"
    paper.write_bytes(Path(papers.path("dự thảo.pdf")).read_bytes())
    (tmp_path / "b").mkdir()
    other = tmp_path / "b" / "a.pdf"
    other.write_bytes(b"no PDF")
    link = tmp_path / "b" / "c.pdf"
    link.symlink_to(tmp_path / "a.pdf")

    done = terminal.run(
        "verify", "--format", "pdf", "--out", str(tmp_path), "--at", AT, str(paper), str(other),
        str(link),
    )  # fmt: skip

    assert done.exit_code == 2
    assert paper.read_bytes() == Path(papers.path("dự thảo.pdf")).read_bytes()
    assert other.read_bytes() == b"no PDF"
    assert sorted(one.name for one in tmp_path.glob("*.pdf")) == [
        "a-2.pdf", "a-3.pdf", "a.pdf", "c.pdf",
    ]  # fmt: skip


def test_a_very_long_name_still_gets_its_report(terminal: Terminal, tmp_path: Path) -> None:
    names = [tmp_path / ("ạ" * 80 + end) for end in ("1.pdf", "2.pdf")]
    for one in names:
        one.write_bytes(b"no PDF")
    out = tmp_path / "out"
    terminal.run("verify", "--format", "html", "--out", str(out), "--at", AT, *map(str, names))
    assert len(list(out.glob("*.html"))) == 2


@pytest.mark.parametrize(("lang", "said"), [("vi", "không có chữ ký số"), ("en", "no digital")])
def test_every_form_speaks_the_language_that_was_asked_for(
    terminal: Terminal, papers: Papers, tmp_path: Path, lang: str, said: str
) -> None:
    paper = papers.path("dự thảo.pdf")
    for form in ("text", "json"):
        done = terminal.run("verify", "--format", form, "--lang", lang, "--at", AT, paper)
        assert said in done.stdout
    for form, name in (("html", "dự thảo.html"), ("etsi", "dự thảo.etsi.xml")):
        terminal.run(
            "verify", "--format", form, "--lang", lang, "--out", str(tmp_path), "--at", AT, paper
        )
        assert said in (tmp_path / name).read_text(encoding="utf-8")


PIN = "vài chữ khó đoán"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key of an office that nobody certified."""
    return make_key(tmp_path_factory.mktemp("key") / "office.p12", PIN)


def test_a_report_is_sealed_with_the_offices_key_and_the_pin_is_asked_for(
    terminal: Terminal, papers: Papers, tmp_path: Path, key: Path
) -> None:
    command = (
        "verify", "--format", "pdf", "--out", str(tmp_path), "--seal-key", str(key), "--at", AT,
        papers.path("dự thảo.pdf"),
    )  # fmt: skip
    for words in (command, (*command, "--stdin")):
        assert terminal.run(*words, typed=f"{PIN}\n").exit_code == 2
        sealed = str(tmp_path / "dự thảo.pdf")
        said = terminal.says("verify", "--profile", "integrity", sealed)
        assert "Chữ ký hợp lệ" in said
        assert "ChuKyKetQua" in said


def test_a_seal_at_b_lt_brings_time_stamp_and_evidence_from_the_offices_services(
    terminal: Terminal, papers: Papers, tmp_path: Path, served: Authority
) -> None:
    done = terminal.run(
        "verify", "--format", "pdf", "--out", str(tmp_path), "--at", AT,
        "--seal-key", str(served.pki.key("ban")), "--seal-level", "B-LT",
        papers.path("text.pdf"), typed=f"{AGENCY_PIN}\n",
    )  # fmt: skip
    assert done.exit_code == 2, done.output
    said = terminal.says("verify", "--trust", str(served.pki.root), str(tmp_path / "text.pdf"))
    assert "Chữ ký hợp lệ" in said
    assert "B-LT" in said


def test_a_wrong_pin_is_said_before_anything_is_judged(
    terminal: Terminal, papers: Papers, tmp_path: Path, key: Path
) -> None:
    said = terminal.refuses(
        "verify", "--format", "pdf", "--out", str(tmp_path / "out"), "--seal-key", str(key),
        papers.path("text.pdf"), typed="không phải\n",
    )  # fmt: skip
    assert "PIN" in said
    assert not (tmp_path / "out").exists()


def test_only_paper_can_be_sealed(terminal: Terminal, key: Path, tmp_path: Path) -> None:
    said = terminal.refuses(
        "verify", "--format", "html", "--out", str(tmp_path), "--seal-key", str(key), "x.pdf",
        status=64,
    )  # fmt: skip
    assert "--format pdf" in said


def test_a_term_and_a_code_are_explained(terminal: Terminal) -> None:
    assert "RFC 3161" in terminal.says("explain", "dấu", "thời", "gian")
    assert "operator adds" in terminal.says("explain", "issuer_unknown", "--lang", "en")
    everything = terminal.says("explain")
    assert all(code in everything for code in CODES)
    assert all(term.name.vi in everything for term in TERMS.values())


def test_what_is_no_word_of_a_report_is_refused_with_the_nearest(terminal: Terminal) -> None:
    said = terminal.refuses("explain", "issuer_unknow", status=64)
    assert "issuer_unknown" in said
    assert said.count("\n") == 1
