"""The room where bytes lie for good: put once, found by their SHA-256, never written again.

It knows bytes and their digests, nothing else: no database, no documents, no clock. Who holds which
digest is for the caller to know, and so is the list of what ought to be here.

>>> import tempfile
>>> from pathlib import Path
>>> from archive.store import LocalStore
>>> with tempfile.TemporaryDirectory() as folder:
...     store = LocalStore(Path(folder))
...     digest = store.put("Hướng dẫn".encode())
...     store.get(digest).decode(), [finding.kind.value for finding in store.verify(["0" * 64])]
('Hướng dẫn', ['missing'])
"""
