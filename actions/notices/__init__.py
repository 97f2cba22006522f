"""Notices: officers are told what waits for them and what became of theirs.

- `kinds`: what is told, in words, and which deeds it follows from.
- `standing`: for whom a directive waits, as it stands.
- `noting`: the notices of a deed, written in its transaction.
- `showing`: an officer's notices: how many are new, the list, marked as read.
- `concerning`: whether what was done since may concern an officer's list of work.
- `choosing`: whether an officer is told by mail at once, once a day, or not.
- `mailing`: letters to officers, each notice in one letter.
"""
