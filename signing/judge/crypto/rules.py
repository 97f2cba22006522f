"""What this package does not judge, each rule with a name, a sentence and a source.

A message or a chain that breaks one of these is no forgery by that alone: the library is asked.
What no honest writer makes is refused by a finding (`signing.words.RULES`).
"""

from __future__ import annotations

from typing import Final

from signing.judge.faults import Rule

RULES: Final[dict[str, Rule]] = {
    # Signed messages.
    "der": Rule(
        "Everything is in DER; frames may have indefinite lengths.", "X.690, 8.1.3.6 and 10.1"
    ),
    "filled": Rule("The place for a signature is filled, not all zeros.", "ISO 32000-2, 12.8.1"),
    "one_signer": Rule("A message has exactly one signer.", "ISO 32000-2, 12.8.3.3"),
    "signer_certificate": Rule(
        "Exactly one certificate of the message is the one that the signer names.",
        "RFC 5652, 5.3",
    ),
    "attributes": Rule("Each attribute is there once, with one value.", "RFC 5652, 11"),
    "attributes_absent": Rule(
        "Without signed attributes only the plain Adobe form, under RSA or ECDSA.", "RFC 5652, 5.4"
    ),
    "certificate_named": Rule(
        "The signer's certificate is named by a hash of a known kind.", "RFC 5035, 3"
    ),
    "token": Rule("A time-stamp token keeps to its standard form.", "RFC 3161, 2.4.2"),
    "hash_algorithm": Rule("The digest is SHA-1, SHA-2, SHA-3 or SHAKE256.", "RFC 5754; RFC 8702"),
    "signature_parameters": Rule(
        "Parameters of RSASSA-PSS name one hash for both of its steps.", "RFC 4055, 3.1"
    ),
    "public_key": Rule(
        "The public key is RSA, EC on a named curve, Ed25519 or Ed448.", "RFC 5480; RFC 8410"
    ),
    # Chains.
    "path": Rule("There is one chain to an anchor, short and without a choice.", "RFC 5280, 6.1"),
    "extensions": Rule(
        "No certificate of a chain has critical extensions that are unknown here, nor constraints "
        "on names or policies.",
        "RFC 5280, 4.2",
    ),
    "usage": Rule("A signer's certificate says what its key is for.", "RFC 5280, 4.2.1.3"),
    "ocsp": Rule("An OCSP answer keeps to its standard form.", "RFC 6960, 4.2.1"),
    "crl": Rule("A CRL is complete, direct and of one reason scope.", "RFC 5280, 5.2.5"),
    "on_hold": Rule("A certificate is not on hold, nor invalid since before.", "RFC 5280, 5.3"),
}
