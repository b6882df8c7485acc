"""All the vendors that are called through Apprise (https://appriseit.com): a table of services and one adapter."""
