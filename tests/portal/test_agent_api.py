"""What machines of signatories may ask of the portal, and what is refused to them."""

import base64
import hashlib
import re
import uuid
import zlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import select, update

from actions.accounts import disable_account
from actions.auditing import MACHINE
from models.agent import AgentDevice
from models.audit import AuditEvent
from models.base import DirectiveId
from models.officer import Account, Officer, RegisteredCertificate
from models.signature import Signature
from signing.keys.software import open_pkcs12
from tests.portal.browsing import Browsing, words_of
from tests.portal.seeded import PEOPLE, PIN

_CODE = re.compile(r"<output>([^<]+)</output>")


class Machine:
    """A machine as its HTTP sees it."""

    def __init__(self, browsing: Browsing, officer: str, label: str = "Máy bàn") -> None:
        self.browsing = browsing
        browsing.sign_in(officer)
        self.code = new_code(browsing)
        answer = pair(browsing, self.code, label)
        assert answer.status_code == 201, answer.text
        self.token = answer.json()["token"]
        self.id = uuid.UUID(answer.json()["device"])

    def get(self, path: str, **headers: str) -> Response:
        return self.browsing.client.get(f"/api/v1/agent{path}", headers=self._with(headers))

    def post(self, path: str, **body: Any) -> Response:  # noqa: ANN401 (JSON)
        return self.browsing.client.post(f"/api/v1/agent{path}", json=body, headers=self._with({}))

    def put(self, path: str, raw: bytes) -> Response:
        body = {"signature": base64.b64encode(raw).decode()}
        return self.browsing.client.put(f"/api/v1/agent{path}", json=body, headers=self._with({}))

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **headers}

    def plan(self, key: DirectiveId, **changes: str) -> Response:
        """A plan for what waits, as an honest agent asks for it."""
        (item,) = [one for one in self.get("/waiting").json()["items"] if one["id"] == str(key)]
        named = item["certificate"] or {"sha256": "0" * 64}
        asked = {
            "kind": item["kind"], "seen_sha256": item["sha256"],
            "certificate_sha256": named["sha256"],
        }  # fmt: skip
        return self.post(f"/waiting/{key}/plan", **{**asked, **changes})

    def signs(self, planned: Response) -> bytes:
        path = self.browsing.seeded.pki.key(PEOPLE.signatory)
        attributes = base64.b64decode(planned.json()["signed_attributes"])
        return open_pkcs12(path, PIN).sign(attributes)


def new_code(browsing: Browsing) -> str:
    found = _CODE.search(browsing.post("/may-ky/ma").text)
    assert found
    return found[1]


def pair(browsing: Browsing, code: str, label: str = "Máy bàn") -> Response:
    browsing.client.app.state.portal.pairings._left.clear()  # type: ignore[attr-defined]
    return browsing.client.post("/api/v1/agent/pairing", json={"code": code, "label": label})


@pytest.fixture(autouse=True)
def away(browsing: Browsing) -> Iterator[None]:
    """Keys are with their owners while a test of this module runs."""
    _set_kind(browsing, "pkcs12", "agent")
    browsing.portal.wrong_codes._left.clear()
    browsing.portal.pairings._left.clear()
    yield
    _set_kind(browsing, "agent", "pkcs12")


def _set_kind(browsing: Browsing, old: str, new: str) -> None:
    with browsing.seeded.office.database.writing() as session:
        session.execute(
            update(RegisteredCertificate)
            .where(RegisteredCertificate.key_kind == old)
            .values(key_kind=new)
        )


@pytest.fixture
def machine(browsing: Browsing) -> Machine:
    return Machine(browsing, PEOPLE.signatory)


def code_of(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def signature_rows(browsing: Browsing, key: DirectiveId) -> list[Signature]:
    with browsing.seeded.office.database.reading() as session:
        return list(session.scalars(select(Signature).where(Signature.directive_id == key)))


def test_the_page_shows_machines_and_ends_them(browsing: Browsing) -> None:
    machine = Machine(browsing, PEOPLE.signatory, "Máy phòng họp")
    browsing.sign_in(PEOPLE.signatory)
    page = browsing.get("/may-ky")
    assert "Máy phòng họp" in words_of(page)
    assert machine.token not in page.text
    assert machine.code not in page.text
    assert browsing.post(f"/may-ky/{machine.id}/ngung").status_code == 303
    assert "đã ngừng" in words_of(browsing.get("/may-ky"))
    assert code_of(machine.get("/waiting")) == (401, "token_refused")


def test_one_officer_does_not_end_the_machine_of_another(browsing: Browsing) -> None:
    machine = Machine(browsing, PEOPLE.signatory)
    browsing.sign_in(PEOPLE.clerk)
    assert browsing.post(f"/may-ky/{machine.id}/ngung").status_code == 403
    assert machine.get("/waiting").status_code == 200


def test_who_neither_signs_nor_seals_pairs_no_machine(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.drafter)
    assert "Chỉ người ký và văn thư" in words_of(browsing.get("/may-ky"))
    assert browsing.post("/may-ky/ma").status_code == 403


def test_neither_code_nor_token_is_stored(browsing: Browsing, machine: Machine) -> None:
    with browsing.seeded.office.database.reading() as session:
        row = session.get_one(AgentDevice, machine.id)
        events = session.scalars(
            select(AuditEvent).where(AuditEvent.subject_id == str(machine.id))
        ).all()
    stored = repr([vars(row), *map(vars, events)])
    assert machine.token not in stored
    assert machine.code.replace("-", "") not in stored
    assert [event.deed for event in events] == ["offer_pairing", "pair_device"]


def test_a_code_is_good_once_ten_minutes_and_until_the_next(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.signatory)
    first, second = new_code(browsing), new_code(browsing)
    assert code_of(pair(browsing, first)) == (403, "pairing_refused")
    ends = browsing.seeded.office.clock() + timedelta(minutes=10)
    _expires(browsing, second, browsing.seeded.office.clock(), expected=ends)
    assert code_of(pair(browsing, second)) == (403, "pairing_refused")
    _expires(browsing, second, ends)
    assert code_of(pair(browsing, second, "")) == (422, "invalid_input")
    assert pair(browsing, f" {second.lower()} ").status_code == 201
    assert code_of(pair(browsing, second)) == (403, "pairing_refused")


def _expires(
    browsing: Browsing, code: str, at: datetime, *, expected: datetime | None = None
) -> None:
    """Lets a code end at another instant, as if time had passed."""
    digest = hashlib.sha256(code.replace("-", "").encode()).hexdigest()
    with browsing.seeded.office.database.writing() as session:
        row = session.scalars(select(AgentDevice).where(AgentDevice.code_sha256 == digest)).one()
        assert expected is None or row.code_expires_at == expected
        row.code_expires_at = at


@pytest.mark.usefixtures("still")
def test_codes_cannot_be_guessed_for_long(browsing: Browsing) -> None:
    browsing.sign_in(PEOPLE.signatory)
    good = new_code(browsing)
    for _ in range(20):
        assert code_of(pair(browsing, "AAAA-AAAA"))[0] == 403
    assert code_of(pair(browsing, "AAAA-AAAA")) == (429, "too_many_requests")
    for _ in range(6):
        browsing.client.post("/api/v1/agent/pairing", json={"code": "AAAA-AAAA", "label": "x"})
    answer = browsing.client.post("/api/v1/agent/pairing", json={"code": good, "label": "x"})
    assert code_of(answer) == (429, "too_many_requests")


def test_an_officer_who_left_or_whose_account_is_closed_has_no_machine(browsing: Browsing) -> None:
    officer = PEOPLE.clerk
    machine = Machine(browsing, officer, "Máy văn thư")
    browsing.sign_in(officer)
    code = new_code(browsing)
    database = browsing.seeded.office.database
    for table, out, back in (
        (Officer, {"left_on": date(2022, 9, 1)}, {"left_on": None}),
        (Account, None, {"disabled_at": None}),
    ):
        with database.writing() as session:
            column = Officer.id if table is Officer else Account.officer_id
            if out is not None:
                session.execute(update(table).where(column == officer).values(**out))
        if out is None:
            at = browsing.seeded.office.clock()
            disable_account(database, officer_id=officer, at=at, actor=MACHINE)
        assert code_of(machine.get("/waiting")) == (401, "token_refused")
        assert code_of(pair(browsing, code)) == (403, "pairing_refused")
        with database.writing() as session:
            session.execute(update(table).where(column == officer).values(**back))
    browsing.seeded.sessions.clear()
    assert machine.get("/waiting").status_code == 200


def test_tokens_of_programs_and_machines_open_only_their_own(
    browsing: Browsing, machine: Machine
) -> None:
    headers = {"Authorization": f"Bearer {machine.token}"}
    answer = browsing.client.get("/api/v1/directives", headers=headers)
    assert code_of(answer) == (401, "token_refused")
    for wrong in ("", "Bearer ", "Bearer tka_sai", f"Basic {machine.token}"):
        answer = browsing.client.get("/api/v1/agent/waiting", headers={"Authorization": wrong})
        assert code_of(answer) == (401, "token_refused")


def test_a_document_comes_whole_and_in_parts(browsing: Browsing, machine: Machine) -> None:
    key = browsing.seeded.numbered("Tải từng phần")
    digest = browsing.seeded.directive(key).frozen_sha256
    path = f"/waiting/{key}/documents/{digest}"
    whole = machine.get(path)
    assert (whole.status_code, whole.headers["etag"]) == (200, f'"{digest}"')
    assert whole.content == browsing.seeded.pdf(key)
    half = len(whole.content) // 2
    part = machine.get(path, Range=f"bytes={half}-")
    assert (part.status_code, part.content) == (206, whole.content[half:])
    size = len(whole.content)
    assert part.headers["content-range"] == f"bytes {half}-{size - 1}/{size}"
    assert machine.get(path, Range="bytes=0-9").content == whole.content[:10]
    assert machine.get(path, Range=f"bytes={size}-").status_code == 416
    other = machine.get(path, **{"Range": "bytes=5-", "If-Range": '"another"'})
    assert (other.status_code, other.content) == (200, whole.content)
    assert machine.get(path, Range="bytes=oops").status_code == 200


def test_only_what_waits_for_the_officer_is_given(browsing: Browsing, machine: Machine) -> None:
    waiting = browsing.seeded.numbered("Chờ ký")
    draft = browsing.seeded.start("Dự thảo")
    digest = browsing.seeded.directive(waiting).frozen_sha256
    assert str(draft) not in {one["id"] for one in machine.get("/waiting").json()["items"]}
    assert machine.get(f"/waiting/{draft}/documents/{digest}").status_code == 404
    assert machine.get(f"/waiting/{waiting}/documents/{'0' * 64}").status_code == 404
    clerk = Machine(browsing, PEOPLE.clerk, "Máy văn thư")
    assert clerk.get(f"/waiting/{waiting}/documents/{digest}").status_code == 404
    body = {"kind": "officer", "seen_sha256": digest, "certificate_sha256": "0" * 64}
    assert code_of(clerk.post(f"/waiting/{waiting}/plan", **body)) == (403, "not_authorised")


def test_a_plan_is_signed_and_handed_in_and_again(browsing: Browsing, machine: Machine) -> None:
    key = browsing.seeded.numbered("Ký qua giao diện")
    planned = machine.plan(key)
    assert planned.status_code == 200
    said = planned.json()
    added = zlib.decompress(base64.b64decode(said["appended"]))
    assert len(added) == said["appended_bytes"]
    assert machine.plan(key).json() == said
    raw = machine.signs(planned)
    path = f"/plans/{said['id']}/signature"
    browsing.seeded.machine.asleep = True
    assert machine.put(path, raw).json()["state"] == "keyed"
    assert machine.put(path, raw).json()["state"] == "keyed"
    browsing.seeded.machine.run(key)
    assert machine.put(path, raw).json()["state"] == "completed"
    assert machine.get(f"/plans/{said['id']}").json()["state"] == "completed"
    assert [one.state for one in signature_rows(browsing, key)] == ["completed"]
    assert browsing.state(key) == "signed"
    other = bytes([raw[0] ^ 1]) + raw[1:]
    assert code_of(machine.put(path, other)) == (409, "already_done")


def test_a_signature_that_is_none_is_refused(browsing: Browsing, machine: Machine) -> None:
    key = browsing.seeded.numbered("Chữ ký sai")
    planned = machine.plan(key)
    path = f"/plans/{planned.json()['id']}/signature"
    assert code_of(machine.put(path, b"\x01" * 256)) == (422, "not_accepted")
    body = {"signature": "không phải"}
    headers = {"Authorization": f"Bearer {machine.token}"}
    answer = browsing.client.put(f"/api/v1/agent{path}", json=body, headers=headers)
    assert code_of(answer) == (422, "invalid_input")
    assert [one.state for one in signature_rows(browsing, key)] == ["planned"]
    assert machine.put(path, machine.signs(planned)).status_code == 200


def test_a_plan_belongs_to_one_machine_of_one_officer(browsing: Browsing, machine: Machine) -> None:
    key = browsing.seeded.numbered("Bản chuẩn bị của ai")
    planned = machine.plan(key)
    path = f"/plans/{planned.json()['id']}/signature"
    raw = machine.signs(planned)
    clerk = Machine(browsing, PEOPLE.clerk, "Máy văn thư")
    second = Machine(browsing, PEOPLE.signatory, "Máy thứ hai")
    assert code_of(clerk.put(path, raw)) == (404, "not_found")
    assert code_of(second.put(path, raw)) == (403, "not_authorised")
    assert [one.raw_signature for one in signature_rows(browsing, key)] == [None]
    # The one that asks last has it; the other asks again.
    again = second.plan(key)
    assert again.json()["id"] == planned.json()["id"]
    assert code_of(machine.put(path, raw)) == (403, "not_authorised")
    assert second.put(path, raw).status_code == 200
    assert browsing.state(key) == "signed"


def test_what_changed_since_it_was_seen_is_not_planned(
    browsing: Browsing, machine: Machine
) -> None:
    key = browsing.seeded.numbered("Đổi sau khi xem")
    assert code_of(machine.plan(key, seen_sha256="1" * 64)) == (409, "stale_revision")
    assert code_of(machine.plan(key, certificate_sha256="1" * 64)) == (422, "certificate_unfit")
    assert code_of(machine.plan(key, seen_sha256="x"))[0] == 422
    assert signature_rows(browsing, key) == []


def test_a_key_at_the_server_is_not_for_machines(browsing: Browsing, machine: Machine) -> None:
    key = browsing.seeded.numbered("Khoá ở máy chủ")
    named = machine.get("/waiting").json()["items"][0]["certificate"]["sha256"]
    _set_kind(browsing, "agent", "pkcs12")
    (item,) = [one for one in machine.get("/waiting").json()["items"] if one["id"] == str(key)]
    assert item["certificate"] is None
    assert "ký trên cổng thông tin" in item["problem"]
    refused = machine.plan(key, certificate_sha256=named)
    assert code_of(refused) == (422, "certificate_unfit")


def test_the_page_of_signing_says_how_a_machine_signs(browsing: Browsing) -> None:
    key = browsing.seeded.numbered("Trang ký chỉ sang máy ký")
    number = browsing.seeded.directive(key).number_text
    browsing.sign_in(PEOPLE.signatory)
    page = browsing.get(f"/van-ban/{key}/ky")
    assert f"trinhky agent sign {number}" in words_of(page)
    assert 'name="pin"' not in page.text
    assert 'href="/may-ky"' in page.text


def test_the_interface_describes_what_machines_ask(browsing: Browsing) -> None:
    paths = browsing.get("/api/openapi.json").json()["paths"]
    assert {
        "/api/v1/agent/pairing", "/api/v1/agent/waiting",
        "/api/v1/agent/waiting/{directive_id}/documents/{sha256}",
        "/api/v1/agent/waiting/{directive_id}/plan", "/api/v1/agent/plans/{signature_id}/signature",
    } <= set(paths)  # fmt: skip
    document = paths["/api/v1/agent/waiting/{directive_id}/documents/{sha256}"]["get"]
    assert {"200", "206", "416"} <= set(document["responses"])
