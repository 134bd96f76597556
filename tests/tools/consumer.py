#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""consumer.py BUILD blas|plain: the library as its users get it: installed and found by pkg-config; without BLAS, whose
static libraries want a Fortran compiler's, linked into a static program too, and as a meson subproject."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tap import ROOT, Cases

PROGRAM = r"""
#include <reco/reco.h>
#include <stdio.h>
#include <string.h>
int main(void)
{
    reco_error err;
    reco_builder *b = NULL;
    reco_data *data = NULL;
    reco_model *model = NULL;
    if (reco_builder_new(&b, &err) || reco_builder_add_event(b, "ann", "mug", NULL, 1, 0, &err) ||
        reco_builder_finish(b, &data, &err) || reco_model_new(&model, "als", &err) ||
        reco_model_fit(model, data, NULL, &err)) {
        return 1;
    }
    reco_model_free(model);
    reco_data_free(data);
    reco_builder_free(b);
    return strcmp(reco_version(), EXPECTED) != 0;
}
"""
PROJECT = """
project('consumer', 'c', default_options: ['default_library=static'])
executable('program', 'program.c', c_args: '-DEXPECTED="@VERSION@"', dependencies: dependency('libreco', fallback: 'reco'))
"""

build, plain = os.path.abspath(sys.argv[1]), sys.argv[2] == "plain"
cases = Cases()


def run(command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def succeeds(name, command, **more):
    try:
        end = run(command, **more)
    except FileNotFoundError as missing:
        end = subprocess.CompletedProcess(command, 1, "", str(missing))
    cases.check(end.returncode == 0, name, (end.stdout + end.stderr).splitlines()[-15:])
    return end.stdout


def installed(folder):
    succeeds("installs", ["meson", "install", "-C", build, "--no-rebuild", "--destdir", folder])
    found = list(Path(folder).rglob("libreco.pc"))
    cases.check(len(found) == 1, "with one pkg-config file")
    libraries = found[0].parents[1]
    (Path(folder) / "program.c").write_text(PROGRAM)
    settings = {**os.environ, "PKG_CONFIG_PATH": str(found[0].parent), "PKG_CONFIG_SYSROOT_DIR": "",
                "PKG_CONFIG_ALLOW_SYSTEM_LIBS": "1", "LD_LIBRARY_PATH": str(libraries)}
    prefix = f"--define-variable=prefix={libraries}/.."
    cases.check(len(list(Path(folder).rglob("include/reco/*.h"))) == len(list((ROOT / "include/reco").glob("*.h"))),
                "with all headers")
    version = run(["pkg-config", "--modversion", "libreco"], env=settings).stdout.strip()
    real = re.search(r"includedir=\$\{prefix\}/(.*)", found[0].read_text())[1]
    include = next(Path(folder).rglob("include/reco")).parent
    cases.check(real == "include", "whose headers are in the prefix")
    for kind in ("shared", "static") if plain else ("shared",):
        static = ["--static"] if kind == "static" else []
        flags = run(["pkg-config", prefix, "--cflags", "--libs", *static, "libreco"], env=settings).stdout.split()
        flags = [f for f in flags if not f.startswith("-L/usr/local")] + [f"-L{libraries}", f"-I{include}"]
        program = f"{folder}/{kind}"
        succeeds(f"links a {kind} program", ["cc", *(f[1:] for f in static), f'-DEXPECTED="{version}"',
                                            f"{folder}/program.c", "-o", program, *flags], env=settings)
        succeeds("which runs", [program], env=settings)
    return version


def subproject(folder, version):
    os.makedirs(f"{folder}/subprojects")
    shutil.copytree(ROOT, f"{folder}/subprojects/reco", ignore=shutil.ignore_patterns("build", "build-*", ".git", "__pycache__"))
    Path(folder, "meson.build").write_text(PROJECT.replace("@VERSION@", version))
    Path(folder, "program.c").write_text(PROGRAM)
    succeeds("is set up as a subproject", ["meson", "setup", f"{folder}/build", folder, "-Dreco:blas=disabled"])
    succeeds("is built as one", ["ninja", "-C", f"{folder}/build", "program"])
    succeeds("and runs", [f"{folder}/build/program"])


with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
    found = installed(first)
    if plain:
        subproject(second, found)
cases.done()
