"""Measures what the exporter takes. The documents state what was measured, and nothing else."""
