"""A seeded office for the portal: the demo's data, real keys, a directive in every state.

Made by the deeds themselves. `Machine` stands for the flows: it does at once what a run would do
after a nudge, so that pages are seen as they are with an engine beside them.

Look at it by hand: `python -m tests.portal.seeded <folder>` serves it and prints the sign-ins.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from actions import sealing, signing_off
from actions.access import officer_actor
from actions.accounts import add_account
from actions.auditing import MACHINE, Actor
from actions.desk import Desk
from actions.draft import Draft
from actions.draft_rows import content_of
from actions.drafting import start_directive, submit
from actions.extending import request_extension
from actions.freezing import freeze
from actions.issuing import issue
from actions.numbering import take_number
from actions.offices import unit_actor
from actions.progress import MACHINE_STEP, next_steps
from actions.reporting import submit_report
from actions.reviewing import pass_step, return_draft
from documents.content import DirectiveContent
from documents.papers import OUTGOING_COLUMNS, RegisterHead, register_paper
from models.base import DirectiveId
from models.directive import Directive
from models.lifecycle import ReviewStep
from models.obligation import Obligation
from signing.completing import complete_signature
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.keys.software import open_pkcs12
from signing.request import SignatureKind, SignatureRequest
from signing.sign import prepare_signature
from wiring.bootstrap import Office, open_office
from wiring.clock import SimulatedClock
from wiring.demo_draft import PEOPLE
from wiring.demo_pki.build import DEMO_PIN, DemoPKI
from wiring.demo_pki.recipe import TSA_URL
from wiring.demo_pki.serve import serving
from wiring.demo_setup import is_empty, pki_folder, set_up_office
from wiring.settings import load_settings
from wiring.stories.reviewed import make_draft, read_reviewed

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "demo"
PASSWORD = "thu-nghiem-cong-thong-tin"
PIN = DEMO_PIN
OFFICERS = (
    *(getattr(PEOPLE, name) for name in ("drafter", "content_reviewer", "form_reviewer")),
    *(getattr(PEOPLE, name) for name in ("signatory", "clerk", "follow_up")),
    "cao-duc-thanh",
    "ho-sy-nam",
    "truong-my-linh",
)
START = datetime(2022, 9, 20, 1, 0, tzinfo=UTC)


@dataclass(slots=True)
class Machine:
    """Does at once what the run of a directive would do after a nudge."""

    office: Office
    asleep: bool = False
    nudged: list[DirectiveId] = field(default_factory=list)

    def __call__(self, directive_id: DirectiveId) -> None:
        self.nudged.append(directive_id)
        if not self.asleep:
            self.run(directive_id)

    def run(self, directive_id: DirectiveId) -> None:
        steps: dict[str, Callable[[Desk, DirectiveId], object]] = {
            "take_number": lambda desk, key: take_number(desk, MACHINE, key),
            "freeze": freeze,
            "complete_signature": signing_off.complete,
            "complete_seal": sealing.complete,
        }
        while True:
            with self.office.database.reading() as session:
                found = next_steps(session, session.get_one(Directive, directive_id))[0]
            if found.kind != MACHINE_STEP:
                return
            steps[found.deed](self.office.desk, directive_id)


@dataclass(slots=True)
class Seeded:
    """The office with what was written into it."""

    office: Office
    pki: DemoPKI
    machine: Machine
    by_state: dict[str, DirectiveId] = field(default_factory=dict)
    #: What officers' browsers of this run go on with, by name and time of this office's clock.
    sessions: dict[tuple[str, datetime], str] = field(default_factory=dict)

    def actor(self, officer_id: str) -> Actor:
        with self.office.database.reading() as session:
            day = self.office.clock().date()
            return officer_actor(session, officer_id, day)

    def unit(self, organisation_id: str) -> Actor:
        with self.office.database.reading() as session:
            return unit_actor(session, organisation_id)

    def directive(self, key: DirectiveId) -> Directive:
        with self.office.database.reading() as session:
            return session.get_one(Directive, key)

    def content(self, key: DirectiveId) -> DirectiveContent:
        with self.office.database.reading() as session:
            return content_of(session, session.get_one(Directive, key))

    def walk(self, at: datetime) -> None:
        clock = self.office.clock
        assert isinstance(clock, SimulatedClock)
        clock.set(at)

    def draft(self, title: str | None = None) -> Draft:
        reviewed = read_reviewed(DEMO / "96-HD-BTGTU.reviewed.toml")
        draft = make_draft(reviewed, PEOPLE, {})
        return (
            draft if title is None else replace(draft, content=replace(draft.content, title=title))
        )

    def start(self, title: str | None = None, urgency: str | None = None) -> DirectiveId:
        draft = self.draft(title)
        draft = replace(draft, content=replace(draft.content, urgency=urgency))
        return start_directive(self.office.desk, self.actor(PEOPLE.drafter), draft=draft)

    def submitted(self, title: str | None = None, urgency: str | None = None) -> DirectiveId:
        key = self.start(title, urgency)
        submit(self.office.desk, self.actor(PEOPLE.drafter), key)
        return key

    def passes(self, key: DirectiveId, *steps: ReviewStep) -> DirectiveId:
        who = {
            ReviewStep.CONTENT: PEOPLE.content_reviewer,
            ReviewStep.FORM: PEOPLE.form_reviewer,
            ReviewStep.APPROVAL: PEOPLE.signatory,
        }
        for step in steps or tuple(ReviewStep):
            revision = self.directive(key).revision
            pass_step(self.office.desk, self.actor(who[step]), key, step, revision=revision)
        return key

    def approved(self, title: str | None = None, urgency: str | None = None) -> DirectiveId:
        return self.passes(self.submitted(title, urgency))

    def numbered(self, title: str | None = None, urgency: str | None = None) -> DirectiveId:
        key = self.approved(title, urgency)
        take_number(self.office.desk, self.actor(PEOPLE.clerk), key)
        self.machine.run(key)
        return key

    def signed(self, title: str | None = None) -> DirectiveId:
        key = self.numbered(title)
        seen = self.directive(key).frozen_sha256 or ""
        signing_off.sign(
            self.office.desk, self.actor(PEOPLE.signatory), key, seen_sha256=seen, pin=PIN
        )
        self.machine.run(key)
        return key

    def sealed(self, title: str | None = None) -> DirectiveId:
        key = self.signed(title)
        seen = self.directive(key).signed_sha256 or ""
        sealing.seal(self.office.desk, self.actor(PEOPLE.clerk), key, seen_sha256=seen, pin=PIN)
        self.machine.run(key)
        return key

    def issued(self, title: str | None = None) -> DirectiveId:
        key = self.sealed(title)
        issue(self.office.desk, self.actor(PEOPLE.clerk), key)
        return key

    def pdf(self, key: DirectiveId) -> bytes:
        directive = self.directive(key)
        digest = directive.sealed_sha256 or directive.signed_sha256 or directive.frozen_sha256
        return self.office.desk.archive.get(digest or "")

    def obligations(self, key: DirectiveId, organisation_id: str | None = None) -> list[Obligation]:
        query = select(Obligation).where(Obligation.directive_id == key)
        if organisation_id is not None:
            query = query.where(Obligation.organisation_id == organisation_id)
        with self.office.database.reading() as session:
            return list(session.scalars(query.order_by(Obligation.organisation_id)))

    def report(self, organisation_id: str) -> bytes:
        """A report of a unit, signed with the key that the demo's authority gave it."""
        box = SignatureFieldBox(
            name="DonVi", page=1, x_pt=60, y_pt=700, w_pt=160, h_pt=60, page_height_pt=842
        )
        empty = add_signature_fields(plain_page(self.office), [box])
        key = open_pkcs12(self.pki.key(organisation_id), PIN)
        at = self.office.clock()
        prepared = prepare_signature(
            empty,
            request=SignatureRequest(
                kind=SignatureKind.OFFICER, field="DonVi", name=key.certificate.facts.name,
                organisation=key.certificate.facts.organisation, location="", contact="",
                test_only=True,
            ),
            certificate=key.certificate, at=at, fonts=self.office.desk.fonts,
        )  # fmt: skip
        return complete_signature(
            prepared,
            key.sign(prepared.signed_attributes),
            services=self.office.desk.services,
            at=at,
        )

    def link(self, organisation_id: str, key: DirectiveId) -> str:
        """Path of a unit's page."""
        whole = self.office.links.make(organisation_id, str(key))
        return whole.removeprefix(self.office.settings.portal_url)


def plain_page(office: Office) -> bytes:
    """A page without any field, for units to sign."""
    head = RegisterHead(parent_issuer="", issuer="Đơn vị", period="Năm 2022", title="Báo cáo")
    row = ("1",) * len(OUTGOING_COLUMNS)
    return register_paper([row], head=head, at=office.clock(), fonts=office.desk.fonts)


@contextmanager
def seeded_office(folder: Path, *, limit_mib: int = 50) -> Iterator[Seeded]:
    """Opens the demo's office in a folder, with its authority answering on the loopback."""
    with opened(folder, limit_mib) as (office, pki):
        yield Seeded(office=office, pki=pki, machine=Machine(office))


def make_office(office: Office) -> DemoPKI:
    """Loads the demo's office with its keys and accounts, unless it is there already."""
    if not is_empty(office.database):
        return DemoPKI(folder=pki_folder(office.settings))
    clock = office.clock
    assert isinstance(clock, SimulatedClock)
    clock.set(START)
    pki = set_up_office(office.database, office.settings, at=START)
    for officer in OFFICERS:
        add_account(
            office.database, officer_id=officer, username=officer, password=PASSWORD, at=START,
            actor=MACHINE,
        )  # fmt: skip
    return pki


@contextmanager
def opened(folder: Path, limit_mib: int) -> Iterator[tuple[Office, DemoPKI]]:
    plain = load_settings({"TRINHKY_FOLDER": str(folder), "TRINHKY_CLOCK": "simulated"})
    with open_office(plain) as first:
        pki = make_office(first)
    with serving(pki_folder(plain)) as address:
        settings = load_settings(
            {
                "TRINHKY_FOLDER": str(folder),
                "TRINHKY_CLOCK": "simulated",
                "TRINHKY_TIMESTAMPS__URL": TSA_URL,
                "TRINHKY_TIMESTAMPS__PROXY": address,
                "TRINHKY_TIMESTAMPS__FAKE_TIME": "true",
                "TRINHKY_SIZE_LIMIT_MIB": str(limit_mib),
            }
        )
        with open_office(settings) as office:
            yield office, pki


TITLES = {
    "drafting": "Phát động đợt thi đua chào mừng kỷ niệm 130 năm Đà Lạt hình thành và phát triển",
    "in_review": "Tuyên truyền kết quả Hội nghị lần thứ sáu Ban Chấp hành Trung ương khoá XIII",
    "returned": "Tổ chức hội thi báo cáo viên, tuyên truyền viên giỏi năm 2022",
    "waiting_approval": "Định hướng tuyên truyền quý IV năm 2022",
    "approved": "Tăng cường thông tin, tuyên truyền về chuyển đổi số trên địa bàn tỉnh",
    "numbered": None,
    "signed": "Tuyên truyền kỷ niệm 92 năm ngày truyền thống Mặt trận Tổ quốc Việt Nam",
    "sealed": "Triển khai đợt sinh hoạt chính trị về xây dựng Đảng và hệ thống chính trị",
}


def seed_everything(seeded: Seeded) -> None:
    """A directive in every state; the issued one with answers of all kinds."""
    desk, made = seeded.office.desk, seeded.by_state
    made["drafting"] = seeded.start(TITLES["drafting"])
    made["in_review"] = seeded.submitted(TITLES["in_review"], urgency="KHẨN")
    made["returned"] = seeded.submitted(TITLES["returned"])
    return_draft(
        desk, seeded.actor(PEOPLE.form_reviewer), made["returned"], revision=1,
        reason="Địa danh ghi theo nơi cơ quan đóng trụ sở: Đà Lạt, không ghi tên tỉnh.",
    )  # fmt: skip
    checks = (ReviewStep.CONTENT, ReviewStep.FORM)
    title = TITLES["waiting_approval"]
    made["waiting_approval"] = seeded.passes(seeded.submitted(title), *checks)
    made["approved"] = seeded.approved(TITLES["approved"])
    seed_issued(seeded)
    made["numbered"] = seeded.numbered(TITLES["numbered"])
    made["signed"] = seeded.signed(TITLES["signed"])
    made["sealed"] = seeded.sealed(TITLES["sealed"])


def seed_issued(seeded: Seeded) -> None:
    """An issued directive; the first unit has reported, the second asks for more time."""
    key = seeded.by_state["issued"] = seeded.issued()
    # Another test may have walked further.
    seeded.walk(max(seeded.office.clock.now(), datetime(2022, 9, 21, 7, 30, tzinfo=UTC)))
    units = report_units(seeded, key)
    submit_report(
        seeded.office.desk, seeded.unit(units[0]), organisation_id=units[0], directive_id=key,
        file_name="Báo cáo kết quả.pdf", content=seeded.report(units[0]), via="upload",
    )  # fmt: skip
    asked = seeded.obligations(key, units[1])[0]
    request_extension(
        seeded.office.desk, seeded.unit(units[1]), asked.id,
        asked_until=datetime(2022, 12, 5, tzinfo=UTC).date(),
        reason="Chờ số liệu của các xã, phường sau đợt mưa lũ.",
    )  # fmt: skip


def report_units(seeded: Seeded, key: DirectiveId) -> list[str]:
    """Units that owe a report with a day, other than the office itself."""
    own = seeded.directive(key).organisation_id
    return sorted(
        {
            one.organisation_id
            for one in seeded.obligations(key)
            if one.is_report and one.due and one.organisation_id != own
        }
    )


def main(folder: Path, port: int) -> None:
    """Serves a seeded office for looking at."""
    import uvicorn  # noqa: PLC0415 (only to look by hand)

    from portal.app import make_app  # noqa: PLC0415

    with seeded_office(folder) as seeded:
        if not (folder / "seeded.json").exists():
            seed_everything(seeded)
            keys = {state: str(key) for state, key in seeded.by_state.items()}
            units = report_units(seeded, seeded.by_state["issued"])
            links = [seeded.link(unit, seeded.by_state["issued"]) for unit in units[:3]]
            (folder / "seeded.json").write_text(json.dumps({"keys": keys, "links": links}))
        print(json.dumps({"password": PASSWORD, "pin": PIN, "officers": OFFICERS}))
        uvicorn.run(make_app(seeded.office, nudge=seeded.machine), port=port, log_level="warning")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 8090)
