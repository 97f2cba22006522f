import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st

from wiring.bootstrap import read_secret
from wiring.errors import SettingsError
from wiring.sections import ClockMode
from wiring.settings import (
    changed,
    load_settings,
    process_environment,
    setting_lines,
    settings_environment,
)

ROOT = Path(__file__).resolve().parents[2]


def test_an_empty_environment_gives_an_office_on_this_machine() -> None:
    settings = load_settings({})
    assert settings.home == Path.cwd() / "var" / "office"
    assert settings.database_url == f"sqlite:///{settings.home}/office.sqlite"
    assert settings.clock is ClockMode.SYSTEM


def test_a_section_and_a_name_are_joined_by_two_underscores() -> None:
    settings = load_settings({"TRINHKY_MAIL__HOST": "mail.example", "TRINHKY_MAIL__PORT": "587"})
    assert (settings.mail.host, settings.mail.port) == ("mail.example", 587)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("TRINHKY_DATABASE_ULR", "TRINHKY_DATABASE"),
        ("TRINHKY_MAIL__HOTS", "TRINHKY_MAIL__HOST"),
        ("TRINHKY_PORTAL_PORT", "TRINHKY_PORTAL__PORT"),
        ("TRINHKY_MAIL", "TRINHKY_MAIL__TLS"),
    ],
)
def test_an_unknown_name_is_refused_with_the_name_that_was_meant(wrong: str, right: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({wrong: "x"})
    assert wrong in refusal.value.diagnosis()
    assert right in refusal.value.diagnosis()


def test_names_of_other_programs_are_left_alone() -> None:
    assert load_settings({"HOME": "/nowhere", "PREFECT_API_URL": "x"}) == load_settings({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRINHKY_PORTAL__PORT", "0"),
        ("TRINHKY_PORTAL__PORT", "many"),
        ("TRINHKY_CLOCK", "sundial"),
        ("TRINHKY_SIZE_LIMIT_MIB", "-1"),
        ("TRINHKY_LOG__LEVEL", "LOUD"),
        ("TRINHKY_DATABASE", "mysql://may-chu/van-ban"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({name: value})
    assert name in refusal.value.diagnosis()
    assert not re.search(r"should|Input|valid", refusal.value.diagnosis())


def test_a_wrong_secret_does_not_stand_in_the_refusal() -> None:
    with pytest.raises(SettingsError) as refusal:
        load_settings({"TRINHKY_MAIL__PASSWORD": "geheim", "TRINHKY_MAIL__PORT": "geheim"})
    assert "geheim" not in refusal.value.diagnosis()


def test_a_faked_time_needs_the_simulated_clock() -> None:
    with pytest.raises(SettingsError):
        load_settings({"TRINHKY_TIMESTAMPS__FAKE_TIME": "true"})
    assert load_settings(
        {"TRINHKY_TIMESTAMPS__FAKE_TIME": "true", "TRINHKY_CLOCK": "simulated"}
    ).timestamps.fake_time


def test_secrets_are_not_shown() -> None:
    settings = load_settings(
        {
            "TRINHKY_DATABASE": "postgresql+psycopg://office:geheim@db/office",
            "TRINHKY_MAIL__PASSWORD": "geheim",
            "TRINHKY_PREFECT__AUTH": "trinhky:geheim",
        }
    )
    assert "geheim" not in repr(settings)
    assert "geheim" not in str(settings.model_dump())
    assert "geheim" in settings.database_url


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings({}).folder = Path("elsewhere")


@trying(deadline=None)  # a busy machine is no fault of the settings
@given(
    port=st.integers(1, 65535),
    host=st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20),
    password=st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=30),
    wait=st.integers(1, 10_000),
)
def test_another_process_reads_the_same_settings(
    port: int, host: str, password: str, wait: int
) -> None:
    settings = load_settings(
        {
            "TRINHKY_PORTAL__PORT": str(port),
            "TRINHKY_MAIL__HOST": host,
            "TRINHKY_MAIL__PASSWORD": password,
            "TRINHKY_MAIL__TIMEOUT_S": str(wait),
        }
    )
    assert load_settings(settings_environment(settings)) == settings


def test_a_changed_copy_leaves_the_first_as_it_was() -> None:
    first = load_settings({})
    second = changed(first, prefect__port=4300, portal__base_url="https://trinhky.example/")
    assert (first.prefect.port, second.prefect.port) == (4200, 4300)
    assert second.portal_url == "https://trinhky.example"
    assert changed(second, portal__base_url=None) == changed(first, prefect__port=4300)


def test_relative_folders_are_fixed_when_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings({"TRINHKY_TRUST": "anchors"})
    before = settings.home, settings.trust_folder, settings.fonts_folder
    monkeypatch.chdir(tmp_path)
    assert (settings.home, settings.trust_folder, settings.fonts_folder) == before
    assert settings.fonts_folder.is_dir()


def test_the_users_own_prefect_settings_do_not_reach_our_processes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "https://elsewhere.example/api")
    monkeypatch.setenv("TRINHKY_FOLDER", "elsewhere")
    monkeypatch.setenv("LANG", "vi_VN.UTF-8")
    given_on = process_environment({"TRINHKY_CLOCK": "system"})
    assert given_on["LANG"] == "vi_VN.UTF-8"
    assert "PREFECT_API_URL" not in given_on
    assert {name for name in given_on if name.startswith("TRINHKY_")} == {"TRINHKY_CLOCK"}


def test_every_setting_stands_in_the_documentation_as_it_is() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `TRINHKY_")]
    assert rows == [
        f"| `{line.name}` | {f'`{line.default}`' if line.default else ''} | {line.meaning} |"
        for line in setting_lines()
    ]


def test_every_setting_has_a_meaning() -> None:
    assert [line.name for line in setting_lines() if len(line.meaning) < 10] == []


def test_the_links_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "office" / "link.secret"
    made = read_secret(path)
    assert len(made) == 32
    assert read_secret(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("fault", ["others may read it", "too short"])
def test_a_links_secret_that_protects_nothing_is_refused(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "link.secret"
    read_secret(path)
    if fault == "too short":
        path.write_bytes(b"short")
    else:
        path.chmod(0o644)
    with pytest.raises(SettingsError):
        read_secret(path)


def test_libraries_and_services_are_called_by_names() -> None:
    settings = load_settings(
        {
            "TRINHKY_TOKENS__MODULES": "the-usb=/usr/lib/a.so,hsm=/opt/b c.so",
            "TRINHKY_REMOTE__SERVICES": "ky-xa=https://ky.example/api,may=http://127.0.0.1:81",
            "TRINHKY_REMOTE__BEARERS": "ky-xa=abc==,may=d",
        }
    )
    assert settings.tokens.libraries == {
        "the-usb": Path("/usr/lib/a.so"),
        "hsm": Path("/opt/b c.so"),
    }
    assert settings.remote.addresses["ky-xa"] == "https://ky.example/api"
    assert settings.remote.bearer("ky-xa") == "abc=="
    assert settings.remote.bearer("khac") is None
    assert "abc==" not in repr(settings)
    assert load_settings({}).remote.bearer("ky-xa") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRINHKY_TOKENS__MODULES", "usb=lib.so"),
        ("TRINHKY_TOKENS__MODULES", "usb=/a.so,usb=/b.so"),
        ("TRINHKY_TOKENS__MODULES", "/a.so"),
        ("TRINHKY_REMOTE__SERVICES", "ky-xa=http://ky.example"),
        ("TRINHKY_REMOTE__SERVICES", "ky-xa=ftp://ky.example"),
        ("TRINHKY_REMOTE__SERVICES", "ky-xa=https://a:b@ky.example"),
        ("TRINHKY_REMOTE__SERVICES", "a=https://ky.example,a=https://b.example"),
        ("TRINHKY_REMOTE__BEARERS", "khac=abc"),
    ],
)
def test_a_library_or_service_that_is_said_wrongly_is_refused(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings({name: value})
    assert name in refused.value.diagnosis()
    assert "abc" not in refused.value.diagnosis()
