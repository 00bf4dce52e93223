#!/usr/bin/env python3
"""A container as a folder and a command: container.py FOLDER OWNER FILE...

Writes what its ConfigMaps hold below FOLDER, where the container has it below /, and prints a line for each variable of
its environment, an empty line, and a line for each word of its command, with the paths of FOLDER. FILEs are rendered
manifests, OWNER is e.g. CronJob/agreements-verify.
"""
import os
import sys

from manifests import Manifests
from programs import content


def main():
    folder, owner, *files = sys.argv[1:]
    m = Manifests.read(files)
    pod, container = next((p, c) for p, c in m.containers() if p.owner == owner)
    for path in m.files(pod, container):
        text = content(m, pod, os.path.basename(path))
        if text:
            os.makedirs(os.path.dirname(folder + path), exist_ok=True)
            with open(folder + path, "w", encoding="utf-8") as file:
                file.write(text)
    lines = [f"{name}={value}" for name, value in m.environment(container).items()]
    lines += ["", *container["command"], *container.get("args", [])]
    for line in lines:
        print(line.replace("/etc/agreements/", f"{folder}/etc/agreements/"))


if __name__ == "__main__":
    main()
