"""Whether roll-outs, jobs, certificates and limits fit together. Each check yields what is wrong, a line each."""
import re

from checks import matches
from manifests import name_of

# What a call takes at the most, and what gRPC then has to send the last answers: README.md, "Limits"; server.cc.
LONGEST_CALL = 35
LAST_ANSWERS = 2
# Bytes: what a connection costs, and a server without any.
CONNECTION = 150 << 10
SERVER = 200 << 20
# Of a database that nobody has configured.
MAX_CONNECTIONS = 151
MAX_PREPARED = 16382
# Of a server beside its workers: housekeeping and the look at the database.
MORE_CONNECTIONS = 4
CERTIFICATE_ALERT_DAYS = 14
PROBES = {"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"}


def seconds(text):
    """Of a duration of Abseil or Go: 1h30m, 500ms."""
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    parts = re.findall(r"([\d.]+)(ms|s|m|h)", text)
    assert "".join(number + unit for number, unit in parts) == text, f"no duration: {text}"
    return sum(float(number) * units[unit] for number, unit in parts)


def mebibytes(text):
    return int(re.fullmatch(r"(\d+)(Mi|Gi)", text)[1]) * (1024 if text.endswith("Gi") else 1)


def shutdown(m):
    """A server that stops has the time that it needs."""
    for pod, container in m.containers():
        settings = m.environment(container)
        if "AGREEMENTS_DRAIN_DELAY" not in settings:
            continue
        sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
        needed = (sleep + seconds(settings["AGREEMENTS_DRAIN_DELAY"]) + seconds(settings["AGREEMENTS_DRAIN_TIME"])
                  + LONGEST_CALL + LAST_ANSWERS)
        if pod.spec.get("terminationGracePeriodSeconds", 30) < needed:
            yield f"{pod.owner}: terminationGracePeriodSeconds is less than the {needed} s that it needs to stop"
        if sleep == 0:
            yield f"{pod.owner}: without preStop.sleep, connections come to a server that stops"


def rollout(m):
    for document in m.of("Deployment"):
        strategy = document["spec"]["strategy"]["rollingUpdate"]
        if strategy["maxUnavailable"] != 0:
            yield f"{name_of(document)}: maxUnavailable is {strategy['maxUnavailable']}: a roll-out takes servers away"
        if not document["spec"].get("minReadySeconds"):
            yield f"{name_of(document)}: minReadySeconds is not set"
        pod = document["spec"]["template"]
        for constraint in pod["spec"].get("topologySpreadConstraints", []):
            if constraint.get("matchLabelKeys") != ["pod-template-hash"]:
                yield f"{name_of(document)}: a topologySpreadConstraint counts the servers that go, too"
        if not any(matches(b["spec"]["selector"], pod["metadata"]["labels"]) for b in m.of("PodDisruptionBudget")):
            yield f"{name_of(document)}: has no PodDisruptionBudget"
        for container in pod["spec"]["containers"]:
            for probe, path in PROBES.items():
                if container.get(probe, {}).get("httpGet", {}).get("path") != path:
                    yield f"{name_of(document)}: its {probe} does not ask {path}"
    for budget in m.of("PodDisruptionBudget"):
        # minAvailable of a single server would keep its node from ever being emptied.
        if budget["spec"].get("maxUnavailable", 0) == 0:
            yield f"{name_of(budget)}: maxUnavailable is to be 1 or more, or nodes cannot be emptied"
        if budget["spec"].get("unhealthyPodEvictionPolicy") != "AlwaysAllow":
            yield f"{name_of(budget)}: a server that is not ready anyway would hold up its node"


def resources(m, statements):
    """The limits of memory and of the database have room for what is set. `statements`: of each connection."""
    for deployment in m.of("Deployment"):
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        settings = m.environment(container)
        needed = (2 * int(settings["AGREEMENTS_MAX_BUFFERS"]) + SERVER
                  + CONNECTION * int(settings["AGREEMENTS_MAX_CONNECTIONS"])) >> 20
        if mebibytes(container["resources"]["limits"]["memory"]) < needed:
            yield f"{name_of(deployment)}: its limit of memory is less than the {needed} MiB of its settings"
        scaled = [d["spec"]["maxReplicas"] for d in m.of("HorizontalPodAutoscaler")]
        servers = max([deployment["spec"].get("replicas", 1), *scaled])
        servers += deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
        workers = int(settings["AGREEMENTS_WORKERS"])
        if servers * (workers + MORE_CONNECTIONS) > MAX_CONNECTIONS:
            yield f"{name_of(deployment)}: {servers} servers need more than {MAX_CONNECTIONS} connections"
        if servers * workers * statements > MAX_PREPARED:
            yield f"{name_of(deployment)}: {servers} servers need more than {MAX_PREPARED} prepared statements"


def jobs(m):
    """Jobs run when they should, again only when that helps, and never twice at once."""
    for document in m.of("CronJob"):
        spec, name = document["spec"], name_of(document)
        container = m.container(name)
        zones = {c["data"]["AGREEMENTS_TIME_ZONE"] for c in m.of("ConfigMap") if "AGREEMENTS_TIME_ZONE" in c["data"]}
        if {spec.get("timeZone")} != zones:
            yield f"{name}: its timeZone is {spec.get('timeZone')}, and AGREEMENTS_TIME_ZONE is {sorted(zones)}"
        if spec["schedule"].split()[1] == "2":
            yield f"{name}: between 2 and 3, a day has no such time or two of them when the clocks change"
        if spec.get("concurrencyPolicy") != "Forbid":
            yield f"{name}: may run twice at once"
        for field in ("startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"):
            if field not in spec:
                yield f"{name}: {field} is not set"
        if container["name"] == "billing" and spec["schedule"].split()[2:] != ["1", "*", "*"]:
            yield f"{name}: does not run on the first of each month"
    for document in m.of("CronJob", "Job"):
        spec = document["spec"] if document["kind"] == "Job" else document["spec"]["jobTemplate"]["spec"]
        pod, name = spec["template"]["spec"], name_of(document)
        if pod.get("restartPolicy") != "Never":
            yield f"{name}: podFailurePolicy needs the restartPolicy Never"
        for rule in spec.get("podFailurePolicy", {}).get("rules", []):
            container = rule.get("onExitCodes", {}).get("containerName")
            if container is not None and container not in {c["name"] for c in pod["containers"]}:
                yield f"{name}: its podFailurePolicy names a container {container}"
            codes = rule.get("onExitCodes", {}).get("values", [])
            if codes != sorted(set(codes) - {0}):
                yield f"{name}: exit statuses must ascend, each once, without 0: {codes}"
        for field in ("backoffLimit", "activeDeadlineSeconds"):
            if field not in spec:
                yield f"{name}: {field} is not set"


def certificates(m):
    """Certificates have the names by which they are looked for, and are renewed before anybody is alerted."""
    lives = [seconds(c["spec"]["duration"]) for c in m.of("Certificate") if not c["spec"].get("isCA")]
    for document in m.of("Certificate"):
        spec, name = document["spec"], name_of(document)
        issuer = spec["issuerRef"]
        if issuer["kind"] != "ClusterIssuer" and m.find(issuer["kind"], issuer["name"]) is None:
            yield f"{name}: there is no {issuer['kind']} {issuer['name']}"
        if spec.get("isCA"):
            if spec["privateKey"]["rotationPolicy"] != "Never":
                yield f"{name}: with a new key, the authority would not stand behind its older certificates"
            if seconds(spec["renewBefore"]) < max(lives, default=0):
                yield f"{name}: would end before certificates that it signs"
            continue
        if spec["privateKey"]["rotationPolicy"] != "Always":
            yield f"{name}: keeps its key"
        if seconds(spec["renewBefore"]) <= CERTIFICATE_ALERT_DAYS * 86400:
            yield f"{name}: is renewed so late that AgreementsCertificateExpires fires each time"
        if len([uri for uri in spec.get("uris", []) if uri.startswith("spiffe://")]) != 1:
            yield f"{name}: a caller is known by its only spiffe:// URI"
        role = "server auth" if spec.get("dnsNames") else "client auth"
        if role not in spec["usages"]:
            yield f"{name}: usages lack {role}"
    for issuer in m.of("Issuer"):
        secret = issuer["spec"].get("ca", {}).get("secretName")
        if secret is not None and m.keys("Secret", secret) is None:
            yield f"{name_of(issuer)}: there is no Secret {secret}"
    server = m.find("Certificate", "agreements-server")
    dns_names = set(server["spec"]["dnsNames"]) if server else set()
    wanted = {p["spec"]["validation"]["hostname"] for p in m.of("BackendTLSPolicy")}
    for pod, container in m.containers():
        endpoint = m.environment(container).get("AGREEMENTSCTL_ENDPOINT")
        if endpoint is not None:
            wanted.add(endpoint.split(":")[0])
            service = m.find("Service", endpoint.split(":")[0])
            if service is None or int(endpoint.split(":")[1]) not in {p["port"] for p in service["spec"]["ports"]}:
                yield f"{pod.owner}: there is no Service {endpoint}"
    for service in m.of("Service"):
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        if any(p.get("name") == "grpc" for p in service["spec"]["ports"]):
            wanted |= {name, f"{name}.{namespace}", f"{name}.{namespace}.svc", f"{name}.{namespace}.svc.cluster.local"}
    for name in sorted(wanted - dns_names):
        yield f"Certificate/agreements-server: lacks the name {name}"


def alerts(m, runbook):
    """Each alert of the cluster's points to its paragraph, and looks at jobs that are there. `runbook`: README.md."""
    for document in m.of("PrometheusRule"):
        for rule in (rule for group in document["spec"]["groups"] for rule in group["rules"]):
            if "alert" not in rule:
                continue
            if rule["annotations"]["runbook_url"] != f"README.md#{rule['alert'].lower()}":
                yield f"{rule['alert']}: its runbook_url is another's"
            if not re.search(rf"^#+ {rule['alert']}$", runbook, re.MULTILINE):
                yield f"{rule['alert']}: has no paragraph in README.md"
            for cron_job in re.findall(r'cronjob="([^"]+)"', rule["expr"]):
                if m.find("CronJob", cron_job) is None:
                    yield f"{rule['alert']}: there is no CronJob {cron_job}"
