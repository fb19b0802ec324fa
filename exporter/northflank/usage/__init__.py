"""What is spent now: the account, its teams and projects, the newest hour's tree, and budgets."""
