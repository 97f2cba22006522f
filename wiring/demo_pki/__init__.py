"""A certificate authority, time-stamping authority, OCSP and CRL for trials.

`recipe` says which certificates there are, `build` makes keys and files, `serve` answers. What the
authority issues is valid from 2021 to 2045, so that a signature of a simulated 2022 still verifies.
Certificates name services on a host that does not exist (`HOST`); whoever asks goes through the
server as through an HTTP proxy. So a folder is bound to no port, and nothing leaves this machine.
"""
