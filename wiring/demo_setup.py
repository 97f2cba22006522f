"""Sets up an office that can be tried at once: its data, a certificate authority, keys, sign-ins.

Everything it makes is for trials: the certificates say THỬ NGHIỆM, keys and PINs lie on the disk.
"""

import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sqlalchemy import select

from actions import setting_up
from actions.accounts import add_account
from actions.auditing import MACHINE, Actor
from actions.office_loading import load_office, register_certificate
from actions.offices import mail_address
from models.officer import Account, Officer, Post, RegisteredCertificate, Role
from models.organisation import Office as OfficeRow
from models.organisation import Organisation
from models.session import Database
from signing.anchors import INTERMEDIATES, read_trust
from signing.certificates import read_facts
from wiring.demo_office import pem_to_der, write_private
from wiring.demo_pki.build import DemoPKI, build_demo_pki
from wiring.demo_pki.recipe import DemoHolder, HolderKind
from wiring.settings import PROJECT, Settings

DEMO_OFFICE: Final = PROJECT / "demo" / "office.toml"
"""The built-in office: Ban Tuyên giáo Tỉnh ủy Lâm Đồng as of September 2022."""
CERTIFIED_FROM: Final = datetime(2021, 1, 2, tzinfo=UTC)
"""From when the trial certificates are accepted; just after they begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How one officer of the demo signs in."""

    officer_id: str
    name: str
    post: str
    username: str
    password: str
    pin: str
    """Opens the officer's key, or the agency's for the registry clerk; empty for others."""


def pki_folder(settings: Settings) -> Path:
    """Where the trial authority lies."""
    return settings.home / "pki"


def sign_ins_file(settings: Settings) -> Path:
    """Where the demo's sign-ins are written down, readable by their owner alone."""
    return settings.home / "sign-ins.json"


def is_empty(database: Database) -> bool:
    """Tells whether no office was loaded yet."""
    with database.reading() as session:
        return session.get(OfficeRow, 1) is None


def set_up_office(
    database: Database, settings: Settings, *, at: datetime, source: Path = DEMO_OFFICE
) -> DemoPKI:
    """Loads an office and gives its signatories, its agency and all units trial certificates.

    Idempotent. The keys of the office go to the settings' key folder, the anchor to the trust
    folder; the units' keys stay with the authority, for the simulated units.

    Raises:
        OfficeFileRefusedError: the office file is wrong; names every place.
    """
    load_office(database, source, at=at, actor=MACHINE)
    return give_trial_keys(database, settings, at=at)


def give_trial_keys(database: Database, settings: Settings, *, at: datetime) -> DemoPKI:
    """Gives the signatories, the agency and the units of a loaded office trial certificates.

    Idempotent for the same people.
    """
    return _give(database, settings, _holders(database), at, MACHINE)


def begin_trial(
    database: Database, settings: Settings, *, at: datetime, actor: Actor = MACHINE
) -> tuple[str, ...]:
    """Lets an office of one's own try everything before it has real certificates.

    Who has a certificate keeps it; those who came since the last time get theirs.

    Returns:
        Names of those who got one to sign with, the agency among them.

    Raises:
        NotAuthorisedError: the actor is neither the machine nor an administrator.
        InvalidInputError: the office is not on trial, or nobody has the role of a signatory.
    """
    lacking = setting_up.begin_trial(database, at=at, actor=actor)
    with database.reading() as session:
        certified = set(session.scalars(select(RegisteredCertificate.organisation_id)))
    holders = [
        one
        for one in _holders(database)
        if one.id in lacking or (one.kind is HolderKind.UNIT and one.id not in certified)
    ]
    _give(database, settings, holders, at, actor)
    return tuple(one.common_name for one in holders if one.id in lacking)


def prepare_authority(database: Database, settings: Settings) -> None:
    """Makes the trial authority of an office that is on trial and trusts nobody yet.

    Its time stamps are then there before the first certificate is given.
    """
    with database.reading() as session:
        on_trial = session.scalars(select(OfficeRow.test_only)).one()
    trusts = read_trust(settings.trust_folder).anchors
    if on_trial and not trusts and not (pki_folder(settings) / "root.pem").exists():
        _trust(build_demo_pki(pki_folder(settings), ()), settings)


def prepare_demo_office(
    database: Database, settings: Settings, *, at: datetime
) -> tuple[SignIn, ...]:
    """Sets up the built-in office with an account for every officer; returns the sign-ins.

    Idempotent: passwords are made up once and kept in `sign_ins_file`.
    """
    pki = set_up_office(database, settings, at=at)
    path = sign_ins_file(settings)
    if not path.exists():
        # Written before the accounts are made: a password that was made up is never lost.
        text = json.dumps([asdict(one) for one in _new_sign_ins(database, pki)], ensure_ascii=False)
        write_private(path, text.encode())
    sign_ins = tuple(SignIn(**one) for one in json.loads(path.read_text(encoding="utf-8")))
    with database.reading() as session:
        known = set(session.scalars(select(Account.officer_id)))
    for one in sign_ins:
        if one.officer_id not in known:
            add_account(
                database,
                officer_id=one.officer_id,
                username=one.username,
                password=one.password,
                at=at,
                actor=MACHINE,
            )
    return sign_ins


def _give(
    database: Database,
    settings: Settings,
    holders: Sequence[DemoHolder],
    at: datetime,
    actor: Actor,
) -> DemoPKI:
    pki = build_demo_pki(pki_folder(settings), holders)
    _trust(pki, settings)
    for holder in holders:
        _register(database, settings, pki, holder, at=at, actor=actor)
    return pki


def _holders(database: Database) -> tuple[DemoHolder, ...]:
    """Signatories, the agency itself, and every unit with an address."""
    with database.reading() as session:
        office = session.scalars(select(OfficeRow)).one()
        own = session.get_one(Organisation, office.organisation_id)
        posts = session.execute(select(Officer, Post).join(Post, Post.officer_id == Officer.id))
        signatories = {
            officer.id: DemoHolder(
                id=officer.id,
                common_name=officer.name,
                organisation=own.name,
                email=officer.email or office.mailbox,
                kind=HolderKind.OFFICER,
            )
            for officer, post in posts
            if Role.SIGNATORY.value in post.roles
        }
        units = session.scalars(
            select(Organisation)
            .where(Organisation.address.is_not(None), Organisation.id != own.id)
            .order_by(Organisation.id)
        )
        agency = DemoHolder(
            id=own.id,
            common_name=own.name,
            organisation=own.name,
            email=office.mailbox,
            kind=HolderKind.AGENCY,
        )
        return (
            *signatories.values(),
            agency,
            *(
                DemoHolder(
                    id=unit.id,
                    common_name=unit.name,
                    organisation=unit.name,
                    email=mail_address(unit) or f"{unit.id}@donvi.example",
                    kind=HolderKind.UNIT,
                )
                for unit in units
            ),
        )


def _trust(pki: DemoPKI, settings: Settings) -> None:
    helping = settings.trust_folder / INTERMEDIATES
    helping.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(pki.root, settings.trust_folder / "root.pem")
    shutil.copyfile(pki.intermediate, helping / "intermediate.pem")


def _register(
    database: Database,
    settings: Settings,
    pki: DemoPKI,
    holder: DemoHolder,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    der = pem_to_der(pki.certificate(holder.id).read_bytes())
    facts = read_facts(der)
    ours = holder.kind is not HolderKind.UNIT
    location = f"{holder.id}.p12" if ours else None
    if location is not None:
        write_private(settings.keys_folder / location, pki.key(holder.id).read_bytes())
    is_officer = holder.kind is HolderKind.OFFICER
    register_certificate(
        database,
        officer_id=holder.id if is_officer else None,
        organisation_id=None if is_officer else holder.id,
        der=der,
        subject=facts.name,
        fingerprint=facts.sha256_hex,
        key_kind="pkcs12" if ours else "none",
        key_location=location,
        trial=True,
        valid_from=CERTIFIED_FROM.date(),
        at=at,
        actor=actor,
    )


def _new_sign_ins(database: Database, pki: DemoPKI) -> list[SignIn]:
    with database.reading() as session:
        office = session.scalars(select(OfficeRow)).one()
        rows = session.execute(
            select(Officer, Post).join(Post, Post.officer_id == Officer.id).order_by(Post.id)
        ).all()
        pins: Mapping[str, str] = {
            Role.SIGNATORY.value: "",
            Role.REGISTRY_CLERK.value: office.organisation_id,
        }
        made: dict[str, SignIn] = {}
        for officer, post in rows:
            key = next((pins[role] or officer.id for role in post.roles if role in pins), None)
            made.setdefault(
                officer.id,
                SignIn(
                    officer_id=officer.id,
                    name=officer.name,
                    post=post.title,
                    username=officer.id.replace("-", "."),
                    password=f"thu-nghiem-{secrets.token_hex(5)}",
                    pin=pki.pin(key) if key else "",
                ),
            )
        return list(made.values())
