"""Benchmarks: ratios against what a bot author would write, measured in one run on one machine."""
