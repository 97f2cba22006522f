"""From the demo office to a real one, as an operator types it, against a second authority."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
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
from models.organisation import Office as OfficeRow
from models.organisation import SetupStep
from models.session import Database
from tests.cli.conftest import Terminal
from tests.support.second_pki import PIN, SecondPKI, running_second_pki
from wiring.bootstrap import Office, open_office
from wiring.demo_draft import PEOPLE, put_demo_draft
from wiring.demo_pki.recipe import DemoHolder, HolderKind
from wiring.demo_setup import DEMO_OFFICE, set_up_office
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


@dataclass(frozen=True, slots=True)
class Sealed:
    verdict: str
    text: str
    signers: set[str]


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
    signers = {one.signer for one in report.signatures if one.kind == "signature"}
    return Sealed(report.verdict.value, text, signers)
