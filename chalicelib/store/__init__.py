"""The table: everything that knows how rows are stored. Read `access_patterns` first."""
