"""The office file: one TOML file that says whose office this is, who works there, who gets mail.

    shapes      what each entry may hold (pydantic, unknown keys forbidden)
    lines       where in the text an entry stands
    reading     text to entries; every error of shape at once
    checking    what single entries cannot know: references, overlaps, cycles
    standing    rows to entries and to a file, as they are now
    writing     entries to rows, by identifier; tells what is new, changed, missing

A file is taken whole or refused whole. `actions.office_loading` joins the parts.
"""
