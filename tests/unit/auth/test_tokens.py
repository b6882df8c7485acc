"""Which tokens are trusted."""

import base64
import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.auth.keys import KeySet
from chalicelib.auth.tokens import TokenVerifier
from chalicelib.domain.errors import UnauthenticatedError
from chalicelib.settings import Issuer
from tests.unit.auth.issuers import COGNITO, KEYCLOAK, TestIssuer, a_key

ISSUER = TestIssuer()


def verifier(*issuers: TestIssuer) -> TokenVerifier:
    """Return a verifier of issuers whose keys are at hand."""
    documents = {issuer.issuer: issuer.jwks() for issuer in issuers}
    return TokenVerifier(
        tuple(issuer.settings() for issuer in issuers),
        lambda issuer: KeySet(issuer.jwks_uri, time.monotonic, lambda _: documents[issuer.issuer]),
    )


def forged(header: dict[str, str], claims: dict[str, object], signature: str = "") -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims))
    return ".".join((*parts, signature))


def test_a_good_token_is_trusted_with_the_issuer_that_vouches_for_it() -> None:
    token = verifier(ISSUER).verify(ISSUER.sign(ISSUER.user_claims()))

    assert token.issuer.issuer == COGNITO
    assert token.claims["custom:tenantId"] == "acme"


def test_each_issuer_vouches_for_its_own_tokens_only() -> None:
    other = TestIssuer(issuer=KEYCLOAK)
    both = verifier(ISSUER, other)

    assert both.verify(other.sign(other.user_claims())).issuer.issuer == KEYCLOAK
    with pytest.raises(UnauthenticatedError):
        both.verify(other.sign(ISSUER.user_claims()))


NOW = int(time.time())
BAD_CLAIMS = {
    "expired": {"exp": NOW - 60},
    "not valid yet": {"nbf": NOW + 3_600},
    "issued in the future": {"iat": NOW + 3_600},
    "no expiry": {"exp": None},
    "no issuer": {"iss": None},
    "no subject": {"sub": None},
    "no time of issue": {"iat": None},
    "an expiry that is no time": {"exp": "soon"},
    "wrong issuer": {"iss": "https://evil.example.com"},
    "an issuer of another kind": {"iss": [COGNITO]},
}


@pytest.mark.parametrize("claims", BAD_CLAIMS.values(), ids=BAD_CLAIMS)
def test_claims_that_do_not_hold_are_refused(claims: dict[str, object]) -> None:
    with pytest.raises(UnauthenticatedError):
        verifier(ISSUER).verify(ISSUER.sign(ISSUER.user_claims(**claims)))


def test_clocks_may_differ_a_little() -> None:
    now = int(time.time())
    verifier(ISSUER).verify(ISSUER.sign(ISSUER.user_claims(exp=now - 5, iat=now + 5)))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_unsigned_tokens_are_refused(algorithm: str) -> None:
    with pytest.raises(UnauthenticatedError):
        verifier(ISSUER).verify(forged({"alg": algorithm, "kid": ISSUER.key_id}, ISSUER.user_claims()))


def test_the_public_key_is_no_shared_secret() -> None:
    """HS256 with the issuer's public key as the secret: the classic confusion of algorithms."""
    public = ISSUER.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header, claims = {"alg": "HS256", "typ": "JWT", "kid": ISSUER.key_id}, ISSUER.user_claims()
    signing_input = forged(header, claims).rpartition(".")[0]
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signing_input.encode(), public)
    token = f"{signing_input}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"

    with pytest.raises(UnauthenticatedError):
        verifier(ISSUER).verify(token)


@pytest.mark.parametrize("algorithm", ["RS384", "RS512", "PS256"])
def test_an_algorithm_that_is_not_the_issuers_is_refused_even_with_its_key(algorithm: str) -> None:
    with pytest.raises(UnauthenticatedError):
        verifier(ISSUER).verify(ISSUER.sign(ISSUER.user_claims(), algorithm=algorithm))


def test_another_kind_of_key_than_the_algorithm_needs_is_refused() -> None:
    settings = ISSUER.settings(algorithms=("RS256", "ES256"))
    both = TokenVerifier((settings,), lambda _: KeySet("", time.monotonic, lambda _: ISSUER.jwks()))
    token = ISSUER.sign(ISSUER.user_claims(), algorithm="ES256", key=generate_private_key(SECP256R1()))

    with pytest.raises(UnauthenticatedError):
        both.verify(token)


def test_a_signature_by_another_key_of_the_same_name_is_refused() -> None:
    with pytest.raises(UnauthenticatedError):
        verifier(ISSUER).verify(ISSUER.sign(ISSUER.user_claims(), key=a_key()))


def test_a_key_that_the_token_brings_itself_is_not_used() -> None:
    attacker = TestIssuer(key_id="mine")
    token = attacker.sign(
        ISSUER.user_claims(), jwk=json.loads(attacker.jwks())["keys"][0], jku="https://evil.example.com"
    )

    with pytest.raises(UnauthenticatedError):
        verifier(ISSUER).verify(token)


NO_TOKENS = ["", "a", "a.b", "a.b.c", "....", "é.é.é", "[" * 8_000, "x" * 100_000]


@pytest.mark.parametrize("token", [*NO_TOKENS, forged({"alg": "RS256"}, {"iss": COGNITO})])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        verifier(ISSUER).verify(token)


@pytest.mark.parametrize("deep", [900, 5_000])
def test_a_deeply_nested_payload_is_refused(deep: int) -> None:
    payload = base64.urlsafe_b64encode(("[" * deep).encode()).decode().rstrip("=")
    with pytest.raises(UnauthenticatedError):
        verifier(ISSUER).verify(f"eyJhbGciOiJSUzI1NiJ9.{payload}.AA")


@pytest.mark.parametrize("algorithms", [(), ("none",), ("HS256",), ("RS256", "HS256")])
def test_an_issuer_cannot_be_configured_with_weak_algorithms(algorithms: tuple[str, ...]) -> None:
    issuer = Issuer(issuer=COGNITO, jwks_uri="https://x.example.com", algorithms=algorithms)
    with pytest.raises(ValueError, match="asymmetric"):
        TokenVerifier((issuer,), lambda _: KeySet("", time.monotonic))
