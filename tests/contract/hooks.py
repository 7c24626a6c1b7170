"""Hooks for schemathesis that authorise its calls: a new session for each call of a page, the API key for a back end's.

run.sh sets the addresses and keys in the environment.
"""

import json
import os
import re
import urllib.error
import urllib.request
from pathlib import Path

import schemathesis

RELAY = os.environ["CONTRACT_RELAY"]
API_KEY = os.environ.get("CONTRACT_API_KEY")
PHOTO = Path(__file__).parent.parent.joinpath("fixtures/face/collins.jpg").read_bytes()

# Identifiers of the sandbox: one is verified, the other one's verdict is lost.
VERIFIED = "0000000000001"
LOST = "0000000000005"

HANDOFF_ID = re.compile(r"hof_[0-9a-f]{32}")
SESSION_ID = re.compile(r"ses_[0-9a-f]{32}")
CODE = re.compile(r"[A-Za-z0-9_-]{22}([A-Za-z0-9_-]{10})?")
CLAIM = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")

URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")

# A key in quotes is the same key.
IDEMPOTENCY_KEY = re.compile(r'"?([!#-\[\]-~]{1,253})"?')


def ask(url, body=None, token=None, method="POST"):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Content-Type", "image/jpeg" if isinstance(body, bytes) else "application/json")
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def new_session(identifier):
    return ask(f"{RELAY}/v1/sessions", {"identifier": identifier, "type": "1"}, API_KEY)


def upload(token):
    issued = ask(f"{RELAY}/v1/customer", {}, token)
    ask(issued["signed_link"], PHOTO, method="PUT")


if API_KEY:

    @schemathesis.auth(refresh_interval=None).apply_to(path_regex="^/v1/sessions")
    class BackEnd:
        def get(self, case, context):
            return API_KEY

        def set(self, case, data, context):
            case.headers["Authorization"] = f"Bearer {data}"

    @schemathesis.auth(refresh_interval=None).apply_to(path_regex="^/v1/customer")
    class Page:
        """Creates an unused session. For a verdict, it uploads the photo first."""

        def get(self, case, context):
            token = new_session(VERIFIED)["session_token"]
            if context.operation.path.endswith("/verify"):
                upload(token)
                if context.operation.method.upper() == "GET":
                    ask(f"{RELAY}/v1/customer/verify", {}, token)
            return token

        def set(self, case, data, context):
            case.headers["Authorization"] = f"Bearer {data}"

    # The hand-offs of the desktops' sessions, by token.
    handoffs = {}

    @schemathesis.auth(refresh_interval=None).apply_to(path_regex="^/v1/handoffs(/[^/]+(/renew|/end)?)?$")
    class Desktop:
        """Creates an unused session. For a call about a hand-off, it begins one first."""

        def get(self, case, context):
            token = new_session(VERIFIED)["session_token"]
            if "{id}" in context.operation.path:
                handoffs[token] = begin(token)["handoff_id"]
            elif context.operation.method.upper() == "GET":
                have_taken(token)
            return token

        def set(self, case, data, context):
            case.headers["Authorization"] = f"Bearer {data}"

    def begin(token):
        return ask(f"{RELAY}/v1/handoffs", {}, token)

    def have_taken(token):
        """Begins a hand-off, and has a phone take it."""
        begun, claim = begin(token), "A" * 43
        ask(f"{RELAY}/v1/handoffs/redeem", {"code": begun["url"].split("#")[1], "claim": claim})
        confirmed = {"claim": claim, "number": begun["number"]}
        ask(f"{RELAY}/v1/handoffs/{begun['handoff_id']}/confirm", confirmed)

    def hand_over(case):
        """Gives a call about a hand-off one that exists, if the generated call is valid."""
        path, body = case.operation.path, case.body
        own = handoffs.get((case.headers or {}).get("Authorization", "").removeprefix("Bearer "))
        if own and HANDOFF_ID.fullmatch(str(case.path_parameters.get("id"))):
            case.path_parameters["id"] = own
            # A state that the caller knows already is answered after 25 s.
            if str((case.query or {}).get("after")).isdecimal():
                case.query["after"] = 0
        if not isinstance(body, dict) or not CLAIM.fullmatch(str(body.get("claim"))):
            return
        begun = begin(new_session(VERIFIED)["session_token"])
        code = begun["url"].split("#")[1]
        if path.endswith("/redeem") and CODE.fullmatch(str(body.get("code"))):
            body["code"] = code
        elif path.endswith(("/confirm", "/disown")):
            ask(f"{RELAY}/v1/handoffs/redeem", {"code": code, "claim": body["claim"]})
            case.path_parameters["id"] = begun["handoff_id"]
            if body.get("number") is not None:
                body["number"] = begun["number"]

    # The body of the first request with each idempotency key.
    first_bodies = {}

    @schemathesis.hook
    def before_call(context, case, kwargs):
        """Gives another body another idempotency key, as a key names one request.

        Loses a verdict before a call that releases one, and begins a hand-off before a call about one: a generated id
        is unknown.
        """
        if case.operation.path.startswith("/v1/handoffs"):
            hand_over(case)
        # A session has ten hand-offs.
        if case.operation.path == "/v1/sessions/{id}/handoffs" and SESSION_ID.fullmatch(
            str(case.path_parameters.get("id"))
        ):
            case.path_parameters["id"] = new_session(VERIFIED)["session_id"]
        key = (case.headers or {}).get("idempotency-key")
        is_creation = case.operation.path == "/v1/sessions" and case.method.upper() == "POST"
        # The relay takes only URLs of the operator's list.
        if is_creation and isinstance(case.body, dict) and URI.match(str(case.body.get("return_url"))):
            case.body["return_url"] = "https://bank.example/app"
        valid = IDEMPOTENCY_KEY.fullmatch(key) if is_creation and isinstance(key, str) else None
        if valid and first_bodies.setdefault(valid[1], repr(case.body)) != repr(case.body):
            case.headers["idempotency-key"] = f"contract-{len(first_bodies)}"
            first_bodies[f"contract-{len(first_bodies)}"] = repr(case.body)
        if case.operation.path.endswith("/reconcile") and case.body == {"action": "release"}:
            session = new_session(LOST)
            upload(session["session_token"])
            try:
                ask(f"{RELAY}/v1/customer/verify", {}, session["session_token"])
            except urllib.error.HTTPError as error:
                assert error.code == 502, error.code
            case.path_parameters["id"] = session["session_id"]

else:

    @schemathesis.hook
    def before_call(context, case, kwargs):
        """Uploads a photo before a call for a verdict, as there is no photo under a generated key."""
        if case.operation.path.endswith("/verify") and is_verify(case.body) and case.body["user_type"] == "1":
            issued = ask(f"{RELAY}/v1/customer", {"identifier": VERIFIED, "type": "1"})
            ask(issued["signed_link"], PHOTO, method="PUT")
            case.body.update(id=VERIFIED, s3_key=issued["s3_key"], selfie_filename=issued["selfie_filename"])


def is_verify(body):
    names = ("id", "s3_key", "selfie_filename", "user_type")
    return isinstance(body, dict) and all(isinstance(body.get(name), str) for name in names)
