"""The demo's authority: quick to make, the same each time, and answering at the told instant."""

import signal
import stat
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest

from signing.fitness import check_certificate
from signing.keys.software import open_pkcs12
from signing.services import TrustServices
from signing.trust import load_certificates
from wiring.demo_pki.build import DEMO_PIN, DemoPKI, build_demo_pki
from wiring.demo_pki.recipe import HOST, DemoHolder, HolderKind
from wiring.demo_pki.serve import clock_headers, serving

PEOPLE = tuple(
    DemoHolder(
        id=label,
        common_name=label,
        organisation="Ban Tuyên giáo",
        email=f"{label}@btg.example",
        kind=kind,
    )
    for label, kind in (("officer", HolderKind.OFFICER), ("unit-1", HolderKind.UNIT))
)


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> DemoPKI:
    return build_demo_pki(tmp_path_factory.mktemp("pki"), PEOPLE, pins={"unit-1": "135791"})


def test_every_holder_has_a_key_under_its_own_pin(pki: DemoPKI) -> None:
    assert open_pkcs12(pki.key("officer"), DEMO_PIN).certificate.facts.name == "officer"
    assert open_pkcs12(pki.key("unit-1"), pki.pin("unit-1")).certificate.facts.name == "unit-1"
    assert pki.pin("unit-1") == "135791"


def test_nobody_else_may_read_the_keys(pki: DemoPKI) -> None:
    keys = [*pki.folder.glob("keys/*"), *pki.folder.glob("authority/*")]
    assert keys
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys} == {0o600}


def test_certificates_say_that_they_are_for_trial_and_cover_the_story(pki: DemoPKI) -> None:
    facts = open_pkcs12(pki.key("officer"), DEMO_PIN).certificate.facts
    assert "THỬ NGHIỆM" in facts.issuer
    assert facts.not_before.year <= 2021
    assert facts.not_after.year >= 2045
    assert facts.key_usage == {"digital_signature", "non_repudiation"}


def test_building_again_keeps_the_keys(pki: DemoPKI) -> None:
    before = {path: path.read_bytes() for path in pki.folder.rglob("*") if path.is_file()}
    build_demo_pki(pki.folder, PEOPLE, pins={"unit-1": "135791"})
    assert before == {path: path.read_bytes() for path in before}


def test_newcomers_get_theirs_from_the_same_authority_while_it_answers(tmp_path: Path) -> None:
    pki = build_demo_pki(tmp_path, ())
    at = datetime(2026, 3, 1, 8, tzinfo=UTC)
    with serving(tmp_path) as url:
        services = TrustServices(
            roots=load_certificates(pki.root), headers=lambda: clock_headers(at), proxy=url
        )
        for newcomers in (PEOPLE[1:], PEOPLE):
            before = {path: path.read_bytes() for path in tmp_path.glob("[ck]e*/*")}
            build_demo_pki(tmp_path, newcomers)
            assert before == {path: path.read_bytes() for path in before}
            for one in newcomers:
                certificate = open_pkcs12(pki.key(one.id), DEMO_PIN).certificate
                assert check_certificate(certificate, services=services, at=at).usable


def test_the_server_answers_at_the_instant_it_is_told(pki: DemoPKI) -> None:
    certificate = open_pkcs12(pki.key("unit-1"), "135791").certificate
    root = load_certificates(pki.root)
    with serving(pki.folder) as url:
        for year in (2022, 2030):
            at = datetime(year, 3, 1, 8, tzinfo=UTC)
            services = TrustServices(
                roots=root,
                headers=lambda at=at: clock_headers(at),
                proxy=url,
            )
            assert check_certificate(certificate, services=services, at=at).usable
            elsewhen = datetime(2026, 3, 1, 8, tzinfo=UTC)
            other = check_certificate(certificate, services=services, at=elsewhen)
            assert [one.code for one in other.problems] == ["evidence_unavailable"]


def test_the_server_runs_as_a_process_of_its_own(pki: DemoPKI) -> None:
    command = [sys.executable, "-m", "wiring.demo_pki.serve", str(pki.folder), "--port", "0"]
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as server:
        line = server.stdout.readline() if server.stdout is not None else ""
        address = line.removeprefix("demo-pki: ").strip()
        proxy = urllib.request.ProxyHandler({"http": address})
        with urllib.request.build_opener(proxy).open(f"{HOST}/demo/certs/root/ca.crt") as answer:
            assert answer.read() == load_certificates(pki.root)[0]
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=10) == 0
