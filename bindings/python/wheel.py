# SPDX-License-Identifier: MIT
"""Builds the shared library into the wheel, so that it needs nothing but the C library where it is installed."""
import re
import subprocess
import sysconfig
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Library(BuildHookInterface):
    def initialize(self, version, build_data):
        source = Path(self.root).parents[1]
        carried = Path(subprocess.run([source / "bindings" / "library", source / "build-wheel"], check=True, text=True,
                                      stdout=subprocess.PIPE).stdout.strip())
        for path in carried.rglob("*.*"):
            build_data["force_include"][str(path)] = f"reco/{path.relative_to(carried)}"
        build_data["force_include"][str(source / "LICENSE")] = "reco/licenses/reco.txt"
        library = next(carried.glob("libreco.*"))
        build_data["tag"] = f"py3-none-{platform(library.read_bytes())}"
        build_data["pure_python"] = False


def platform(library):
    """Where the library runs: on Linux, the version of the C library that its newest symbols came with."""
    here = re.sub(r"[-.]", "_", sysconfig.get_platform())
    glibc = [int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)", library)]
    return here.replace("linux", f"manylinux_2_{max(glibc)}", 1) if here.startswith("linux") and glibc else here
