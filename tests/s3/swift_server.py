#!/usr/bin/env python3
"""OpenStack Swift with its S3 API on a free loopback port, as an independent S3.

    swift_server.py start [--origin http://127.0.0.1:8080]... [--ready-file FILE]

Runs until SIGINT or SIGTERM. Prints one line of JSON: endpoint, region, bucket, access key and secret key.
The proxy and the account, container and in-memory object servers run in this one process, on sockets that are bound
before their addresses are written. Databases live in a temporary folder that is removed at the end.
"""

import argparse
import json
import os
import signal
import sys
import tempfile
import warnings

# Swift uses eventlet. Its warning to migrate away is meant for Swift's authors.
warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

from eventlet import wsgi  # noqa: E402
from swift.account.server import AccountController  # noqa: E402
from swift.common import utils  # noqa: E402
from swift.common.http_protocol import SwiftHttpProtocol  # noqa: E402
from swift.common.ring import RingBuilder  # noqa: E402
from swift.common.storage_policy import reload_storage_policies  # noqa: E402
from swift.common.swob import Request  # noqa: E402
from swift.common.wsgi import loadapp  # noqa: E402
from swift.container.server import ContainerController  # noqa: E402
from swift.obj.mem_server import ObjectController  # noqa: E402

REGION = "af-south-1"
BUCKET = "selfies-swift"
ACCESS_KEY = "test:tester"
SECRET_KEY = "testing"

SWIFT_CONF = """
[swift-hash]
swift_hash_path_prefix = sandbox
swift_hash_path_suffix = sandbox
"""

PROXY_CONF = """
[DEFAULT]
swift_dir = {folder}
cors_allow_origin = {origins}
cors_expose_headers = etag

[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats s3api tempauth copy slo dlo proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true

[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = {secret} .admin

[filter:s3api]
use = egg:swift#s3api
location = {region}
cors_preflight_allow_origin = {origins}

[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
"""


def listen():
    return eventlet.listen(("127.0.0.1", 0))


def write_ring(folder, name, port):
    builder = RingBuilder(2, 1, 1)
    builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": port, "device": "disk", "weight": 1})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, f"{name}.ring.gz"))


def make_bucket(app):
    request = Request.blank(
        f"/v1/AUTH_test/{BUCKET}", environ={"REQUEST_METHOD": "PUT", "swift.authorize": lambda _: None}
    )
    request.environ["swift.authorize_override"] = True
    response = request.get_response(app)
    if response.status_int not in (201, 202):
        raise SystemExit(f"swift_server.py: creating the bucket failed: {response.status}")


def start(origins, ready_file):
    with tempfile.TemporaryDirectory(prefix="akiba-swift-") as folder:
        utils.SWIFT_CONF_FILE = os.path.join(folder, "swift.conf")
        with open(utils.SWIFT_CONF_FILE, "w", encoding="ascii") as conf:
            conf.write(SWIFT_CONF)
        utils.validate_hash_conf()
        os.mkdir(os.path.join(folder, "disk"))

        backends = [("account", AccountController), ("container", ContainerController), ("object", ObjectController)]
        settings = {"devices": folder, "swift_dir": folder, "mount_check": "false"}
        sockets = [listen() for _ in backends]
        for (name, _), socket in zip(backends, sockets):
            write_ring(folder, name, socket.getsockname()[1])
        reload_storage_policies()
        for (_, controller), socket in zip(backends, sockets):
            eventlet.spawn(serve, socket, controller(settings))

        conf_path = os.path.join(folder, "proxy.conf")
        with open(conf_path, "w", encoding="ascii") as conf:
            conf.write(PROXY_CONF.format(folder=folder, origins=",".join(origins), region=REGION, secret=SECRET_KEY))
        app = loadapp(conf_path)
        proxy_socket = listen()
        make_bucket(app)
        proxy = eventlet.spawn(serve, proxy_socket, app)

        host, port = proxy_socket.getsockname()
        ready = json.dumps(
            {
                "endpoint": f"http://{host}:{port}",
                "region": REGION,
                "bucket": BUCKET,
                "access_key": ACCESS_KEY,
                "secret_key": SECRET_KEY,
            }
        )
        if ready_file:
            with open(ready_file + ".part", "w", encoding="ascii") as file:
                file.write(ready)
            os.replace(ready_file + ".part", ready_file)
        print(ready, flush=True)
        proxy.wait()


def serve(socket, app):
    with open(os.devnull, "w", encoding="ascii") as silent:
        wsgi.server(socket, app, silent, protocol=SwiftHttpProtocol)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["start"])
    parser.add_argument("--origin", action="append", default=[], help="origin of a page that may upload; repeatable")
    parser.add_argument("--ready-file", help="file for the line of JSON")
    arguments = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        # The exit is an exception, so the temporary folder is removed.
        signal.signal(number, lambda *_: sys.exit(0))
    start(arguments.origin, arguments.ready_file)


if __name__ == "__main__":
    main()
