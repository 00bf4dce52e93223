#!/usr/bin/env python3
"""Whether each check can fail: check_test.py BUILD FILE...

Plants a defect into what was rendered, and sees it reported. FILEs together have everything: production with all
components, and the database of development. Fails as well if a check has a report that no defect has brought about.
"""
import ast
import copy
import os
import sys

import check
import checks
import defects
import operations
import page
import programs
from manifests import Manifests

build, *files = sys.argv[1:]
RENDERED = Manifests.read(files)
CHECKS = check.all_checks(build)
TRACED = {os.path.abspath(module.__file__) for module in (check, checks, operations, page, programs)}
executed = set()


def trace(frame, event, _):
    if frame.f_code.co_filename not in TRACED:
        return None
    if event == "line":
        executed.add((frame.f_code.co_filename, frame.f_lineno))
    return trace


def reports():
    """(file, line) of each report of a check: a yield of a text."""
    for path in TRACED:
        with open(path, encoding="utf-8") as file:
            for node in ast.walk(ast.parse(file.read())):
                if isinstance(node, ast.Yield) and isinstance(node.value, ast.JoinedStr):
                    if not ast.unparse(node.value).startswith("f'/"):  # Of methods(), which reports nothing.
                        yield path, node.lineno


def main():
    wrong = [f"without any defect: {problem}" for run in CHECKS.values() for problem in run(RENDERED)]
    sys.settrace(trace)
    for name, plant, expected in defects.DEFECTS:
        planted = Manifests(copy.deepcopy(RENDERED.documents))
        plant(planted)
        problems = list(CHECKS[name](planted))
        if not any(expected in problem for problem in problems):
            wrong.append(f"{name} does not report '{expected}', but {problems}")
    # What is applied before what it needs, and what differs.
    job_first = [[d for d in RENDERED.documents if d["kind"] in ("Job", "ServiceAccount")], RENDERED.documents]
    if not any("there is no ConfigMap" in problem for problem in check.in_order(job_first)):
        wrong.append("in_order does not report a ConfigMap that comes later")
    other = copy.deepcopy(RENDERED.documents)
    other[0]["metadata"]["labels"] = {}
    if not list(check.same_twice([RENDERED.documents, other])):
        wrong.append("same_twice does not report what differs")
    for read, text, expected in defects.PAGES:
        problems = list(read(text, RENDERED))
        if not any(expected in problem for problem in problems):
            wrong.append(f"of a page, '{expected}' is not reported, but {problems}")
    sys.settrace(None)
    for path, line in sorted(reports()):
        if (path, line) not in executed:
            wrong.append(f"{os.path.relpath(path)}:{line}: no defect brings this report about")
    for problem in wrong:
        print(f"check_test: {problem}", file=sys.stderr)
    print(f"{len(defects.DEFECTS) + len(defects.PAGES) + 2} defects planted")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
