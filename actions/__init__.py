"""What may be done in an office: one function per deed.

Each deed checks rights and state, changes the database in one guarded UPDATE, and writes its
audit event (and its outbox row) in the same transaction. A refusal is an
`actions.errors.ActionRefusedError` that carries a sentence for the person; it changes nothing and
leaves an audit event of its own. Network calls and signatures never lie inside a transaction.

Knows the rooms below it; knows no door, no environment and no clock: everything it works with
comes in a `actions.desk.Desk`.
"""
