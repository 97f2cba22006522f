"""Our own judge, and the steps that it shares with the library behind it. Called by `verify`."""
