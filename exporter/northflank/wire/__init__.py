"""The bytes of answers, read: an envelope, a probe for the generation, and one module a generation."""
