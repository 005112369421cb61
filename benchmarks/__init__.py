"""Measures speed and size on the real program. `python -m benchmarks` prints tables; nothing here is a timed test."""
