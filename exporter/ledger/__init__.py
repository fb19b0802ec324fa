"""Everything Northflank has answered: facts by their keys, in SQLite or in memory."""
