"""The tables of an office: what is true, and nothing of how it came about on screen.

Knows SQLAlchemy and none of our other rooms. Rows are changed by `actions/` alone; the guarded
change of a state is written there, the list of allowed changes is here (`models.lifecycle`).

Example:
    >>> from models.lifecycle import DirectiveState, may_move
    >>> may_move(DirectiveState.SIGNED, DirectiveState.SEALED)
    True
    >>> may_move(DirectiveState.NUMBERED, DirectiveState.SEALED)
    False
"""
