"""From pairing to a judged signature: a portal in another process, a terminal, a token."""

import base64
import json
import stat
from pathlib import Path

import pytest

from signing.keys.software import open_pkcs12
from tests.agent.conftest import OtherPortal
from tests.agent.lines import Listener
from tests.agent.terminal import PIN_PROMPT, SURE_PROMPT, Agent
from tests.portal.seeded import PEOPLE, PIN
from tests.support.tokens import HeldKey, token_store
from wiring.demo_pki.build import DemoPKI


@pytest.fixture(scope="session")
def held(portal: OtherPortal) -> HeldKey:
    """The signatory's key on a token."""
    return token_store().hold_demo(DemoPKI(folder=portal.folder / "pki"), PEOPLE.signatory)


def test_a_signatory_pairs_looks_and_signs_with_a_token(
    portal: OtherPortal, paired: Agent, held: HeldKey
) -> None:
    key = portal.ask("numbered", title="Ký bằng thiết bị")
    facts = portal.ask("facts", key=key, judged=True)
    assert (facts["verdict"], facts["signatures"]) == ("unsigned", [])
    number = facts["number"]
    status, said = paired.run("list")
    assert status == 0
    assert number in said
    assert "Ký bằng thiết bị" in said
    assert "K/T TRƯỞNG BAN" in said
    status, said = paired.run("show", number)
    assert status == 0
    assert facts["frozen"] in said
    pages = [Path(line.strip()) for line in said.splitlines() if line.strip().endswith(".png")]
    assert len(pages) == 3
    assert all(page.read_bytes().startswith(b"\x89PNG") for page in pages)
    status, said = paired.sign(number, "--module", str(held.module), pin=held.pin)
    assert status == 0, said
    assert f"thiết bị “{held.token}”" in said
    assert "đã ký" in said
    facts = portal.ask("facts", key=key, judged=True)
    assert (facts["state"], facts["verdict"]) == ("signed", "passed")
    assert [one["state"] for one in facts["signatures"]] == ["completed"]


def test_one_pin_signs_many_and_the_key_is_remembered(
    portal: OtherPortal, paired: Agent, held: HeldKey
) -> None:
    keys = [portal.ask("numbered", title=f"Văn bản thứ {number} của một lượt") for number in (1, 2)]
    bad = portal.ask("numbered", title="Văn bản bị trả lại giữa chừng")
    numbers = [portal.ask("facts", key=key)["number"] for key in (*keys, bad)]
    terminal = paired.start("sign", *numbers, "--module", str(held.module))
    terminal.expect("Ký số văn bản trên (3)? ")
    portal.ask("returned", key=bad)
    terminal.type("c")
    terminal.expect(PIN_PROMPT)
    terminal.type_unseen(held.pin)
    assert terminal.end() == 1
    assert terminal.said.count(PIN_PROMPT) == 1
    assert "Cổng thông tin từ chối" in terminal.said
    assert [portal.ask("facts", key=key)["state"] for key in keys] == ["signed", "signed"]
    assert portal.ask("facts", key=bad)["state"] == "returned"
    remembered = json.loads((paired.home / "agent.json").read_text())["key"]
    assert remembered["module"] == str(held.module)


def test_a_wrong_pin_is_tried_once_and_told(
    portal: OtherPortal, paired: Agent, held: HeldKey
) -> None:
    key = portal.ask("numbered", title="Nhập sai mã PIN")
    number = portal.ask("facts", key=key)["number"]
    terminal = paired.start("sign", number, "--module", str(held.module))
    terminal.expect(SURE_PROMPT)
    terminal.type("c")
    terminal.expect(PIN_PROMPT)
    terminal.type_unseen("00000001")
    terminal.expect("Mã PIN không đúng.")
    terminal.expect(PIN_PROMPT)
    terminal.type_unseen("")
    assert terminal.end() == 1
    assert "Đã dừng trước khi ký" in terminal.said
    assert [one["state"] for one in portal.ask("facts", key=key)["signatures"]] == ["planned"]
    # The token counts one wrong PIN, and says so before the next one is asked for.
    terminal = paired.start("sign", number, "--module", str(held.module))
    terminal.expect("Thẻ đã ghi nhận mã PIN bị nhập sai")
    terminal.expect(SURE_PROMPT)
    terminal.type("c")
    terminal.expect(PIN_PROMPT)
    terminal.type_unseen(held.pin)
    assert terminal.end() == 0
    facts = portal.ask("facts", key=key, judged=True)
    # The same plan: it was never signed, so it was never given up.
    assert [one["state"] for one in facts["signatures"]] == ["completed"]
    assert facts["verdict"] == "passed"


def test_a_clerk_seals_with_the_agency_s_key(
    portal: OtherPortal, paired: Agent, tmp_path: Path
) -> None:
    key = portal.ask("numbered", title="Ký rồi đóng dấu ở hai máy")
    number = portal.ask("facts", key=key)["number"]
    mine = ("--p12", str(portal.key_file(PEOPLE.signatory)))
    assert paired.sign(number, *mine, pin=PIN)[0] == 0
    desk = Agent(tmp_path / "clerk")
    assert desk.pair(portal.url, portal.code(PEOPLE.clerk), "Máy văn thư")[0] == 0
    (agency,) = (portal.folder / "keys").glob("btgtu*.p12")
    status, said = desk.sign(number, "--p12", str(agency), pin=PIN)
    assert status == 0, said
    assert "Dấu của cơ quan" in said
    facts = portal.ask("facts", key=key, judged=True)
    assert (facts["state"], facts["verdict"]) == ("sealed", "passed")


def test_neither_key_nor_pin_nor_digest_of_unseen_bytes_crosses(
    portal: OtherPortal, agent: Agent
) -> None:
    key = portal.ask("numbered", title="Ghi lại mọi thứ đi qua đường truyền")
    number = portal.ask("facts", key=key)["number"]
    listener = Listener(portal.url)
    with listener.open() as url:
        assert agent.pair(url, portal.code(), "Máy bị nghe")[0] == 0
        file = portal.key_file(PEOPLE.signatory)
        assert agent.sign(number, "--p12", str(file), pin=PIN)[0] == 0
    crossed = b"".join(one.path.encode() + one.headers + one.body for one in listener.asked)
    opened = open_pkcs12(file, PIN)
    secret = opened._key.private_numbers()  # type: ignore[union-attr]  # an RSA key of the demo
    for number_ in (secret.d, secret.p, secret.q):
        raw = number_.to_bytes((number_.bit_length() + 7) // 8, "big")
        for form in (raw, raw.hex().encode(), base64.b64encode(raw)[:-4]):
            assert form not in crossed
    for form in (PIN.encode(), PIN.encode("utf-16-le"), base64.b64encode(PIN.encode())):
        assert form not in crossed
    facts = portal.ask("facts", key=key)
    bodies = [json.loads(one.body) for one in listener.asked if one.body]
    assert [sorted(body) for body in bodies] == [
        ["code", "label"], ["certificate_sha256", "kind", "seen_sha256"], ["signature"],
    ]  # fmt: skip
    assert bodies[1]["seen_sha256"] == facts["frozen"]
    assert bodies[1]["certificate_sha256"] == opened.certificate.facts.sha256_hex
    assert base64.b64decode(bodies[2]["signature"]).hex() == facts["signatures"][0]["raw"]
    # Nor does anything of it stay on the machine; what stays is for its owner alone.
    kept = [path for path in agent.home.rglob("*") if path.is_file()]
    assert not any(PIN.encode() in path.read_bytes() for path in kept if path.suffix == ".json")
    assert stat.S_IMODE((agent.home / "agent.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(agent.home.stat().st_mode) == 0o700
