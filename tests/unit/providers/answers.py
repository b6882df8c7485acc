"""Answers of vendors, as `requests` hands them to a provider."""

import requests


def answer(status: int, text: str = "", **headers: str) -> requests.Response:
    """Return an answer with this body; underscores in the names of headers stand for hyphens."""
    response = requests.Response()
    response.status_code, response._content = status, text.encode()
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return response
