"""A later revision as bytes: numbers, object streams, the trailer."""

from __future__ import annotations

from signing.judge.changes.account import Account
from signing.judge.changes.rules import refused, unsure
from signing.judge.file.document import Document
from signing.judge.file.objects import Packed


def check_layout(account: Account) -> None:
    """Numbers in use stay in use, streams of the file's own structure have numbers of their own.

    Raises:
        RefusedStructure: an object stream holds objects that the section does not list, or an
            object bears another number than the section says (`hidden_objects`).
        UnsureStructure: `freed_object`, `section_number`, `container_number`.
    """
    revision = account.document.revisions[account.revision]
    _check_containers(account)
    for number, entry in revision.entries.items():
        # Whoever repairs a file goes by the number that stands before `obj`.
        if isinstance(entry, int) and account.document.object_at(entry).number != number:
            raise refused("hidden_objects", f"under number {number}")
    for number in revision.freed:
        if account.before.entry(number) is not None:
            raise unsure("freed_object", str(number))
    for section in (revision.section, revision.section.stream):
        if section is not None and section.number is not None:
            if account.before.entry(section.number) is not None:
                raise unsure("section_number", str(section.number))
            account.redefined.discard(section.number)


def check_sizes(document: Document, first: int) -> None:
    """No signed or later revision hides numbers that are in use.

    An object whose number is not under /Size is missing, and would come to light by a larger /Size.

    Args:
        document: the file.
        first: index of the first signed revision.

    Raises:
        UnsureStructure: `size`.
    """
    highest = 0
    for revision in document.revisions:
        highest = max(highest, max(revision.entries, default=0), max(revision.freed, default=0))
        size = revision.trailer.get("Size")
        if revision.index >= first and (type(size) is not int or size <= highest):
            raise unsure("size", f"{highest} in revision {revision.index}")


def _check_containers(account: Account) -> None:
    entries = account.document.revisions[account.revision].entries
    listed: dict[int, set[int]] = {}
    for number, entry in entries.items():
        if isinstance(entry, Packed):
            listed.setdefault(entry.container, set()).add(number)
    for container, numbers in listed.items():
        place = entries.get(container)
        if not isinstance(place, int) or container not in account.new:
            raise unsure("container_number", str(container))
        if set(account.document.container(place).numbers) != numbers:
            raise refused("hidden_objects", str(container))
