#!/usr/bin/env python3
"""Checks rendered manifests: check.py BUILD NAME FILE...

The files are what is applied to one cluster, in their order. BUILD has the programs. NAME is for messages.
"""
import os
import re
import sys

import jsonschema
import yaml

import checks
import operations
import programs
from manifests import Manifests, name_of

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../..")


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def custom_resources(m):
    """Fields of custom resources that are not there, or lack."""
    schemas = yaml.safe_load(read("tests/kubernetes/custom_resources.yaml"))
    for document in m.documents:
        if "." not in document["apiVersion"] or document["apiVersion"].split("/")[0].endswith("networking.k8s.io") and \
                document["kind"] == "NetworkPolicy":
            continue
        schema = schemas.get(f"{document['apiVersion']} {document['kind']}")
        if schema is None:
            yield f"{name_of(document)}: nobody has said what a {document['apiVersion']} {document['kind']} looks like"
            continue
        for error in jsonschema.Draft202012Validator(schema).iter_errors(document["spec"]):
            yield f"{name_of(document)}: {error.json_path}: {error.message}"


def all_checks(build):
    """The name of each check, and the check itself."""
    readme = read("README.md")
    statements = int(re.search(r"every statement prepared, (\d+) of them", readme)[1])
    ours = programs.Programs(build)
    proto = os.path.join(ROOT, "proto/agreements/v1")
    found = {check.__name__: check for check in checks.CHECKS}
    found |= {check.__name__: check for check in
              (custom_resources, operations.shutdown, operations.rollout, operations.jobs, operations.certificates)}
    found["resources"] = lambda m: operations.resources(m, statements)
    found["alerts"] = lambda m: operations.alerts(m, readme)
    found["settings"] = lambda m: programs.settings(m, ours)
    found["commands"] = lambda m: programs.commands(m, ours)
    found["probes"] = lambda m: programs.probes(m, ours)
    found["policies"] = lambda m: programs.policies(m, ours, proto)
    return found


def in_order(renderings):
    """What pods need is there when they are applied, or was applied before."""
    for count in range(1, len(renderings) + 1):
        applied = Manifests([d for documents in renderings[:count] for d in documents])
        for problem in checks.references(applied):
            if "nobody uses it" not in problem:
                yield f"applied after {count - 1} others: {problem}"


def same_twice(renderings):
    """An object that is in two renderings is the same in both."""
    seen = {}
    for document in (d for documents in renderings for d in documents):
        if seen.setdefault(name_of(document), document) != document:
            yield f"{name_of(document)}: two kustomizations make it, and not the same"


def main():
    build, name, *files = sys.argv[1:]
    renderings = [Manifests.read([file]).documents for file in files]
    manifests = Manifests.read(files)
    problems = [*in_order(renderings), *same_twice(renderings)]
    for check in all_checks(build).values():
        problems += check(manifests)
    for problem in problems:
        print(f"{name}: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
