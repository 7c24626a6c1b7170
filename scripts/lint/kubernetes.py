"""Checks deploy/kubernetes: the schemas of Kubernetes, and the rules that the manifests promise.

It needs no cluster. Where kubectl is installed, it also checks what kustomize makes of the manifests.
"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import kubernetes_validate
import ruamel.yaml

# The oldest version that its project still maintains, and the newest one that the schemas know.
VERSIONS = ["1.33", "1.37"]
FOLDER = Path("deploy/kubernetes")
yaml = ruamel.yaml.YAML(typ="safe")
wrong = []


def check(condition: bool, where: object, rule: str) -> None:
    if not condition:
        wrong.append(f"{where}: {rule}")


def check_schema(where: object, resource: dict) -> None:
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(resource, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            wrong.append(f"{where}: Kubernetes {version}: {error.message}")


def check_pod(where: Path, pod: dict, settings: dict) -> None:
    security = pod.get("securityContext", {})
    check(security.get("runAsNonRoot") is True and security.get("runAsUser", 0) > 0, where, "the pod must not be root")
    check(security.get("seccompProfile", {}).get("type") == "RuntimeDefault", where, "the pod needs a seccomp profile")
    check(pod.get("automountServiceAccountToken") is False, where, "the pod must get no token of Kubernetes")
    drain = sum(int(settings[key].removesuffix("s")) for key in ("drain-delay", "drain-timeout"))
    grace = pod.get("terminationGracePeriodSeconds", 30)
    check(grace > drain, where, f"{grace} s are less than the drain of {drain} s")
    for container in pod["containers"]:
        security = container.get("securityContext", {})
        check(security.get("readOnlyRootFilesystem") is True, where, "the root file system must be read-only")
        check(security.get("allowPrivilegeEscalation") is False, where, "no privileges may be gained")
        check(security.get("capabilities") == {"drop": ["ALL"]}, where, "all capabilities must be dropped")
        check("env" not in container and "envFrom" not in container, where, "secrets come from files, not variables")
        check("memory" in container.get("resources", {}).get("limits", {}), where, "the memory needs a limit")
        check({"cpu", "memory"} <= set(container["resources"].get("requests", {})), where, "requests are missing")
        paths = {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}
        for probe, path in paths.items():
            check(container.get(probe, {}).get("httpGet", {}).get("path") == path, where, f"{probe} must ask {path}")
        named = {port["name"]: port["containerPort"] for port in container["ports"]}
        for name, key in (("http", "listen"), ("admin", "admin-listen")):
            check(settings[key].endswith(f":{named.get(name)}"), where, f"the port {name} and {key} differ")


for variant in ("postgres", "sqlite"):
    settings = tomllib.loads((FOLDER / variant / "relay.toml").read_text())
    kinds = set()
    for folder in (FOLDER / "base", FOLDER / variant):
        listed = yaml.load(folder / "kustomization.yaml")["resources"]
        files = sorted(file.name for file in folder.glob("*.yaml") if file.name != "kustomization.yaml")
        check(sorted(name for name in listed if name != "../base") == files, folder, "kustomization.yaml must list all")
        for file in (folder / name for name in files):
            for resource in yaml.load_all(file):
                kinds.add(resource["kind"])
                check_schema(file, resource)
                if "template" in resource["spec"] if "spec" in resource else False:
                    check_pod(file, resource["spec"]["template"]["spec"], settings)
                if resource["kind"] == "StatefulSet":
                    check(resource["spec"]["replicas"] == 1, file, "SQLite serves one relay")
    check({"Service", "ServiceAccount", "NetworkPolicy"} <= kinds, variant, "a kind of resource is missing")
    budget = "PodDisruptionBudget" in kinds
    check(budget == (variant == "postgres"), variant, "several relays need a disruption budget, one can't have it")
    if shutil.which("kubectl"):
        made = subprocess.run(["kubectl", "kustomize", FOLDER / variant], check=True, capture_output=True, text=True)
        for resource in yaml.load_all(made.stdout):
            check_schema(f"kustomize {variant}", resource)

for line in wrong:
    print(line, file=sys.stderr)
sys.exit(1 if wrong else 0)
