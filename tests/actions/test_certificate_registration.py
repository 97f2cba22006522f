"""A certificate is registered for exactly one holder that the office knows."""

import hashlib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from actions.auditing import MACHINE
from actions.errors import InvalidInputError, NotFoundError
from actions.office_loading import register_certificate
from models.audit import AuditEvent
from models.officer import RegisteredCertificate
from models.session import Database
from tests.support.factories import small_office

DER = b"a certificate"
PRINT = hashlib.sha256(DER).hexdigest()
AT = datetime(2022, 9, 1, 1, 0, tzinfo=UTC)


def register(database: Database, **changes: object) -> None:
    values: dict[str, Any] = {
        "officer_id": "signatory", "der": DER, "subject": "Trần Văn Ký", "fingerprint": PRINT,
        "key_kind": "pkcs12", "key_location": "keys/signatory.p12",
        "valid_from": date(2022, 1, 1), "at": AT, "actor": MACHINE,
    }  # fmt: skip
    register_certificate(database, **{**values, **changes})


def deeds(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.sequence))
        return [(row.deed, row.outcome) for row in rows]


def test_a_certificate_is_registered_once_with_one_event(database: Database) -> None:
    small_office(database)
    register(database)
    register(database)
    with database.reading() as session:
        assert session.get_one(RegisteredCertificate, PRINT).officer_id == "signatory"
    assert deeds(database) == [("register_certificate", "done")]


def test_a_key_that_moved_is_written_down(database: Database) -> None:
    small_office(database)
    register(database)
    register(database, key_location="elsewhere.p12")
    with database.reading() as session:
        assert session.get_one(RegisteredCertificate, PRINT).key_location == "elsewhere.p12"
    assert len(deeds(database)) == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"officer_id": "nobody"}, NotFoundError),
        ({"officer_id": None, "organisation_id": "nowhere"}, NotFoundError),
        ({"officer_id": None}, InvalidInputError),
        ({"organisation_id": "ban"}, InvalidInputError),
        ({"fingerprint": "0" * 64}, InvalidInputError),
    ],
)
def test_a_certificate_without_a_known_holder_is_refused_and_the_attempt_recorded(
    database: Database, changes: dict[str, Any], error: type[Exception]
) -> None:
    small_office(database)
    with pytest.raises(error):
        register(database, **changes)
    assert deeds(database) == [("register_certificate", "refused")]
