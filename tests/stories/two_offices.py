"""Two installations that know nothing of each other but a channel: one issues, one receives.

Each has its own folder, database, archive, authority and officers. What lies between them is a
folder (each one's way out is the other's way in), or HTTP.
"""

import hashlib
import shutil
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn
from sqlalchemy import select, text, update

from actions.access import officer_actor
from actions.auditing import MACHINE, Actor
from actions.dispatching import deliver_batch
from actions.office_loading import register_certificate
from actions.receiving_edxml import receive_edxml
from delivery.edxml.message import DocumentMessage
from delivery.edxml.reading import read_edxml
from delivery.edxml.writing import write_edxml
from models.base import DirectiveId
from models.dispatch import Consignment, IncomingMessage, Notice
from models.incoming import IncomingAssignment, IncomingDocument, IncomingRequest
from models.obligation import Obligation
from models.organisation import Organisation
from models.report import Report
from portal.api.edxml import PATH
from portal.app import make_app
from signing.anchors import INTERMEDIATES
from signing.certificates import read_facts
from signing.completing import complete_signature
from signing.fields import SignatureFieldBox, add_signature_fields
from signing.keys.software import open_pkcs12
from signing.request import SignatureKind, SignatureRequest
from signing.sign import prepare_signature
from tests.portal.seeded import PIN, START, Machine, Seeded, make_office, plain_page
from wiring.bootstrap import Office, open_office
from wiring.clock import SimulatedClock, sleep
from wiring.demo_office import pem_to_der
from wiring.demo_pki.build import DemoPKI
from wiring.demo_pki.recipe import TSA_URL
from wiring.demo_pki.serve import serving
from wiring.demo_setup import CERTIFIED_FROM, pki_folder, set_up_office
from wiring.processes import any_port
from wiring.settings import load_settings

A, B = "btgtu-lam-dong", "huyen-uy-lac-duong"
A_ID, B_ID = "000.00.05.H36", "000.21.00.H36"
OFFICE_B = f"""
[office]
organisation = "{B}"
mailbox = "huyen-uy@lacduong.example"
test_only = true

[[organisation]]
id = "{A}"
name = "Ban Tuyên giáo Tỉnh ủy Lâm Đồng"
regime = "party"
agency_id = "{A_ID}"
channel = "edxml_folder"
address = "{B}"
valid_from = 2020-10-17
invented = true

[[organisation]]
id = "{B}"
name = "Huyện ủy Lạc Dương"
regime = "party"
agency_id = "{B_ID}"
address = "huyen-uy@lacduong.example"
place = "Lạc Dương"
valid_from = 2020-10-17
invented = true

[[organisation]]
id = "ban-tuyen-giao-huyen-uy"
name = "Ban Tuyên giáo Huyện ủy Lạc Dương"
regime = "party"
parent = "{B}"
valid_from = 2020-10-17
invented = true
""" + "".join(
    f"""
[[officer]]
id = "{key}"
name = "{name}"
posts = [{{ organisation = "{B}", title = "{title}", roles = ["{role}"], valid_from = 2020-10-17 }}]
invented = true
"""
    for key, name, title, role in (
        ("bi-thu", "Nguyễn Văn Bí", "Bí thư", "signatory"),
        ("van-thu", "Trần Thị Thư", "Văn thư", "registry_clerk"),
        ("chuyen-vien", "Lê Văn Viên", "Chuyên viên", "drafter"),
        ("phoi-hop", "Phạm Thị Hợp", "Chuyên viên", "follow_up"),
    )
)
"""The receiving office's file."""


@dataclass(slots=True)
class Receiving:
    """The receiving office."""

    office: Office
    pki: DemoPKI

    def actor(self, officer_id: str) -> Actor:
        with self.office.database.reading() as session:
            return officer_actor(session, officer_id, self.office.clock().date())

    def papers(self) -> list[IncomingDocument]:
        with self.office.database.reading() as session:
            # The clock of a story may stand still: what came later is the later row.
            query = select(IncomingDocument).order_by(IncomingDocument.arrived_at, text("rowid"))
            return list(session.scalars(query))

    def paper(self) -> IncomingDocument:
        """The only one, or the newest."""
        return self.papers()[-1]

    def parts(self, key: uuid.UUID) -> list[IncomingAssignment]:
        query = select(IncomingAssignment).where(IncomingAssignment.document_id == key)
        with self.office.database.reading() as session:
            return list(session.scalars(query.order_by(IncomingAssignment.leads.desc())))

    def asked(self) -> IncomingRequest:
        query = select(IncomingRequest).where(IncomingRequest.state == "asked")
        with self.office.database.reading() as session:
            return session.scalars(query).one()

    def notices(self) -> list[Notice]:
        with self.office.database.reading() as session:
            return list(session.scalars(select(Notice).order_by(Notice.created_at)))

    def repeat_all(self) -> None:
        """Everything lies there once more, in other bytes, as a sender repeats it."""
        inbox = self.office.settings.edxml_inbox_folder
        with self.office.database.reading() as session:
            rows = session.scalars(select(IncomingMessage)).all()
        for row in rows:
            if self.office.desk.archive.has(row.raw_sha256):
                raw = self.office.desk.archive.get(row.raw_sha256)
                (inbox / row.sender / f"{row.id}.edxml").write_bytes(raw + b"\n")

    def signed_report(self) -> bytes:
        """A report that the receiving office's own seal has signed."""
        return sign_page(self.office, self.pki, B)


@dataclass(slots=True)
class Issuing(Seeded):
    """The issuing office: the demo's."""

    def consignment(self, key: DirectiveId) -> Consignment:
        query = select(Consignment).where(
            Consignment.directive_id == key,
            Consignment.organisation_id == B,
            Consignment.rerouted_to_id.is_(None),
        )
        with self.office.database.reading() as session:
            return session.scalars(query).one()

    def state_at_b(self, key: DirectiveId) -> str:
        return self.consignment(key).state

    def damage_on_the_way(self, receiver: Office, key: DirectiveId) -> None:
        """Sends everything, then changes a byte of the paper where it lies between both."""
        while deliver_batch(self.office.desk).claimed:
            pass
        (path,) = (
            one.handle for one in receiver.edxml_inbox().fetch() if str(key).encode() in one.raw
        )
        file = receiver.settings.edxml_inbox_folder / path
        message = read_edxml(file.read_bytes(), size_limit_bytes=10_000_000)
        assert isinstance(message, DocumentMessage)
        pdf = message.files[0].content
        bad = replace(message.files[0], content=pdf[:400] + bytes([pdf[400] ^ 1]) + pdf[401:])
        whole = replace(message, files=(bad,))
        file.write_bytes(write_edxml(whole, at=self.office.clock(), key="damaged"))

    def owed_by_b(self, key: DirectiveId) -> list[Obligation]:
        return self.obligations(key, B)

    def reports(self) -> list[Report]:
        with self.office.database.reading() as session:
            return list(session.scalars(select(Report)))


def sign_page(office: Office, pki: DemoPKI, holder: str) -> bytes:
    """A plain page signed with a key of an office's own authority."""
    box = SignatureFieldBox(
        name="DonVi", page=1, x_pt=60, y_pt=700, w_pt=160, h_pt=60, page_height_pt=842
    )
    empty = add_signature_fields(plain_page(office), [box])
    key = open_pkcs12(pki.key(holder), PIN)
    at = office.clock()
    prepared = prepare_signature(
        empty,
        request=SignatureRequest(
            kind=SignatureKind.OFFICER, field="DonVi", name=key.certificate.facts.name,
            organisation=key.certificate.facts.organisation, location="", contact="",
            test_only=True,
        ),
        certificate=key.certificate, at=at, fonts=office.desk.fonts,
    )  # fmt: skip
    return complete_signature(
        prepared, key.sign(prepared.signed_attributes), services=office.desk.services, at=at
    )


def trust_the_other(office: Office, theirs: DemoPKI, organisation_id: str) -> None:
    """Takes the other's anchor in, and its seal as that organisation's."""
    folder = office.settings.trust_folder
    shutil.copyfile(theirs.root, folder / f"{organisation_id}.pem")
    shutil.copyfile(theirs.intermediate, folder / INTERMEDIATES / f"{organisation_id}.pem")
    der = pem_to_der(theirs.certificate(organisation_id).read_bytes())
    facts = read_facts(der)
    register_certificate(
        office.database, organisation_id=organisation_id, der=der, subject=facts.name,
        fingerprint=facts.sha256_hex, trial=True, valid_from=CERTIFIED_FROM.date(), at=START,
        actor=MACHINE,
    )  # fmt: skip


@contextmanager
def installation(folder: Path, make: Any, **settings: str) -> Iterator[tuple[Office, DemoPKI]]:  # noqa: ANN401 (makes an office, returns its authority)
    """One installation with its own authority answering on the loopback."""
    usual = {"TRINHKY_FOLDER": str(folder), "TRINHKY_CLOCK": "simulated", **settings}
    with open_office(load_settings(usual)) as first:
        pki = make(first)
    with serving(pki_folder(first.settings)) as address:
        whole = {
            **usual,
            "TRINHKY_TIMESTAMPS__URL": TSA_URL,
            "TRINHKY_TIMESTAMPS__PROXY": address,
            "TRINHKY_TIMESTAMPS__FAKE_TIME": "true",
        }
        with open_office(load_settings(whole)) as office:
            yield office, pki


def make_issuing(office: Office) -> DemoPKI:
    """The demo's office; every unit but B takes paper alone, which waits for a person."""
    pki = make_office(office)
    with office.database.writing() as session:
        session.execute(update(Organisation).values(channel="paper"))
        session.get_one(Organisation, A).agency_id = A_ID
        b = session.get_one(Organisation, B)
        # The address is the sub-folder: how B's office file calls A.
        b.agency_id, b.channel, b.address = B_ID, "edxml_folder", A
    return pki


def make_receiving(office: Office) -> DemoPKI:
    """The receiving office from its own file."""
    source = office.settings.home / "office.toml"
    source.write_text(OFFICE_B, encoding="utf-8")
    assert isinstance(office.clock, SimulatedClock)
    office.clock.set(START)
    return set_up_office(office.database, office.settings, at=START, source=source)


def carry(*offices: Office) -> None:
    """Lets every message out and in until nothing moves any more."""
    moved = True
    while moved:
        moved = False
        for office in offices:
            while deliver_batch(office.desk).claimed:
                moved = True
        for office in offices:
            moved = take_in(office) or moved


def take_in(office: Office) -> bool:
    """Takes in what lies in the folder, as the flow does. Tells whether there was anything."""
    inbox, found = office.edxml_inbox(), False
    for message in inbox.fetch():
        receive_edxml(office.desk, message.raw, channel="edxml_folder", sender=message.sender)
        inbox.done(message)
        found = True
    return found


@contextmanager
def two_offices(folder: Path) -> Iterator[tuple[Issuing, Receiving]]:
    """Both, tied by folders: each one's outbox is the other's inbox."""
    home_a, home_b = folder / "a", folder / "b"
    box_a, box_b = folder / "to-a", folder / "to-b"
    for box in (box_a, box_b):
        box.mkdir(parents=True)
    with ExitStack() as stack:
        sides = []
        for home, make, inbox, outbox in (
            (home_a, make_issuing, box_a, box_b),
            (home_b, make_receiving, box_b, box_a),
        ):
            ways = {"TRINHKY_EDXML__INBOX": str(inbox), "TRINHKY_EDXML__OUTBOX": str(outbox)}
            sides.append(stack.enter_context(installation(home, make, **ways)))
        (office_a, pki_a), (office_b, pki_b) = sides
        trust_the_other(office_a, pki_b, B)
        trust_the_other(office_b, pki_a, A)
        a = Issuing(office=office_a, pki=pki_a, machine=Machine(office_a))
        yield a, Receiving(office=office_b, pki=pki_b)


@contextmanager
def served(office: Office, port: int) -> Iterator[None]:
    """The portal of an office as it is run, on the loopback."""
    app = make_app(office, nudge=lambda _directive_id: None)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        sleep(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def two_offices_over_http(folder: Path) -> Iterator[tuple[Issuing, Receiving]]:
    """Both, each posting to the other's portal; a secret for each direction."""
    port_a, port_b = any_port(), any_port()
    with ExitStack() as stack:
        sides = []
        for name, make, port, other in (
            ("a", make_issuing, port_a, port_b),
            ("b", make_receiving, port_b, port_a),
        ):
            home = folder / name
            home.mkdir(parents=True)
            url = f"http://127.0.0.1:{other}{PATH}"
            _secret(home / "edxml.secrets", url, f"{name} writes to the other")
            peer, words = (
                (B, "b writes to the other") if name == "a" else (A, "a writes to the other")
            )
            _secret(home / "edxml.senders", peer, words)
            ways = {"TRINHKY_EDXML__HOSTS": f"127.0.0.1:{other}"}
            office, pki = stack.enter_context(installation(home, make, **ways))
            with office.database.writing() as session:
                row = session.get_one(Organisation, peer)
                row.channel, row.address = "edxml_http", url
            stack.enter_context(served(office, port))
            sides.append((office, pki))
        (office_a, pki_a), (office_b, pki_b) = sides
        trust_the_other(office_a, pki_b, B)
        trust_the_other(office_b, pki_a, A)
        a = Issuing(office=office_a, pki=pki_a, machine=Machine(office_a))
        yield a, Receiving(office=office_b, pki=pki_b)


def _secret(path: Path, name: str, words: str) -> None:
    path.write_text(f"{name} {hashlib.sha256(words.encode()).hexdigest()}\n", encoding="utf-8")
    path.chmod(0o600)
