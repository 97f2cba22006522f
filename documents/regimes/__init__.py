"""The two forms of paper, as data: see `party` and `state`."""

from documents.content import Regime
from documents.regimes import party, state
from documents.regimes.rules import RegimeRules


def rules_for(regime: Regime) -> RegimeRules:
    """Gives the rules of a form, of all times."""
    return party.RULES if regime is Regime.PARTY else state.RULES
