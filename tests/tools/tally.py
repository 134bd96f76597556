#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""tally.py BUILD...: adds up the test cases of the last `meson test` in each build folder and ends in the line
'N passed, N failed, N skipped'. Programs count their cases by themselves (cmocka, TAP); a program that ended
badly without naming a failed case counts as one."""
import json
import re
import sys
from pathlib import Path

CMOCKA = {"passed": r"^\[ +OK \] ", "failed": r"^\[ +FAILED +\] (?!\d+ test)", "skipped": r"^\[ +SKIPPED +\] (?!\d+ test)"}
TAP = {"passed": r"^ok (?!.*# SKIP)", "failed": r"^not ok ", "skipped": r"^ok .*# SKIP"}


def count(test):
    text = test.get("stdout", "") + "\n" + test.get("stderr", "")
    # cmocka names a failed case twice, once in its summary; the set counts it once.
    found = {kind: len(re.findall(CMOCKA[kind], text, re.M)) + len(re.findall(TAP[kind], text, re.M))
             for kind in CMOCKA}
    named = re.findall(r"^\[ +FAILED +\] (?!\d+ test)(\S+)", text, re.M)
    found["failed"] += len(set(named)) - len(named)
    result = test["result"]
    if result == "SKIP" and not found["skipped"]:
        found["skipped"] += 1
    elif result not in ("OK", "SKIP") and not found["failed"]:
        found["failed"] += 1
    elif result == "OK" and not any(found.values()):
        found["passed"] += 1
    return found


def main():
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for build in sys.argv[1:]:
        log = Path(build) / "meson-logs" / "testlog.json"
        if not log.exists():
            print(f"  {Path(build).name}: no test ran")
            total["failed"] += 1
            continue
        here = dict.fromkeys(total, 0)
        for line in log.read_text(errors="replace").splitlines():
            test = json.loads(line)
            found = count(test)
            for kind in total:
                here[kind] += found[kind]
            if found["failed"]:
                print(f"  FAILED  {Path(build).name}: {test['name']} ({test['result']})")
            elif found["skipped"]:
                why = re.search(r"SKIP\w*:? +(.*)", test.get("stdout", "") + test.get("stderr", ""))
                print(f"  skipped {Path(build).name}: {test['name']}{': ' + why[1] if why else ''}")
        print("  {}: {passed} passed, {failed} failed, {skipped} skipped".format(Path(build).name, **here))
        for kind in total:
            total[kind] += here[kind]
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**total))
    sys.exit(1 if total["failed"] or not total["passed"] else 0)


main()
