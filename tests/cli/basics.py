#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""basics.py RECO: what each sub-command prints and writes, on a shop of four items."""
import csv
import io
import json
import os
import pty
import re
import stat
import subprocess

from command import EVENTS, PROGRAM, Folder, cases, equal, near

def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def fit(f, out="m.reco", *more):
    return f.json("fit", "--algo", "popular", "--events", "events.csv", "--out", out, *more)


def test_fit():
    with Folder() as f:
        text = f.good("fit", "--algo", "popular", "--events", "events.csv", "--out", "m.reco")
        cases.check(re.search(r"^rows read +9$", text, re.M), "rows read", [text])
        cases.check(re.search(r"^pairs in the matrix +9$", text, re.M), "pairs", [text])
        report = fit(f)
        read = report["read"]
        equal("parts of the rows", read["rows"], read["rows_without_user"] + read["rows_without_item"] +
              read["rows_zero"] + read["rows_bad"] + read["events"])
        equal("parts of the events", read["events"], read["events_entered"] + read["events_returned"] +
              read["events_rare"] + read["events_without_consent"])
        equal("users, items, pairs", (read["users"], read["items"], read["pairs"]), (4, 4, 9))
        equal("newest event", report["last_time"], "2024-01-09T00:00:00Z")
        equal("file size", report["file_bytes"], len(f.read("m.reco")))
        equal("nothing else is written", f.names(), ["events.csv", "items.csv", "m.reco"])
        equal("quiet", f.good("fit", "--algo", "popular", "--events", "events.csv", "--out", "q.reco", "--quiet"), "")
        table = rows(f.good("fit", "--algo", "popular", "--events", "events.csv", "--out", "q.reco", "--csv"))
        equal("as CSV", table[0], {"what": "rows", "count": "9"})
        again = f.good("fit", "--algo=popular", "--events", "-", "--out", "s.reco", "--quiet", stdin=EVENTS.encode())
        equal("standard input gives the same model", (again, f.read("s.reco")), ("", f.read("m.reco")))
        f.good("fit", "--algo", "popular", "--events", "events.csv", "--out", "w.reco", "--without-users", "--quiet")
        cases.check(len(f.read("w.reco")) < len(f.read("m.reco")), "a model without users is smaller")
        os.symlink("m.reco", f.path / "link.reco")
        f.good("fit", "--algo", "random", "--events", "events.csv", "--out", "link.reco", "--quiet")
        cases.check((f.path / "link.reco").is_symlink(), "a link to a model stays a link")
        equal("and what it points to is new", f.json("info", "--model", "m.reco")["algo"], "random")


def test_messy_file():
    text = ("Kunde;Artikel;Menge;Datum;Name;Preis;Land\n"
            "1;a;2;2024-01-01 10:00;Blaue Tasse;2.5;DE\n"
            "1;a;-2;2024-01-02 10:00;Blaue Tasse;2.5;DE\n"
            "2;a;1;2024-01-03 10:00;Blaue Tasse;2.5;AT\n"
            ";a;1;2024-01-03 10:00;Blaue Tasse;2.5;AT\n"
            "2;;1;2024-01-03 10:00;Blaue Tasse;2.5;AT\n"
            "2;b;0;2024-01-03 10:00;Gr\xfcne Kanne;9;AT\n"
            "2;b;1;2024-01-04 10:00;Gr\xfcne Kanne;9;AT\n"
            "3;b;1;gestern;Gr\xfcne Kanne;9;AT\n").encode("latin1")
    arguments = ["fit", "--algo", "popular", "--events", "shop.csv", "--out", "m.reco", "--encoding", "latin1",
                 "--columns", "user=Kunde,item=Artikel,value=Menge,time=Datum", "--item-columns",
                 "Name=text,Preis=number", "--user-columns", "Land=token"]
    with Folder() as f:
        f.write("shop.csv", text)
        f.bad(1, "shop.csv", *arguments, name="a time that is none stops")
        run = f.run(*arguments, "--skip-bad-rows", "--json")
        equal("with --skip-bad-rows it is done", run.returncode, 0)
        equal("and one line says so", run.stderr, b"reco: shop.csv: 1 rows that could not be read were left out\n")
        report = f.json(*arguments, "--skip-bad-rows", "--quiet")
        read = report["read"]
        equal("what became of the rows", {k: v for k, v in read.items() if k.startswith("rows")},
              {"rows": 8, "rows_without_user": 1, "rows_without_item": 1, "rows_zero": 1, "rows_bad": 1})
        equal("what became of the events", (read["events"], read["returns"], read["events_returned"],
                                            read["events_entered"]), (4, 1, 2, 2))
        info = f.json("info", "--model", "m.reco")
        equal("features", info["item_features"], {"Name": "text", "Preis": "number"})
        text = f.good("recommend", "--model", "m.reco", "--user", "2", "--include-seen")
        cases.check("Grüne Kanne" in text, "texts beside the items", [text])
        few = f.json(*arguments, "--skip-bad-rows", "--quiet", "--data", "min_item_events=2", "--data", "combine=count")
        cases.check(few["read"]["events_rare"] > 0, "settings of the data", [str(few["read"])])


def test_types_and_features():
    with Folder() as f:
        f.write("t.csv", "user,item,type\nann,mug,view\nann,lamp,buy\nbob,lamp,view\n")
        f.write("u.csv", "user,country,consent\nann,DE,all\nbob,AT,none\n")
        report = f.json("fit", "--algo", "popular", "--events", "t.csv", "--items", "items.csv", "--users", "u.csv",
                        "--event", "view=1", "--event", "buy=5", "--out", "m.reco")
        equal("consent is asked", report["read"]["events_without_consent"], 1)
        answer = f.json("recommend", "--model", "m.reco", "--user", "ann", "--include-seen")["answers"][0]
        equal("weights", [(r["item"], r["score"]) for r in answer["items"][:2]], [("lamp", 5), ("mug", 1)])
        equal("title", answer["items"][0]["texts"]["title"], "Reading lamp, small")
        f.write("c.csv", "user,item,device,degrees\nann,mug,tv,3\nann,lamp,phone | car,\nbob,lamp,tv,3\nbob,mug,,\n")
        report = f.json("fit", "--algo", "popular", "--events", "c.csv", "--context-columns", "device=token,degrees=number",
                        "--out", "m.reco")
        equal("contexts of events are counted", report["read"]["contexts"], 2)


def test_consent():
    with Folder() as f:
        f.write("t.csv", "user,item\nann,mug\nann,lamp\nbob,mug\nbob,rug\ncy,mug\ncy,rug\ndee,lamp\n")
        f.write("u.csv", "user,age,consent\nann,34,all\nbob,old,training|personal\ncy,12,training\ndee,young,none\n")
        arguments = ("fit", "--algo", "item-knn", "--set", "shrink=0", "--events", "t.csv", "--users", "u.csv", "--user-columns",
                     "age=number", "--skip-bad-rows", "--out", "m.reco")
        report = f.json(*arguments, "--purpose", "email", "--purpose", "sms")
        equal("who agreed to nothing is left out, of a row that is skipped too",
              [report["read"][name] for name in ("users", "users_without_consent", "events_without_consent")], [3, 1, 1])
        equal("purposes", f.json("info", "--model", "m.reco")["purposes"], ["training", "personal", "email", "sms"])
        text = f.good("info", "--model", "m.reco")
        cases.check(re.search(r"^purpose +email$", text, re.M), "purposes, aligned", [text])
        for asked, source, withheld in ((("--user", "ann", "--purpose", "email"), "item-knn", None),
                                        (("--user", "bob"), "item-knn", None),
                                        (("--user", "bob", "--purpose", "email", "--explain"), "popular", ["email"]),
                                        (("--user", "cy", "--purpose", "sms"), "popular", ["personal", "sms"])):
            answer = f.json("recommend", "--model", "m.reco", "--quiet", *asked)["answers"][0]
            equal(" ".join(asked), (answer["source"], answer.get("withheld")), (source, withheld))
            reasons = [reason["item"] for row in answer["items"] for reason in row.get("reasons", [])]
            cases.check(not any(reasons), "nothing of what they did is a reason", reasons)
        everyone = rows(f.good("recommend", "--model", "m.reco", "--all-users", "--purpose", "email", "--csv", "-n", 1,
                               "--quiet"))
        equal("all who agreed", [row["user"] for row in everyone], ["ann"])
        everyone = f.json("recommend", "--model", "m.reco", "--all-users", "-n", 1, "--quiet")["answers"]
        equal("all there are", [(one["user"], one.get("withheld")) for one in everyone],
              [("cy", ["personal"]), ("ann", None), ("bob", None)])
        f.write("who.txt", "bob\nann\n")
        some = f.json("recommend", "--model", "m.reco", "--users-file", "who.txt", "--purpose", "sms", "--quiet")["answers"]
        equal("some", [(one["user"], one.get("withheld")) for one in some], [("bob", ["sms"]), ("ann", None)])
        done = f.run("recommend", "--model", "m.reco", "--all-users", "--purpose", "email")
        cases.check("2 users have not agreed to 'email': left out" in done.stderr.decode(), "and a note", [str(done.stderr)])
        done = f.run("recommend", "--model", "m.reco", "--user", "cy")
        cases.check("1 user has not agreed to 'personal': answered as nobody is" in done.stderr.decode(), "also of one",
                    [str(done.stderr)])


def test_recommend():
    with Folder() as f:
        fit(f, "m.reco", "--set", "threads=1")
        equal("an aligned table", f.good("recommend", "--model", "m.reco", "--history", "mug,lamp"),
              "rank  item  score\n   1  rug       3\n   2  vase      2\n")
        equal("CSV", f.good("recommend", "--model", "m.reco", "--user", "ann", "--csv"),
              "user,rank,item,score\nann,1,rug,3\nann,2,vase,2\n")
        answer = f.json("recommend", "--model", "m.reco", "--user", "ann", "-n", 1)["answers"]
        equal("JSON", [(a["user"], a["source"], a["items"]) for a in answer],
              [("ann", "popular", [{"rank": 1, "item": "rug", "score": 3.0}])])
        everyone = rows(f.good("recommend", "--model", "m.reco", "--all-users", "--csv"))
        equal("all users", [(r["user"], r["item"]) for r in everyone],
              [("ann", "rug"), ("ann", "vase"), ("bob", "lamp"), ("bob", "rug"), ("cat", "rug"), ("dan", "mug"),
               ("dan", "vase")])
        batch = f.json("recommend", "--model", "m.reco", "--all-users")["answers"]
        for one in batch:
            alone = f.json("recommend", "--model", "m.reco", "--user", one["user"])["answers"][0]
            equal(f"the batch answers {one['user']} as alone", one["items"], alone["items"])
        f.write("some.txt", "\ufeffdan\r\n\r\nann\r\n")
        some = rows(f.good("recommend", "--model", "m.reco", "--users-file", "some.txt", "--csv", "-n1"))
        equal("users of a file", [(r["user"], r["item"]) for r in some], [("dan", "mug"), ("ann", "rug")])
        some = rows(f.good("recommend", "--model", "m.reco", "--users-file", "-", "--csv", "-n1", stdin=b"bob"))
        equal("users of standard input", [r["user"] for r in some], ["bob"])
        equal("no item left", f.good("recommend", "--model", "m.reco", "--history", "mug,lamp,vase,rug", "--csv"),
              "rank,item,score\n")
        piped = f.good("recommend", "--model", "-", "--history", "mug", "--csv", "-n", "1", stdin=f.read("m.reco"))
        equal("a model from standard input", piped, "rank,item,score\n1,lamp,4\n"[:len(piped)])


def test_filters():
    with Folder() as f:
        fit(f, "m.reco", "--items", "items.csv")

        def items(*arguments):
            return [r["item"] for r in rows(f.good("recommend", "--model", "m.reco", "--history", "mug", "--csv",
                                                   *arguments))]
        equal("where", items("--where", "price<50"), ["lamp", "vase"])
        equal("two conditions", items("--where", "price<50", "--where", "tags=glass"), ["vase"])
        f.write("out.txt", "lamp\nnew\n")
        f.bad(1, "out.txt:2: ", "recommend", "--model", "m.reco", "--history", "mug", "--exclude-file", "out.txt")
        run = f.run("recommend", "--model", "m.reco", "--history", "mug", "--exclude-file", "out.txt",
                    "--skip-bad-rows", "--csv")
        equal("ids the model does not have can be left out", [r["item"] for r in rows(run.stdout.decode())],
              ["rug", "vase"])
        equal("and one line says so", run.stderr.decode(), "reco: out.txt: 1 ids left out that the model does not have\n")
        f.write("out.txt", "lamp\n")
        f.write("in.txt", "lamp\nrug\nmug\n")
        equal("exclude", items("--exclude-file", "out.txt"), ["rug", "vase"])
        equal("only", items("--only-file", "in.txt"), ["lamp", "rug"])
        equal("both", items("--exclude-file", "out.txt", "--only-file", "in.txt", "--include-seen"), ["mug", "rug"])
        f.write("in.txt", "")
        equal("only nothing", items("--only-file", "in.txt"), [])


def test_out():
    with Folder() as f:
        fit(f)
        f.write("top.csv", "old")
        before = f.names()
        equal("nothing on standard output", f.good("recommend", "--model", "m.reco", "--all-users", "--csv", "--out",
                                                   "top.csv"), "")
        equal("the file is there", len(rows(f.read("top.csv").decode())), 7)
        equal("and nothing else", f.names(), before)
        f.good("recommend", "--model", "m.reco", "--user", "ann", "--out", "/dev/null")
        cases.check(stat.S_ISCHR(os.stat("/dev/null").st_mode), "a device stays a device")


def test_similar():
    with Folder() as f:
        fit(f)
        f.bad(1, "popular: has no similar items", "similar", "--model", "m.reco", "--item", "mug")
        f.good("fit", "--algo", "item-knn", "--set", "shrink=0", "--events", "events.csv", "--items", "items.csv",
               "--out", "k.reco", "--quiet")
        found = f.json("similar", "--model", "k.reco", "--item", "mug", "-n", 2)
        equal("like a mug", (found["item"], [r["item"] for r in found["items"]]), ("mug", ["vase", "lamp"]))
        equal("with a title", found["items"][1]["texts"], {"title": "Reading lamp, small"})
        near("a cosine", found["items"][0]["score"], 2 / 6 ** .5, 1e-6)
        table = rows(f.good("similar", "--model", "k.reco", "--item", "mug", "--where", "price<25", "--csv"))
        equal("CSV", [(r["rank"], r["item"], r["title"]) for r in table], [("1", "lamp", "Reading lamp, small")])
        f.write("old.csv", "old")
        f.good("similar", "--model", "k.reco", "--item", "mug", "--csv", "--out", "old.csv")
        equal("into a file", len(rows(f.read("old.csv").decode())), 2)


def test_explain():
    with Folder() as f:
        fit(f)
        for row in f.json("recommend", "--model", "m.reco", "--user", "ann", "--explain")["answers"][0]["items"]:
            equal("popularity is the rest", [(r["item"], r["amount"]) for r in row["reasons"]], [(None, row["score"])])
        f.good("fit", "--algo", "item-knn", "--events", "events.csv", "--items", "items.csv", "--out", "k.reco", "--quiet")
        for who in (("--user", "cat"), ("--history", "mug,vase"), ("--all-users",)):
            for answer in f.json("recommend", "--model", "k.reco", *who, "--explain")["answers"]:
                for row in answer["items"]:
                    near(f"reasons for {row['item']} {who}", sum(r["amount"] for r in row["reasons"]), row["score"], 1e-5)
        table = rows(f.good("recommend", "--model", "k.reco", "--history", "mug", "--explain", "--csv"))
        cases.check(all(r["because of"].startswith("Blue enamel mug (") for r in table) and table, "as a table",
                    [str(table)])


def test_sessions_and_features():
    with Folder() as f:
        f.write("v.csv", "user,item,type,time,device\nann,mug,view,2024-01-01 10:00,tv\nann,lamp,buy,2024-01-01 10:05,phone\n"
                "bob,mug,buy,2024-01-02 10:00,tv\nbob,rug,view,2024-01-02 10:01,tv\ncat,mug,buy,2024-01-03 10:00,phone\n"
                "cat,lamp,view,2024-01-03 10:03,phone\n")
        f.write("u.csv", "user,country,age,likes\nann,de,34,\nbob,fr,20,jazz | rock\ncat,de,50,jazz\n")
        data = ("--events", "v.csv", "--users", "u.csv", "--user-columns", "age=number,country=token",
                "--context-columns", "device=token", "--event", "view=1", "--event", "buy=3", "--quiet")
        f.good("fit", "--algo", "covisit", "--set", "steps=1", "--set", "last=1", *data, "--out", "m.reco")
        for field in ("device", "country", "likes"):
            f.good("fit", "--algo", "popular", "--set", f"by={field}", *data, "--out", f"{field}.reco")

        def ask(model, *arguments, **options):
            return f.json("recommend", "--model", model, *arguments, **options)["answers"][0]

        def items(*arguments, **options):
            return [(r["item"], round(r["score"], 4)) for r in ask(*arguments, **options)["items"]]
        f.write("visit.csv", "user,item,type\nme,lamp,view\nme,mug,buy\n")
        equal("what comes after a visit's last event", items("m.reco", "--session", "visit.csv", "--include-seen"),
              [("lamp", 0.6667), ("rug", 0.3333)])
        equal("its columns as told, by a pipe", items("m.reco", "--session", "-", "--no-header", "--columns", "user=2,item=1",
                                                      "--delimiter", ";", "--include-seen", stdin=b"lamp;me\nmug;me\n"),
              [("lamp", 0.6667), ("rug", 0.3333)])
        f.write("since.csv", "user,item,time\nbob,lamp,2024-02-01\nann,mug,2024-02-01 12:00\nann,lamp,2024-02-01\n")
        equal("what a user did since, in the order of times",
              (items("m.reco", "--user", "ann"), items("m.reco", "--user", "ann", "--session", "since.csv")), ([], [("rug", 0.3333)]))
        run = f.run("recommend", "--model", "m.reco", "--user", "cat", "--session", "since.csv", "--csv")
        equal("nothing since", (run.stdout, run.stderr), (b"user,rank,item,score\n", b"reco: since.csv: no events of 'cat'\n"))
        equal("on a phone", items("device.reco", "--context", "device=phone"), [("lamp", 4.3333), ("mug", 3.5833), ("rug", 0.0833)])
        fr = items("country.reco", "--about", "country=fr")
        equal("by someone of a country", fr, [("mug", 3.5833), ("rug", 1.0833), ("lamp", 0.3333)])
        equal("which is told instead of a user's own",
              items("country.reco", "--user", "ann", "--about", "age=3,country=fr", "--include-seen"), fr)
        equal("two tokens", items("likes.reco", "--about", "likes= jazz | rock"), items("likes.reco", "--about", "likes=rock|jazz"))
        equal("one and another", items("likes.reco", "--about", "likes=jazz", "--about", "likes=rock"),
              items("likes.reco", "--about", "likes=rock|jazz"))
        equal("of many", [a["items"][0]["item"] for a in f.json("recommend", "--model", "device.reco", "--all-users", "--context",
                                                                "device=tv", "--include-seen", "-n1")["answers"]], ["mug"] * 3)
        row = ask("device.reco", "--user", "ann", "--context", "device=tv", "--explain", "--include-seen")["items"][0]
        equal("reasons", [(r["item"], r.get("feature"), round(r["amount"], 4)) for r in row["reasons"]],
              [(None, "device=tv", 4), (None, None, 0.5833)])
        text = f.good("recommend", "--model", "device.reco", "--context", "device=tv", "--explain", "-n1")
        equal("as a table", text.splitlines()[1].split("  ")[-1].strip(), "device=tv (4), the rest (0.583)")


def test_unknown_is_skipped():
    with Folder() as f:
        fit(f)
        f.write("out.txt", "lamp\nnew\n")
        f.write("who.txt", "ann\nzed\n")

        def skips(n, *arguments):
            run = f.run(*arguments, "--skip-unknown", "--json")
            many = "ids and features" if n > 1 else "id or feature"
            line = f"reco: {n} {many} that the model does not have: skipped\n" if n else ""
            equal(f"{n} skipped: {arguments[2:]}", run.stderr.decode(), line)
            return json.loads(run.stdout)
        model = ("recommend", "--model", "m.reco")
        answer = skips(3, *model, "--user", "zed", "--exclude-file", "out.txt", "--about", "country=de")["answers"][0]
        equal("the rest is answered", (answer["skipped"], [r["item"] for r in answer["items"]]), (3, ["mug", "rug", "vase"]))
        equal("nothing to skip", skips(0, *model, "--user", "ann")["answers"][0]["skipped"], 0)
        answers = skips(2, *model, "--users-file", "who.txt", "--exclude-file", "out.txt")["answers"]
        equal("of many, each says", [(a["user"], a["skipped"], len(a["items"])) for a in answers], [("ann", 1, 2), ("zed", 2, 3)])
        f.good("fit", "--algo", "item-knn", "--events", "events.csv", "--out", "k.reco", "--quiet")
        equal("like an item", skips(1, "similar", "--model", "k.reco", "--item", "mug", "--exclude-file", "out.txt")["skipped"], 1)
        row = skips(1, "recommend", "--model", "k.reco", "--history", "mug,sofa", "--explain")["answers"][0]["items"][0]
        equal("and why", [r["item"] for r in row["reasons"]], ["mug"])
        equal("without it nothing is said", "skipped" in f.json(*model, "--user", "ann")["answers"][0], False)


def test_text_is_aligned_and_harmless():
    with Folder() as f:
        f.write("odd.csv", "item,title\nmug,\u676f\u5b50\nlamp,Gr\u00fc\u00dfe\u001b[2J and more\nvase," + "x" * 80 + "\n")
        f.good("fit", "--algo", "popular", "--events", "events.csv", "--items", "odd.csv", "--item-columns", "title=text",
               "--out", "m.reco", "--quiet")
        text = f.good("recommend", "--model", "m.reco", "--history", "rug")
        cases.check("\x1b" not in text and "Grüße [2J" in text, "control characters do not reach a terminal", [text])
        cases.check("x" * 47 + "…" in text, "long texts are cut", [text])
        text = f.good("recommend", "--model", "m.reco", "--history", "rug", "--csv")
        cases.check("x" * 80 in text, "but not in CSV", [text])


def on_terminal(f, *arguments):
    """What a command writes to stderr when that is a terminal."""
    leader, follower = pty.openpty()
    run = subprocess.Popen([PROGRAM, *arguments], cwd=f.path, stdout=subprocess.DEVNULL, stderr=follower)
    os.close(follower)
    text = b""
    try:
        while part := os.read(leader, 65536):
            text += part
    except OSError:  # the other side is closed
        pass
    os.close(leader)
    return run.wait(timeout=60), text


def test_progress():
    with Folder() as f:
        arguments = ("fit", "--algo", "als", "--set", "factors=8", "--events", "events.csv", "--out", "m.reco")
        status, text = on_terminal(f, *arguments)
        cases.check(status == 0 and re.search(rb"als +\d+%", text) and text.endswith(b"\r\x1b[K"),
                    "progress on a terminal, and the line is clean at the end", [str(text)])
        equal("no progress with --quiet", on_terminal(f, *arguments, "--quiet"), (0, b""))


def test_evaluate():
    with Folder() as f:
        f.write("train.csv", EVENTS)
        f.write("test.csv", "user,item\nann,vase\nann,rug\nbob,lamp\nbob,sofa\ndan,rug\nzed,mug\n")
        report = f.json("evaluate", "--algo", "popular", "--train", "train.csv", "--test", "test.csv", "--metrics",
                        "recall@1,hit@2,coverage@1", "--threads", "2")
        equal("users", report["users"], 2)
        equal("left out", report["left_out"], {"users_unknown": 1, "users_without_test": 1,
                                               "users_without_negatives": 0, "points_unknown": 0,
                                               "points_without_test": 0, "items_unknown": 1})
        values = {k: v["value"] for k, v in report["metrics"].items()}
        equal("figures", values, {"recall@1": 0.5, "hit@2": 1.0, "coverage@1": 0.5})
        equal("popular beside it", {k: v["value"] for k, v in report["baseline"]["metrics"].items()}, values)
        equal("what else a report has", sorted(report), sorted(
            ["algo", "params", "split", "protocol", "users", "points", "metrics", "seconds", "peak_bytes", "left_out",
             "baseline"]))
        low, high = report["metrics"]["recall@1"]["ci95"]
        cases.check(low <= 0.5 <= high, "interval")
        text = f.good("evaluate", "--algo", "random", "--train", "train.csv", "--test", "test.csv")
        cases.check(re.search(r"^metric +random +95% from +to +popular$", text, re.M), "table", [text])
        table = rows(f.good("evaluate", "--algo", "popular", "--train", "train.csv", "--test", "test.csv", "--csv",
                            "--metrics", "hit@2"))
        equal("CSV", table, [{"metric": "hit@2", "value": "1", "low": "1", "high": "1", "popular": "1"}])
        f.write("negatives.csv", "user,item\nann,mug\nann,lamp\nbob,rug\n")
        report = f.json("evaluate", "--algo", "popular", "--train", "train.csv", "--test", "test.csv", "--metrics",
                        "hit@1,hit@2,hit@3", "--negatives", "negatives.csv")
        equal("protocol", report["protocol"], {"ask": "user", "include_seen": False, "negatives": "negatives.csv",
                                               "where": []})
        equal("among candidates", [report["metrics"][f"hit@{k}"]["value"] for k in (1, 2, 3)], [0.5, 0.5, 1.0])


def test_who_asks():
    with Folder() as f:
        f.write("train.csv", "user,item\n" + "".join(f"u{k},{item}\n" for item, n in (("a", 4), ("b", 3), ("c", 2), ("d", 1))
                                                     for k in range(n)))
        f.write("test.csv", "user,item,time\nv,b,3\nv,a,1\nv,d,5\nv,b,4\nw,c,1\nw,x,2\nz,a,1\n")
        f.write("items.csv", "id,price\na,9\nb,5\nc,1\nd,1\n")
        files = ("--train", "train.csv", "--test", "test.csv")

        def ask(*more):
            return f.json("evaluate", "--algo", "popular", *files, *more)
        # v: a, b, b, d by time: after a comes b, the second of all, then b, then d; w: after c x, which is not known
        report = ask("--ask", "next", "--metrics", "mrr@4,hit@2")
        equal("next", [f["value"] for f in report["metrics"].values()], [(1 / 2 + 1 / 2 + 1 / 4) / 4, 2 / 4])
        equal("points and users", (report["points"], report["users"], report["left_out"]["users_without_test"],
                                   report["left_out"]["items_unknown"]), (4, 2, 1, 1))
        equal("of next", report["protocol"], {"ask": "next", "include_seen": True, "negatives": None, "where": []})
        # v: by a, held out b and d of b c d; w: x
        report = ask("--ask", "given", "--given", "1", "--metrics", "recall@1,auc")
        equal("given", [f["value"] for f in report["metrics"].values()], [1 / 4, (1 + 0) / 2 / 2])
        equal("of given", report["protocol"], {"ask": "given", "given": 1, "include_seen": False, "negatives": None,
                                               "where": []})
        report = ask("--ask", "given", "--given", "1", "--metrics", "recall@1", "--where", "price<6", "--items", "items.csv",
                     "--item-columns", "price=number")
        equal("only what is cheap", report["metrics"]["recall@1"]["value"], 1 / 4)
        report = ask("--ask", "given", "--given", "1", "--metrics", "recall@1", "--include-seen")
        equal("seen items too", report["metrics"]["recall@1"]["value"], 0)
        text = f.good("evaluate", "--algo", "popular", *files, "--ask", "next")
        cases.check("4 points of 2 users, each asking for the next event, seen items too" in text, "table of next", [text])
        text = f.good("evaluate", "--algo", "popular", *files, "--ask", "given", "--given", "1")
        cases.check("2 users, each asking by the first 1 events" in text, "table of given", [text])
        text = f.good("evaluate", "--help")
        cases.check(all(name in text for name in ("recall@K", "coverage@K", "auc", "rmse")), "help lists metrics", [text])


def test_splits():
    lines = [f"u{u},i{(u * 7 + k * k) % 23},{1000 * k + u}" for u in range(40) for k in range(8)]
    with Folder() as f:
        f.write("e.csv", "user,item,time\n" + "\n".join(lines) + "\n")
        for split in ("random:0.2", "leave-one-out", "last:2", "time:0.2", "cold-items:0.2", "kfold:4/2"):
            report = f.json("evaluate", "--algo", "popular", "--events", "e.csv", "--split", split, "--seed", "3")
            cases.check(report["users"] > 0 and report["split"] == split, f"{split}: {report['users']} users")
        report = f.json("evaluate", "--algo", "popular", "--events", "e.csv", "--split", "cold-users:0.2", "--ask", "given",
                        "--given", "3")
        equal("cold users", (report["users"], report["left_out"]["users_unknown"]), (8, 0))
        whole = f.json("evaluate", "--algo", "popular", "--events", "e.csv", "--split", "kfold:4", "--metrics", "hit@5")
        folds = [f.json("evaluate", "--algo", "popular", "--events", "e.csv", "--split", f"kfold:4/{k}", "--metrics",
                        "hit@5") for k in range(1, 5)]
        users = sum(r["users"] for r in folds)
        mean = sum(r["users"] * r["metrics"]["hit@5"]["value"] for r in folds) / users
        equal("users of all folds", whole["users"], users)
        near("mean of all folds", whole["metrics"]["hit@5"]["value"], mean, 1e-9)
        default = f.json("evaluate", "--algo", "popular", "--events", "e.csv")
        equal("the default is a split by time", (default["split"], sorted(default["metrics"])),
              ("time:0.2", ["ndcg@10", "recall@10"]))
        a, b = (f.json("evaluate", "--algo", "random", "--events", "e.csv", "--split", "random:0.3", "--seed", "7",
                       "--threads", n)["metrics"] for n in (1, 3))
        equal("the same for any number of threads", a, b)


def test_hybrid():
    with Folder() as f:
        f.good("fit", "--algo", "weighted", "--part", "popular:0.5", "--part", "dice=random:0.25", "--set",
               "dice.seed=7", "--set", "scaling=rank", "--events", "events.csv", "--out", "m.reco", "--quiet")
        info = f.json("info", "--model", "m.reco")
        equal("parts", [(p["algo"], p["weight"], p["params"]["seed"]) for p in info["parts"]],
              [("popular", 0.5, info["params"]["seed"]), ("random", 0.25, 7)])
        equal("scaling", info["params"]["scaling"], "rank")
        text = f.good("info", "--model", "m.reco")
        cases.check(re.search(r"^part 2 weight +0.25$", text, re.M), "as a table", [text])


def test_info_and_algos():
    with Folder() as f:
        fit(f, "m.reco", "--items", "items.csv", "--seed", "5")
        info = f.json("info", "--model", "m.reco")
        equal("counts", (info["users"], info["items"], info["pairs"], info["events"]), (4, 4, 9, 9))
        equal("seed", info["params"]["seed"], 5)
        equal("times", (info["first_time"], info["last_time"]), ("2024-01-01T00:00:00Z", "2024-01-09T00:00:00Z"))
        equal("features", info["item_features"], {"price": "number", "tags": "token", "title": "text"})
        text = f.good("algos")
        cases.check("popular" in text and "random" in text, "algos", [text])
        text = f.good("algos", "popular")
        cases.check(re.search(r"^half_life_days +0 +number \[0, 36500\] +1 to 365, log ", text, re.M), "algos popular", [text])
        text = f.good("algos", "item-knn")
        cases.check(re.search(r"^values +saturated +saturated, raw, binary +saturated, binary ", text, re.M)
                    and re.search(r"^normalize +0 +whole \[0, 1\] +0 to 1 ", text, re.M)
                    and re.search(r"^seed .*\] +- ", text, re.M), "algos item-knn", [text])
        rows = {row["name"]: row for row in f.json("algos", "als")["params"]}
        equal("where als is searched", [rows[name]["search"] for name in ("factors", "confidence", "seed")],
              [{"scale": "log", "low": 16, "high": 256}, {"choices": ["linear", "log"]}, None])
        cases.check(rows["factors"]["small"] < rows["factors"]["default"] and rows["alpha"]["small"] == rows["alpha"]["default"]
                    and "small" not in rows["solver"], "what makes als quick", [str(rows)])
        listed = f.json("algos")["algos"]
        for algo in listed:
            one = f.json("algos", algo["algo"])
            equal(f"algos {algo['algo']}", one, algo)
            f.good("algos", algo["algo"], "--csv")
            cases.check(all(p["help"] and p["name"] for p in one["params"]), "each parameter has its help")


def test_help():
    with Folder() as f:
        text = f.good("--help")
        names = re.findall(r"^  (\w+) ", text, re.M)
        equal("sub-commands", names, ["fit", "recommend", "similar", "evaluate", "info", "algos"])
        for name in names:
            text = f.good(name, "--help")
            cases.check(text.startswith(f"usage: reco {name} "), f"help of {name}")
            wide = [line for line in text.split("\n")[3:] if len(line) > 110]
            equal(f"help of {name} fits a terminal", wide, [])
        cases.check(re.fullmatch(r"reco \d+\.\d+\.\d+\n", f.good("--version")), "version")


def test_locale():
    environment = {**os.environ, "LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8"}
    with Folder() as f:
        fit(f)
        arguments = ("recommend", "--model", "m.reco", "--user", "ann", "--csv")
        equal("the locale changes nothing", f.good(*arguments, env=environment), f.good(*arguments))


for name, test in sorted(globals().items()):
    if name.startswith("test_"):
        test()
cases.done()
