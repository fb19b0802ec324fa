"""Facts as of an instant, as one section a dataset: pure functions."""
