"""What may change after a signature: the library's list, with three rules of our own.

The library compares each later revision with the signed one, and accepts a redefined object only
where a rule explains every way that leads to it. The rules here differ from its own:

* `refuse_future_numbers` (stricter): nothing that the signed revision shows may lead to a number
  which only a later revision defines.
* `signing.library.strictness` (stricter): scripts, unsigned or page-sized looks, unsafe metadata.
* `FreedNumberRule` (milder): a number that never held an object may be declared free.
* `signing.library.store.EvidenceStoreRule` (milder): entries of the DSS may change and go.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DiffResult,
    DocInfoRule,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    SuspiciousModification,
    XrefStreamRule,
)
from pyhanko.sign.diff_analysis.rules_api import QualifiedWhitelistRule, ReferenceUpdate
from pyhanko.sign.fields import FieldMDPSpec, MDPPerm
from typing_extensions import override

from signing.library.history import Revision, used_in
from signing.library.store import EvidenceStoreRule
from signing.library.strictness import refuse_what_nobody_does


class FreedNumberRule(QualifiedWhitelistRule):
    """Declaring a number free that never held an object changes nothing.

    iText declares the numbers free that it took and did not use. Freeing a number that any revision
    of the file, earlier or later, gives an object is refused.
    Source: ISO 32000-2, 7.5.4 (free entries) and 7.3.10 (undefined objects are null).
    """

    @override
    def apply_qualified(
        self, old: HistoricalResolver, new: HistoricalResolver
    ) -> Iterable[tuple[ModificationLevel, ReferenceUpdate]]:
        """Explains the freed numbers of a revision, or raises SuspiciousModification."""
        for reference in new.refs_freed_in_revision():  # type: ignore[no-untyped-call]  # no types there
            if used_in(old.reader, reference.idnum):
                raise SuspiciousModification(f"object {reference.idnum} was deleted")
            yield ModificationLevel.LTA_UPDATES, ReferenceUpdate(reference)


def refuse_future_numbers(old: HistoricalResolver) -> None:
    """Refuses a signed revision that leads to numbers which only a later revision defines.

    Source: Mainka, Mladenov, Rohlmann: Shadow Attacks (NDSS 2021), variants hide and replace.

    Raises:
        SuspiciousModification: A number is named.
    """
    if isinstance(old, Revision) and old.future_numbers():
        numbers = ", ".join(str(one) for one in sorted(old.future_numbers())[:5])
        raise SuspiciousModification(f"objects {numbers} were put where there was none")


class ChangePolicy(StandardDiffPolicy):
    """The list of what may change after a signature."""

    @override
    def apply(
        self,
        old: HistoricalResolver,
        new: HistoricalResolver,
        field_mdp_spec: FieldMDPSpec | None = None,
        doc_mdp: MDPPerm | None = None,
    ) -> DiffResult:
        """Compares one later revision with the signed one.

        Raises:
            SuspiciousModification: Something changed that may not.
        """
        refuse_future_numbers(old)
        refuse_what_nobody_does(old, new)
        return super().apply(old, new, field_mdp_spec, doc_mdp)


CHANGES: Final = ChangePolicy(
    global_rules=[
        CatalogModificationRule(),  # type: ignore[no-untyped-call]  # no types there
        DocInfoRule().as_qualified(ModificationLevel.LTA_UPDATES),
        XrefStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        ObjectStreamRule().as_qualified(ModificationLevel.LTA_UPDATES),
        EvidenceStoreRule().as_qualified(ModificationLevel.LTA_UPDATES),
        MetadataUpdateRule().as_qualified(  # type: ignore[no-untyped-call]  # no types there
            ModificationLevel.LTA_UPDATES
        ),
        FreedNumberRule(),
    ],
    form_rule=FormUpdatingRule(
        field_rules=[
            SigFieldCreationRule(),  # type: ignore[no-untyped-call]  # no types there
            SigFieldModificationRule(),
            GenericFieldModificationRule(),
        ],
    ),
    # `FreedNumberRule` decides instead.
    reject_object_freeing=False,
)
"""Every later revision is judged by this."""
