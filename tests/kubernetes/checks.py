"""What schemas do not see. Each check yields what is wrong, a line each."""
import re

from manifests import OUTSIDE_NAMESPACES, matches, name_of

NAMESPACE = "agreements"


def selectors(m):
    """Whatever selects by labels selects something, and what it should."""
    pods = list(m.pods())
    for document in m.of("Deployment", "StatefulSet"):
        if not matches(document["spec"]["selector"], document["spec"]["template"]["metadata"]["labels"]):
            yield f"{name_of(document)}: its selector does not match its own pods"
    for document in m.of("Service"):
        selected = [p for p in pods if matches({"matchLabels": document["spec"]["selector"]}, p.labels)]
        if len(selected) != 1:
            yield f"{name_of(document)}: selects the pods of {[p.owner for p in selected]}, not of one"
    for document in m.of("PodDisruptionBudget"):
        if not any(matches(document["spec"]["selector"], p.labels) for p in pods):
            yield f"{name_of(document)}: selects no pod"
    for pod in pods:
        for constraint in pod.spec.get("topologySpreadConstraints", []):
            if not matches(constraint["labelSelector"], pod.labels):
                yield f"{pod.owner}: a topologySpreadConstraint does not select its own pods"
    for document in m.of("HorizontalPodAutoscaler"):
        target = document["spec"]["scaleTargetRef"]
        if m.find(target["kind"], target["name"]) is None:
            yield f"{name_of(document)}: scales {target['kind']}/{target['name']}, which is not there"
        elif "replicas" in m.find(target["kind"], target["name"])["spec"]:
            yield f"{name_of(document)}: its target has replicas, to which each apply would set it back"
    for document in m.of("ServiceMonitor"):
        services = [s for s in m.of("Service") if matches(document["spec"]["selector"], s["metadata"]["labels"])]
        if len(services) != 1:
            yield f"{name_of(document)}: selects {[name_of(s) for s in services]}: each server is to be read once"
        for service in services:
            if service["metadata"]["labels"].get(document["spec"]["jobLabel"]) != "agreements":
                yield f"{name_of(document)}: its job is not called agreements, as the rules expect"


def network(m):
    """Policies select pods, name peers that are there, and open ports that are listened on."""
    pods = list(m.pods())
    for document in m.of("NetworkPolicy"):
        spec, name = document["spec"], name_of(document)
        selected = [p for p in pods if matches(spec["podSelector"], p.labels)]
        if not selected:
            yield f"{name}: selects no pod"
        for direction, end in (("ingress", "from"), ("egress", "to")):
            if direction in spec and direction.capitalize() not in spec["policyTypes"]:
                yield f"{name}: has {direction}, which is not among its policyTypes"
            for rule in spec.get(direction, []):
                peers = []
                for peer in rule[end]:
                    namespace = peer.get("namespaceSelector", {}).get("matchLabels", {})
                    outside = namespace.get("kubernetes.io/metadata.name")
                    if outside is not None and outside not in OUTSIDE_NAMESPACES:
                        yield f"{name}: nobody has said that there is a namespace {outside}"
                    if outside is None and "podSelector" in peer:
                        found = [p for p in pods if matches(peer["podSelector"], p.labels)]
                        if not found:
                            yield f"{name}: {end} {peer['podSelector']} is no pod"
                        peers += found
                for receiver in selected if direction == "ingress" else peers:
                    for port in rule["ports"]:
                        if port["port"] not in listened(receiver):
                            yield f"{name}: {receiver.owner} does not listen on {port['port']}"
    for pod in pods:
        for direction in ("Egress", "Ingress"):
            policies = [d for d in m.of("NetworkPolicy") if matches(d["spec"]["podSelector"], pod.labels)]
            if not any(direction in d["spec"]["policyTypes"] for d in policies):
                yield f"{pod.owner}: no policy restricts its {direction}"


def may(m, pod, direction, end, port, peer=None):
    """Whether a policy lets this pod send to, or receive from, a peer (None: one outside) on one of these ports."""
    for document in m.of("NetworkPolicy"):
        if matches(document["spec"]["podSelector"], pod.labels):
            for rule in document["spec"].get(direction, []):
                peers = [p for p in rule[end] if (peer is None and "ipBlock" in p)
                         or (peer is not None and "podSelector" in p and matches(p["podSelector"], peer.labels))]
                if peers and any(p["port"] in port for p in rule["ports"]):
                    return True
    return False


def reach(m):
    """Policies let each pod reach the database or the service that its settings name, and Prometheus the server."""
    pods = list(m.pods())
    for pod, container in m.containers():
        settings = m.environment(container)
        addresses = settings.get("AGREEMENTS_DB_HOST", settings.get("AGREEMENTSCTL_ENDPOINT", ""))
        for address in filter(None, addresses.split(",")):
            host, port = address.split(":")
            service = m.find("Service", host)
            if service is None:
                if not may(m, pod, "egress", "to", {int(port)}):
                    yield f"{pod.owner}: no policy lets it out to {address}"
                continue
            receiver = next(p for p in pods if matches({"matchLabels": service["spec"]["selector"]}, p.labels))
            open_ports = listened(receiver)
            if not may(m, pod, "egress", "to", open_ports, receiver):
                yield f"{pod.owner}: no policy lets it out to {address}"
            if not may(m, receiver, "ingress", "from", open_ports, pod):
                yield f"{receiver.owner}: no policy lets {pod.owner} in"


def generated(m):
    """A change of settings replaces the pods, and a change of the policy does not."""
    for pod, container in m.containers():
        for source in container.get("envFrom", []):
            if not re.search(r"-[a-z0-9]{10}$", source["configMapRef"]["name"]):
                yield f"{pod.owner}: a change of {source['configMapRef']['name']} would not replace it"
        for volume in pod.spec.get("volumes", []):
            name = volume.get("configMap", {}).get("name", "")
            if name.startswith("agreements-policy-"):
                yield f"{pod.owner}: a change of the policy would replace it"


def listened(pod):
    """Names and numbers of a pod's ports."""
    ports = [port for c in pod.spec["containers"] for port in c.get("ports", [])]
    return {port["name"] for port in ports} | {port["containerPort"] for port in ports}


def ports(m):
    """Services, probes, monitors and routes name ports that are there."""
    pods = list(m.pods())
    for service in m.of("Service"):
        for pod in pods:
            if matches({"matchLabels": service["spec"]["selector"]}, pod.labels):
                for port in service["spec"]["ports"]:
                    if port["targetPort"] not in listened(pod):
                        yield f"{name_of(service)}: {pod.owner} does not listen on {port['targetPort']}"
                    if "appProtocol" not in port:
                        yield f"{name_of(service)}: port {port['name']} has no appProtocol"
    for pod, container in m.containers():
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            port = container.get(probe, {}).get("httpGet", {}).get("port")
            if port is not None and port not in listened(pod):
                yield f"{pod.owner}: its {probe} asks port {port}, which it does not have"
    for monitor in m.of("ServiceMonitor"):
        for service in m.of("Service"):
            if matches(monitor["spec"]["selector"], service["metadata"]["labels"]):
                names = {port["name"] for port in service["spec"]["ports"]}
                for endpoint in monitor["spec"]["endpoints"]:
                    if endpoint["port"] not in names:
                        yield f"{name_of(monitor)}: {name_of(service)} has no port {endpoint['port']}"
    for route in m.of("GRPCRoute"):
        for backend in (b for rule in route["spec"]["rules"] for b in rule["backendRefs"]):
            service = m.find("Service", backend["name"])
            if service is None or backend["port"] not in {p["port"] for p in service["spec"]["ports"]}:
                yield f"{name_of(route)}: there is no Service {backend['name']} with port {backend['port']}"
    for policy in m.of("BackendTLSPolicy"):
        for target in policy["spec"]["targetRefs"]:
            service = m.find(target["kind"], target["name"])
            if service is None or target["sectionName"] not in {p["name"] for p in service["spec"]["ports"]}:
                yield f"{name_of(policy)}: there is no {target['kind']} {target['name']}, port {target['sectionName']}"


def references(m):
    """What pods take from Secrets, ConfigMaps and ServiceAccounts exists, with its keys."""
    used = set()
    for pod in m.pods():
        if m.find("ServiceAccount", pod.spec.get("serviceAccountName", "")) is None:
            yield f"{pod.owner}: there is no ServiceAccount {pod.spec.get('serviceAccountName')}"
        for volume in pod.spec.get("volumes", []):
            for kind, name, items in m.sources(volume):
                used.add(name)
                keys = m.keys(kind, name)
                if keys is None:
                    yield f"{pod.owner}: there is no {kind} {name}"
                for item in items or []:
                    if keys is not None and item["key"] not in keys:
                        yield f"{pod.owner}: the {kind} {name} has no key {item['key']}"
    for pod, container in m.containers():
        for source in container.get("envFrom", []):
            used.add(source["configMapRef"]["name"])
            if m.find("ConfigMap", source["configMapRef"]["name"]) is None:
                yield f"{pod.owner}: there is no ConfigMap {source['configMapRef']['name']}"
        volumes = {v["name"] for v in pod.spec.get("volumes", [])}
        volumes |= {c["metadata"]["name"] for d in m.of("StatefulSet") if name_of(d) == pod.owner
                    for c in d["spec"].get("volumeClaimTemplates", [])}
        mounted = {mount["name"] for mount in container.get("volumeMounts", [])}
        if mounted != volumes:
            yield f"{pod.owner}: volumes {sorted(volumes)} are there, and {sorted(mounted)} are mounted"
        for mount in container.get("volumeMounts", []):
            if "subPath" in mount:
                yield f"{pod.owner}: {mount['mountPath']} is a subPath, which never changes"
    for policy in m.of("BackendTLSPolicy"):
        for reference in policy["spec"]["validation"]["caCertificateRefs"]:
            if "ca.crt" not in (m.keys(reference["kind"], reference["name"]) or {}):
                yield f"{name_of(policy)}: there is no {reference['kind']} {reference['name']} with ca.crt"
    for document in m.of("ConfigMap"):
        if document["metadata"]["name"] not in used:
            yield f"{name_of(document)}: nobody uses it"
    for document in m.of("ServiceAccount"):
        if not any(p.spec.get("serviceAccountName") == document["metadata"]["name"] for p in m.pods()):
            yield f"{name_of(document)}: nobody uses it"


def paths(m):
    """Every file that a setting or an argument names is mounted."""
    for pod, container in m.containers():
        files = m.files(pod, container)
        words = list(m.environment(container).items())
        words += [("args", word) for word in container.get("args", [])]
        for name, value in words:
            for path in re.findall(r"/etc/agreements/[\w./-]+", str(value)):
                if path not in files:
                    yield f"{pod.owner}: {name} names {path}, which is not mounted"


def restricted(m):
    """The Pod Security Standard "restricted", and what we ask for beyond it."""
    for document in m.of("Namespace"):
        if document["metadata"]["labels"].get("pod-security.kubernetes.io/enforce") != "restricted":
            yield f"{name_of(document)}: does not enforce the standard restricted"
    for pod, container in m.containers():
        security = {**pod.spec.get("securityContext", {}), **container.get("securityContext", {})}
        wanted = {
            "runAsNonRoot": True,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        for key, value in wanted.items():
            if security.get(key) != value:
                yield f"{pod.owner}: securityContext: {key} is {security.get(key)}, not {value}"
        if not security.get("runAsUser"):
            yield f"{pod.owner}: securityContext: runAsUser is root's or not set"
        if security.get("fsGroup") != security.get("runAsGroup"):
            yield f"{pod.owner}: securityContext: fsGroup is not runAsGroup, so secrets cannot be read"
        for key in ("hostNetwork", "hostPID", "hostIPC"):
            if pod.spec.get(key):
                yield f"{pod.owner}: {key}"
        if pod.spec.get("automountServiceAccountToken") is not False:
            yield f"{pod.owner}: a token of its ServiceAccount is mounted"
        # Variables AGREEMENTS_PORT and so on of our own Services are unknown settings to the programs.
        if pod.spec.get("enableServiceLinks") is not False:
            yield f"{pod.owner}: enableServiceLinks would set AGREEMENTS_PORT, on which our programs do not start"
        resources = container.get("resources", {})
        if "memory" not in resources.get("limits", {}) or "cpu" not in resources.get("requests", {}):
            yield f"{pod.owner}: requests and a limit of memory are to be set"
        if "cpu" in resources.get("limits", {}):
            yield f"{pod.owner}: a limit of CPU stops all threads when it is used up"
        for volume in pod.spec.get("volumes", []):
            if "secret" in volume and volume["secret"].get("defaultMode") != 0o440:
                yield f"{pod.owner}: the Secret {volume['secret']['secretName']} is not 0440"


def images(m):
    """One image for all programs of ours, each with a tag that stays."""
    ours = set()
    for pod, container in m.containers():
        image = container["image"]
        if not re.search(r"[^/]:[\w.-]+$|@sha256:[0-9a-f]{64}$", image) or image.endswith(":latest"):
            yield f"{pod.owner}: the image {image} has no tag that stays"
        if container.get("command", [""])[0].startswith("/usr/bin/agreements"):
            ours.add(image)
    if len(ours) > 1:
        yield f"our programs come from several images: {sorted(ours)}"


def namespaces(m):
    for document in m.documents:
        if document["kind"] != "Namespace" and document["metadata"].get("namespace") != NAMESPACE:
            yield f"{name_of(document)}: is in the namespace {document['metadata'].get('namespace')}"


CHECKS = [selectors, network, reach, generated, ports, references, paths, restricted, images, namespaces]
