"""The motor: each file is one Prefect flow, thin, over deeds in `actions`.

A flow keeps no truth and decides nothing that belongs to a person. It may be killed at any instant
and run again: it asks the database what comes next. Retries are named in `flows._retries` alone.

Example:
    >>> from flows.route_directive import route_directive
    >>> route_directive.name
    'route-directive'
"""
