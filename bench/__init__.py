"""What Herald costs to run, measured and held against its budgets: `make bench`."""
