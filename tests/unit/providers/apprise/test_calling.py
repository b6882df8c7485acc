"""What it means that Apprise said no."""

import pytest
from requests.exceptions import InvalidURL, JSONDecodeError

from chalicelib.domain.delivery import AttemptOutcome
from chalicelib.domain.provider import ProviderResult, Refused, Unsure
from chalicelib.providers.apprise.calling import judged
from chalicelib.providers.apprise.hearing import Heard


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (InvalidURL("no host"), Refused(kind=AttemptOutcome.MISCONFIGURED, code="invalid_url", telling=False)),
        (JSONDecodeError("not JSON", "<html>", 0), Unsure(code="unreadable_answer")),
        (ConnectionResetError(), Unsure(code="connection_lost")),
    ],
)
def test_what_never_went_out_is_no_unreadable_answer(error: Exception, meant: ProviderResult) -> None:
    assert judged(Heard(error=error)) == meant
