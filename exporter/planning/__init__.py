"""Which questions are worth asking now, most urgent first, and what each costs."""
