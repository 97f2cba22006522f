"""Runs of flows as the office sees them: which there are, who may start them, what they did."""
