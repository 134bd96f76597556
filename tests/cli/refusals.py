#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""refusals.py RECO: whatever is wrong ends in one line on stderr, status 1 or 2, no leftovers, and old files intact."""
import os
import resource
import subprocess

from command import PROGRAM, Folder, cases

FIT = ("fit", "--algo", "popular", "--events", "events.csv", "--out", "m.reco")
TRAIN = ("--train", "events.csv", "--test", "test.csv")


def usage(f):
    for message, *arguments in (
        ("which command? See 'reco --help'",),
        ("no command 'fitt'; see 'reco --help'", "fitt"),
        ("fit: no option '--evnts'; see 'reco fit --help'", "fit", "--evnts", "x"),
        ("fit: no option '--evnts'; see 'reco fit --help'", "fit", "--evnts=x"),
        ("recommend: no option '-q'; see 'reco recommend --help'", "recommend", "-q"),
        ("fit: 'stray' is no option; see 'reco fit --help'", "fit", "stray"),
        ("fit: --algo needs a value: NAME", "fit", "--algo"),
        ("fit: --json takes no value", "fit", "--json=yes"),
        ("--algo is given twice", "fit", "--algo", "als", "--algo", "popular"),
        ("fit: --json and --csv exclude each other", *FIT, "--json", "--csv"),
        ("fit: --events is missing; see 'reco fit --help'", "fit", "--algo", "popular", "--out", "m"),
        ("fit: --out is missing; see 'reco fit --help'", "fit", "--algo", "popular", "--events", "events.csv"),
        ("--algo is missing; 'reco algos' lists them", "fit", "--events", "events.csv", "--out", "m"),
        ("--threads must be a whole number in [0, 2147483647], got 'many'", *FIT, "--threads", "many"),
        ("'threads' must be a whole number in [0, 1024], got 5000", *FIT, "--threads", "5000"),
        ("--threads must be a whole number in [0, 2147483647], got '-1'", *FIT, "--threads=-1"),
        ("-n must be a whole number in [0, 2147483647], got '99999999999'", "recommend", "-n", "99999999999"),
        ("-n must be a whole number in [0, 2147483647], got '1.5'", "recommend", "-n1.5"),
        ("no algorithm 'magic'; there are: popular, random", *FIT[:2], "magic", *FIT[3:]),
        ("no algorithm 'magic'; there are: popular, random", "algos", "magic"),
        ("half_life_days", *FIT, "--set", "half_live_days=3"),
        ("popular: 'half_life_days' must be in [0, 36500], got -1", *FIT, "--set", "half_life_days=-1"),
        ("popular: 'half_life_days' must be", *FIT, "--set", "half_life_days=soon"),
        ("--set wants key=value, got 'half_life_days'", *FIT, "--set", "half_life_days"),
        ("no part 'als' is given with --part", *FIT[:2], "weighted", *FIT[3:], "--part", "popular:1", "--set",
         "als.factors=3"),
        ("no part 'x' is given with --part", *FIT, "--set", "x.factors=3"),
        ("--part wants NAME:WEIGHT", *FIT[:2], "weighted", *FIT[3:], "--part", "popular"),
        ("'heavy' is no weight", *FIT[:2], "weighted", *FIT[3:], "--part", "popular:heavy"),
        ("a part's weight must be finite and not 0", *FIT[:2], "weighted", *FIT[3:], "--part", "popular:0"),
        ("there is a part 'popular' already", *FIT[:2], "weighted", *FIT[3:], "--part", "popular:1", "--part",
         "popular:2"),
        ("popular: takes no parts, only hybrids do", *FIT, "--part", "random:1"),
        ("als: 'factors' must be", *FIT[:2], "als", *FIT[3:], "--set", "factors=1e12"),
        ("half_life_days", *FIT, "--data", "half_live_days=3"),
        ("combine", *FIT, "--data", "combine=mean"),
        ("--data wants key=value, got 'combine'", *FIT, "--data", "combine"),
        ("half_life_days", *FIT, "--data", "half_life_days=-1"),
        ("'values' must be one of amounts, ratings, got 'rating'", *FIT, "--data", "values=rating"),
        ("--event wants type=weight, got 'buy'", *FIT, "--event", "buy"),
        ("--event wants type=weight, got 'buy=much'", *FIT, "--event", "buy=much"),
        ("purpose 'all': a name has", *FIT, "--purpose", "all"),
        ("ebcdic", *FIT, "--encoding", "ebcdic"),
        ("only one input can be '-', standard input", *FIT[:4], "-", *FIT[5:], "--items", "-"),
        ("recommend: one of --user, --history", "recommend", "--model", "m.reco"),
        ("recommend: one of --user, --history", "recommend", "--model", "m.reco", "--user", "a", "--all-users"),
        ("--user and --session go together", "recommend", "--model", "m.reco", "--history", "a", "--session", "visit.csv"),
        ("--about wants field=value, got 'country'", "recommend", "--model", "good.reco", "--about", "country"),
        ("--context wants field=value, got '=tv'", "recommend", "--model", "good.reco", "--context", "=tv"),
        ("only one input can be '-', standard input", "recommend", "--model", "-", "--session", "-"),
        ("'age' is one number, not 'old'", "recommend", "--model", "old.reco", "--about", "age=old"),
        ("'age' is one number, not '3'", "recommend", "--model", "old.reco", "--about", "age=3|4"),
        ("--model is missing", "recommend", "--user", "a"),
        ("--model is missing", "info"),
        ("similar: --item is missing", "similar", "--model", "m.reco"),
        ("price", "recommend", "--model", "good.reco", "--user", "ann", "--where", "price ~ 5"),
        ("evaluate: give --events FILE [--split SPEC], or --train FILE and --test FILE", "evaluate", "--algo", "popular"),
        ("evaluate: give --events FILE [--split SPEC], or --train FILE and --test FILE", "evaluate", "--algo", "popular",
         "--train", "events.csv"),
        ("evaluate: --split divides --events", "evaluate", "--algo", "popular", *TRAIN, "--split", "random:0.2"),
        ("halves", "evaluate", "--algo", "popular", "--events", "events.csv", "--split", "halves"),
        ("no metric 'quality@5'", "evaluate", "--algo", "popular", *TRAIN, "--metrics", "quality@5"),
        ("metric 'ndcg' needs a cutoff", "evaluate", "--algo", "popular", *TRAIN, "--metrics", "ndcg"),
        ("metric 'auc@5': auc takes no cutoff", "evaluate", "--algo", "popular", *TRAIN, "--metrics", "auc@5"),
        ("metric 'hit@5' is listed twice", "evaluate", "--algo", "popular", *TRAIN, "--metrics", "hit@5,hit@5"),
        ("K must be a whole number in [1, 10000]", "evaluate", "--algo", "popular", *TRAIN, "--metrics", "hit@0"),
        ("'ask' must be one of user, given, next, got 'all'", "evaluate", "--algo", "popular", *TRAIN, "--ask", "all"),
        ("'given' must be a whole number in [1, 1000000000], got 0", "evaluate", "--algo", "popular", *TRAIN, "--ask", "given",
         "--given", "0"),
        ("evaluate: --given is for --ask given", "evaluate", "--algo", "popular", *TRAIN, "--given", "3"),
        ("price", "evaluate", "--algo", "popular", *TRAIN, "--where", "price ~ 5"),
        ("random:2", "evaluate", "--algo", "popular", "--events", "events.csv", "--split", "random:2"),
    ):
        f.bad(2, message, *arguments)


def questions(f):
    f.write("minus.csv", "user,item,value\nann,mug,-1\nann,lamp,3\n")
    for message, *arguments in (
        ("no user 'zed' in the model", "recommend", "--model", "good.reco", "--user", "zed"),
        ("no item 'sofa' in the model", "recommend", "--model", "good.reco", "--history", "mug,sofa"),
        ("users have no field 'country' in the model", "recommend", "--model", "good.reco", "--about", "country=de"),
        ("users have no field 'contry' in the model; there are: age", "recommend", "--model", "old.reco", "--about",
         "age=3,contry=de"),
        ("contexts have no field 'device' in the model", "recommend", "--model", "good.reco", "--context", "device=tv"),
        ("nowhere.csv: cannot open", "recommend", "--model", "good.reco", "--session", "nowhere.csv"),
        ("visit.csv: events of 2 users; --user says whose to take", "recommend", "--model", "good.reco", "--session", "visit.csv"),
        ("no item 'sofa' in the model", "recommend", "--model", "good.reco", "--user", "ann", "--session", "visit.csv"),
        ("no column 'user'; the header has: ann", "recommend", "--model", "good.reco", "--session", "users.txt"),
        ("visit.csv:2:3 (kind): 'view' is no type of event", "recommend", "--model", "good.reco", "--session", "visit.csv",
         "--columns", "user=user,item=item,type=kind"),
        ("popular: has no similar items", "similar", "--model", "good.reco", "--item", "mug"),
        ("users.txt:2: no user 'zed' in the model", "recommend", "--model", "good.reco", "--users-file",
         "users.txt", "--out", "old.csv"),
        ("nowhere.txt: cannot open", "recommend", "--model", "good.reco", "--users-file", "nowhere.txt"),
        ("'weight'", "recommend", "--model", "good.reco", "--user", "ann", "--where", "weight<5"),
        ("saved without its users", "recommend", "--model", "slim.reco", "--user", "ann"),
        ("saved without its users", "recommend", "--model", "slim.reco", "--all-users"),
        ("als: the fit would take", *FIT[:2], "als", *FIT[3:], "--set", "factors=4096", "--set", "memory_limit=1e5"),
        ("als: predicts no ratings, which metric 'rmse' is of", "evaluate", "--algo", "als", *TRAIN, "--metrics", "rmse"),
        ("popular: predicts no ratings, which metric 'rmse' is of", "evaluate", "--algo", "popular", *TRAIN, "--metrics",
         "hit@3,rmse"),
        ("nobody to evaluate on", "evaluate", "--algo", "popular", "--train", "events.csv", "--test", "events.csv"),
        ("'like_from' is for ratings, and 'values' are amounts", *FIT, "--data", "like_from=4"),
        ("als: learns from tastes, and not all ratings are above 0 (1 of 2 are not): say with 'like_from'", *FIT[:2], "als",
         "--events", "minus.csv", "--out", "m.reco", "--data", "values=ratings"),
    ):
        f.bad(1, message, *arguments)


def files(f):
    def fit(path, *more):
        return "fit", "--algo", "popular", "--events", path, "--out", "good.reco", *more

    for name, text, message in (
        ("empty.csv", "", "empty.csv"),
        ("header.csv", "user,item\n", "header.csv: no events to learn from"),
        ("nothing.csv", "user,item\n,mug\nann,\n", "nothing.csv: no events to learn from"),
        ("returned.csv", "user,item,value\nann,mug,1\nann,mug,-1\n", "returned.csv: no events to learn from"),
        ("binary.csv", bytes(range(256)) * 64, "binary.csv"),
        ("zero.csv", "user,item\nann,mu\0g\n", "zero.csv:2:"),
        ("latin.csv", b"user,item\nann,gr\xfcn\n", "latin.csv:2:"),
        ("quote.csv", 'user,item\nann,"mug\nbob,lamp\n', "quote.csv:2:"),
        ("fields.csv", "user,item\nann,mug\nbob\n", "fields.csv:3:"),
        ("value.csv", "user,item,value\nann,mug,1\nbob,mug,many\n", "value.csv:3:"),
        ("nan.csv", "user,item,value\nann,mug,nan\n", "nan.csv:2:"),
        ("time.csv", "user,item,time\nann,mug,2024-13-01\n", "time.csv:2:"),
        ("column.csv", "user,thing\nann,mug\n", "item"),
        ("type.csv", "user,item,type\nann,mug,buy\n", "type.csv:2:"),
        ("long.csv", "user,item\nann," + "m" * 2000 + "\n", "long.csv:2:"),
    ):
        f.write(name, text)
        f.bad(1, message, *fit(name))
        f.bad(1, message.replace(name, "standard input"), *fit("-"), stdin=f.read(name), name=f"{name} by a pipe")
    f.bad(1, "columns", *fit("events.csv", "--columns", "who=user"))
    f.bad(1, "nowhere.csv", *fit("nowhere.csv"))
    f.bad(1, "nowhere.csv", *fit("events.csv", "--items", "nowhere.csv"))
    f.bad(1, "quote.csv:2:", *fit("events.csv", "--items", "quote.csv"))
    f.bad(1, "(title): 'Blue enamel mug' is no number", *fit("events.csv", "--items", "items.csv", "--item-columns", "title=number"),
          name="a column that is not of its kind")
    f.bad(1, "'colour'", *fit("events.csv", "--columns", "user=user,item=item,value=colour"))
    f.bad(1, "'colour'", *fit("events.csv", "--item-columns", "colour=token"))
    f.bad(1, "'colour'", *fit("events.csv", "--context-columns", "colour=token"))
    f.bad(1, "of a context must be one of number, token", *fit("events.csv", "--context-columns", "user=text"))
    (f.path / "folder").mkdir()
    run = f.run(*fit("folder"))
    cases.check(run.returncode == 1 and run.stderr.count(b"\n") == 1, "a folder is no file", [str(run.stderr)])
    run = f.run("fit", "--algo", "popular", "--events", "events.csv", "--out", "folder")
    cases.check(run.returncode == 1 and run.stderr.count(b"\n") == 1, "a folder is no place for a model",
                [str(run.stderr)])
    (f.path / "folder").rmdir()
    inputs_are_no_outputs(f, fit)
    if os.geteuid() != 0:
        os.chmod(f.path / "events.csv", 0)
        f.bad(1, "events.csv", *fit("events.csv"), name="an unreadable file")
        os.chmod(f.path / "events.csv", 0o644)


def inputs_are_no_outputs(f, fit):
    """--out never replaces a file that is read, by whatever name or link."""
    (f.path / "linked.csv").symlink_to("events.csv")
    os.link(f.path / "events.csv", f.path / "same.csv")
    kept = {name: f.read(name) for name in ("events.csv", "good.reco", "users.txt")}
    for path in ("events.csv", "./events.csv", "linked.csv", "same.csv"):
        f.bad(2, f"--out {path} is the file of --events, which would be lost", "fit", "--algo", "popular", "--events",
              "events.csv", "--out", path)
    f.bad(2, "the file of --events", *fit("linked.csv")[:-1], "events.csv", name="an input that is a link")
    f.bad(2, "the file of --model", "recommend", "--model", "good.reco", "--user", "ann", "--out", "good.reco")
    f.bad(2, "the file of --users-file", "recommend", "--model", "good.reco", "--users-file", "users.txt", "--out",
          "users.txt")
    cases.check(all(f.read(name) == text for name, text in kept.items()), "inputs are as they were")
    (f.path / "linked.csv").unlink()
    (f.path / "same.csv").unlink()


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def models(f):
    model = f.read("good.reco")

    def ask(name, message, data):
        f.write("bad.reco", data)
        f.bad(1, message, "recommend", "--model", "bad.reco", "--user", "ann", name=f"a model file {name}")
        f.bad(1, message, "info", "--model", "bad.reco", name=f"info on a model file {name}")
        f.bad(1, "", "info", "--model", "-", stdin=data, name=f"a model by a pipe {name}")

    ask("that is empty", "bad.reco", b"")
    ask("that is text", "bad.reco", f.read("events.csv"))
    for n in (1, 63, 64, 65, len(model) // 2, len(model) - 1):
        ask(f"cut off after {n} bytes", "bad.reco", model[:n])
    ask("with a byte too many", "bad.reco", model + b"\0")
    later = bytearray(model)  # bytes 8 to 11 are the version, 60 to 63 the checksum of the header
    later[8] += 1
    later[60:64] = crc32c(later[:60]).to_bytes(4, "little")
    ask("of a later version", "version", bytes(later))
    for at in range(0, len(model), max(1, len(model) // 60)):
        changed = bytearray(model)
        changed[at] ^= 0x20
        f.write("bad.reco", bytes(changed))
        f.bad(1, "bad.reco", "info", "--model", "bad.reco", name=f"a model file with byte {at} changed")
    (f.path / "bad.reco").unlink()
    f.bad(1, "nowhere.reco", "info", "--model", "nowhere.reco")


def full_disks(f):
    f.write("old.csv", "old")
    full = open("/dev/full", "wb")

    def fails(name, *arguments, **options):
        before = {n: f.read(n) for n in f.names()}
        run = subprocess.run([PROGRAM, *arguments], cwd=f.path, stderr=subprocess.PIPE, timeout=120, **options)
        after = {n: f.read(n) for n in f.names()}
        good = run.returncode == 1 and run.stderr.startswith(b"reco: ") and run.stderr.count(b"\n") == 1
        cases.check(good and before == after, name, [f"status {run.returncode}", str(run.stderr), str(sorted(after))])

    for arguments in (("algos",), ("--help",), ("fit", "--help"), ("info", "--model", "good.reco"),
                      ("recommend", "--model", "good.reco", "--all-users"),
                      ("recommend", "--model", "good.reco", "--user", "ann", "--json"),
                      ("evaluate", "--algo", "popular", *TRAIN)):
        fails("a full disk below standard output: " + " ".join(arguments), *arguments, stdout=full)
    for out in (("--user", "ann"), ("--all-users", "--csv")):
        f.bad(1, "/dev/full: cannot write: No space left on device", "recommend", "--model", "good.reco", *out, "--out",
              "/dev/full")
    f.bad(1, "/dev/full: cannot write: No space left on device", *FIT[:6], "/dev/full")

    def no_room():  # what a file may take ends at a few bytes; the signal of that is off, so it is a failed write
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    import signal

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        no_room()
    fails("no room for the model", *FIT[:6], "good.reco", "--quiet", preexec_fn=limited, restore_signals=False)
    fails("no room for the lists", "recommend", "--model", "good.reco", "--all-users", "--out", "old.csv",
          preexec_fn=limited, restore_signals=False)
    f.bad(1, "/nowhere/m.reco: cannot create: No such file or directory", *FIT[:6], "/nowhere/m.reco")
    f.bad(1, "/nowhere/l.csv: cannot create: No such file or directory", "recommend", "--model", "good.reco",
          "--all-users", "--out", "/nowhere/l.csv")


def streams(f):
    big = "user,item\n" + "".join(f"u{k},i{k % 50}\n" for k in range(20000))
    f.write("big.csv", big)
    f.good("fit", "--algo", "popular", "--events", "big.csv", "--out", "big.reco", "--quiet")
    for more in ((), ("--csv",), ("--json",)):
        ask = subprocess.Popen([PROGRAM, "recommend", "--model", "big.reco", "--all-users", *more], cwd=f.path,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ask.stdout.read(10)
        ask.stdout.close()
        text = ask.stderr.read()
        status = ask.wait(timeout=60)
        cases.check(status == 0 and not text, f"a reader that has enough, as head: {more}", [str(status), str(text)])
    closed = subprocess.run([PROGRAM, "info", "--model", "good.reco"], cwd=f.path, stderr=subprocess.PIPE,
                            preexec_fn=lambda: os.close(1))
    cases.check(closed.returncode == 1 and closed.stderr.count(b"\n") == 1, "a closed standard output",
                [str(closed.returncode), str(closed.stderr)])
    closed = subprocess.run([PROGRAM, *FIT[:6], "c.reco"], cwd=f.path, stderr=subprocess.PIPE,
                            preexec_fn=lambda: os.close(1))
    cases.check(closed.returncode == 1 and f.read("c.reco") == f.read("good.reco"),
                "a closed standard output does not end up in the model", [str(closed.stderr)])


with Folder() as folder:
    folder.write("test.csv", "user,item\nann,vase\n")
    folder.write("users.txt", "ann\nzed\n")
    folder.good(*FIT[:6], "good.reco", "--quiet")
    folder.good(*FIT[:6], "slim.reco", "--quiet", "--without-users")
    folder.write("visit.csv", "user,item,kind\nann,sofa,view\nzed,mug,view\n")
    folder.write("old.csv", "user,age\nann,34\n")
    folder.good(*FIT[:6], "old.reco", "--quiet", "--users", "old.csv", "--user-columns", "age=number")
    folder.write("old.csv", "old")
    for part in (usage, questions, files, models, full_disks, streams):
        part(folder)
cases.done()
