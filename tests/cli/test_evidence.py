"""`trinhky verify` with records and passwords, the real command in a process of its own."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import trinhky
from tests.signing.attacks import content, letter
from tests.support.clock import START
from tests.support.encrypted_paper import encrypted_and_signed
from tests.support.signing_office import PIN, Authority
from wiring.bootstrap import open_office
from wiring.settings import load_settings

AT = "2026-11-25T08:00:00+07:00"


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Two of one name, one good and one bad, and one that is no PDF."""
    made = [
        ("a", letter.sealed()), ("b", content.content_stream_overridden(letter.sealed())),
        ("c", b"hello"),
    ]  # fmt: skip
    for folder, data in made:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "cong-van.pdf").write_bytes(data)
    return [str(tmp_path / folder / "cong-van.pdf") for folder, _ in made]


def keep(files: list[str], store: Path, *more: str) -> list[str]:
    done = trinhky(
        "verify", "--profile", "integrity", "--at", AT, "--evidence", store, *more, *files
    )
    assert done.returncode == 1, done.stderr
    return done.stdout.splitlines()


def test_each_file_gets_a_record_and_the_answers_stay_as_they_are(
    files: list[str], tmp_path: Path
) -> None:
    plain = trinhky("verify", "--profile", "integrity", "--at", AT, "--format", "json", *files)
    kept = keep(files, tmp_path / "kho", "--format", "json")
    for one, other in zip(plain.stdout.splitlines(), kept, strict=True):
        before, after = json.loads(one), json.loads(other)
        assert (before["file"], before["verdict"]) == (after["file"], after["verdict"])
        assert (tmp_path / "kho" / f"cong-van-{after['manifest_sha256'][:16]}").is_dir()
    manifests = list((tmp_path / "kho").glob("*/manifest.json"))
    assert len(manifests) == 3
    assert {one.parent.name.rsplit("-", 1)[0] for one in manifests} == {"cong-van"}
    assert not list((tmp_path / "kho").glob(".*"))


def test_a_replay_reaches_the_same_verdicts_and_claims_no_more(
    files: list[str], tmp_path: Path
) -> None:
    words = "\n".join(keep(files, tmp_path / "kho"))
    assert words.count("SHA-256 của bản kê bằng chứng") == 3
    done = trinhky("verify", "--replay", tmp_path / "kho", *files)
    assert done.returncode == 0, done.stdout
    for words in ("cùng kết quả: hợp lệ", "cùng kết quả: không hợp lệ", "không đọc được"):
        assert words in done.stdout
    assert done.stdout.count("không phải là bằng chứng mới") == 3
    told = trinhky("verify", "--replay", tmp_path / "kho", "--format", "json", files[0])
    answer = json.loads(told.stdout)
    assert (answer["file"], answer["outcome"], answer["verdict"]) == (files[0], "same", "passed")
    (place,) = Path(tmp_path / "kho").glob(f"*-{answer['manifest_sha256'][:16]}")
    assert str(place) == answer["record"]


def test_a_changed_file_is_told_by_its_name(files: list[str], tmp_path: Path) -> None:
    keep(files[:2], tmp_path / "kho")
    with Path(files[0]).open("ab") as stream:
        stream.write(b" ")
    done = trinhky("verify", "--replay", tmp_path / "kho", files[0])
    assert done.returncode == 1
    assert "Tệp đã thay đổi so với lúc lưu bằng chứng" in done.stdout


def test_a_file_that_nobody_kept_and_a_folder_that_is_none(
    files: list[str], tmp_path: Path
) -> None:
    keep(files[:2], tmp_path / "kho")
    other = tmp_path / "khac.pdf"
    other.write_bytes(letter.signed())
    done = trinhky("verify", "--replay", tmp_path / "kho", str(other))
    assert done.returncode == 2
    assert "Chưa có bằng chứng nào được lưu" in done.stdout
    assert trinhky("verify", "--replay", tmp_path / "none", files[0]).returncode == 64


def test_a_manipulated_record_is_told(files: list[str], tmp_path: Path) -> None:
    keep(files[:2], tmp_path / "kho")
    for manifest in (tmp_path / "kho").glob("*/manifest.json"):
        manifest.write_bytes(manifest.read_bytes().replace(b'"failed"', b'"passed"'))
    done = trinhky("verify", "--replay", tmp_path / "kho", files[1])
    assert done.returncode == 1
    assert "bản kê đã bị sửa" in done.stdout


@pytest.mark.parametrize("more", [["--at", AT], ["--trust", "x"], ["--format", "html"]])
def test_a_record_says_itself_by_what_is_judged(tmp_path: Path, more: list[str]) -> None:
    done = trinhky("verify", "--replay", tmp_path, *more, "x.pdf")
    assert done.returncode == 64
    assert "--replay" in done.stderr


@pytest.fixture
def shut(tmp_path: Path, authority: Authority) -> str:
    path = tmp_path / "kin.pdf"
    path.write_bytes(
        encrypted_and_signed(
            letter.unsigned(), key=authority.pki.key("signatory"), pin=PIN, password="mở ra"
        )
    )
    return str(path)


def test_a_password_comes_from_a_file_and_never_from_the_command(shut: str, tmp_path: Path) -> None:
    (tmp_path / "right").write_bytes("mở ra\n".encode())
    (tmp_path / "wrong").write_bytes(b"khac")
    base = ("verify", "--profile", "integrity", "--format", "json", shut)
    told = {
        name: json.loads(trinhky(*base, *more).stdout)
        for name, more in {
            "none": (),
            "wrong": ("--password-file", tmp_path / "wrong"),
            "right": ("--password-file", tmp_path / "right"),
        }.items()
    }
    assert {name: one["verdict"] for name, one in told.items()} == {
        "none": "unreadable", "wrong": "unreadable", "right": "passed",
    }  # fmt: skip
    assert [one["code"] for one in told["wrong"]["findings"]] == ["password_wrong"]
    assert trinhky(*base, "--password", "x").returncode == 64
    assert trinhky(*base, "--password-file", tmp_path / "no").returncode == 64


def test_a_record_of_an_encrypted_file_is_replayed_with_the_password(
    shut: str, tmp_path: Path
) -> None:
    (tmp_path / "mk").write_bytes("mở ra".encode())
    secret = ("--password-file", tmp_path / "mk")
    store = tmp_path / "kho"
    done = trinhky("verify", "--profile", "integrity", "--evidence", store, *secret, shut)
    assert done.returncode == 0
    assert "mở ra" not in next(store.glob("*/manifest.json")).read_text()
    assert trinhky("verify", "--replay", store, *secret, shut).returncode == 0
    assert trinhky("verify", "--replay", store, shut).returncode == 1


def test_a_verdict_of_the_office_is_replayed_from_its_archive(
    files: list[str], tmp_path: Path
) -> None:
    with open_office(load_settings({"TRINHKY_FOLDER": str(tmp_path / "office")})) as office:
        office.desk.judge(Path(files[0]).read_bytes(), "bao-cao.pdf", START)
    done = trinhky("verify", "--replay", tmp_path / "office" / "archive", files[0])
    assert done.returncode == 0, done.stderr
    assert "cùng kết quả: chưa thể kết luận" in done.stdout
