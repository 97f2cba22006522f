"""Joins the rooms once per process: settings, clock, keys, channels, engine.

Knows every room below it and no door above it. `wiring.settings` alone reads the environment,
`wiring.clock` alone the clock, `wiring.orchestrator` alone (beside the flows) Prefect; importing
this package, its settings or its clock costs no heavy library, so `trinhky verify` starts fast.

Example:
    >>> from wiring.settings import load_settings
    >>> load_settings({"TRINHKY_PORTAL__PORT": "9000"}).portal.port
    9000
"""
