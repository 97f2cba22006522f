"""Each later revision beside its predecessor, once per revision.

The steps, in this order; each block below bears its number.

1. Layout: numbers in use stay in use, streams of the file's own structure have their own.
2. Catalog, metadata, /Info, and the security store.
3. The form; its new fields with their signature, look and page; the empty one that is signed.
4. Values of other fields.
5. What nobody explained is a doubt.
6. Who names what, in the whole file at once, and whether it is there.
7. Whether an own directive got its number and date as it may, and nothing else.

A redefined object is explained by a role whose changing keys mean nothing in any other role; so it
does not matter what else leads to it. Arrays, metadata and looks mean something in many roles, and
are explained only where one owner names them. New objects need no explanation: nothing older can
name them, and what an accepted key leads to is checked with that key.

A part that finds something unknown notes its doubt, and the others go on: what no honest software
does is refused also beside something that we do not understand.
"""

from __future__ import annotations

from signing.judge.changes.account import Account
from signing.judge.changes.catalog import check_catalog, check_info
from signing.judge.changes.fields import check_filled_fields, check_new_field
from signing.judge.changes.filling import bears_own_names, find_misfilled
from signing.judge.changes.form import check_form
from signing.judge.changes.inputs import check_inputs
from signing.judge.changes.layout import check_layout, check_sizes
from signing.judge.changes.metadata import check_metadata
from signing.judge.changes.owners import check_owners
from signing.judge.changes.rules import unsure
from signing.judge.changes.shapes import Step
from signing.judge.changes.store import check_store
from signing.judge.changes.structure import check_structure
from signing.judge.file.document import Document
from signing.judge.file.objects import Obj
from signing.judge.file.signatures import Signatures


def judge_steps(
    document: Document, signatures: Signatures, *, since: int | None = None
) -> tuple[Step, ...]:
    """What each revision after the first signed one did, oldest first.

    That every signature holds by its mathematics is the caller's to demand: a field's value is
    accepted here for its place and its byte range alone.

    Args:
        document: the file; the rules for its bytes (`signing.judge.file.refusals`) have passed.
        signatures: all of its signatures.
        since: index of the revision after which to begin, where somebody vouches for it as it is:
            the first signature's own revision is then held against what it signed.

    Raises:
        RefusedStructure: what no honest software does; its code is one of `rules.REFUSED`.
        UnsureStructure: what is not understood, one of `rules.RULES` or a rule of the reader.
    """
    if not signatures.filled:
        return ()
    signed = {one.revision: one for one in signatures.filled}
    first = signatures.filled[0].revision
    begin = first if since is None else min(since, first)
    accounts: list[Account] = []
    for one in range(begin + 1, len(document.revisions)):
        account = Account(document, one, signed.get(one))
        account.may_certify = one == first
        accounts.append(_judge(account))
        if accounts[-1].unread:
            raise accounts[-1].doubts[0]
    # 6. Who names what, and whether it is there.
    check_owners(document, accounts)
    check_sizes(document, begin)
    for account in accounts:
        if account.doubts:
            raise account.doubts[0]
    # 7. Number and date.
    named = [*signatures.empty, *(one.name for one in signatures.filled)]
    if not bears_own_names(named) and not any(one.values for one in accounts):
        return tuple(_step(one, ()) for one in accounts)
    wrong = {one.revision: one.fields for one in find_misfilled(document, signatures)}
    return tuple(_step(one, wrong.get(one.revision, ())) for one in accounts)


def _judge(account: Account) -> Account:
    # 1. Layout.
    with account.part():
        check_layout(account)
    # 2. Catalog, metadata, information, evidence.
    for check in (check_catalog, check_metadata, check_info, check_store):
        with account.part():
            check(account)
    # 3. The form and its signature fields.
    appended: list[Obj] = []
    with account.part():
        appended = check_form(account)
    for value in appended:
        with account.part():
            check_new_field(account, value)
    with account.part():
        check_filled_fields(account)
    with account.part():
        check_structure(account, appended)
    # 4. Other fields.
    with account.part():
        check_inputs(account)
    # 5. What nobody explained.
    if account.redefined and not account.doubts:
        numbers = ", ".join(str(one) for one in sorted(account.redefined)[:5])
        account.doubts.append(unsure("unexplained_change", numbers))
    return account


def _step(account: Account, misfilled: tuple[str, ...]) -> Step:
    return Step(
        revision=account.revision,
        level=account.level,
        changes=tuple(account.changes),
        fields=tuple(account.fields),
        values=tuple(account.values),
        misfilled=misfilled,
    )
