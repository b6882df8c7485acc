"""The events of a botocore call, in the order in which they come, and what the hooks use them for.

| event                   | raised                        | here                                                       |
|-------------------------|-------------------------------|------------------------------------------------------------|
| provide-client-params   | once                          | the request is copied, so that hooks may change it         |
| before-parameter-build  | once                          | look at the request, change it, stop a forbidden one       |
| before-call             | once                          | answer in the place of the service, beyond any retry       |
| before-send             | for each try                  | answer in the place of the service; botocore may try again |
| needs-retry             | after each try                | spoil the answer, or ask for another try                   |
| after-call              | once, when there is an answer | look at the answer, change it                              |
"""

from collections.abc import Callable
from typing import Protocol


class Events(Protocol):
    """`botocore.hooks.BaseEventHooks`, whose handlers may answer something."""

    def register(self, event_name: str, handler: Callable[..., object]) -> None:
        """Call `handler` at an event, in the order of registration."""

    def register_first(self, event_name: str, handler: Callable[..., object]) -> None:
        """Call `handler` before those registered by `register`."""

    def register_last(self, event_name: str, handler: Callable[..., object]) -> None:
        """Call `handler` after those registered by `register`."""
