"""Ratios, side by side with peers and with an empty Flask view, in one run: `python -m benchmarks`."""
