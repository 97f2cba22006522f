"""Lines that are slow or break, machines that die: nothing is fetched or signed twice."""

import base64
import re

from tests.agent.conftest import OtherPortal
from tests.agent.lines import BadLine, Listener
from tests.agent.terminal import PIN_PROMPT, SURE_PROMPT, Agent, Terminal
from tests.portal.seeded import PEOPLE, PIN


def key_of(portal: OtherPortal) -> tuple[str, str]:
    return ("--p12", str(portal.key_file(PEOPLE.signatory)))


def up_to_the_pin(agent: Agent, number: str, *place: str) -> Terminal:
    terminal = agent.start("sign", number, *place)
    terminal.expect(SURE_PROMPT)
    terminal.type("c")
    terminal.expect(PIN_PROMPT)
    return terminal


def test_a_slow_line_that_breaks_goes_on_where_it_broke(portal: OtherPortal, paired: Agent) -> None:
    key = portal.ask("numbered", title="Qua đường truyền chậm")
    facts = portal.ask("facts", key=key)
    bad = BadLine(portal.url, breaks=[30_000, 24_000])
    with bad.open() as url:
        paired.through(url)
        status, said = paired.sign(facts["number"], *key_of(portal), pin=PIN)
    assert status == 0, said
    assert bad.broken == 2
    resumed = [int(one) for one in re.findall(rb"[Rr]ange: bytes=(\d+)-", bytes(bad.sent))]
    assert resumed
    assert resumed == sorted(resumed)
    assert resumed[0] > 0
    assert portal.ask("facts", key=key, judged=True)["verdict"] == "passed"


def test_a_machine_that_dies_before_the_key_signs_leaves_no_signature(
    portal: OtherPortal, paired: Agent
) -> None:
    key = portal.ask("numbered", title="Tắt máy khi hỏi mã PIN")
    number = portal.ask("facts", key=key)["number"]
    up_to_the_pin(paired, number, *key_of(portal)).kill()
    assert paired.on_their_way == []
    assert [one["raw"] for one in portal.ask("facts", key=key)["signatures"]] == [""]
    assert paired.sign(number, *key_of(portal), pin=PIN)[0] == 0
    assert [one["state"] for one in portal.ask("facts", key=key)["signatures"]] == ["completed"]


def test_a_machine_that_dies_between_signing_and_handing_in_hands_in_later(
    portal: OtherPortal, paired: Agent
) -> None:
    key = portal.ask("numbered", title="Tắt máy sau khi ký")
    number = portal.ask("facts", key=key)["number"]
    listener = Listener(portal.url, holds="/signature")
    with listener.open() as url:
        paired.through(url)
        terminal = up_to_the_pin(paired, number, *key_of(portal))
        terminal.type_unseen(PIN)
        assert listener.held.wait(60)
        terminal.kill()
        (waiting,) = paired.on_their_way
        made = base64.b64decode(waiting["signature"]).hex()
        assert [one["raw"] for one in portal.ask("facts", key=key)["signatures"]] == [""]
        listener.holds = ""
        listener.released.set()
        status, said = paired.run("status")
        assert status == 0
        assert "đã ký, chưa gửi được" in said
        # The same call again: neither asks for a PIN nor signs anew.
        status, said = paired.run("sign", number)
    assert status == 0, said
    assert "không ký lại" in said
    assert PIN_PROMPT not in said
    facts = portal.ask("facts", key=key, judged=True)
    assert [(one["state"], one["raw"]) for one in facts["signatures"]] == [("completed", made)]
    assert facts["verdict"] == "passed"
    assert paired.on_their_way == []


def test_a_signature_whose_receipt_was_lost_is_handed_in_again_without_harm(
    portal: OtherPortal, paired: Agent
) -> None:
    key = portal.ask("numbered", title="Mất câu trả lời của cổng")
    number = portal.ask("facts", key=key)["number"]
    listener = Listener(portal.url, swallows="/signature")
    with listener.open() as url:
        paired.through(url)
        terminal = up_to_the_pin(paired, number, *key_of(portal))
        terminal.type_unseen(PIN)
        assert listener.held.wait(60)
        terminal.kill()
        (entry,) = paired.on_their_way
        before = portal.ask("facts", key=key)["signatures"]
        assert [one["state"] for one in before] == ["completed"]
        listener.swallows = ""
        listener.released.set()
        status, said = paired.run("sign", number)
    assert status == 0, said
    assert portal.ask("facts", key=key)["signatures"] == before
    assert base64.b64decode(entry["signature"]).hex() == before[0]["raw"]


def test_without_the_portal_the_signature_is_kept(portal: OtherPortal, paired: Agent) -> None:
    key = portal.ask("numbered", title="Cổng tắt sau khi ký")
    number = portal.ask("facts", key=key)["number"]
    listener = Listener(portal.url, cuts="/signature")
    with listener.open() as url:
        paired.through(url)
        status, said = paired.sign(number, *key_of(portal), pin=PIN)
        assert status == 1
        assert "đã ký; chưa gửi được" in said
        assert len(paired.on_their_way) == 1
        listener.cuts = ""
        assert paired.run("sign", number)[0] == 0
    assert portal.ask("facts", key=key)["state"] == "signed"
