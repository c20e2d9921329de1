"""Tests: a mirror of the tree, plus contract, faults, journeys and benchmarks."""
