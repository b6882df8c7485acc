"""Herald: a multi-tenant notification service on AWS Lambda."""

from chalicelib.garbage import hardly_collect

hardly_collect()
