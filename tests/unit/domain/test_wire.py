import subprocess
import sys
from pathlib import Path
from typing import Final

from chalicelib.domain.content import NO_PUSH, NO_SMS, Content
from chalicelib.domain.wire import to_json

ROOT: Final = Path(__file__).parents[3]
FIRST_DECODING_BY_MANY: Final = """
import sys, threading
from chalicelib.domain.request import NotificationRequest
from chalicelib.domain.wire import from_json, to_json
from tests.build import a_request

written, read, start = to_json(a_request()), [], threading.Barrier(8)

def decode():
    start.wait()
    read.append(from_json(written, NotificationRequest))

sys.setswitchinterval(1e-6)
threads = [threading.Thread(target=decode) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(0 if read == [a_request()] * 8 else "read something else")
"""


def test_the_first_objects_of_a_process_may_be_read_by_several_threads_at_once() -> None:
    # Given: processes that have decoded nothing yet (one alone would fail every other time, if it could)
    command = [sys.executable, "-c", FIRST_DECODING_BY_MANY]
    for _ in range(6):
        # When
        process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        # Then
        assert process.returncode == 0, process.stderr or "the process crashed"


def test_channels_that_want_nothing_of_their_own_take_no_room() -> None:
    assert to_json(Content(body="Hello", push=NO_PUSH, sms=NO_SMS)) == b'{"body":"Hello"}'
