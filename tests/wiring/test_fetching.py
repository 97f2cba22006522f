"""What the settings allow to be fetched, and that an office fetches nothing else."""

from pathlib import Path

import pytest

from signing.records.replay import Outcome, replay
from signing.verdict import Verdict
from tests.signing.judge_crypto.pki import answer
from tests.signing.trust import test_gathering
from tests.signing.trust.test_gathering import ROOT, Responder, T, signed_by
from wiring import bootstrap, fetching
from wiring.bootstrap import open_office
from wiring.errors import SettingsError
from wiring.keeping import archived_record
from wiring.sections import RevocationSettings
from wiring.settings import Settings, load_settings

responder = test_gathering.responder
HOSTS = "TRINHKY_REVOCATION__HOSTS"


def settings_of(folder: Path, **more: str) -> Settings:
    (folder / "trust").mkdir(exist_ok=True)
    (folder / "trust" / "goc.der").write_bytes(ROOT.der)
    return load_settings({"TRINHKY_FOLDER": str(folder), **more})


def test_by_default_nobody_may_be_asked() -> None:
    assert fetching.online_policy(load_settings({}).revocation) is None


def test_a_host_may_be_asked_at_its_port_or_at_the_usual_ones() -> None:
    given = load_settings({HOSTS: "OCSP.example,crl.example:8080"}).revocation
    policy = fetching.online_policy(given)
    assert policy is not None
    assert policy.hosts == {("ocsp.example", 80), ("ocsp.example", 443), ("crl.example", 8080)}
    assert not policy.dangerous_allow_loopback


@pytest.mark.parametrize("value", ["http://ocsp.example", "a,", "a b", "a:x", "*"])
def test_what_is_no_host_is_refused(value: str) -> None:
    with pytest.raises(SettingsError):
        load_settings({HOSTS: value})


@pytest.mark.parametrize("hosts", ["", "ocsp.example", "127.0.0.1:{port}"])
def test_a_hostile_certificate_makes_no_office_call_this_machine(
    tmp_path: Path, responder: Responder, hosts: str
) -> None:
    paper = signed_by(responder.issue())
    given = settings_of(tmp_path, **{HOSTS: hosts.format(port=responder.port)})
    with open_office(given) as office:
        report = office.desk.judge(paper, "x.pdf", T)
    assert report.verdict is Verdict.INDETERMINATE
    assert responder.asked == []


def test_what_was_fetched_is_kept_and_a_replay_asks_nobody(
    tmp_path: Path, responder: Responder, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer = responder.issue()
    responder.ocsp = answer(ROOT, officer, T)

    def this_machine_too(_: RevocationSettings) -> object:
        return responder.policy

    monkeypatch.setattr(bootstrap, "online_policy", this_machine_too)
    paper = signed_by(officer)
    with open_office(settings_of(tmp_path)) as office:
        report = office.desk.judge(paper, "x.pdf", T)
        record = archived_record(office.desk.archive, report.manifest_sha256_hex)
        again = replay(record, paper, office.sandbox.verify)
    assert report.verdict is Verdict.PASSED
    assert again.outcome is Outcome.SAME
    assert responder.asked == ["/ocsp"]
