"""A bank's back end for <akiba-selfie>.

It serves the page, creates a session at the relay, receives the webhook, and returns the verdict. Its settings
come from the environment: see README.md.
"""

import asyncio
import os
import secrets
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import jwt
import uvicorn
from fastapi import Body, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.staticfiles import StaticFiles
from proof import ProofChecker, Refused, UsedBefore
from standardwebhooks import Webhook, WebhookVerificationError

HERE = Path(__file__).parent
try:
    RELAY_URL, API_KEY = os.environ["RELAY_URL"], os.environ["AKIBA_API_KEY"]
    webhook = Webhook(os.environ["AKIBA_WEBHOOK_SECRET"])
except KeyError as missing:
    raise SystemExit(f"set {missing}") from None
proofs = ProofChecker(
    RELAY_URL,
    issuer=os.environ.get("PROOF_ISSUER", "akiba-relay"),
    audience=os.environ.get("AKIBA_KEY_NAME", "bank"),
)
UPLOADS = os.environ.get("UPLOADS", "https://*.amazonaws.com")
PAGE = (HERE / "../page/index.html").read_text().replace("{{relay}}", RELAY_URL)
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' blob:; "
    f"media-src 'self' blob:; connect-src 'self' {'://'.join(urlsplit(RELAY_URL)[:2])} {UPLOADS}; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

# STUB: your database. These are lost when the process ends.
customers, verdicts, seen = {}, {}, set()

# Only the server has the API key. Never send it to a page.
relay = httpx.AsyncClient(base_url=RELAY_URL, headers={"Authorization": f"Bearer {API_KEY}"}, timeout=10)


@asynccontextmanager
async def life(_: FastAPI):
    async with relay:
        yield


app = FastAPI(lifespan=life, openapi_url=None)


def customer(request: Request, response: Response) -> dict:
    """STUB: your login. Here each browser is another customer, and all have the same national id."""
    login = request.cookies.get("login")
    if login not in customers:
        login = secrets.token_hex(16)
        national_id = os.environ.get("NATIONAL_ID", "0000000000001")
        number = f"customer-{len(customers) + 1}"
        customers[login] = {"number": number, "national_id": national_id, "session": None, "lock": asyncio.Lock()}
        response.set_cookie("login", login, httponly=True, secure=True, samesite="strict")
    return customers[login]


async def session(session_id: str) -> dict | None:
    """Returns what the relay knows about a session, or None if it does not know the session."""
    answer = await relay.get(f"/v1/sessions/{session_id}")
    return None if answer.status_code == 404 else answer.raise_for_status().json()


@app.middleware("http")
async def add_headers(request: Request, call_next):
    response = await call_next(request)
    response.headers.update(HEADERS)
    return response


@app.exception_handler(httpx.HTTPError)
@app.exception_handler(jwt.PyJWKClientConnectionError)
async def relay_failed(_: Request, error: Exception):
    print(f"the relay: {type(error).__name__}", flush=True)
    return JSONResponse({"error": "try again later"}, 503)


@app.get("/")
async def page(request: Request):
    response = HTMLResponse(PAGE)
    customer(request, response)
    return response


@app.post("/selfie-session")
async def selfie_session(request: Request, response: Response):
    """Returns the session's token to the page. The identifier comes from the login, never from the page."""
    who = customer(request, response)
    # Two requests at once get the same session. STUB: lock the customer's row.
    async with who["lock"]:
        last = await session(who["session"]) if who["session"] else None
        if last:
            verdict, state = last["verdict"], last["state"]
            # Either the verdict is final, or the vendor may have judged already and would bill again. Someone at the
            # bank has to decide.
            if (verdict and verdict["final"]) or state in ("verifying", "unknown"):
                response.status_code = 409
                return {"error": f"the last check is {state}"}
            # Try again in the same session, as it counts the tries. A new session would start at zero.
            if verdict or datetime.fromisoformat(last["expires_at"]) > datetime.now(UTC):
                return {"token": who["token"]}
        wanted = {"identifier": who["national_id"], "type": "1", "reference": who["number"]}
        created = (await relay.post("/v1/sessions", json=wanted)).raise_for_status().json()
        who["session"], who["token"] = created["session_id"], created["session_token"]
        return {"token": who["token"]}


@app.post("/hooks/akiba")
async def hook(request: Request):
    """Receives the relay's webhook. The library checks the signature, and rejects one that is over 5 min old."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > 16_384:
            return Response(status_code=413)
    try:
        event = webhook.verify(body, dict(request.headers))
    except (WebhookVerificationError, ValueError):
        return Response(status_code=400)
    # A webhook may arrive more than once. If the relay can't be reached, the 503 makes it send the webhook again.
    if request.headers["webhook-id"] not in seen:
        if known := await session(event["data"]["session_id"]):
            verdict = known["verdict"] or {"outcome": None, "final": False}
            verdicts[known["session_id"]] = {
                "state": known["state"],
                "outcome": verdict["outcome"],
                "final": verdict["final"],
                "told_at": datetime.now(UTC).isoformat(),
            }
        seen.add(request.headers["webhook-id"])
    return Response(status_code=204)


@app.post("/selfie-proof")
async def take_proof(request: Request, response: Response, proof: Annotated[object, Body(embed=True)] = None):
    """Takes a proof of the verdict from the page, so that the bank knows it at once.

    Only the proof counts: the customer's session comes from the login, and the outcome from the proof.
    """
    who = customer(request, response)["session"]
    try:
        claims = await proofs.check(proof, who)
    except UsedBefore:
        return Response(status_code=409)
    except Refused:
        return Response(status_code=400)
    # A proof of an earlier rejection may arrive late.
    if not verdicts.get(who, {}).get("final"):
        outcome, final = claims["outcome"], claims["final"]
        told_at = datetime.now(UTC).isoformat()
        verdicts[who] = {"state": outcome, "outcome": outcome, "final": final, "told_at": told_at}
    return Response(status_code=204)


@app.get("/verdict")
async def verdict(request: Request, response: Response):
    """Returns the verdict that the bank has.

    Base a decision about money on this, on the server, and never on what the page says. After a rejection that is not
    final, the customer can still be verified.
    """
    return verdicts.get(customer(request, response)["session"], {"state": "open", "outcome": None})


app.mount("/akiba-selfie", StaticFiles(directory=os.environ.get("WIDGET", HERE / "../../../build/package")))
app.mount("/page", StaticFiles(directory=HERE / "../page"))

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ.get("PORT", "3000")), log_level="warning")
