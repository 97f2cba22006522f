"""Signed messages, certificates and evidence about them, judged by their bytes alone."""
