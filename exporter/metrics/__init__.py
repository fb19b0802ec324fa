"""From figures to bytes: the table of families, checked samples, and the exposition."""
