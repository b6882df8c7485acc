"""Vendors that carry chat messages, one file each."""
