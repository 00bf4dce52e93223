"""What our own programs say about the manifests. Each check yields what is wrong, a line each."""
import json
import os
import re
import subprocess
import tempfile

from manifests import name_of

PROGRAMS = {"agreements-server": "server", "agreements-admin": "server", "agreementsctl": "client/cli"}


class Programs:
    def __init__(self, build):
        self.paths = {name: os.path.join(build, folder, name) for name, folder in PROGRAMS.items()}
        with open(os.path.join(os.path.dirname(__file__), "../../server/ops/http_server.h"), encoding="utf-8") as file:
            self.pages = set(re.findall(r"^//   (/\w+) ", file.read(), re.MULTILINE))

    def run(self, name, arguments, environment=()):
        """Exit status, standard output, standard error; in an environment of nothing else."""
        ended = subprocess.run([self.paths[name], *arguments], env={"COLUMNS": "200", **dict(environment)},
                               capture_output=True, text=True, timeout=60, check=False)
        return ended.returncode, ended.stdout, ended.stderr


def program_of(container):
    """Of ours, or None."""
    name = os.path.basename(container.get("command", [""])[0])
    return name if name in PROGRAMS else None


def settings(m, programs):
    """Every variable is a setting that the program knows, with a value that it can read."""
    for pod, container in m.containers():
        program = program_of(container)
        environment = m.environment(container)
        if program in ("agreements-server", "agreements-admin"):
            code, printed, errors = programs.run(program, ["--print_config"], environment)
            if code != 0 or "--db_host=" not in printed:
                yield f"{pod.owner}: {program} does not take its settings: {errors.strip() or printed.strip()}"
            for name in environment:
                if not name.startswith("AGREEMENTS_"):
                    yield f"{pod.owner}: {name} is no setting of {program}"
        if program == "agreementsctl":
            _, help_text, _ = programs.run(program, ["help", "flags"])
            for name in environment:
                flag = "--" + name.removeprefix("AGREEMENTSCTL_").lower().replace("_", "-")
                if not name.startswith("AGREEMENTSCTL_") or not re.search(rf"^ *{flag}\b", help_text, re.MULTILINE):
                    yield f"{pod.owner}: {name} is no setting of {program}"


def commands(m, programs):
    """Every command line parses: the program gets as far as looking for a database or a server, and finds none."""
    for pod, container in m.containers():
        program = program_of(container)
        if program in (None, "agreements-server"):
            if program is not None and container.get("args"):
                yield f"{pod.owner}: settings belong into the ConfigMap, not into args"
            continue
        with tempfile.TemporaryDirectory() as folder:
            files = m.files(pod, container)
            for path in files:
                os.makedirs(os.path.dirname(folder + path), exist_ok=True)
                with open(folder + path, "w", encoding="utf-8") as file:
                    file.write(content(m, pod, os.path.basename(path)))
            moved = [word.replace("/etc/agreements/", folder + "/etc/agreements/") for word in container["args"]]
            if program == "agreements-admin":
                environment = {"AGREEMENTS_DB_HOST": "127.0.0.1:1"}
                expected = (1, f"agreements-admin: could not {moved[0]}: ")
            else:
                environment = {"AGREEMENTSCTL_ENDPOINT": "127.0.0.1:1", "AGREEMENTSCTL_INSECURE": "true"}
                expected = (8, "the service cannot be reached")
            code, _, errors = programs.run(program, moved, environment)
            if code != expected[0] or expected[1] not in errors:
                yield f"{pod.owner}: {program} {' '.join(moved)}: exit status {code}: {errors.strip()}"


def content(m, pod, key):
    """What the ConfigMaps of a pod have under a key, or an empty text."""
    for volume in pod.spec.get("volumes", []):
        for kind, name, _ in m.sources(volume):
            document = m.find(kind, name)
            if document is not None and key in document.get("data", {}):
                return document["data"][key]
    return ""


def methods(proto_folder):
    """Names of all methods of the API, by service."""
    for service in ("agreement_service", "company_service"):
        with open(os.path.join(proto_folder, service + ".proto"), encoding="utf-8") as file:
            text = file.read()
        name = re.search(r"^service (\w+)", text, re.MULTILINE)[1]
        for method in re.findall(r"^  rpc (\w+)\(", text, re.MULTILINE):
            yield f"/agreements.v1.{name}/{method}"


def probes(m, programs):
    """Probes and monitors ask for pages that the server has."""
    for pod, container in m.containers():
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            path = container.get(probe, {}).get("httpGet", {}).get("path")
            if path is not None and path not in programs.pages:
                yield f"{pod.owner}: its {probe} asks {path}, which no server has"
    for monitor in m.of("ServiceMonitor"):
        for endpoint in monitor["spec"]["endpoints"]:
            if endpoint["path"] not in programs.pages:
                yield f"{name_of(monitor)}: reads {endpoint['path']}, which no server has"


def policies(m, programs, proto_folder):
    """Each policy parses, names callers that have certificates, and lets the billing run do what it needs, no more."""
    uris = {uri for c in m.of("Certificate") for uri in c["spec"].get("uris", [])}
    billing = m.find("Certificate", "agreements-billing")
    for document in m.of("ConfigMap"):
        if "policy.json" not in document.get("data", {}):
            continue
        name = name_of(document)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write(document["data"]["policy.json"])
            file.flush()
            check = ["policy", "check", file.name]
            code, _, errors = programs.run("agreements-admin", check)
            if code != 0 or errors:
                yield f"{name}: {errors.replace(file.name, 'policy.json').strip()}"
            if code != 0:
                continue
            if billing is not None:
                principal = billing["spec"]["uris"][0]
                for method in methods(proto_folder):
                    code, said, errors = programs.run("agreements-admin", [
                        *check, f"--principal={principal}", f"--method={method}", "--account=acct-4711"])
                    assert code in (0, 3), errors
                    if (code == 0) != method.endswith("/RunBilling"):
                        yield f"{name}: the billing run may {'' if code == 0 else 'not '}call {method}"
                    elif code == 0 and "may not name one" not in said:
                        yield f"{name}: the billing run may act for persons"
        rules = json.loads(document["data"]["policy.json"])
        named = [p for rule in rules["allow_rules"] for p in rule.get("source", {}).get("principals", [])]
        named += [p for caller in rules["callers"] for p in caller["principals"]]
        for principal in sorted(set(named)):
            if principal.startswith("spiffe://cluster.local/ns/agreements/") and principal not in uris:
                yield f"{name}: nobody has a certificate of {principal}"
