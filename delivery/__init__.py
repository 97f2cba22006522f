"""The room that hands consignments to recipients and takes in what comes back.

An `Envelope` says who gets what; a `Channel` hands it over and returns the other side's `Receipt`
or raises one of three errors: again later, never, or unknown. An `Inbox` gives out mail;
`read_notices` reads what servers report. The room knows protocols and bytes: no directive, no
database, no clock.

>>> import tempfile
>>> from datetime import UTC, datetime
>>> from pathlib import Path
>>> from delivery.envelope import Envelope, message_id_for
>>> from delivery.folder import FolderChannel
>>> key = "96:1:xa-a:folder"
>>> envelope = Envelope(
...     key=key, message_id=message_id_for(key, "btg.example"), sender="vanthu@btg.example",
...     recipient="xa-a@donvi.example", subject="Hướng dẫn số 96-HD/BTGTU",
...     text="Kính gửi đồng chí.", at=datetime(2025, 1, 2, tzinfo=UTC),
... )
>>> with tempfile.TemporaryDirectory() as folder, FolderChannel(Path(folder)) as channel:
...     [channel.send(envelope).code for _ in range(2)]
['stored', 'duplicate']
"""
