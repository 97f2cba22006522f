"""Tokens for tests: SoftHSM2, which any PKCS#11 program opens as it would open a USB token.

    store = token_store()                            # one per test process, made at the first call
    held = store.hold_demo(pki, "officer")           # a token of its own with this key
    key = open_token(held.module, token=held.token, key=held.key, pin=held.pin)

SoftHSM2 reads `SOFTHSM2_CONF` when it is loaded and keeps that for the life of the process: hence
one store per process, shared by all tests in it, and a token with a label of its own for whoever
asks. The variable stays set, so that processes that a test starts see the same tokens. Nobody may
have a session open while a token is added: the library must be loaded anew to see it.

`pull_out` takes a token away as if it were pulled out of its port, in the middle of a session too;
`plug_in` puts it back. Needs softhsm2-util and pkcs11-tool (`make system-packages`).
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pkcs11

from wiring.demo_pki.build import DemoPKI

MODULE = next(
    (
        path
        for path in (
            Path("/usr/lib/softhsm/libsofthsm2.so"),
            Path("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
            Path("/usr/lib64/pkcs11/libsofthsm2.so"),
            Path("/opt/homebrew/lib/softhsm/libsofthsm2.so"),
        )
        if path.exists()
    ),
    Path("/usr/lib/softhsm/libsofthsm2.so"),
)
TOKEN_PIN = "71935284"
"""PIN of a token for which none is given; so odd that it is found wherever it should not be."""
_SO_PIN = "0000000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldKey:
    """A key on a token, with what opens it."""

    module: Path
    token: str
    """Label of the token."""
    key: str
    """Label of the key and of its certificate."""
    pin: str

    def settings(self, module: str) -> dict[str, Any]:
        """As `RegisteredCertificate.key_settings` has it; `module` is its name in the settings."""
        return {"module": module, "token": self.token, "key": self.key}


class TokenStore:
    """The tokens of this process."""

    def __init__(self, folder: Path) -> None:
        self.module = MODULE
        self._tokens = folder / "tokens"
        self._tokens.mkdir()
        self._pulled = folder / "pulled"
        self._pulled.mkdir()
        self._folders: dict[str, str] = {}
        self._ids: dict[str, int] = {}
        conf = folder / "softhsm2.conf"
        conf.write_text(
            f"directories.tokendir = {self._tokens}\n"
            "objectstore.backend = file\n"
            "log.level = ERROR\n"
        )
        os.environ["SOFTHSM2_CONF"] = str(conf)

    def add_token(self, label: str | None = None, *, pin: str = TOKEN_PIN) -> str:
        """Makes an empty token and gives its label; by default one that nobody else has."""
        label = label or f"the-{uuid.uuid4().hex[:12]}"
        before = self._present()
        _run("softhsm2-util", "--init-token", "--free", "--label", label,
             "--pin", pin, "--so-pin", _SO_PIN)  # fmt: skip
        (self._folders[label],) = self._present() - before
        self._reload()
        return label

    def put_key(self, token: str, key: Path, label: str, *, pin: str = TOKEN_PIN) -> None:
        """Imports a private key (PKCS#8 PEM) with its public key."""
        number = self._ids[token] = self._ids.get(token, 0) + 1
        _run("softhsm2-util", "--import", str(key), "--token", token, "--label", label,
             "--id", f"{number:02x}", "--pin", pin)  # fmt: skip

    def put_certificate(
        self, token: str, der: bytes, label: str, *, pin: str = TOKEN_PIN, key_id: str | None = None
    ) -> None:
        """Imports a certificate; its id is that of the key put last, unless another is given."""
        file = self._tokens.parent / f"{uuid.uuid4().hex}.der"
        file.write_bytes(der)
        number = key_id or f"{self._ids.get(token, 0):02x}"
        _run("pkcs11-tool", "--module", str(self.module), "--token-label", token, "--login",
             "--pin", pin, "--write-object", str(file), "--type", "cert",
             "--label", label, "--id", number)  # fmt: skip

    def hold(
        self,
        key: Path,
        certificate: bytes,
        *,
        issuers: tuple[bytes, ...] = (),
        label: str = "khoa-ky",
        token: str | None = None,
        pin: str = TOKEN_PIN,
    ) -> HeldKey:
        """Puts a key with its certificate (and issuers) on a token; on a new one by default."""
        token = token or self.add_token(pin=pin)
        self.put_key(token, key, label, pin=pin)
        self.put_certificate(token, certificate, label, pin=pin)
        for number, issuer in enumerate(issuers, start=1):
            key_id = f"ca{number:02x}{self._ids[token]:02x}"
            self.put_certificate(token, issuer, f"CA {number}", pin=pin, key_id=key_id)
        return HeldKey(module=self.module, token=token, key=label, pin=pin)

    def hold_demo(
        self, pki: DemoPKI, holder: str, *, token: str | None = None, pin: str = TOKEN_PIN
    ) -> HeldKey:
        """Puts the key of a holder of the demo authority on a token, labelled by the holder.

        Officers and agencies have RSA-2048 keys, all others EC P-256 keys.
        """
        return self.hold(
            pki.folder / "authority" / f"{holder}.key.pem",
            _der(pki.certificate(holder)),
            issuers=(_der(pki.intermediate),),
            label=holder,
            token=token,
            pin=pin,
        )

    def add_twin(self, token: str, other: str) -> str:
        """Gives another token the label of this one, as tokens of one issuer often have it."""
        label = token.ljust(32).encode()
        file = self._tokens / self._folders[other] / "token.object"
        data = file.read_bytes()
        old = other.ljust(32).encode()
        if old not in data:
            raise RuntimeError(f"no label {other} in {file}")
        file.write_bytes(data.replace(old, label))
        self._reload()
        return token

    def pull_out(self, token: str) -> None:
        """Takes a token away, whatever is being done with it."""
        (self._tokens / self._folders[token]).rename(self._pulled / self._folders[token])

    def plug_in(self, token: str) -> None:
        """Puts a token back; nobody may have a session open."""
        (self._pulled / self._folders[token]).rename(self._tokens / self._folders[token])
        self._reload()

    def _present(self) -> set[str]:
        return {one.name for one in self._tokens.iterdir()}

    def _reload(self) -> None:
        # This loads the library if nobody has, and only after the variable was set.
        pkcs11.lib(str(self.module)).reinitialize()


@cache
def token_store() -> TokenStore:
    """The store of this process; removed when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="tokens-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return TokenStore(folder)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


def _der(file: Path) -> bytes:
    from signing.trust import load_certificates  # noqa: PLC0415 (few need it)

    return load_certificates(file)[0]
