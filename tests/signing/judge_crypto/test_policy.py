"""A verdict names its policy by name and version: the same version has the same values."""

import dataclasses
import hashlib

import pytest

from signing.policy import PROFILES, VerificationPolicy

VALUES = {
    "2026.2": "476fe5685a668961",
}
"""Digest of all values but the name's own, by version. A new value needs a new version here."""


def digest(policy: VerificationPolicy) -> str:
    told = {
        field.name: sorted(value) if isinstance(value, frozenset) else str(value)
        for field in dataclasses.fields(policy)
        if field.name not in {"name", "version", "trust"}
        for value in [getattr(policy, field.name)]
    }
    return hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:16]


@pytest.mark.parametrize("policy", PROFILES.values(), ids=PROFILES)
def test_a_version_has_its_values(policy: VerificationPolicy) -> None:
    assert VALUES[policy.version] == digest(policy)


def test_another_value_is_noticed() -> None:
    policy = PROFILES["official"]
    assert digest(dataclasses.replace(policy, rsa_bits=1024)) != digest(policy)
    assert digest(dataclasses.replace(policy, name="other")) == digest(policy)
