"""What Northflank bills, in its own words: plain frozen values, standard library only."""
