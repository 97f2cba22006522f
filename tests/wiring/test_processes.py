import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from wiring.demo_setup import SignIn
from wiring.errors import ServiceError
from wiring.processes import (
    PROJECT,
    LocalEngine,
    any_port,
    child_environment,
    free_port,
    prefect_environment,
)
from wiring.serving import alone, sign_in_lines, with_ports
from wiring.settings import Settings, changed, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"TRINHKY_FOLDER": str(tmp_path / "office")})


def listens(port: int) -> socket.socket:
    return socket.create_server(("127.0.0.1", port))


def test_a_free_port_is_taken_as_it_is_and_a_taken_one_gives_the_next() -> None:
    port = any_port()
    assert free_port(port) == port
    with listens(port):
        assert port < free_port(port) <= port + 200


def test_without_any_free_port_the_person_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wiring.processes.PORTS_TRIED", 1)
    port = any_port()
    with listens(port), pytest.raises(ServiceError):
        free_port(port)


def test_prefect_lives_in_the_offices_folder_and_tells_nobody(settings: Settings) -> None:
    found = prefect_environment(settings)
    assert found["PREFECT_HOME"] == str(settings.home / "prefect")
    assert found["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert found["DO_NOT_TRACK"] == "1"
    assert found["PREFECT_API_URL"].startswith("http://127.0.0.1:")


def test_prefects_password_reaches_server_and_clients_alike(tmp_path: Path) -> None:
    settings = load_settings({"TRINHKY_FOLDER": str(tmp_path), "TRINHKY_PREFECT__AUTH": "a:b"})
    found = prefect_environment(settings)
    assert found["PREFECT_API_AUTH_STRING"] == found["PREFECT_SERVER_API_AUTH_STRING"] == "a:b"


def test_a_child_reads_the_very_settings_of_its_parent(settings: Settings) -> None:
    script = "from wiring.settings import load_settings; print(load_settings().home)"
    said = subprocess.run(
        [sys.executable, "-c", script],
        env=child_environment(settings),
        cwd="/",
        capture_output=True,
        check=True,
        text=True,
    )
    assert said.stdout.strip() == str(settings.home)


def test_a_service_writes_to_its_log_and_is_stopped_at_the_end(settings: Settings) -> None:
    with LocalEngine(settings) as engine:
        service = engine.start("sleeper", ["-uc", "import time; print('awake'); time.sleep(60)"])
        until(lambda: "awake" in service.log.read_text())
        assert service.is_running
        assert engine.services == (service,)
    assert service.process.returncode == -signal.SIGTERM
    assert service.log == settings.home / "logs" / "sleeper.log"


def test_a_service_that_ignores_the_request_to_stop_is_stopped(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wiring.processes.STOP_S", 0.2)
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('deaf'); time.sleep(60)"
    )
    with LocalEngine(settings) as engine:
        service = engine.start("deaf", ["-uc", script])
        until(lambda: "deaf" in service.log.read_text())
    assert service.process.returncode == -signal.SIGKILL


def test_services_run_from_the_projects_root(settings: Settings) -> None:
    with LocalEngine(settings) as engine:
        service = engine.start("where", ["-c", "import os; print(os.getcwd(), os.environ['PWD'])"])
        service.process.wait(10)
    assert service.log.read_text().split() == [str(PROJECT)] * 2


def test_a_service_that_ends_too_early_is_told_with_its_last_words(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LocalEngine(settings) as engine:
        monkeypatch.setattr(
            engine,
            "_begin_worker",
            lambda: engine.start("worker", ["-c", "raise SystemExit('no')"]),
        )
        with pytest.raises(ServiceError) as failure:
            engine.start_worker()
        (fallen,) = engine.fallen()
        with pytest.raises(ServiceError):
            engine.restart(fallen)
    assert failure.value.reason == "no"
    assert "worker.log" in failure.value.diagnosis()


def test_a_fallen_portal_is_not_papered_over(settings: Settings) -> None:
    with LocalEngine(settings) as engine:
        service = engine.start("portal", ["-c", "print('lost')"])
        service.process.wait(10)
        with pytest.raises(ServiceError):
            engine.restart(service)


def test_a_helper_that_was_killed_is_told_too(settings: Settings) -> None:
    with LocalEngine(settings) as engine:
        service = engine.start("mail", ["-c", "import time; print('kept'); time.sleep(60)"])
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait(10)
        with pytest.raises(ServiceError):
            engine.restart(service)


def test_a_worker_that_is_not_ours_is_not_killed(settings: Settings) -> None:
    with LocalEngine(settings) as engine, pytest.raises(ServiceError):
        engine.kill_worker(os.getpid())


def test_with_a_server_of_another_none_is_started(tmp_path: Path) -> None:
    settings = load_settings(
        {"TRINHKY_FOLDER": str(tmp_path), "TRINHKY_PREFECT__API_URL": "http://p.example/api"}
    )
    with LocalEngine(settings) as engine:
        engine.start_server()
        assert engine.services == ()


def test_one_folder_is_served_once(settings: Settings) -> None:
    with alone(settings), pytest.raises(ServiceError) as refusal, alone(settings):
        pass
    assert str(settings.home) in refusal.value.diagnosis()
    with alone(settings):
        pass


def test_ports_that_are_taken_are_replaced_before_anything_starts(settings: Settings) -> None:
    with listens(any_port()) as taken:
        port = taken.getsockname()[1]
        chosen = with_ports(changed(settings, portal__port=port, prefect__port=any_port()))
        assert chosen.portal.port > port
        assert str(chosen.portal.port) in chosen.portal_url


def test_the_demos_sign_ins_are_shown_as_a_table_that_warns_first() -> None:
    one = SignIn(
        officer_id="lan",
        name="Võ Thị Lan",
        post="Văn thư",
        username="lan",
        password="x",
        pin="246810",
    )
    warning, heading, row, draft = sign_in_lines([one])
    assert "THỬ NGHIỆM" in warning
    assert heading.index("Tài khoản") == row.index("lan")
    assert "dự thảo" in draft


def until(what, limit_s: float = 10.0) -> None:  # noqa: ANN001
    deadline = time.monotonic() + limit_s
    while not what() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert what()
