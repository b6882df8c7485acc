"""The `herald` command: a local stack, its sample data, tokens, sends, a live view, the demo; packaging, deploying."""
