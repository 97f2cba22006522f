"""Searching directives: by words, state, kind, unit and date, within what the reader may see.

- `terms`: what somebody typed, as words that both databases are asked for.
- `finding`: filters, one page of what they let through, and how many there are.
- `tables`: what was found, to take away as CSV and XLSX.
- `units`: which unit a typed name means.
- `views`: searches that an officer keeps under a name.
"""
