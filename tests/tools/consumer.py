#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""consumer.py VERSION OPTION...: the library, built with these options, as its users get it. Installed into a prefix, it is
found from outside by pkg-config and by CMake, shared and static; as a meson subproject it is both too. Each time the
quickstart is built from a clean folder, as C and as C++17, and must print what it should."""
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tap import ROOT, Cases

LANGUAGES = {"c": ["cc", "-std=c11"], "cpp": ["c++", "-std=c++17"]}
CMAKE = """
cmake_minimum_required(VERSION 3.16)
project(outside C CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(reco {asked} REQUIRED)
message(STATUS "found reco ${{reco_VERSION}}")
foreach(language c cpp)
  add_executable(shared-${{language}} quickstart.${{language}})
  target_link_libraries(shared-${{language}} reco::reco)
  add_executable(static-${{language}} quickstart.${{language}})
  target_link_libraries(static-${{language}} reco::static)
endforeach()
"""
MESON = """
project('outside', 'c', 'cpp', default_options: ['cpp_std=c++17'])
libreco = dependency('libreco', fallback: 'libreco', default_options: ['default_library={kind}'])
foreach language : ['c', 'cpp']
  executable('{kind}-' + language, 'quickstart.' + language, dependencies: libreco)
endforeach
"""

version, options = sys.argv[1], sys.argv[2:]
cases = Cases()
expected = (ROOT / "tests/examples/quickstart.txt").read_text()
clean = {name: value for name, value in os.environ.items() if not name.startswith(("PKG_CONFIG", "LD_", "CMAKE"))}


def succeeds(name, *command, **settings):
    """What a command prints; it must end well."""
    words = [str(word) for word in command]
    try:
        end = subprocess.run(words, capture_output=True, text=True, env={**clean, **settings})
    except FileNotFoundError as missing:
        end = subprocess.CompletedProcess(words, 1, "", str(missing))
    cases.check(end.returncode == 0, name, [" ".join(words)] + (end.stdout + end.stderr).splitlines()[-15:])
    return end.stdout


def answers(name, program, **settings):
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # the program leaves its model there
        said = succeeds(f"{name} runs", program, **settings)
        os.chdir(ROOT)
    cases.check(said == expected, f"{name} prints what it should", said.splitlines())


def outside(folder):
    """A folder with nothing but the program, in both languages."""
    folder.mkdir()
    for language in LANGUAGES:
        shutil.copy(ROOT / "examples/quickstart.c", folder / f"quickstart.{language}")
    return folder


def command(prefix, name):
    said = succeeds(name, prefix / "bin/reco", "--version")
    cases.check(version in said, "and is of this version", [said])


def install(work, prefix):
    build = work / "build"
    succeeds("is set up", "meson", "setup", build, ROOT, f"--prefix={prefix}", "--libdir=lib", "-Dtests=false", *options)
    succeeds("is installed", "meson", "install", "-C", build)
    here = sorted(path.name for path in (ROOT / "include/reco").glob("*.h"))
    there = sorted(path.name for path in (prefix / "include/reco").glob("*.h"))
    cases.check(here == there, "with all headers", there)
    command(prefix, "the command runs from the prefix")


def by_pkg_config(folder, prefix):
    path = {"PKG_CONFIG_PATH": str(prefix / "lib/pkgconfig")}
    said = succeeds("pkg-config finds it", "pkg-config", "--modversion", "libreco", **path)
    cases.check(said.strip() == version, "in this version", [said])
    ways = {
        "shared": ([], [], {"LD_LIBRARY_PATH": str(prefix / "lib")}),
        # With all that calls BLAS, which the quickstart does not ask for.
        "static": (["--static"], ["-static", "-Wl,-u,reco__blas_invert"], {}),
    }
    for kind, (asked, linked, settings) in ways.items():
        flags = succeeds(f"and tells {kind} programs how", "pkg-config", "--cflags", "--libs", *asked, "libreco", **path)
        for language, compiler in LANGUAGES.items():
            name = f"pkg-config, {kind}, {language}:"
            program = folder / f"{kind}-{language}"
            succeeds(f"{name} builds", *compiler, *linked, folder / f"quickstart.{language}", "-o", program, *flags.split())
            answers(name, program, **settings)


def by_cmake(folder, prefix):
    cmake = ["cmake", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", "-S", folder]
    (folder / "CMakeLists.txt").write_text(CMAKE.format(asked=version))
    said = succeeds("cmake finds it", *cmake, "-B", folder / "build")
    cases.check(f"found reco {version}" in said, "in this version", said.splitlines())
    succeeds("cmake builds", "cmake", "--build", folder / "build")
    for kind in ("shared", "static"):
        for language in LANGUAGES:
            answers(f"cmake, {kind}, {language}:", folder / f"build/{kind}-{language}")
    for asked in ("0.0.1", "99"):
        (folder / "CMakeLists.txt").write_text(CMAKE.format(asked=asked))
        end = subprocess.run([*cmake, "-B", folder / asked], capture_output=True, text=True, env=clean)
        cases.check(end.returncode != 0 and f'requested version "{asked}"' in end.stderr.replace("\n", ""),
                    f"and does not take it for version {asked}", end.stderr.splitlines())


def by_meson(folder, kind):
    ignore = shutil.ignore_patterns("build", "build-*", ".git", "__pycache__")
    shutil.copytree(ROOT, folder / "subprojects/libreco", ignore=ignore)
    (folder / "meson.build").write_text(MESON.format(kind=kind))
    succeeds(f"is set up as a {kind} subproject", "meson", "setup", folder / "build", folder,
             *(option.replace("-D", "-Dlibreco:") for option in options))
    succeeds("is built as one", "ninja", "-C", folder / "build", f"{kind}-c", f"{kind}-cpp")
    for language in LANGUAGES:
        answers(f"subproject, {kind}, {language}:", folder / f"build/{kind}-{language}")


with tempfile.TemporaryDirectory() as folder:
    work = Path(folder)
    install(work, work / "prefix")
    by_pkg_config(outside(work / "pkg-config"), work / "prefix")
    # What was installed finds itself wherever it is put.
    (work / "prefix").rename(work / "moved")
    command(work / "moved", "the command runs when the prefix was moved")
    by_cmake(outside(work / "cmake"), work / "moved")
    for kind in ("shared", "static"):
        by_meson(outside(work / kind), kind)
cases.done()
