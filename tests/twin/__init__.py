"""The store in memory, by the pure functions of the domain: it passes the conformance tests of the table.

Each method of a port is one step that nothing comes between, except `deliver_in_app`, which is several: `between` is
called before each further one, so that interleavings and crashes can be explored there. Actors share `Rows`, each has
ports of its own.
"""

from tests.twin.allowances import TwinRateWindows, TwinSpendings, TwinUsages
from tests.twin.notifications import DAY, TwinCancelledGroups, TwinRecords, TwinRequests
from tests.twin.people import (
    TwinBackgrounds,
    TwinDevices,
    TwinPreferences,
    TwinRecipients,
    TwinSuppressions,
    TwinTopics,
)
from tests.twin.rows import Rows
from tests.twin.states import TwinStates
from tests.twin.switches import TwinFlags, TwinLookups
from tests.twin.templates import TwinCategories, TwinFragments, TwinTemplates
from tests.twin.tenants import (
    TwinAuditLog,
    TwinCircuits,
    TwinPolicies,
    TwinProviders,
    TwinRotas,
    TwinServiceAccounts,
    TwinTenants,
)
from tests.twin.timers import TwinDigestWindows, TwinDueItems, TwinSweepCursors

__all__ = [
    "DAY",
    "Rows",
    "TwinAuditLog",
    "TwinBackgrounds",
    "TwinCancelledGroups",
    "TwinCategories",
    "TwinCircuits",
    "TwinDevices",
    "TwinDigestWindows",
    "TwinDueItems",
    "TwinFlags",
    "TwinFragments",
    "TwinLookups",
    "TwinPolicies",
    "TwinPreferences",
    "TwinProviders",
    "TwinRateWindows",
    "TwinRecipients",
    "TwinRecords",
    "TwinRequests",
    "TwinRotas",
    "TwinServiceAccounts",
    "TwinSpendings",
    "TwinStates",
    "TwinSuppressions",
    "TwinSweepCursors",
    "TwinTemplates",
    "TwinTenants",
    "TwinTopics",
    "TwinUsages",
]
