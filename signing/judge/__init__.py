"""The parts of the judge; `signing.verify` calls them in its numbered order. Nothing else may."""
