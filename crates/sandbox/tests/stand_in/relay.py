#!/usr/bin/env python3
"""A stand-in for akiba-relay, for tests of the launcher. It listens and prints its address; `keygen` prints a key.

`GET /v1/exit` ends it with status 7. After `GET /v1/deaf` it ignores SIGTERM. To any other request it answers with
status 418 and the request, the arguments and the environment as JSON.
"""

import http.server
import json
import os
import signal
import sys

if sys.argv[1] == "keygen":
    kind, name = sys.argv[2:4]
    print({"api": f"api-secret\n{name}=hash", "webhook": "whsec_c2VjcmV0"}.get(kind, f"{kind}-secret"))
    sys.exit()

deaf = False


def terminate(*_):
    if not deaf:
        os._exit(143)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        if self.path == "/v1/exit":
            os._exit(7)
        if self.path == "/v1/deaf":
            global deaf
            deaf = True
        length = int(self.headers.get("content-length", 0))
        report = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": self.rfile.read(length).decode(),
            "arguments": sys.argv[1:],
            "environment": {name: value for name, value in os.environ.items() if name.startswith("AKIBA_")},
        }
        text = json.dumps(report).encode()
        self.send_response(418)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.send_header("x-relay", "stand-in")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_OPTIONS = answer

    def log_message(self, *_):
        pass


signal.signal(signal.SIGTERM, terminate)
host, port = sys.argv[sys.argv.index("--listen") + 1].rsplit(":", 1)
server = http.server.ThreadingHTTPServer((host, int(port)), Handler)
print("starting", flush=True)
print(f"listening on http://{host}:{server.server_address[1]}", flush=True)
server.serve_forever()
