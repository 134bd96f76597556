#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the names of the public functions as C strings, for tests that must see them all."""
from tap import declared

for name in sorted(declared()):
    print(f'"{name}",')
