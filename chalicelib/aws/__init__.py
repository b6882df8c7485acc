"""The AWS services beside the table: topic and queues, event bus, keys."""
