#!/usr/bin/env python3
"""Whether README.md, "Kubernetes", fits the manifests: page.py RENDERED...

Paths exist, commands name objects that are there, the table of settings has those that the manifests set, and commands
that need no cluster print what the page says.
"""
import os
import re
import subprocess
import sys

from manifests import OUTSIDE, Manifests

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../..")
KINDS = {
    "job": "Job", "cronjob": "CronJob", "deployment": "Deployment", "statefulset": "StatefulSet", "service": "Service",
    "secret": "Secret", "configmap": "ConfigMap",
}
# Made by commands of the page, and names that are to be filled in.
MADE = {"Job/agreements-billing-again", "Job/agreements-verify-restored", "Job/NAME",
        "Secret/agreements-database-$account"}


def section():
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        return re.search(r"^## Kubernetes\n(.*?)^## ", file.read(), re.MULTILINE | re.DOTALL)[1]


def paths(text):
    for path in sorted(set(re.findall(r"\b((?:deploy|tests|server|client|proto)/[\w./-]*\w)", text))):
        if not os.path.exists(os.path.join(ROOT, path)):
            yield f"{path} is not there"
    for folder in re.findall(r"^\| `([\w./-]+)/` \|", text, re.MULTILINE):
        if not os.path.isdir(os.path.join(ROOT, "deploy/kubernetes", folder)):
            yield f"deploy/kubernetes/{folder} is not there"


def objects(text, m):
    words = "|".join(KINDS)
    named = re.findall(rf"\b({words})/([\w$][\w$-]*)", text)
    named += re.findall(rf"kubectl .*\b(?:get|create) ({words})(?: generic)? ([\w$][\w$-]*)", text)
    for kind, name in sorted(set(named)):
        known = f"{KINDS[kind]}/{name}" in MADE or m.keys(KINDS[kind], name) is not None or m.find(KINDS[kind], name)
        if not known and (KINDS[kind], name) not in OUTSIDE:
            yield f"there is no {KINDS[kind]} {name}"


def settings(text, m):
    set_there = {name for _, c in m.containers() for name in m.environment(c) if name.startswith("AGREEMENTS_")}
    table = {name for row in re.findall(r"^\| (`AGREEMENTS_.*?) \|", text, re.MULTILINE)
             for name in re.findall(r"`(\w+)`", row)}
    for name in sorted(set_there - table):
        yield f"its table lacks the setting {name}"
    for name in sorted(table - set_there):
        yield f"its table has {name}, which no manifest sets"


def outputs(text):
    """Of lines that begin with a $ and what follows them."""
    for block in re.findall(r"(?:^    .*\n)+", text, re.MULTILINE):
        lines = [line[4:] for line in block.splitlines()]
        if not lines[0].startswith("$ "):
            continue
        length = 1 + next(i for i, line in enumerate(lines) if not line.endswith("\\"))
        command, expected = "\n".join(lines[:length])[2:], lines[length:]
        path = os.pathsep.join([os.path.join(ROOT, "build/release/server"), os.environ["PATH"]])
        ended = subprocess.run(["bash", "-c", command], cwd=ROOT, env={"PATH": path}, capture_output=True, text=True,
                               timeout=60, check=False)
        if ended.stdout.splitlines() != expected:
            yield f"{command}\nprints\n{ended.stdout}{ended.stderr}and not what the page says"


def main():
    text, m = section(), Manifests.read(sys.argv[1:])
    problems = [*paths(text), *objects(text, m), *settings(text, m), *outputs(text)]
    for problem in problems:
        print(f"README.md, Kubernetes: {problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
