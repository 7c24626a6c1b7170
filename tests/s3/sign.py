#!/usr/bin/env python3
"""Signs links by boto3 for a server that swift_server.py has started.

    sign.py READY_FILE KEY

prints one line of JSON: a PUT link of each signing version, and a GET link that reads the object back.
"""

import json
import sys

from signing import Bucket

ready = json.loads(open(sys.argv[1], encoding="utf-8").read())
bucket = Bucket(ready["endpoint"], ready["region"], ready["bucket"], ready["access_key"], ready["secret_key"])
key = sys.argv[2]
print(
    json.dumps(
        {
            "v4": bucket.link(key),
            # The older version signs Content-Type, too.
            "v2": bucket.link(key, version="s3", ContentType="image/jpeg"),
            "read": bucket.link(key, "get_object"),
        }
    )
)
