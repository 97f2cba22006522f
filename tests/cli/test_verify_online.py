"""`trinhky verify --online`: only with hosts that the settings allow."""

from pathlib import Path

import pytest

from signing.online import OnlinePolicy
from tests.cli.conftest import Terminal
from tests.signing.judge_crypto.pki import answer
from tests.signing.trust import test_gathering
from tests.signing.trust.test_gathering import ROOT, Responder, T, signed_by
from wiring import fetching
from wiring.sections import RevocationSettings

responder = test_gathering.responder
HOSTS = "TRINHKY_REVOCATION__HOSTS"


def _paper(folder: Path, responder: Responder) -> list[str]:
    officer = responder.issue()
    responder.ocsp = answer(ROOT, officer, T)
    (folder / "x.pdf").write_bytes(signed_by(officer))
    (folder / "goc.der").write_bytes(ROOT.der)
    return [str(folder / "x.pdf"), "--trust", str(folder / "goc.der"), "--at", T.isoformat()]


def test_without_hosts_it_is_wrong_usage_and_says_what_to_set(
    terminal: Terminal, tmp_path: Path, responder: Responder
) -> None:
    said = terminal.refuses("verify", *_paper(tmp_path, responder), "--online", status=64)
    assert HOSTS in said
    assert responder.asked == []


@pytest.mark.parametrize("more", [[], ["--online"]])
def test_this_machine_is_not_asked_even_where_it_is_named(
    terminal: Terminal,
    tmp_path: Path,
    responder: Responder,
    monkeypatch: pytest.MonkeyPatch,
    more: list[str],
) -> None:
    arguments = _paper(tmp_path, responder)
    monkeypatch.setenv(HOSTS, f"127.0.0.1:{responder.port}")
    terminal.refuses("verify", *arguments, *more, status=2)
    assert responder.asked == []


def test_what_was_fetched_makes_it_pass_and_a_replay_asks_nobody(
    terminal: Terminal,
    tmp_path: Path,
    responder: Responder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = _paper(tmp_path, responder)

    def this_machine_too(_: RevocationSettings) -> OnlinePolicy:
        return responder.policy

    monkeypatch.setattr(fetching, "online_policy", this_machine_too)
    kept = str(tmp_path / "kept")
    terminal.says("verify", *arguments, "--online", "--evidence", kept)
    assert responder.asked == ["/ocsp"]
    terminal.says("verify", "--replay", kept, arguments[0])
    assert responder.asked == ["/ocsp"]
    terminal.refuses("verify", "--replay", kept, "--online", arguments[0], status=64)
