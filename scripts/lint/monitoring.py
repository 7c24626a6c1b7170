"""Checks deploy/monitoring against the documents, and writes the dashboard's queries as rules for promtool.

python monitoring.py RULES-FILE
"""

import json
import re
import sys
from pathlib import Path

import ruamel.yaml

FOLDER = Path("deploy/monitoring")
yaml = ruamel.yaml.YAML(typ="safe")
wrong = []

# The metrics of the program: a test of the relay holds this table.
ROW = re.compile(r"^\| `((?:akiba_relay|process)_\w+)` \| (\w+) \|", re.M)
METRICS = dict(ROW.findall(Path("docs/running.md").read_text()))
ENDINGS = {"histogram": ["_bucket", "_sum", "_count"]}
KNOWN = {name + end for name, kind in METRICS.items() for end in ENDINGS.get(kind, [""])}


def check_names(where: str, expression: str) -> None:
    for name in set(re.findall(r"\b(?:akiba_relay|process)_\w+", expression)) - KNOWN:
        wrong.append(f"{where}: the relay has no metric {name}")


# Each limit of the program belongs to an alert.
SOURCE = Path("crates/relay/src/telemetry/metrics.rs").read_text()
LIMITS = set(re.findall(r'"([a-z-]+)"', re.search(r"const LIMITS[^=]*= \[(.*?)\];", SOURCE, re.S)[1]))
alerts = [rule for group in yaml.load(FOLDER / "alerts.yml")["groups"] for rule in group["rules"]]
runbook = re.findall(r"^## (AkibaRelay\w+)$", Path("docs/alerts.md").read_text(), re.M)
for rule in alerts:
    name = rule["alert"]
    check_names(name, rule["expr"])
    if not rule["annotations"]["runbook_url"].endswith(f"/docs/alerts.md#{name.lower()}"):
        wrong.append(f"{name}: its runbook_url must end with docs/alerts.md#{name.lower()}")
watched = {
    limit for rule in alerts for limit in re.findall(r"[a-z-]+", "".join(re.findall(r'limit=~"(.*?)"', rule["expr"])))
}
# The circuit breaker has an alert of its own.
wrong += [f"alerts.yml: no alert watches the limit {limit}" for limit in sorted(LIMITS - watched - {"breaker"})]
wrong += [f"alerts.yml: the relay has no limit {limit}" for limit in sorted(watched - LIMITS)]
names = [rule["alert"] for rule in alerts]
if names != runbook:
    wrong.append(f"docs/alerts.md must have the sections of alerts.yml in the same order: {names}")
tested = {
    label
    for test in yaml.load(FOLDER / "alerts_test.yml")["tests"]
    for case in test["promql_expr_test"]
    for sample in case.get("exp_samples", [])
    for label in re.findall(r'alertname="(\w+)"', sample["labels"])
}
wrong += [f"{name}: no test in alerts_test.yml sees it fire" for name in names if name not in tested]

dashboard = json.loads((FOLDER / "dashboard.json").read_text())
queries = [target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", [])]
ids = [panel["id"] for panel in dashboard["panels"]]
if len(ids) != len(set(ids)) or len(queries) < 10:
    wrong.append("dashboard.json: two panels have the same id, or there are hardly any queries")
rules = []
for number, query in enumerate(queries):
    check_names("dashboard.json", query)
    for variable, value in {"$__rate_interval": "5m", "$__range": "6h", "$instance": ".*"}.items():
        query = query.replace(variable, value)
    rules.append({"record": f"dashboard:query:{number}", "expr": query})
with Path(sys.argv[1]).open("w") as file:
    yaml.dump({"groups": [{"name": "dashboard", "rules": rules}]}, file)

for line in wrong:
    print(line, file=sys.stderr)
sys.exit(1 if wrong else 0)
