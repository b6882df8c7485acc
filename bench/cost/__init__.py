"""What a notification costs on AWS: every call it leads to is counted on a deployed local stack, and priced."""
