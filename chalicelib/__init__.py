"""Herald: a multi-tenant notification service on AWS Lambda."""
