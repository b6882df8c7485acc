"""Vendors that send push notifications, one file each."""
