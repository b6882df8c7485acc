"""Herald: a multi-tenant notification service on AWS Lambda."""

import gc
from typing import Final

_ALLOCATIONS: Final = 20_000
# Nearly all that an import makes stays; looking for garbage every 700 allocations costs a cold start 20 ms.
gc.set_threshold(_ALLOCATIONS, 10, 10)
