"""One file per vendor, found by its name: see `infra.local.sandbox.vendor.find_vendors`."""
