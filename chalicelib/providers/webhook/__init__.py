"""Vendors that carry notifications to programs, one file each."""
