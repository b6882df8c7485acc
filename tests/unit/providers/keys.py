"""Private keys, as vendors give them away."""

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

RSA_KEY = rsa.generate_private_key(65_537, 2_048)


def pem(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = RSA_KEY,
    form: PrivateFormat = PrivateFormat.PKCS8,
    password: bytes | None = None,
) -> str:
    """Return a key as the text it is given in, by default as Google does."""
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, encryption).decode()
