"""Messages of QCVN 102:2016 between document systems: written, read, checked.

`message` says what they hold, `writing` and `reading` turn them into bytes and back, `schema` tells
what is wrong with one, `parcel` puts one on a channel.
"""
