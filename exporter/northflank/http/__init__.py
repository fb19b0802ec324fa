"""The HTTP side of the API: one client an account, its allowance, and the mapping of faults."""
