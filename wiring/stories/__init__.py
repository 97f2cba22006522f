"""Whole journeys on a simulated clock, and the simulated world they are played in.

Nothing here is used in daily work: the mail server takes every message and brings none to anybody.
"""
