"""What lies on a token: certificates, seen without a PIN, and private keys, seen after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from pkcs11 import Attribute, ObjectClass, PrivateKey, Session, Token, exceptions

from signing.certificates import SigningCertificate, find_issuers, load
from signing.errors import KeyRefusedError

ID_PREFIX: Final = "id:"
"""Before the identifier, in hexadecimal, of what has no label."""


@dataclass(frozen=True, slots=True)
class CertificateObject:
    """A certificate on a token."""

    der: bytes
    label: str
    id: bytes

    @property
    def name(self) -> str:
        """By which it is found again."""
        return self.label or ID_PREFIX + self.id.hex()

    @property
    def is_authority(self) -> bool:
        """True where it issues others."""
        return bool(load(self.der).ca)

    def answers_to(self, name: str) -> bool:
        """Tells whether a name means it."""
        if name.startswith(ID_PREFIX):
            return self.id.hex() == name.removeprefix(ID_PREFIX).lower()
        return self.label == name


def certificates_of(token: Token) -> list[CertificateObject]:
    """What a token shows to everybody.

    Raises:
        PKCS11Error: It does not answer.
    """
    with token.open() as session:
        return certificates_in(session)


def certificates_in(session: Session) -> list[CertificateObject]:
    """What a session shows; objects that hold no readable certificate are left out.

    Raises:
        PKCS11Error: The token does not answer.
    """
    found = []
    # Read to the end at once: a search that is left open blocks the session.
    for one in list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})):
        der = bytes(attribute_of(one, Attribute.VALUE) or b"")
        label = attribute_of(one, Attribute.LABEL)
        try:
            load(der).native  # noqa: B018 (reads the whole of it)
        except (ValueError, TypeError):
            continue
        found.append(
            CertificateObject(
                der=der,
                label=label if isinstance(label, str) else "",
                id=bytes(attribute_of(one, Attribute.ID) or b""),
            )
        )
    return found


def attribute_of(item: Any, attribute: Attribute) -> Any:  # noqa: ANN401 (values of every type)
    """The value of an attribute; None where the token keeps none or does not tell it."""
    try:
        return item[attribute]
    except exceptions.PKCS11Error:
        return None


def with_issuers(
    der: bytes, on_token: Sequence[CertificateObject], known: Sequence[bytes]
) -> SigningCertificate:
    """A certificate with its issuers, from the token and from what else is known."""
    others = [one.der for one in on_token if one.der != der]
    return SigningCertificate(der=der, issuers=find_issuers(der, [*others, *known]))


def own_certificate(
    on_token: Sequence[CertificateObject], name: str, certificate: bytes | None
) -> CertificateObject | None:
    """The certificate of the key: the very one that is wanted, else the one of that name."""
    if certificate is not None:
        return next((one for one in on_token if one.der == certificate), None)
    return next((one for one in on_token if one.answers_to(name) and not one.is_authority), None)


def private_key(session: Session, own: CertificateObject | None, name: str) -> PrivateKey:
    """The key that shares its certificate's identifier, else the one of that name.

    Raises:
        KeyRefusedError: `no_key`: there is none, or more than one.
        PKCS11Error: The token does not answer.
    """
    wanted: list[dict[Attribute, Any]] = []
    if own is not None and own.id:
        wanted.append({Attribute.ID: own.id})
    if name.startswith(ID_PREFIX):
        wanted.append({Attribute.ID: _bytes(name.removeprefix(ID_PREFIX))})
    else:
        wanted.append({Attribute.LABEL: name})
    for attributes in wanted:
        found = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, **attributes}))
        if len(found) == 1 and isinstance(found[0], PrivateKey):
            return found[0]
    raise missing("no_key", "khoá ký", name)


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def missing(reason: str, what: str, name: str) -> KeyRefusedError:
    """Something that should lie on the token does not."""
    return KeyRefusedError(
        reason,
        f"Trên thẻ không tìm thấy {what} “{name}”. "
        "Việc cần làm: kiểm tra đúng thẻ, hoặc báo người vận hành đăng ký lại chứng thư.",
    )
