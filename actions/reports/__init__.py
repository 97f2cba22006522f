"""Reports that units hand in: ways in, forms with figures, versions, decisions, personal links."""
