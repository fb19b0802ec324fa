"""From a question to its answer: lists and their pages, totals, drill-downs, and which generation a server speaks."""
