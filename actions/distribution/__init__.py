"""How a directive reaches each unit: channels in order, limits of sending, what the clerk decides.

The sending itself is in `actions.dispatching` and its neighbours.
"""
