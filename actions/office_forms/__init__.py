"""Units, groups and number series, one at a time, as an administrator fills them in on a page.

The rules are those of the office file: what is typed becomes an entry of it, between the entries as
they stand, and is written as a file would be.

- `keeping`: an entry is checked among the others and written, unless somebody else was quicker.
- `units`, `groups`, `series`, `officers`: what each page shows, and its deeds.
"""
