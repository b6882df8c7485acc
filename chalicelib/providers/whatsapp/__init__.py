"""Vendors that carry WhatsApp messages, one file each."""
