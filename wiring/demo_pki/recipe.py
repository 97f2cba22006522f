"""The authority as data: who gets which certificate, in certomancer's words."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

HOST: Final = "http://ca.thu-nghiem.invalid"
ARCH: Final = "demo"
TSA_URL: Final = f"{HOST}/{ARCH}/tsa/tsa"
AUTHORITY: Final = "Cơ quan chứng thực THỬ NGHIỆM"
MARK: Final = "Chứng thư thử nghiệm, không có giá trị pháp lý"
_RSA_AUTHORITIES: Final = ("root", "issuing", "tsa", "ocsp-root", "ocsp-issuing")

_GROWING: Final = (
    ("keysets", ARCH, "keys"),
    ("pki-architectures", ARCH, "entities"),
    ("pki-architectures", ARCH, "certs"),
)
"""Where a recipe has something for each holder."""


class HolderKind(StrEnum):
    """What a holder does; the last three exist so that refusals can be tried."""

    OFFICER = "officer"
    AGENCY = "agency"
    UNIT = "unit"
    REVOKED = "revoked"
    EXPIRED = "expired"
    WRONG_USAGE = "wrong_usage"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoHolder:
    """Somebody who gets a key and a certificate."""

    id: str
    """Name of the files (`keys/<id>.p12`); ASCII letters, digits, `-` and `_`."""

    common_name: str
    organisation: str
    email: str
    kind: HolderKind


def uses_rsa(kind: HolderKind) -> bool:
    """Units get EC keys, because sixty RSA keys would take too long to make."""
    return kind in {HolderKind.OFFICER, HolderKind.AGENCY}


def key_names(people: Sequence[DemoHolder]) -> dict[str, bool]:
    """Every key of the authority: name to whether it is RSA."""
    own = dict.fromkeys(_RSA_AUTHORITIES, True)
    return own | {person.id: uses_rsa(person.kind) for person in people}


def _between(first: str, last: str) -> dict[str, str]:
    return {"valid-from": f"{first}T00:00:00+0000", "valid-to": f"{last}T00:00:00+0000"}


_LIFE: Final = _between("2020-01-01", "2048-01-01")
_HOLDER_LIFE: Final = _between("2021-01-01", "2045-12-31")
_EXPIRED_LIFE: Final = _between("2019-01-01", "2021-01-01")
_REVOKED_SINCE: Final = "2021-06-15T00:00:00+0000"


def _usage(*names: str) -> dict[str, Any]:
    value = {"schema": "key-usage", "params": list(names)}
    return {"id": "key_usage", "critical": True, "smart-value": value}


def _crl(repo: str) -> dict[str, Any]:
    value = {"schema": "crl-dist-url", "params": {"crl-repo-names": [repo]}}
    return {"id": "crl_distribution_points", "smart-value": value}


def _access(repo: str) -> dict[str, Any]:
    params = {"ocsp-responder-names": [repo], "ca-issuer-links": [{"repo": repo}]}
    return {
        "id": "authority_information_access",
        "smart-value": {"schema": "aia-urls", "params": params},
    }


def _email(address: str) -> dict[str, Any]:
    names = [{"type": "email", "value": address}]
    return {"id": "subject_alt_name", "smart-value": {"schema": "general-names", "params": names}}


def _authorities() -> dict[str, Any]:
    stamping = {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]}
    responder = {"validity": _LIFE, "profiles": ["ocsp-responder"]}
    return {
        "root": {
            "subject": "root",
            "issuer": "root",
            "validity": _between("2020-01-01", "2050-01-01"),
            "profiles": [{"id": "simple-ca", "params": {"max-path-len": 1}}],
        },
        "issuing": {
            "issuer": "root",
            "validity": _LIFE,
            "profiles": [{"id": "simple-ca", "params": {"max-path-len": 0}}],
            "extensions": [_access("root"), _crl("root")],
        },
        "ocsp-root": {"issuer": "root", **responder},
        "ocsp-issuing": {"issuer": "issuing", **responder},
        "tsa": {
            "issuer": "root",
            "validity": _LIFE,
            "extensions": [_usage("digital_signature"), stamping, _access("root"), _crl("root")],
        },
    }


def _certificate(person: DemoHolder) -> dict[str, Any]:
    wrong = person.kind is HolderKind.WRONG_USAGE
    usage = _usage("key_encipherment") if wrong else _usage("digital_signature", "non_repudiation")
    expired = person.kind is HolderKind.EXPIRED
    certificate: dict[str, Any] = {
        "issuer": "issuing",
        "validity": _EXPIRED_LIFE if expired else _HOLDER_LIFE,
        "extensions": [usage, _crl("issuing"), _access("issuing"), _email(person.email)],
    }
    if person.kind is HolderKind.REVOKED:
        certificate["revocation"] = {"revoked-since": _REVOKED_SINCE, "reason": "key_compromise"}
    return certificate


def _entities(people: Sequence[DemoHolder]) -> dict[str, Any]:
    own = {
        "root": "CA gốc THỬ NGHIỆM",
        "issuing": "CA phục vụ cơ quan THỬ NGHIỆM",
        "tsa": "Dịch vụ dấu thời gian THỬ NGHIỆM",
        "ocsp-root": "OCSP của CA gốc THỬ NGHIỆM",
        "ocsp-issuing": "OCSP THỬ NGHIỆM",
    }
    entities: dict[str, Any] = {
        label: {"organization-name": AUTHORITY, "common-name": name} for label, name in own.items()
    }
    for person in people:
        entities[person.id] = {
            "organization-name": person.organisation,
            "organizational-unit-name": MARK,
            "common-name": person.common_name,
            "email-address": person.email,
        }
    return entities


def _services() -> dict[str, Any]:
    ocsp = {
        issuer: {
            "for-issuer": issuer,
            "responder-cert": f"ocsp-{issuer}",
            "signing-key": f"ocsp-{issuer}",
            "validity-period": {"days": 7},
        }
        for issuer in ("root", "issuing")
    }
    return {
        "ocsp": ocsp,
        "crl-repo": {
            "root": {
                "for-issuer": "root",
                "signing-key": "root",
                "simulated-update-schedule": "P90D",
            },
            "issuing": {
                "for-issuer": "issuing",
                "signing-key": "issuing",
                "simulated-update-schedule": "P30D",
            },
        },
        "cert-repo": {
            "root": {"for-issuer": "root", "publish-issued-certs": True},
            "issuing": {"for-issuer": "issuing", "publish-issued-certs": False},
        },
        "time-stamping": {"tsa": {"signing-key": "tsa", "signing-cert": "tsa"}},
    }


def recipe(people: Sequence[DemoHolder]) -> dict[str, Any]:
    """The whole authority as certomancer's configuration.

    The same people give the same certificates each time it is loaded, byte for byte, because all
    issuers have RSA keys.
    """
    keys = {name: {"path": f"{name}.key.pem"} for name in key_names(people)}
    return {
        "external-url-prefix": HOST,
        "keysets": {ARCH: {"path-prefix": ".", "keys": keys}},
        "pki-architectures": {
            ARCH: {
                "keyset": ARCH,
                "entity-defaults": {"country-name": "VN"},
                "entities": _entities(people),
                "certs": _authorities() | {person.id: _certificate(person) for person in people},
                "services": _services(),
            }
        },
    }


def joined(known: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """An authority's recipe with newcomers; what it knows stays as it is.

    Newcomers stand last: certomancer numbers certificates in their order.
    """
    if not known:
        return dict(wanted)
    both = copy.deepcopy(dict(known))
    for path in _GROWING:
        ours, theirs = both, wanted
        for step in path:
            ours, theirs = ours[step], theirs[step]
        for name, value in theirs.items():
            ours.setdefault(name, value)
    return both
