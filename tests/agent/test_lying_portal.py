"""A portal that wants something else signed, machines that were ended, codes that are too old."""

import base64
import hashlib
import json

from signing.certificates import SigningCertificate
from signing.container import make_signed_attributes
from signing.mechanism import mechanism_for
from tests.agent.conftest import OtherPortal
from tests.agent.lines import Listener, Said
from tests.agent.terminal import PIN_PROMPT, Agent
from tests.portal.seeded import PEOPLE, PIN


def attributes(said: Said, digest: bytes, mechanism: str) -> str:
    certificate = SigningCertificate(der=base64.b64decode(said["certificate"]))
    made = make_signed_attributes(digest, certificate, mechanism_for(certificate, mechanism))
    return base64.b64encode(made).decode()


def for_another_document(said: Said) -> Said:
    digest = hashlib.sha256(b"another document").digest()
    lie = {"signed_attributes": attributes(said, digest, "rsa-pkcs1/sha256")}
    return {**said, **lie, "document_digest": digest.hex()}


def for_another_hash(said: Said) -> Said:
    digest = hashlib.sha512(b"whatever").digest()
    return {**said, "signed_attributes": attributes(said, digest, "rsa-pkcs1/sha512")}


def test_a_portal_that_lies_is_refused_before_the_pin(portal: OtherPortal, paired: Agent) -> None:
    titles = ("Băm khác", "Cách khác", "Bản khác", "Đổi một byte", "Trung thực")
    keys = [portal.ask("numbered", title=title) for title in titles]
    numbers = [portal.ask("facts", key=key)["number"] for key in keys]
    listener = Listener(portal.url)
    honest: dict[str, Said] = {}

    def of_another_document(said: Said) -> Said:
        return {**said, "appended": honest["plan"]["appended"],
                "appended_bytes": honest["plan"]["appended_bytes"]}  # fmt: skip

    def remember(said: Said) -> Said:
        honest["plan"] = said
        return said

    listener.lies = {
        f"{keys[4]}/plan": remember,
        f"{keys[0]}/plan": for_another_document,
        f"{keys[1]}/plan": for_another_hash,
        f"{keys[2]}/plan": of_another_document,
    }
    listener.bytes_of = lambda path, data: data[:-9] + b"X" + data[-8:] if keys[3] in path else data
    with listener.open() as url:
        paired.through(url)
        place = ("--p12", str(portal.key_file(PEOPLE.signatory)))
        terminal = paired.start("sign", numbers[4], *numbers[:4], *place)
        # Of five documents one may be signed; the PIN is asked for that one alone.
        terminal.expect(f"Ký số văn bản {numbers[4]}? ")
        terminal.type("k")
        assert terminal.end() == 1
        assert PIN_PROMPT not in terminal.said
        assert not any(one.method == "PUT" for one in listener.asked)
        terminal = paired.start("sign", *numbers[:4], *place)
        assert terminal.end() == 1
        for reason in (
            "giá trị băm không phải của bản đã xem", "Văn bản tải về không đúng mã băm đã báo",
        ):  # fmt: skip
            assert reason in terminal.said.replace("\n", " "), terminal.said
        assert PIN_PROMPT not in terminal.said
        assert paired.sign(numbers[4], *place, pin=PIN)[0] == 0
    facts = [portal.ask("facts", key=key) for key in keys]
    assert [one["state"] for one in facts] == [*(["numbered"] * 4), "signed"]
    assert all(one["raw"] == "" for fact in facts[:4] for one in fact["signatures"])


def test_an_ended_machine_is_refused_at_once(portal: OtherPortal, agent: Agent) -> None:
    assert agent.pair(portal.url, portal.code(), "Máy sắp ngừng")[0] == 0
    assert agent.run("list")[0] == 0
    portal.ends("Máy sắp ngừng")
    status, said = agent.run("list")
    assert status == 1
    assert "Cổng thông tin không nhận máy này nữa" in said


def test_a_machine_ends_itself(portal: OtherPortal, agent: Agent) -> None:
    assert agent.pair(portal.url, portal.code(), "Máy tự ngừng")[0] == 0
    token = json.loads((agent.home / "agent.json").read_text())["token"]
    status, said = agent.run("unpair")
    assert (status, "Đã ngừng máy này" in said) == (0, True)
    assert not (agent.home / "agent.json").exists()
    assert token not in said
    status, said = agent.run("list")
    assert (status, "chưa ghép nối" in said) == (1, True)


def test_a_code_is_good_once_and_not_for_long(portal: OtherPortal, agent: Agent) -> None:
    code = portal.code()
    assert agent.pair(portal.url, code, "Máy thứ nhất")[0] == 0
    status, said = agent.pair(portal.url, code, "Máy thứ hai")
    assert (status, "mã không đúng, đã dùng" in said) == (1, True)
    code = portal.code()
    portal.ask("walked", minutes=11)
    status, said = agent.pair(portal.url, code, "Máy thứ ba")
    assert (status, "quá 10 phút" in said) == (1, True)
    assert {"Máy thứ hai", "Máy thứ ba"}.isdisjoint(portal.ask("devices"))


def test_a_portal_that_could_be_read_along_is_refused(agent: Agent) -> None:
    status, said = agent.run("pair", "http://trinhky.coquan.example")
    assert (status, "không mã hoá" in said) == (1, True)
    status, said = agent.run("pair", "ftp://trinhky.coquan.example")
    assert (status, "không phải địa chỉ cổng thông tin" in said) == (1, True)
