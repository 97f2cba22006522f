"""From the demo office to a real one, as an operator types it, against a second authority."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select

from actions.access import officer_actor
from actions.auditing import Actor
from actions.desk import local_day
from actions.drafting import submit
from actions.freezing import freeze
from actions.numbering import take_number
from actions.reviewing import pass_step
from actions.sealing import complete as complete_seal
from actions.sealing import seal
from actions.signing_off import complete as complete_signature
from actions.signing_off import sign
from models.audit import AuditEvent
from models.directive import Directive
from models.lifecycle import ReviewStep
from models.officer import RegisteredCertificate
from models.organisation import Office as OfficeRow
from models.organisation import SetupStep
from models.session import Database
from signing.keys.software import open_pkcs12
from signing.names import OFFICER_FIELD
from signing.request import SignatureKind, SignatureRequest
from signing.sign import sign_document
from tests.cli.conftest import Terminal
from tests.support.desk import FONTS
from tests.support.second_pki import PIN, SecondPKI, running_second_pki
from wiring.bootstrap import Office, open_office
from wiring.clock import real_now
from wiring.demo_draft import PEOPLE, put_demo_draft
from wiring.demo_pki.recipe import TSA_URL, DemoHolder, HolderKind
from wiring.demo_pki.serve import serving
from wiring.demo_setup import DEMO_OFFICE, pki_folder, set_up_office
from wiring.settings import load_settings

OFFICER, AGENCY = "tran-trung-hieu", "btgtu-lam-dong"
DOMAIN = "btgtu-lamdong.vn"
NAME = "Ban Tuyên giáo Tỉnh ủy Lâm Đồng"
TRUST = ("--source", "Cục Chứng thực số Một", "--reason", "nơi cấp chứng thư của cơ quan")
HOLDERS = (
    DemoHolder(
        id=OFFICER, common_name="Trần Trung Hiếu", organisation=NAME,
        email=f"hieu@{DOMAIN}", kind=HolderKind.OFFICER,
    ),
    DemoHolder(
        id=AGENCY, common_name=NAME, organisation=NAME, email=f"vt@{DOMAIN}",
        kind=HolderKind.AGENCY,
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecondPKI]:
    with running_second_pki(tmp_path_factory.mktemp("second"), HOLDERS) as running:
        yield running


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo office as `trinhky serve` makes it, with a mailbox of its own domain; made once."""
    home = tmp_path_factory.mktemp("demo") / "office"
    text = DEMO_OFFICE.read_text(encoding="utf-8")
    source = home.parent / "office.toml"
    source.write_text(text.replace("btgtu@lamdong.example", f"btgtu@{DOMAIN}"), encoding="utf-8")
    settings = load_settings({"TRINHKY_FOLDER": str(home)})
    with open_office(settings) as office:
        set_up_office(office.database, settings, at=office.clock.now(), source=source)
        put_demo_draft(office, at=office.clock.now())
    return home


@pytest.fixture
def home(terminal: Terminal, demo: Path) -> Path:
    shutil.copytree(demo, terminal.home)
    return terminal.home


@dataclass(frozen=True, slots=True)
class Real:
    """What is typed on the way to a real office."""

    terminal: Terminal
    second: SecondPKI
    monkeypatch: pytest.MonkeyPatch

    def set(self, **settings: str) -> None:
        for name, value in settings.items():
            self.monkeypatch.setenv(f"TRINHKY_{name}", value)

    def trusts(self) -> str:
        pki = self.second.pki
        return self.terminal.says(
            "setup", "anchors", str(pki.root), *TRUST, "--intermediate", str(pki.intermediate)
        )

    def stamps(self) -> None:
        self.set(
            TIMESTAMPS__URL=self.second.tsa_url, TIMESTAMPS__PROXY=self.second.address,
            MAIL__DOMAIN=DOMAIN,
        )  # fmt: skip

    def brings(self, holder: str) -> str:
        """Puts the new key into the key folder; returns its file name."""
        name = f"{holder}-that.p12"
        shutil.copyfile(self.second.pki.key(holder), self.terminal.home / "keys" / name)
        return name

    def registers(self, holder: str) -> str:
        whose = "--officer" if holder == OFFICER else "--organisation"
        said = self.terminal.says(
            "key", "add", whose, holder, "--kind", "pkcs12", "--file", self.brings(holder),
            "--stdin", typed=f"{PIN}\n",
        )  # fmt: skip
        assert "thử nghiệm" not in said
        return said.split("trinhky key try ")[1].strip()


@pytest.fixture
def real(
    terminal: Terminal, home: Path, second: SecondPKI, monkeypatch: pytest.MonkeyPatch
) -> Real:
    del home
    return Real(terminal, second, monkeypatch)


def rows(home: Path) -> Database:
    return Database(f"sqlite:///{home / 'office.sqlite'}")


def steps(home: Path) -> dict[str, str]:
    database = rows(home)
    with database.reading() as session:
        found = {one.key: one.state for one in session.scalars(select(SetupStep))}
    database.close()
    return found


def files(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


def test_a_demo_office_says_what_is_on_trial_and_cannot_be_declared_real(
    real: Real, terminal: Terminal
) -> None:
    said = terminal.says("setup", "check")
    assert "thử nghiệm" in said
    assert "Khoá của Trần Trung Hiếu" in said
    refused = terminal.refuses("setup", "finish")
    for part in ("Chứng thư gốc tin cậy", "Dịch vụ dấu thời gian", "Khoá của", "Tên miền thư"):
        assert part in refused
    database = rows(real.terminal.home)
    with database.reading() as session:
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence.desc())).first()
        assert last is not None
        assert (last.deed, last.outcome) == ("leave_trial", "refused")
        assert session.get_one(OfficeRow, 1).test_only
    database.close()


def test_the_whole_way_from_the_demo_to_a_directive_signed_by_real_keys(
    real: Real, terminal: Terminal, home: Path
) -> None:
    assert "Cảnh báo: cơ quan đang tin lẫn" in real.trusts()
    tried = terminal.run(
        "setup", "timestamps", "--url", real.second.tsa_url
    )  # no way out without the proxy of this test
    assert tried.exit_code == 1
    real.stamps()
    said = terminal.says("setup", "timestamps")
    assert "được, thật, Dịch vụ dấu thời gian số Một" in said
    before = files(home / "archive")
    for holder in (OFFICER, AGENCY):
        short = real.registers(holder)
        tried = terminal.run("key", "try", short, "--stdin", typed=f"{PIN}\n")
        assert tried.exit_code == 0, tried.output
        assert "đạt; chứng thư thật" in tried.output
    assert files(home / "archive") == before
    assert "chứng thư gốc thử nghiệm" in terminal.says("setup", "anchors", "--remove-trial")
    table = terminal.says("setup", "check")
    assert "Mọi phần cần thiết đã là thật." in table
    finished = terminal.says("setup", "finish")
    assert finished.count("Đã chấm dứt chứng thư thử nghiệm") == 2
    assert "không còn ở chế độ thử nghiệm" in finished
    assert "đã được thực hiện" in terminal.refuses("setup", "finish")
    with open_office(load_settings()) as office:
        sealed = walk_to_the_seal(office)
    assert sealed.verdict == "passed"
    assert "THỬ NGHIỆM" not in sealed.text.upper()
    assert sealed.signers == {"Trần Trung Hiếu", NAME}
    day = local_day(real_now())
    mine = ("key", "end", sealed.officer_sha256_hex, "--reason", "Mất thiết bị")
    terminal.says(*mine, "--on", str(day))
    assert judged(sealed.pdf) == "passed"
    terminal.says(*mine, "--on", str(day - timedelta(days=1)))
    assert judged(sealed.pdf) == "failed"


def judged(pdf: bytes) -> str:
    """What our own judge says of it by the office's data of now."""
    with open_office(load_settings()) as office:
        return office.desk.judge(pdf, "96.pdf", office.clock.now()).verdict.value


@dataclass(frozen=True, slots=True)
class Sealed:
    verdict: str
    text: str
    signers: set[str]
    pdf: bytes
    officer_sha256_hex: str


def walk_to_the_seal(office: Office) -> Sealed:
    """The demo's draft from its submission to its seal, by the people of the office."""
    desk, day = office.desk, local_day(office.clock.now())

    def by(who: str) -> Actor:
        with office.database.reading() as session:
            return officer_actor(session, who, day)

    def now() -> Directive:
        with office.database.reading() as session:
            return session.scalars(select(Directive)).one()

    key = now().id
    submit(desk, by(PEOPLE.drafter), key)
    for step, who in (
        (ReviewStep.CONTENT, PEOPLE.content_reviewer),
        (ReviewStep.FORM, PEOPLE.form_reviewer),
        (ReviewStep.APPROVAL, PEOPLE.signatory),
    ):
        pass_step(desk, by(who), key, step, revision=1)
    take_number(desk, by(PEOPLE.clerk), key)
    freeze(desk, key)
    sign(desk, by(PEOPLE.signatory), key, seen_sha256=now().frozen_sha256 or "", pin=PIN)
    complete_signature(desk, key)
    seal(desk, by(PEOPLE.clerk), key, seen_sha256=now().signed_sha256 or "", pin=PIN)
    complete_seal(desk, key)
    pdf = desk.archive.get(now().sealed_sha256 or "")
    report = desk.judge(pdf, "96.pdf", desk.clock())
    assert not report.test_only
    pages = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in pages)
    pages.close()
    signatures = [one for one in report.signatures if one.kind == "signature"]
    return Sealed(
        report.verdict.value, text, {one.signer for one in signatures}, pdf,
        signatures[0].certificate_sha256_hex,
    )  # fmt: skip


def test_a_trial_signature_with_a_trial_key_is_told_as_trial(
    terminal: Terminal, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pki = pki_folder(load_settings())
    with serving(pki) as address:
        monkeypatch.setenv("TRINHKY_TIMESTAMPS__URL", TSA_URL)
        monkeypatch.setenv("TRINHKY_TIMESTAMPS__PROXY", address)
        assert "được, thử nghiệm" in terminal.says("setup", "timestamps")
        said = terminal.says("setup", "keys", "--only", OFFICER, "--stdin", typed="\n")
        assert "thử nghiệm" in said
        database = rows(home)
        with database.reading() as session:
            officers = RegisteredCertificate.officer_id == OFFICER
            mine = session.scalars(select(RegisteredCertificate).where(officers)).one()
        database.close()
        pin = (pki / "keys" / f"{OFFICER}.pin").read_text(encoding="utf-8")
        tried = terminal.run("key", "try", mine.fingerprint[:16], "--stdin", typed=f"{pin}\n")
    assert "chứng thư thử nghiệm, không có giá trị pháp lý" in tried.output
    assert steps(home)[f"certificate:{mine.fingerprint}"] == "trial"
    assert steps(home)["timestamps"] == "trial"


def test_a_wrong_pin_says_nothing_about_the_key_and_is_kept_nowhere(
    real: Real, terminal: Terminal, home: Path
) -> None:
    real.trusts()
    real.stamps()
    short = real.registers(OFFICER)
    wrong = "pin-sai-7714"
    assert "Mã PIN không đúng" in terminal.refuses("key", "try", short, "--stdin", typed=wrong)
    assert not any(one.startswith("certificate:") for one in steps(home))
    assert wrong.encode() not in (home / "office.sqlite").read_bytes()
    for log in home.rglob("*.log"):
        assert wrong not in log.read_text(encoding="utf-8")


def test_a_key_whose_authority_is_not_trusted_fails_its_trial(
    real: Real, terminal: Terminal, home: Path
) -> None:
    real.stamps()
    short = real.registers(OFFICER)
    tried = terminal.run("key", "try", short, "--stdin", typed=f"{PIN}\n")
    assert tried.exit_code == 1
    assert "CHƯA ĐẠT" in tried.output
    assert [state for key, state in steps(home).items() if short in key] == ["failed"]
    assert "chưa đạt" in terminal.says("key", "list")


def test_a_key_elsewhere_signs_the_trial_paper_with_its_own_tool(
    real: Real, terminal: Terminal, home: Path, tmp_path: Path
) -> None:
    real.trusts()
    real.stamps()
    short = real.registers(OFFICER)
    assert "Ký thử lại" in terminal.says("key", "change", short, "--kind", "agent")
    assert "--out" in terminal.refuses("key", "try", short, "--stdin", typed=f"{PIN}\n")
    assert f"trinhky key try {short} --out" in terminal.says("setup", "keys", "--only", OFFICER)
    paper, signed = tmp_path / "thu.pdf", tmp_path / "thu-da-ky.pdf"
    terminal.says("key", "try", short, "--out", str(paper))
    with open_pkcs12(home / "keys" / f"{OFFICER}-that.p12", PIN) as key:
        request = SignatureRequest(
            kind=SignatureKind.OFFICER, field=OFFICER_FIELD, name="Trần Trung Hiếu"
        )
        made = sign_document(
            paper.read_bytes(), request=request, key=key, at=real_now(), fonts=FONTS
        )
    signed.write_bytes(made)
    assert "đạt; chứng thư thật" in terminal.says("key", "try", short, "--signed", str(signed))
    assert [state for key, state in steps(home).items() if short in key] == ["real"]
    unsigned = terminal.run("key", "try", short, "--signed", str(paper))
    assert (unsigned.exit_code, "CHƯA ĐẠT" in unsigned.output) == (1, True)
    assert [state for key, state in steps(home).items() if short in key] == ["failed"]


def test_a_key_that_is_reached_in_another_way_must_be_tried_anew(
    real: Real, terminal: Terminal
) -> None:
    real.trusts()
    real.stamps()
    short = real.registers(OFFICER)
    terminal.says("key", "try", short, "--stdin", typed=f"{PIN}\n")
    assert "đã ký thử đạt" in terminal.says("setup", "check")
    terminal.says("key", "change", short, "--mechanism", "rsa-pss/sha384")
    assert "chưa ký thử" in terminal.says("setup", "check")
    terminal.says("key", "try", short, "--stdin", typed=f"{PIN}\n")
    assert "đã ký thử đạt" in terminal.says("setup", "check")


def test_a_real_key_counts_no_more_once_its_anchor_is_gone(real: Real, terminal: Terminal) -> None:
    real.trusts()
    real.stamps()
    short = real.registers(OFFICER)
    terminal.says("key", "try", short, "--stdin", typed=f"{PIN}\n")
    root = next(
        line for line in terminal.says("setup", "anchors").splitlines() if "  thật  " in line
    )
    terminal.says("trust", "remove", root.split()[0], "--reason", "không dùng nữa")
    assert "không còn được tin" in terminal.says("setup", "check")


def test_the_walk_asks_does_and_goes_on_where_it_was_stopped(
    real: Real, terminal: Terminal, home: Path
) -> None:
    pki = real.second.pki
    for holder in (OFFICER, AGENCY):
        real.brings(holder)
    first = terminal.says(
        "setup", "--stdin",
        typed=f"{pki.root}\nCục Chứng thực\nnơi cấp\n" + "\n" * 20,
    )  # fmt: skip
    assert "Đã tin chứng thư gốc CA gốc số Một" in first
    assert "Chạy lại trinhky setup" in first
    real.stamps()
    agency, officer = (
        f"pkcs12\n{holder}-that.p12\n\n{PIN}\n{PIN}\n" for holder in (AGENCY, OFFICER)
    )
    second = terminal.says("setup", "--stdin", typed=f"\n=\n{officer}{agency}c\nc\n")
    assert second.count("Ký thử đạt; chứng thư thật.") == 2
    assert "Mọi phần cần thiết đã là thật." in second
    assert "không còn ở chế độ thử nghiệm" in second
    database = rows(home)
    with database.reading() as session:
        assert not session.get_one(OfficeRow, 1).test_only
    database.close()
    assert "chứng thư gốc tin cậy: thật" in terminal.says("setup", "--stdin", typed="\n" * 9)
