"""Digital signatures on PDF: making them, and judging those of strangers.

This room knows keys, certificates, time stamps and the structure of signed PDFs. It must not know
directives, the database, the clock or the network's settings: bytes, plain facts and `at` come in,
bytes and reports go out. Signing raises typed errors; judging returns a report.

To sign: `fields.add_signature_fields`, `sign.prepare_signature`, `SigningKey.sign`,
`sign.complete_signature`, and after the seal `sign.add_archive_timestamp`.
To judge: `sandbox.verify_file` for what came from outside, `verify.verify` for our own bytes; then
`report.require` opens the way on.
"""
