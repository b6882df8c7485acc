"""How much a template may be and do. Counted, where that is possible, so that the same template always gets the same
answer; the clock is only the last resort.
"""

from typing import Final

SOURCE: Final = 100_000
"""Characters of a source, also of one put together with its layout and partials."""
NODES: Final = 2_000
"""Nodes of the syntax tree of a source."""
DEPTH: Final = 30
"""How deep the nodes of a source may be nested."""
BRANCHES: Final = 30
"""Branches of one `if`."""
LOOPS: Final = 50
NESTED_INCLUDES: Final = 3
INCLUDES: Final = 100
NUMBER: Final = 10**15
"""The magnitude of a number that is written or reckoned in a template; floats are exact up to here."""
DIGITS: Final = 30
"""Digits of a number in a template or in a text that becomes one."""
ITEMS: Final = 1_000
"""Items of a list that is looped over, sorted or joined."""
STEPS: Final = 500_000
"""Nodes evaluated by the loops of one part: the items of each, times the nodes between `for` and `endfor`."""
TEXT: Final = 50_000
"""Characters of a value that is printed or goes through a filter, and of what comes out of it."""
FILTERED: Final = 1_000_000
"""Characters that the filters and conditions of one part read and make."""
OUTPUT: Final = 500_000
"""Characters of a part that is filled."""
SECONDS: Final = 0.5
"""Of one part."""
READY_SECONDS: Final = 10.0
"""Of making all parts in all languages ready: an answer of the API may take 29."""
CHUNKS: Final = 32
"""Pieces of output made between two looks at their size and at the clock."""
TAGS: Final = 5_000
"""Tags of the HTML of one source."""
NESTED_ELEMENTS: Final = 100
"""Elements of HTML that are open at once: what reads HTML recurses, and crashes some thousands deep."""
HTML: Final = 1_000_000
"""Characters that HTML of a send comes to once all is written that readers repeat; elements count as some more."""
STYLING: Final = 10_000_000
"""Characters of style sheets, times the tags of the HTML: what inlining may come to at most."""
SCHEMA_NODES: Final = 2_000
"""Values in a schema, counted as often as they are referred to."""
SCHEMA_DEPTH: Final = 24
PATTERNS: Final = 50
"""Regular expressions in a schema: each takes up to 400 KB while it reads."""
MATCHING: Final = 10_000_000_000
"""Bytes of the compiled regular expressions of a schema times those of data that is checked by it."""
CHECKS: Final = 2_000_000
"""Values of a schema times those of data that is checked by it: what a hostile schema may make of a check."""
CHECKS_TOLD: Final = 50_000
"""The same, where all faults are told and not only the first: telling takes ten times as long."""
DATA_NODES: Final = 20_000
DATA_DEPTH: Final = 24
FAULTS: Final = 20
"""Faults told at once."""
COMPILED: Final = 128
"""Templates in one language that stay compiled in a process."""
SCHEMAS: Final = 256
"""Schemas that stay compiled in a process."""
