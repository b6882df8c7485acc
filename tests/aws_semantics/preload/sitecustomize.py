"""Shows AWS's nature in every process that has this folder on PYTHONPATH and HERALD_SEMANTICS in its environment.

Python imports this at its start (https://docs.python.org/3/library/site.html), so the Lambda workers of an emulator,
which inherit its environment, need nothing else. The emulator itself is left alone: it is to be AWS, not to suffer it.
"""

import os
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.session import Session


def _hook(session: "Session") -> None:
    from tests.aws_semantics.switch import attach, hooks_of_process

    attach(hooks_of_process(), session)


if os.environ.get("HERALD_SEMANTICS") and "ministack" not in sys.orig_argv:
    import botocore

    # Only `tests` becomes importable, not the repository: a worker must not find what its package lacks.
    _tests = ModuleType("tests")
    _tests.__path__ = [str(Path(__file__).parents[2])]
    sys.modules.setdefault("tests", _tests)
    botocore.register_initializer(_hook)
