"""Checks a proof of a verdict: a JWT that the relay signs and the page brings.

Nothing else that a page says about a verdict is worth anything.
"""

import asyncio

import jwt

REQUIRED = ["iss", "aud", "sub", "exp", "iat", "jti", "outcome", "final"]


class Refused(Exception):
    """The proof is not valid or not for this customer."""


class UsedBefore(Refused):
    """The proof, or another one of the same verdict, was used before."""


class ProofChecker:
    """Checks proofs from a relay. The audience is the name of your API key."""

    def __init__(self, relay: str, issuer: str, audience: str):
        self.keys = jwt.PyJWKClient(f"{relay.rstrip('/')}/.well-known/jwks.json", timeout=5)
        self.issuer, self.audience = issuer, audience
        # STUB: your database. Keep the ids in a unique column. A proof is valid for five minutes.
        self.used = set()

    async def check(self, proof: object, session: str | None) -> dict:
        """Returns the claims of a proof for this session, which comes from your database.

        Raises Refused, or jwt.PyJWKClientConnectionError if the relay's keys can't be read.
        """
        # Without a subject the library would accept a proof of any session.
        if not session or not isinstance(proof, str):
            raise Refused
        try:
            key = await asyncio.to_thread(self.keys.get_signing_key_from_jwt, proof)
            token = jwt.decode_complete(
                proof,
                key,
                algorithms=["EdDSA"],
                issuer=self.issuer,
                audience=self.audience,
                subject=session,
                leeway=30,
                # A claim that is not required may be missing, even if it is compared above.
                options={"require": REQUIRED, "strict_aud": True},
            )
        except jwt.PyJWKClientConnectionError:
            raise
        except jwt.PyJWTError as error:
            raise Refused from error
        claims = token["payload"]
        if token["header"].get("typ") != "akiba-verdict+jwt":
            raise Refused
        if claims["jti"] in self.used:
            raise UsedBefore
        self.used.add(claims["jti"])
        return claims
