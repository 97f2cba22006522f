"""How follow-up stands over all directives: by directive, by unit, by day, by month; as tables.

Everything is counted in the database, a page at a time: an office has a million obligations.
"""
