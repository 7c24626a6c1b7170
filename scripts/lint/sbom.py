"""Checks an SBOM against CycloneDX's schema: python sbom.py FILE"""

import json
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

text = Path(sys.argv[1]).read_text()
if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
    sys.exit(f"{sys.argv[1]}: {error.data}")
names = {component["name"] for component in json.loads(text)["components"]}
if not {"axum", "rustls", "sqlx"} <= names or "akiba-sandbox" in names:
    sys.exit(f"{sys.argv[1]}: it does not list what the relay is made of")
