import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect

from delivery.folder import FolderChannel
from delivery.imap import IMAPInbox
from delivery.inbox import MaildirInbox
from delivery.parcel import FORMS
from delivery.sftp import SFTPChannel
from delivery.smtp import SMTPChannel
from delivery.webhook import WebhookChannel
from signing.errors import TrustStoreError
from signing.trust import HolderKind as Kind
from signing.verdict import Verdict
from tests.support.clock import START
from tests.support.factories import NAMES, small_office
from tests.support.front import make_front
from wiring.bootstrap import (
    CLOCK_HEADER,
    Office,
    UnitLinks,
    make_trust,
    open_office,
    read_trust,
)
from wiring.channels import make_channels, make_inbox
from wiring.clock import SimulatedClock, SystemClock
from wiring.demo_pki.build import DemoPKI, build_demo_pki
from wiring.demo_pki.recipe import DemoHolder, HolderKind
from wiring.errors import SettingsError
from wiring.settings import Settings, changed, load_settings

SIGNATORY = NAMES[next(role for role in NAMES if role.value == "signatory")]


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPKI:
    holder = DemoHolder(
        id="unit", common_name="Huyện ủy A", organisation="Huyện ủy A", email="a@donvi.example",
        kind=HolderKind.UNIT,
    )  # fmt: skip
    return build_demo_pki(tmp_path_factory.mktemp("pki"), [holder])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"TRINHKY_FOLDER": str(tmp_path / "office")})


@pytest.fixture
def office(settings: Settings) -> Iterator[Office]:
    with open_office(settings) as opened:
        yield opened


def test_an_office_is_opened_from_nothing_and_again_from_what_is_there(settings: Settings) -> None:
    with open_office(settings) as first:
        assert "directive" in inspect(first.database.engine).get_table_names()
        small_office(first.database)
        digest = first.desk.archive.put(b"x")
        link = first.desk.unit_link("huyen-a", "1")
    with open_office(settings) as second:
        assert second.desk.archive.get(digest) == b"x"
        assert second.desk.unit_link("huyen-a", "1") == link


def test_everything_lies_in_the_offices_folder(settings: Settings, office: Office) -> None:
    assert {path.name for path in settings.home.iterdir()} >= {"office.sqlite", "link.secret"}
    assert isinstance(office.clock, SystemClock)
    assert office.desk.size_limit_bytes == 50 * 1024 * 1024


def test_the_channels_are_those_that_organisations_name(office: Office) -> None:
    assert isinstance(office.desk.channels["smtp"](), SMTPChannel)
    assert isinstance(office.desk.channels["folder"](), FolderChannel)
    assert isinstance(office.desk.channels["webhook"](), WebhookChannel)
    assert isinstance(office.desk.channels["sftp"](), SFTPChannel)
    assert set(office.desk.channels) <= set(FORMS) - {"paper"}
    assert all(channel().name == name for name, channel in office.desk.channels.items())


def test_the_mailbox_is_a_maildir_or_at_an_imap_server(settings: Settings) -> None:
    assert isinstance(make_inbox(settings), MaildirInbox)
    with make_inbox(changed(settings, mail__imap_host="thu.example")) as inbox:
        assert isinstance(inbox, IMAPInbox)


@pytest.mark.parametrize("name", ["mail", "webhook"])
def test_authorities_that_cannot_be_read_are_said_at_the_start(
    settings: Settings, tmp_path: Path, name: str
) -> None:
    missing = changed(settings, **{f"{name}__authorities": tmp_path / "none.pem"})
    with pytest.raises(SettingsError, match=r"none\.pem") as caught:
        make_channels(missing)
    assert f"TRINHKY_{name.upper()}__AUTHORITIES" in caught.value.diagnosis()
    (tmp_path / "none.pem").write_text("no certificate")
    with pytest.raises(SettingsError):
        make_channels(missing)


def test_channels_take_their_files_from_the_offices_folder(
    settings: Settings, tmp_path: Path
) -> None:
    assert settings.webhook_secrets_file == settings.home / "webhook.secrets"
    assert settings.sftp_files[0] == settings.home / "sftp" / "known_hosts"
    given = changed(settings, sftp__known_hosts=tmp_path / "pinned")
    assert given.sftp_files[0] == tmp_path / "pinned"


def test_opening_an_office_does_not_load_prefect(office: Office) -> None:
    assert "orchestrator" not in office.__dict__
    assert "nudger" not in office.__dict__


def test_a_nudge_against_a_silent_server_returns_at_once_and_leaves_the_row(
    settings: Settings, tmp_path: Path
) -> None:
    with open_office(changed(settings, prefect__api_url="http://127.0.0.1:9/api")) as office:
        front = make_front(office.database, tmp_path, office.clock)  # type: ignore[arg-type]
        key = front.start()
        office.nudge(key)
    assert front.state(key) == "drafting"


def test_a_unit_link_is_read_back_and_cannot_be_made_up(office: Office) -> None:
    link = office.desk.unit_link("huyen-a", "8a1f")
    prefix = f"{office.settings.portal_url}/u/"
    token = link.removeprefix(prefix)
    assert link.startswith(prefix)
    assert office.links.read(token) == ("huyen-a", "8a1f", 1)
    later = office.desk.unit_link("huyen-a", "8a1f", 2).rpartition("/")[2]
    assert office.links.read(later) == ("huyen-a", "8a1f", 2)
    assert UnitLinks(b"another secret" * 4, "http://x").read(token) is None
    for forged in (token[:-1], token + "x", "", "huyen-a.8a1f", token.swapcase()):
        assert office.links.read(forged) is None


def test_trust_comes_from_the_folders_files_and_helpers_from_its_subfolder(
    tmp_path: Path, pki: DemoPKI
) -> None:
    assert read_trust(tmp_path / "missing").anchors == ()
    folder = tmp_path / "trust"
    (folder / "intermediates").mkdir(parents=True)
    shutil.copy(pki.root, folder)
    shutil.copy(pki.intermediate, folder / "intermediates")
    trust = read_trust(folder)
    assert (len(trust.anchors), len(trust.intermediates)) == (1, 1)
    assert trust.anchors[0].test_only


def test_a_file_without_a_certificate_in_the_trust_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("no certificate", encoding="utf-8")
    with pytest.raises(TrustStoreError):
        read_trust(tmp_path)


def test_registered_certificates_are_read_at_each_judgement(office: Office) -> None:
    assert make_trust(office.settings, office.database).registered == {}
    made = small_office(office.database)
    registered = make_trust(office.settings, office.database).registered
    assert registered[made.officer_certificate].name == SIGNATORY
    assert registered[made.officer_certificate].kind is Kind.OFFICER
    assert registered[made.seal_certificate].kind is Kind.ORGANISATION


def test_the_judge_works_in_a_child_and_never_raises(office: Office) -> None:
    report = office.desk.judge(b"no pdf at all", "x.pdf", START)
    assert report.verdict is Verdict.UNREADABLE


def test_the_demos_authority_is_told_the_simulated_instant_and_others_nothing(
    tmp_path: Path,
) -> None:
    given = {"TRINHKY_FOLDER": str(tmp_path), "TRINHKY_CLOCK": "simulated"}
    with open_office(load_settings(given)) as plain:
        assert plain.desk.services.headers() == {}
    with open_office(load_settings({**given, "TRINHKY_TIMESTAMPS__FAKE_TIME": "true"})) as office:
        assert isinstance(office.clock, SimulatedClock)
        office.clock.set(START)
        assert office.desk.services.headers() == {CLOCK_HEADER: START.isoformat()}
