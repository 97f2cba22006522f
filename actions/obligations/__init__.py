"""What is owed after issue: periods, events, changes with a record, calendars.

- `periods`: opening periodic obligations, period by period
- `schedules`: setting the schedule of a periodic task
- `events`: the day of a duty that waits for an event
- `changing`: another day, another unit, another role; cancelled and added by amendments
- `handing_on`: what one unit owes, for another unit from now on
- `showing`: what is owed, as people look at it
- `through`: reporting through another unit
- `calendars`: days off and swapped days of a year, taken in with what they move
- `calendar_files`: reading the lists of a year from TOML, CSV, XLSX
- `recomputing`: the days of what is owed, by the calendar as it is now
"""
