"""The catalog and the information dictionary. Source: ISO 32000-2, 7.7.2, 7.12, 14.3.3."""

from __future__ import annotations

import re
from typing import Final

from signing.judge.changes.account import Account
from signing.judge.changes.rules import unsure
from signing.judge.changes.shapes import Kind, Level
from signing.judge.changes.values import differing
from signing.judge.file.objects import Name, Obj, Ref, Text
from signing.judge.file.text import read_text

_CHANGING: Final = frozenset({"AcroForm", "DSS", "Extensions", "Metadata", "Version"})
"""Keys that mean something in a catalog alone."""

_VERSION: Final = re.compile(r"[12]\.\d")
_EXTENSION: Final = frozenset({"Type", "BaseVersion", "ExtensionLevel", "ExtensionRevision", "URL"})
_INFO: Final = frozenset({"ModDate", "Producer"})


def check_catalog(account: Account) -> None:
    """Only keys of the catalog's own change in it; form, DSS and metadata have parts of their own.

    It may get another number, one that is new: nobody but the trailer can lead there.

    Raises:
        UnsureStructure: `catalog_keys`, `extensions`.
    """
    before, after = account.before.root, account.after.root
    spelled = differing(account.data, before, after)
    changed = {key for key in spelled if not _reads_alike(before.get(key), after.get(key))}
    old, new = account.before.trailer.get("Root"), account.after.trailer.get("Root")
    if old != new and not account.is_new(new):
        raise unsure("catalog_keys", "moved")
    if not spelled:
        return
    others = changed - _CHANGING - _certification(account, before, after)
    if others:
        raise unsure("catalog_keys", ", ".join(sorted(others)))
    if "Version" in changed:
        version = after.get("Version")
        if not isinstance(version, Name) or not _VERSION.fullmatch(version):
            raise unsure("catalog_keys", "Version")
    if "Extensions" in changed:
        _check_extensions(after.get("Extensions"))
    if changed & {"Version", "Extensions"}:
        account.note(Kind.OTHER, Level.EVIDENCE, "Version")
    account.explain(new)


def _certification(
    account: Account, before: dict[str, Obj], after: dict[str, Obj]
) -> frozenset[str]:
    """`Perms`, where the catalog got the name of the certification that this revision makes.

    Source: ISO 32000-2, 12.8.6 (/DocMDP of the permissions dictionary).
    """
    signature, named = account.signature, account.after.get(after.get("Perms"))
    if not account.may_certify or signature is None or signature.value_number is None:
        return frozenset()
    own = (
        "Perms" not in before
        and signature.permissions.certifies
        and named == {"DocMDP": Ref(signature.value_number)}
    )
    return frozenset({"Perms"}) if own else frozenset()


def _check_extensions(value: Obj) -> None:
    """Each says version and level alone: such a dictionary is no graphics state, whoever asks."""
    if not isinstance(value, dict):
        raise unsure("extensions")
    for name, extension in value.items():
        if name == "Type" and extension == "Extensions":
            continue
        listed = extension if isinstance(extension, list) else [extension]
        if not all(isinstance(one, dict) and _is_extension(one) for one in listed):
            raise unsure("extensions", name)


def _is_extension(one: dict[str, Obj]) -> bool:
    return (
        set(one) <= _EXTENSION
        and isinstance(one.get("BaseVersion"), Name)
        and type(one.get("ExtensionLevel")) is int
        and one.get("Type", "DeveloperExtensions") == "DeveloperExtensions"
        and all(isinstance(one.get(key, Text()), Text) for key in ("URL", "ExtensionRevision"))
    )


def check_info(account: Account) -> None:
    """/Info stays, with another time and producer; or there is a new one, of strings alone.

    Raises:
        UnsureStructure: `info`.
    """
    old, new = account.before.trailer.get("Info"), account.after.trailer.get("Info")
    if new is None and old is None:
        return
    after = account.after.get(new)
    if not isinstance(new, Ref) or not isinstance(after, dict):
        raise unsure("info")
    if old != new:
        if not account.is_new(new) or not all(isinstance(v, Text | Name) for v in after.values()):
            raise unsure("info", "another dictionary")
    elif new.number in account.redefined:
        _check_same_info(account, account.before.get(old), after)
        account.explain(new)
    else:
        return
    account.note(Kind.METADATA, Level.EVIDENCE, "Info")


def _reads_alike(before: Obj, after: Obj) -> bool:
    """Whether two strings are one text, which some software spells anew at each save."""
    return (
        isinstance(before, Text)
        and isinstance(after, Text)
        and read_text(before) == read_text(after)
    )


def _check_same_info(account: Account, before: Obj, after: dict[str, Obj]) -> None:
    if not isinstance(before, dict):
        raise unsure("info")
    changed = {
        key
        for key in differing(account.data, before, after)
        if not _reads_alike(before.get(key), after.get(key))
    }
    strings = all(isinstance(after.get(key, Text()), Text) for key in changed)
    if changed - _INFO or not strings:
        raise unsure("info", ", ".join(sorted(changed)))
