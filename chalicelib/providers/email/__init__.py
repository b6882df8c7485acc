"""Vendors that send e-mail, one file each."""
