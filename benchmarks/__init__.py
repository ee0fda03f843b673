"""Benchmarks: run by hand, figures go to docs/benchmarks.md with command and seed."""
