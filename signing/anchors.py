"""The office's trust anchors: a folder of certificates, and a list that says what each is good for.

The list, `anchors.json`, is written where an administrator adds them. A certificate that was only
copied into the folder is trusted for everything, as the list would say without limits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from signing.errors import TrustStoreError
from signing.trust import Anchor, Purpose, TrustStore, load_anchors, load_certificates

LIST: Final = "anchors.json"
INTERMEDIATES: Final = "intermediates"
"""Subfolder of certificates that help to build chains and are not trusted by themselves."""


def read_trust(folder: Path) -> TrustStore:
    """The anchors of a folder, and the helping certificates in its subfolder.

    A folder that is missing trusts nobody.

    Raises:
        TrustStoreError: A file holds no certificate, or the list cannot be understood.
    """
    if not folder.is_dir():
        return TrustStore()
    helping = folder / INTERMEDIATES
    return TrustStore(
        anchors=read_anchors(folder),
        intermediates=load_certificates(helping) if helping.is_dir() else (),
    )


def read_anchors(folder: Path) -> tuple[Anchor, ...]:
    """The anchors of a folder, each once, with what the list says of them.

    Raises:
        TrustStoreError: A file holds no certificate, or the list cannot be understood.
    """
    said = _read_list(folder)
    files = sorted(one for one in folder.iterdir() if one.is_file() and one.name != LIST)
    found = {one.sha256_hex: one for one in load_anchors(files)}
    missing = said.keys() - found.keys()
    if missing:
        raise TrustStoreError(str(folder / LIST), f"no certificate {min(missing)}")
    return tuple(
        _described(folder, anchor, said[key]) if key in said else anchor
        for key, anchor in found.items()
    )


def add_anchor(folder: Path, anchor: Anchor) -> None:
    """Writes an anchor and what is said of it; says it anew of one that is there.

    Raises:
        TrustStoreError: The list cannot be understood.
        OSError: The folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    said = _read_list(folder)
    known = {one.sha256_hex for one in read_anchors(folder)}
    if anchor.sha256_hex not in known:
        _write(folder / f"{anchor.sha256_hex}.der", anchor.der)
    _write_list(folder, {**said, anchor.sha256_hex: terms_of(anchor)})


def remove_anchor(folder: Path, sha256_hex: str) -> None:
    """Takes an anchor out of the list, and its certificate out of the folder.

    Raises:
        TrustStoreError: It stands in a file together with others, or is not there.
        OSError: The folder cannot be written.
    """
    files = [one for one in folder.iterdir() if one.is_file() and one.name != LIST]
    holding = [one for one in files if _holds(one, sha256_hex)]
    if not holding:
        raise TrustStoreError(str(folder), f"no certificate {sha256_hex}")
    for one in holding:
        if len(load_certificates(one)) > 1:
            raise TrustStoreError(str(one), "several certificates in one file")
    said = {key: value for key, value in _read_list(folder).items() if key != sha256_hex}
    _write_list(folder, said)
    for one in holding:
        one.unlink()


def _holds(file: Path, sha256_hex: str) -> bool:
    return any(one.sha256_hex == sha256_hex for one in load_anchors([file]))


def terms_of(anchor: Anchor) -> dict[str, Any]:
    """What is said of an anchor, as plain JSON: as the list keeps it, and as a record may."""
    return {
        "name": anchor.name,
        "source": anchor.source,
        "reason": anchor.reason,
        "since": anchor.since.isoformat() if anchor.since else None,
        "until": anchor.until.isoformat() if anchor.until else None,
        "purposes": sorted(anchor.purposes),
        "organisations": list(anchor.organisations),
    }


def _described(folder: Path, anchor: Anchor, said: Mapping[str, Any]) -> Anchor:
    try:
        return replace(
            anchor,
            name=str(said["name"]),
            source=str(said["source"]),
            reason=str(said["reason"]),
            since=_day(said["since"]),
            until=_day(said["until"]),
            purposes=frozenset(Purpose(one) for one in said["purposes"]),
            organisations=tuple(str(one) for one in said["organisations"]),
        )
    except (KeyError, TypeError, ValueError) as err:
        raise TrustStoreError(str(folder / LIST), f"{anchor.sha256_hex}: {err}") from err


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _read_list(folder: Path) -> dict[str, Any]:
    file = folder / LIST
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as err:
        raise TrustStoreError(str(file), str(err)) from err
    if not isinstance(said, dict):
        raise TrustStoreError(str(file), "not an object")
    return said


def _write_list(folder: Path, said: Mapping[str, Any]) -> None:
    text = json.dumps(said, ensure_ascii=False, indent=2, sort_keys=True)
    _write(folder / LIST, f"{text}\n".encode())


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all."""
    part = file.with_suffix(".part")
    part.write_bytes(data)
    part.replace(file)
