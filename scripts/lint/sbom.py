"""Checks an SBOM against CycloneDX's schema: python sbom.py relay|widget FILE"""

import json
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

PARTS = {"relay": {"axum", "rustls", "sqlx"}, "widget": {"akiba-vision", "yew", "web-sys"}}

program, file = sys.argv[1:]
text = Path(file).read_text()
if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
    sys.exit(f"{file}: {error.data}")
names = {component["name"] for component in json.loads(text)["components"]}
if not PARTS[program] <= names or "akiba-sandbox" in names:
    sys.exit(f"{file}: it does not list what the {program} is made of")
