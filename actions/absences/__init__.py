"""Planned absences: an officer is away for some days, and a deputy stands in.

- `capacity`: what is printed above the name of a deputy who signs.
- `granting`: the authority and the post that a deputy gets for these days.
- `stating`: an absence is said, ended early, cancelled.
- `standing_in`: what waits passes to the deputy; what was not signed comes back.
- `turning`: the same by the machine, as days begin and end.
"""
