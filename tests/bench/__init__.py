"""What it costs, as ratios against named baselines in the same run: ``python -m tests.bench``."""
