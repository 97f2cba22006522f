"""`trinhky agent`: signs on the signatory's own machine, for a portal that it need not trust.

Knows the portal's `/api/v1/agent` alone: no database, no settings of the office. What it shows it
has the digest of, what it signs it has checked (`signing.agent_checks`); key and PIN stay here.
"""
