#!/usr/bin/env python3
"""Signs links with boto3 for a server that swift_server.py started.

    sign.py READY_FILE KEY

Prints one line of JSON: a PUT link of each signature version, and a GET link that reads the object back.
"""

import json
import sys
from pathlib import Path

from signing import Bucket

ready = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
bucket = Bucket(ready["endpoint"], ready["region"], ready["bucket"], ready["access_key"], ready["secret_key"])
key = sys.argv[2]
print(
    json.dumps(
        {
            "v4": bucket.link(key),
            # Version 2 signs Content-Type, too.
            "v2": bucket.link(key, version="s3", ContentType="image/jpeg"),
            "read": bucket.link(key, "get_object"),
        }
    )
)
