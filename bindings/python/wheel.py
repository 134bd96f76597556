# SPDX-License-Identifier: MIT
"""Puts the shared library that RECO_LIBRARY names into the wheel, and says which platform the wheel is for."""
import os
import sysconfig
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Library(BuildHookInterface):
    def initialize(self, version, build_data):
        library = os.environ.get("RECO_LIBRARY")
        if not library:
            raise RuntimeError("set RECO_LIBRARY to the shared library that the wheel shall carry")
        name = Path(library).name.split(".so")[0] + ".so" if ".so" in library else Path(library).name
        build_data["force_include"][os.path.realpath(library)] = f"reco/{name}"
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["tag"] = f"py3-none-{platform}"
        build_data["pure_python"] = False
