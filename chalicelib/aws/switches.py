"""What flags come to for a tenant, by the rules of Powertools' feature flags.

https://docs.powertools.aws.dev/lambda/python/latest/utilities/feature_flags/
"""

from collections.abc import Sequence
from typing import Any

from chalicelib.domain.flag import Flag, flag_of
from chalicelib.domain.ids import TenantId
from chalicelib.domain.words import Channel


def is_on(flags: Sequence[Flag], name: str, tenant: TenantId) -> bool:
    """Tell whether a flag is on for a tenant; one that there is not is off."""
    # Most platforms have no flags: the others alone load what reads them.
    from aws_lambda_powertools.utilities.feature_flags import FeatureFlags, StoreProvider

    class Given(StoreProvider):
        @property
        def get_raw_configuration(self) -> dict[str, Any]:
            return self.get_configuration()

        def get_configuration(self) -> dict[str, Any]:
            return {flag.name: _schema(flag) for flag in flags}

    return FeatureFlags(store=Given()).evaluate(name=name, context={"tenant": tenant}, default=False) is True


def channels_off(flags: Sequence[Flag], tenant: TenantId) -> frozenset[Channel]:
    """Return the channels that a tenant is not offered."""
    named = {flag.name for flag in flags}
    concerned = [channel for channel in Channel if flag_of(channel) in named]
    return frozenset(channel for channel in concerned if not is_on(flags, flag_of(channel), tenant))


def _schema(flag: Flag) -> dict[str, Any]:
    rules = {
        rule.name: {
            "when_match": rule.enabled,
            "conditions": [{"action": "KEY_IN_VALUE", "key": "tenant", "value": list(rule.tenants)}],
        }
        for rule in flag.rules
    }
    return {"default": flag.default} | ({"rules": rules} if rules else {})
