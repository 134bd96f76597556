#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""ruby.py FOLDER TEST-TABLE: builds the gem, installs it into a new GEM_HOME where there is no compiler, and runs the
binding's tests, its README's example, the quickstart and the conformance table there, whose C runner TEST-TABLE is."""
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tools"), str(HERE.parent / "table")]
from same import same  # noqa: E402
from tap import ROOT, Cases  # noqa: E402

folder, table = (Path(word).resolve() for word in sys.argv[1:3])
binding = ROOT / "bindings" / "ruby"
cases = Cases()


def run(*command, **environment):
    """Runs with an environment of nothing but these."""
    return subprocess.run([str(word) for word in command], cwd=folder, env=environment, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def prints(name, expected, *command):
    done = run(*command, **user)
    cases.check(done.returncode == 0 and done.stdout == expected, name, done.stdout.splitlines())


shutil.rmtree(folder, ignore_errors=True)
programs = folder / "bin"  # the only programs there are for who installs
programs.mkdir(parents=True)
for program in ("ruby", "gem"):
    os.symlink(shutil.which(program), programs / program)
# Of the machine's gems those that are wanted: a reco that somebody installed is not.
needed = "puts %w[ffi minitest].map { |name| Gem::Specification.find_by_name(name).base_dir }.uniq.join(':')"
user = {"GEM_HOME": str(folder / "gems"), "GEM_PATH": run("ruby", "-e", needed, PATH=os.environ["PATH"]).stdout.strip(),
        "HOME": str(folder), "LANG": "C.UTF-8", "PATH": str(programs)}

done = run(sys.executable, ROOT / "bindings" / "generate.py", "--check", PATH=os.environ["PATH"])
cases.check(done.returncode == 0, "the declarations are those of the headers", done.stdout.splitlines())
done = run("ruby", binding / "package.rb", folder, PATH=os.environ["PATH"], HOME=str(folder))
gems = sorted(folder.glob("reco-*.gem"))
cases.check(done.returncode == 0 and len(gems) == 1 and "linux" in gems[0].name, "a gem for this platform",
            done.stdout.splitlines()[-20:])
if gems:
    done = run(programs / "gem", "install", "--local", "--no-document", gems[0], **user)
    cases.check(done.returncode == 0, "gem installs it without a compiler", done.stdout.splitlines()[-5:])
    prints("what is loaded is what was installed", "true\n", "ruby", "-e",
           "require 'reco'; puts $LOADED_FEATURES.grep(/reco/).all? { |path| path.start_with?(ENV['GEM_HOME']) }")
    carried = next((folder / "gems").glob("gems/reco-*/lib/reco/libreco.so"))
    tree = ["ruby", "-I", binding / "lib", "-e", "require 'reco'; puts Reco.library_version"]
    done = run(*tree, **user, RECO_LIBRARY=str(carried))
    cases.check(done.returncode == 0, "without a library inside, RECO_LIBRARY names one", done.stdout.splitlines())
    done = run(*tree, **user, RECO_LIBRARY=str(folder / "none.so"))
    cases.check(done.returncode == 1 and "none.so" in done.stdout and "LoadError" in done.stdout,
                "and who names one that is not there hears about it", done.stdout.splitlines())
    done = run("ruby", "-w", binding / "test" / "test_reco.rb", "--verbose", **user)
    for name, outcome in re.findall(r"^(Test\w+#test_\w+) = [\d.]+ s = (.)$", done.stdout, re.M):
        cases.check(outcome == ".", f"ruby {name}")
    cases.check(done.returncode == 0 and "warning:" not in done.stdout, "all tests of the binding", done.stdout.splitlines()[-40:])
    code = re.search(r"```ruby\n(.*?)```", (binding / "README.md").read_text(encoding="utf-8"), re.S)[1]
    prints("the README's example says what it says", "".join(f"{said}\n" for said in re.findall(r"# (.*)", code)),
           "ruby", "-w", "-e", code)
    prints("the quickstart says what that in C says", (ROOT / "tests/examples/quickstart.txt").read_text(),
           "ruby", "-w", ROOT / "examples/ruby/quickstart.rb")
    same(cases, "ruby", table, folder, lambda *command: run(*command, **user), "ruby", "-w", HERE.parent / "table/table.rb")
cases.done()
