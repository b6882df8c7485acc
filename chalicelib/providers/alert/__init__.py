"""Vendors that carry alerts, one file each."""
