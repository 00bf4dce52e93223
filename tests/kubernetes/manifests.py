"""Rendered manifests, and what their pods are given."""
import collections

import yaml

# What is there before anything is applied, with its keys: operators make it (README.md, "Kubernetes").
OUTSIDE = {
    ("Secret", "agreements-database-server"): {"password"},
    ("Secret", "agreements-database-migrate"): {"password"},
    ("Secret", "agreements-database-verify"): {"password"},
    ("Secret", "agreements-database-root"): {"password"},
    ("ConfigMap", "agreements-database-authority"): {"ca.crt"},
    ("ConfigMap", "agreements-authority"): {"ca.crt"},
}
# Namespaces of others that policies and routes name.
OUTSIDE_NAMESPACES = {"kube-system", "monitoring", "gateway"}
# Of a Secret that cert-manager makes.
CERTIFICATE_KEYS = {"tls.crt", "tls.key", "ca.crt"}

Pod = collections.namedtuple("Pod", "owner labels spec")


def name_of(document):
    return f"{document['kind']}/{document['metadata']['name']}"


def matches(selector, labels):
    """Whether a label selector, which has nothing but matchLabels here, selects these labels."""
    assert set(selector) <= {"matchLabels"}, f"a selector that the tests do not understand: {selector}"
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())


class Manifests:
    def __init__(self, documents):
        self.documents = documents

    @classmethod
    def read(cls, paths):
        """All documents of the files, each object once."""
        documents = {}
        for path in paths:
            with open(path, encoding="utf-8") as file:
                for document in yaml.safe_load_all(file):
                    documents[name_of(document)] = document
        return cls(list(documents.values()))

    def of(self, *kinds):
        return [d for d in self.documents if d["kind"] in kinds]

    def find(self, kind, name):
        found = [d for d in self.of(kind) if d["metadata"]["name"] == name]
        return found[0] if found else None

    def pods(self):
        for document in self.of("Deployment", "StatefulSet", "Job"):
            template = document["spec"]["template"]
            yield Pod(name_of(document), template["metadata"]["labels"], template["spec"])
        for document in self.of("CronJob"):
            template = document["spec"]["jobTemplate"]["spec"]["template"]
            yield Pod(name_of(document), template["metadata"]["labels"], template["spec"])

    def containers(self):
        """Each container with its pod."""
        for pod in self.pods():
            for container in pod.spec["containers"]:
                yield pod, container

    def container(self, owner):
        return next(c for pod, c in self.containers() if pod.owner == owner)

    def keys(self, kind, name):
        """The keys of a Secret or ConfigMap, or None if nobody makes it."""
        if kind == "Secret":
            for certificate in self.of("Certificate"):
                if certificate["spec"]["secretName"] == name:
                    return CERTIFICATE_KEYS
        document = self.find(kind, name)
        if document is not None:
            return set(document.get("data", {})) | set(document.get("binaryData", {}))
        return OUTSIDE.get((kind, name))

    def sources(self, volume):
        """(kind, name, items) of what a volume holds; none for one that can be written."""
        if "secret" in volume:
            yield "Secret", volume["secret"]["secretName"], volume["secret"].get("items")
        if "configMap" in volume:
            yield "ConfigMap", volume["configMap"]["name"], volume["configMap"].get("items")
        for source in volume.get("projected", {}).get("sources", []):
            for field, kind in (("secret", "Secret"), ("configMap", "ConfigMap")):
                if field in source:
                    yield kind, source[field]["name"], source[field].get("items")

    def files(self, pod, container):
        """The paths of all files that are mounted into a container."""
        volumes = {v["name"]: v for v in pod.spec.get("volumes", [])}
        paths = set()
        for mount in container.get("volumeMounts", []):
            for kind, name, items in self.sources(volumes.get(mount["name"], {})):
                keys = self.keys(kind, name) or set()
                inside = [item["path"] for item in items] if items else keys
                paths |= {f"{mount['mountPath']}/{path}" for path in inside}
        return paths

    def environment(self, container):
        values = {}
        for source in container.get("envFrom", []):
            document = self.find("ConfigMap", source["configMapRef"]["name"])
            values.update((document or {}).get("data", {}))
        values.update((entry["name"], entry["value"]) for entry in container.get("env", []))
        return values
