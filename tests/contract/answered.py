"""Fails unless every call of the document succeeded at least once, by the relay's log.

A run in which everything is refused proves little. Prints how often the relay answered with each status.
"""

import collections
import json
import sys
import urllib.request

relay, log = sys.argv[1:]
with urllib.request.urlopen(f"{relay}/openapi.json") as answer:
    paths = json.load(answer)["paths"]
calls = {(method.upper(), path) for path, item in paths.items() for method in item}

statuses = collections.defaultdict(collections.Counter)
with open(log) as lines:
    for line in lines:
        fields = json.loads(line)
        if "status" in fields:
            statuses[fields["method"], fields["route"]][fields["status"]] += 1

for call in sorted(calls):
    print(*call, *(f"{status}:{count}" for status, count in sorted(statuses[call].items())))
refused = [call for call in calls if not any(200 <= status < 300 for status in statuses[call])]
if refused:
    sys.exit(f"never a success: {refused}")
