"""Benchmarks with their peers. Everything is measured in one interleaved run and told as ratios.

Run: `make bench-verify`, or `python -m bench.verify --help`.
"""
