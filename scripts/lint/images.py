"""Checks that the images of others are listed in deploy/images.txt, and pinned by the digest that it knows.

python images.py [FOLDER]
"""

import re
import sys
from pathlib import Path

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "deploy")
lines = [line.split() for line in (folder / "images.txt").read_text().splitlines() if not line.startswith("#")]
digests = dict(lines)
used, wrong = set(), []
FROM = r"^FROM (\S+)"
for name, pattern in {"Dockerfile": FROM, "static.Dockerfile": FROM, "compose.yaml": r"^ +image: (\S+)$"}.items():
    for image in re.findall(pattern, (folder / name).read_text(), re.M):
        # The image that this clone builds.
        if image == "akiba-relay":
            continue
        tag, _, digest = image.partition("@")
        used.add(tag)
        known = digests.get(tag)
        if known is None:
            wrong.append(f"{name}: {tag} is not in images.txt")
        elif known != "unknown" and digest != known:
            wrong.append(f"{name}: {tag} must be pinned: {tag}@{known}")
        elif known == "unknown" and digest:
            wrong.append(f"images.txt: the digest of {tag} is {digest}")
wrong += [f"images.txt: {tag} is not used" for tag in digests.keys() - used]
wrong += [
    f"images.txt: {tag} has no digest of the form sha256:…"
    for tag, digest in digests.items()
    if digest != "unknown" and not re.fullmatch(r"sha256:[0-9a-f]{64}", digest)
]
for line in wrong:
    print(line, file=sys.stderr)
sys.exit(1 if wrong else 0)
