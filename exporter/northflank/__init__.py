"""Northflank's billing API: the one place that knows how to ask it and how to read it."""
