#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""real.py RECO FOLDER: published figures on real data, through the command. What is not there is skipped and said so."""
import csv
import sys
from pathlib import Path

from command import Folder, cases, near

data = Path(sys.argv[2])


def there(*files):
    missing = [name for name in files if not (data / name).exists()]
    if missing:
        cases.skip(f"figures on {missing[0].split('/')[0]}", f"{data / missing[0]} is not there")
    return not missing


def figures(report):
    return {name: f["value"] for name, f in report.get("metrics", {}).items()}


def at_least(name, got, floor):
    cases.check(got is not None and got >= floor, f"{name}: {got} is at least {floor}")


# Recall@20 and NDCG@20: `popular` was checked with an independent program; the floors are those of an independent
# implementation of the same objective, less what seeds differ by.
GOWALLA = (
    ("popular", (), (.0416, .0317), .0002),
    ("item-knn", ("similarity=cosine", "k=100"), (.127, .093), None),
    ("item-knn", ("similarity=cosine", "k=100", "shrink=0"), (.1271, .0936), .0005),
    ("item-knn", ("similarity=jaccard", "k=100", "shrink=0", "normalize=1"), (.159, .120), None),
    ("user-knn", (), (.174, .143), None),
    ("als", ("objective=hkv", "factors=64", "iterations=15", "alpha=10", "regularization=10"), (.138, .120), None),
    ("als", (), (.150, .128), None),
)


def gowalla(f, algos):
    if not there("gowalla/train.csv", "gowalla/test.csv"):
        return
    for algo, settings, expected, tolerance in GOWALLA:
        name = f"gowalla, {algo} {' '.join(settings)}"
        if algo not in algos:
            cases.skip(name, f"this build has no {algo}")
            continue
        got = figures(f.json("evaluate", "--algo", algo, *(w for s in settings for w in ("--set", s)), "--train",
                             data / "gowalla/train.csv", "--test", data / "gowalla/test.csv", "--metrics",
                             "recall@20,ndcg@20"))
        for metric, figure in zip(("recall@20", "ndcg@20"), expected):
            if tolerance:
                near(f"{name}: {metric}", got.get(metric), figure, tolerance)
            else:
                at_least(f"{name}: {metric}", got.get(metric), figure)


# HR@10 and NDCG@10 among 99 negatives (Ferrari Dacrema et al., TOIS 2021, table 55, and retuned iALS).
NCF = (
    ("popular", (), (.4531, .2541), .003),
    ("item-knn", ("similarity=cosine", "k=50", "shrink=0"), (.6675, .3976), .0005),
    ("user-knn", ("weighting=none",), (.6518, .3988), .0005),
    ("als", ("objective=ials", "factors=192", "iterations=12", "regularization=0.007", "unobserved_weight=0.3",
             "regularization_exponent=1"), (.725, .448), None),
)


def ncf(f, algos):
    if not there("ml-1m/ratings.csv", "ml-1m/ncf-test.csv", "ml-1m/ncf-negatives.csv"):
        return
    with open(data / "ml-1m/ncf-test.csv", newline="") as file:
        held = {(row["user"], row["item"]) for row in csv.DictReader(file)}
    with open(data / "ml-1m/ratings.csv", newline="") as file:
        pairs = [(row["user"], row["item"]) for row in csv.DictReader(file)]
    f.write("train.csv", "user,item\n" + "".join(f"{u},{i}\n" for u, i in pairs if (u, i) not in held))
    for algo, settings, expected, tolerance in NCF:
        name = f"ml-1m among negatives, {algo} {' '.join(settings)}"
        if algo not in algos:
            cases.skip(name, f"this build has no {algo}")
            continue
        got = figures(f.json("evaluate", "--algo", algo, *(w for s in settings for w in ("--set", s)), "--train",
                             "train.csv", "--test", data / "ml-1m/ncf-test.csv", "--negatives",
                             data / "ml-1m/ncf-negatives.csv", "--metrics", "hit@10,ndcg@10"))
        for metric, figure in zip(("hit@10", "ndcg@10"), expected):
            if tolerance:
                near(f"{name}: {metric}", got.get(metric), figure, tolerance)
            else:
                at_least(f"{name}: {metric}", got.get(metric), figure)


FILMS = ("--items-format", "delimiter=::", "--items-format", "header=0")


# Each event of a session predicts the next: P@20 and MRR@20 of `popular` as published and checked, and the prediction
# points of lists that were published.
def sessions(f, algos):
    if there("diginetica/train.csv", "diginetica/test.csv"):
        report = f.json("evaluate", "--algo", "popular", "--train", data / "diginetica/train.csv", "--test",
                        data / "diginetica/test.csv", "--columns", "user=session,item=item", "--ask", "next", "--metrics",
                        "hit@20,mrr@20")
        cases.check(report.get("points") == 60858, f"sessions of diginetica: {report.get('points')} points are 60858")
        for name, figure in (("hit@20", .0093), ("mrr@20", .0021)):
            near(f"sessions of diginetica, popular: {name}", figures(report).get(name), figure, .00005)
    if not there("rsc15-100k/test.tsv", "rsc15-100k/published-lists/sr.csv"):
        return
    with open(data / "rsc15-100k/published-lists/sr.csv", encoding="utf-8") as lists:
        chosen = {line.split(";")[0] for line in lists}
    with open(data / "rsc15-100k/test.tsv", encoding="utf-8") as events:
        f.write("sessions.tsv", "".join(line for line in events if line.split("\t")[0] in chosen))
    report = f.json("evaluate", "--algo", "popular", "--train", data / "rsc15-100k/train_full.tsv", "--test", "sessions.tsv",
                    "--columns", "user=SessionId,item=ItemId,time=Time", "--ask", "next")
    cases.check(report.get("points") == 387, f"sessions of rsc15: {report.get('points')} points are 387")
    if "covisit" in algos:
        got = figures(f.json("evaluate", "--algo", "covisit", "--set", "last=1", "--train", data / "rsc15-100k/train_full.tsv",
                             "--test", "sessions.tsv", "--columns", "user=SessionId,item=ItemId,time=Time", "--ask", "next",
                             "--metrics", "hit@20,mrr@20"))
        for name, figure in (("hit@20", .5607), ("mrr@20", .3275)):
            near(f"sequential rules on rsc15: {name}", got.get(name), figure, .01)


# Films for people the model has never seen, by the first ten they rated.
def strangers(f, algos):
    if not there("ml-1m/ratings.csv"):
        return
    for algo in ("popular", "item-knn", "user-knn", "als"):
        if algo in algos:
            for given in ("5", "10"):
                report = f.json("evaluate", "--algo", algo, "--events", data / "ml-1m/ratings.csv", "--columns",
                                "user=user,item=item,value=value,time=seq", "--split", "cold-users:0.1", "--ask", "given",
                                "--given", given, "--metrics", "ndcg@10,auc")
                print(f"# {algo:10} by {given:2} " + " ".join(f"{name} {value:.4f}" for name, value in figures(report).items()))
            cases.check(report.get("users") == 604, f"films for strangers: {report.get('users')} users are 604")
            if algo in ("user-knn", "als"):
                at_least(f"films for strangers, {algo} over popular: ndcg@10", figures(report).get("ndcg@10"),
                         report["baseline"]["metrics"]["ndcg@10"]["value"])


def films(f, algos):
    """Content on genres, titles and plots beats random five times; figures are shown as they are."""
    if not there("ml-1m/ratings.csv", "ml-1m/movies.dat", "ml-1m/movies_extrainfos.dat") or "content" not in algos:
        return

    def evaluate(algo, *more):
        return figures(f.json("evaluate", "--algo", algo, "--events", data / "ml-1m/ratings.csv", "--split", "random:0.2",
                              "--metrics", "recall@20,ndcg@20", *more))
    floor = evaluate("random")
    genres = evaluate("content", "--items", data / "ml-1m/movies.dat", *FILMS, "--encoding", "latin1", "--item-columns",
                      "2=text,3=token")
    skipped = ",".join(f"{column}=skip" for column in (3, 4, 5, 8, 11))
    plots = evaluate("content", "--items", data / "ml-1m/movies_extrainfos.dat", *FILMS, "--item-columns",
                     "2=text,6=text,7=text,9=text,10=text," + skipped)
    for name, got in (("titles and genres", genres), ("titles, genres, people and plots", plots)):
        print(f"# ml-1m, content on {name}: {got}")
        at_least(f"ml-1m, content on {name}, over random: recall@20", got.get("recall@20"),
                 5 * floor.get("recall@20", 1))


# The biases of Surprise's README, on random folds: within .004.
BIASES = (
    ("ml-100k", ("--no-header", "--columns", "user=1,item=2,value=3"), .944),
    ("ml-1m", ("--columns", "user=user,item=item,value=value"), .909),
)


def folds(name):
    """Each of five folds as the lines to fit on and to predict."""
    if name == "ml-100k":
        lines = (data / "ml-100k/u.data").read_text().splitlines(True)
        for fold in range(1, 6):
            test = set((data / f"ml-100k/u{fold}.test").read_text().splitlines(True))
            yield [line for line in lines if line not in test], sorted(test)
    else:
        head, *lines = (data / "ml-1m/ratings.csv").read_text().splitlines(True)
        for fold in range(1, 6):
            test = [line.rstrip().endswith(f",{fold}") for line in lines]
            yield ([head] + [line for line, held in zip(lines, test) if not held],
                   [head] + [line for line, held in zip(lines, test) if held])


def ratings(f, algos):
    """Predicted ratings: the mean over five folds of the error, and of those of which nobody said what is liked."""
    if "baseline" not in algos:
        cases.skip("ratings", "this build has no baseline")
        return
    for name, columns, published in BIASES:
        if not there(*(f"ml-100k/u{fold}.test" for fold in range(1, 6)), "ml-100k/u.data", "ml-1m/ratings.csv"):
            continue
        errors = []
        for train, test in folds(name):
            (f.path / "train").write_text("".join(train))
            (f.path / "test").write_text("".join(test))
            report = f.json("evaluate", "--algo", "baseline", "--train", "train", "--test", "test", *columns, "--data",
                            "values=ratings", "--metrics", "rmse")
            errors.append(figures(report).get("rmse", 9))
        print(f"# {name}, rmse of the five folds: " + " ".join(f"{error:.4f}" for error in errors))
        near(f"{name}, baseline: rmse", sum(errors) / 5, published, .004)


SHOP = ("--columns", "user=CustomerID,item=StockCode,value=Quantity,time=InvoiceDate", "--item-columns",
        "Description=text,UnitPrice=number", "--user-columns", "Country=token")


def shop_rows(f):
    """Each of the 541,909 rows is accounted for."""
    report = f.json("fit", "--algo", "popular", "--events", data / "online-retail/OnlineRetail.csv", *SHOP, "--out",
                    "m.reco")
    read = report["read"]
    cases.check(read["rows"] == 541909, f"gift shop: {read['rows']} rows")
    cases.check(read["rows_without_user"] == 135080, f"gift shop: {read['rows_without_user']} without customer")
    parts = [read[k] for k in ("rows_without_user", "rows_without_item", "rows_zero", "rows_bad", "events")]
    cases.check(sum(parts) == 541909, f"gift shop: the parts {parts} add up")
    parts = [read[k] for k in ("events_entered", "events_returned", "events_rare", "events_without_consent")]
    cases.check(sum(parts) == read["events"], f"gift shop: the parts of the events {parts} add up")
    cases.check(read["returns"] == 8905, f"gift shop: {read['returns']} returns")


def shop_basket(f, algos):
    """An anonymous basket: a metal lantern, a heart-shaped tea light holder, a hot water bottle."""
    if "item-knn" not in algos:
        cases.skip("gift shop, a basket", "this build has no item-knn")
        return
    f.good("fit", "--algo", "item-knn", "--events", data / "online-retail/OnlineRetail.csv", *SHOP, "--out", "k.reco",
           "--quiet")
    answer = f.json("recommend", "--model", "k.reco", "--history", "71053,22086,84029E", "-n", 10)["answers"][0]
    cases.check(len(answer["items"]) == 10 and answer["source"] == "item-knn", "gift shop: ten items for a basket",
                [str(answer)])
    cases.check(all("Description" in row["texts"] for row in answer["items"]), "gift shop: with their descriptions")


PARTS = ("item-knn", "als", "content")


def shop_split(f, algos):
    """Split by time: content beats random five times, the hybrid is at least as good as its best part."""
    if not set(PARTS) <= set(algos):
        cases.skip("gift shop, a split by time", "this build has not all of " + ", ".join(PARTS))
        return

    def evaluate(algo, *more):
        return figures(f.json("evaluate", "--algo", algo, *more, "--events", data / "online-retail/OnlineRetail.csv",
                              *SHOP, "--split", "time:0.2", "--metrics", "ndcg@10,recall@20"))
    got = {algo: evaluate(algo) for algo in ("popular", "random", *PARTS)}
    got["weighted"] = evaluate("weighted", "--set", "scaling=zscore", "--part", "item-knn:0.2", "--part", "als:0.7",
                               "--part", "content:0.1")
    for algo, values in got.items():
        print(f"# {algo:10} " + " ".join(f"{name} {value:.4f}" for name, value in values.items()))
    at_least("gift shop, content over random: recall@20", got["content"].get("recall@20"),
             5 * got["random"].get("recall@20", 1))
    at_least("gift shop, weighted: ndcg@10", got["weighted"].get("ndcg@10"),
             max(got[part].get("ndcg@10", 1) for part in PARTS))


def shop(f, algos):
    if there("online-retail/OnlineRetail.csv"):
        shop_rows(f)
        shop_basket(f, algos)
        shop_split(f, algos)


with Folder() as folder:
    names = [a["algo"] for a in folder.json("algos")["algos"]]
    gowalla(folder, names)
    ncf(folder, names)
    films(folder, names)
    ratings(folder, names)
    sessions(folder, names)
    strangers(folder, names)
    shop(folder, names)
cases.done()
