"""The document security store as it is now: certificates, OCSP answers and CRLs.

It is evidence, not content: what is not as the standard has it is left out, and then missed.
Source: ETSI EN 319 142-1, 5.4.2.
"""

from __future__ import annotations

from signing.judge.file.document import View
from signing.judge.file.objects import Obj, Stream
from signing.judge.part import FileEvidence


def read_evidence(view: View) -> FileEvidence:
    """Everything in the store's three lists; of the entries of /VRI nothing else is needed.

    Raises:
        UnsureStructure: An object that the store names is not understood.
    """
    store = view.get(view.root.get("DSS"))
    if not isinstance(store, dict):
        return FileEvidence()
    return FileEvidence(
        certificates=_streams(view, store.get("Certs")),
        ocsps=_streams(view, store.get("OCSPs")),
        crls=_streams(view, store.get("CRLs")),
    )


def _streams(view: View, value: Obj) -> tuple[bytes, ...]:
    listed = view.get(value)
    if not isinstance(listed, list):
        return ()
    found = (view.get(one) for one in listed)
    return tuple(view.stream_bytes(one) for one in found if isinstance(one, Stream))
