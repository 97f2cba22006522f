"""Webhooks: other systems are told what happened, signed, until they have answered.

- `subscribing`: addresses, what they are told, their secrets, an end; by an administrator.
- `telling`: what waits is posted, every try is kept, failures of days end an address.
"""
