"""Vendors that send text messages, one file each."""
