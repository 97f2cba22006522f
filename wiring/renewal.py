"""How stored documents are cared for here: terms from the settings, anchors from the folder."""

import hashlib

from actions.renewing import RenewalReport, Terms, judge_again
from actions.stamping import StampingReport, add_missing_timestamps
from signing.anchors import read_trust
from signing.policy import OFFICIAL
from signing.trust import Anchor
from wiring.bootstrap import Office
from wiring.settings import Settings


def add_timestamps(office: Office) -> StampingReport:
    """Adds the time stamps that were not to be had when it was signed."""
    return add_missing_timestamps(office.desk, trust=trust_mark(office.settings))


def care_for_documents(office: Office) -> RenewalReport:
    """Judges again what is due today, and renews time stamps that run out soon."""
    return judge_again(office.desk, terms_of(office.settings))


def terms_of(settings: Settings) -> Terms:
    """Returns when to look again and when to renew.

    Raises:
        TrustStoreError: a file in the trust folder holds no certificate.
    """
    renewal = settings.renewal
    return Terms(
        days_before=renewal.days_before,
        every_days=renewal.every_days,
        batch=renewal.batch,
        trust=trust_mark(settings),
    )


def trust_mark(settings: Settings) -> str:
    """Returns what changes when other anchors are trusted, on other terms, or by other rules.

    Raises:
        TrustStoreError: a file in the trust folder holds no certificate.
    """
    trust = read_trust(settings.trust_folder)
    anchors = sorted(map(_anchor, trust.anchors))
    helping = sorted(hashlib.sha256(der).hexdigest() for der in trust.intermediates)
    said = "\n".join((repr(OFFICIAL.name), repr(OFFICIAL.version), *anchors, *helping))
    return hashlib.sha256(said.encode()).hexdigest()


def _anchor(anchor: Anchor) -> str:
    purposes = sorted(one.value for one in anchor.purposes)
    return repr(
        (anchor.sha256_hex, anchor.since, anchor.until, purposes, sorted(anchor.organisations))
    )
