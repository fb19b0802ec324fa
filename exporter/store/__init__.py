"""What survives a restart, in a SQLite file."""
