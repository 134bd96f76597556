# SPDX-License-Identifier: MIT
"""Builds the shared library into the wheel, so that it needs nothing but the C library where it is installed.

BLAS is left out, which no algorithm of today calls; utf8proc and libstemmer are linked in, with their licenses beside."""
import os
import re
import subprocess
import sysconfig
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OPTIONS = ["-Dbuildtype=release", "-Ddefault_library=shared", "-Dprefer_static=true", "-Dc_link_args=-s", "-Dblas=disabled",
           "-Dtext=enabled", "-Dtests=false", "-Dexamples=false"]
LINKED_IN = {"utf8proc": "libutf8proc-dev", "stemmer": "libstemmer-dev"}


class Library(BuildHookInterface):
    def initialize(self, version, build_data):
        source = Path(self.root).parents[1]
        folder = source / "build-wheel"
        again = ["--reconfigure"] if (folder / "build.ninja").exists() else []
        subprocess.run(["meson", "setup", *again, folder, source, *OPTIONS], check=True)
        subprocess.run(["ninja", "-C", folder], check=True)
        library = next(path for path in (folder / "lib").glob("libreco*")
                       if re.search(r"\.so$|\.dylib$", path.name))
        build_data["force_include"][os.path.realpath(library)] = f"reco/{library.name}"
        for name, package in LINKED_IN.items():
            text = Path("/usr/share/doc") / package / "copyright"
            if text.exists():
                build_data["force_include"][os.path.realpath(text)] = f"reco/licenses/{name}.txt"
        build_data["tag"] = f"py3-none-{platform(library.read_bytes())}"
        build_data["pure_python"] = False


def platform(library):
    """Where the library runs: on Linux, the version of the C library that its newest symbols came with."""
    for name in LINKED_IN:
        if f"lib{name}.so".encode() in library:
            raise RuntimeError(f"lib{name} would have to be where the wheel is installed: here is no static library of it")
    here = re.sub(r"[-.]", "_", sysconfig.get_platform())
    glibc = [int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", library)]
    return here.replace("linux", f"manylinux_2_{max(glibc)}", 1) if here.startswith("linux") and glibc else here
