"""The local certificate authority that vouches for the vendors' hosts. Its key never leaves the sandbox's folder."""

import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import certifi
import trustme

_BUNDLE: Final = "bundle.pem"
_KEY: Final = "ca.key"
_CERTIFICATE: Final = "ca.pem"


def bundle_of(folder: Path) -> Path:
    """Return the file with the CAs to trust: those that browsers trust, and ours."""
    return folder / _BUNDLE


def open_authority(folder: Path) -> trustme.CA:
    """Return the authority of a folder, made on first use, so that what trusts it survives a restart."""
    key, certificate = folder / _KEY, folder / _CERTIFICATE
    if key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    authority = trustme.CA(organization_name="Herald's vendor sandbox")
    authority.cert_pem.write_to_path(str(certificate))
    bundle_of(folder).write_bytes(Path(certifi.where()).read_bytes() + authority.cert_pem.bytes())
    key.touch(mode=0o600)
    authority.private_key_pem.write_to_path(str(key))
    return authority


def server_context(authority: trustme.CA, hosts: Iterable[str]) -> ssl.SSLContext:
    """Return what a server needs to be these hosts to whoever trusts the authority. It speaks HTTP/1.1 only."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(*hosts).configure_cert(context)
    return context
