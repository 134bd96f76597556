# SPDX-License-Identifier: MIT
"""Models: parameters, questions, answers, files; and what is refused, with the argument's name."""
import copy
import gc
import inspect
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import unittest

import numpy as np
from shop import crowd, shop

import reco
from reco._api import CONSTANTS
from reco._errors import BY_STATUS


def classes():
    return [made for made in vars(reco).values() if inspect.isclass(made) and hasattr(made, "algorithm")]


class TestLibrary(unittest.TestCase):
    def test_each_status_has_a_class(self):
        statuses = {number for name, number in CONSTANTS.items() if name.startswith("RECO_E") and number < 0}
        self.assertEqual(set(BY_STATUS), statuses)
        self.assertTrue(all(issubclass(made, reco.RecoError) for made in BY_STATUS.values()))
        self.assertEqual(len(set(BY_STATUS.values())), len(statuses))

    def test_a_library_that_is_none(self):
        for library, text in (("/no/such/libreco.so", "/no/such/libreco.so.*RECO_LIBRARY"),
                              ("libc.so.6", "has no reco_")):
            done = subprocess.run([sys.executable, "-c", "import reco"], env={**os.environ, "RECO_LIBRARY": library},
                                  capture_output=True, text=True)
            self.assertRegex(done.stderr, f"ImportError: .*{text}")


class TestClasses(unittest.TestCase):
    def test_they_follow_the_tables(self):
        self.assertEqual([made.algorithm for made in classes()], reco.algorithms())
        for made in classes():
            rows = reco.parameters(made.algorithm)
            keywords = {name: p for name, p in inspect.signature(made).parameters.items() if name != "parts"}
            self.assertEqual({name: p.default for name, p in keywords.items()}, {r["name"]: r["default"] for r in rows})
            model = made(**{row["name"]: row["default"] for row in rows})
            for row in rows:
                self.assertEqual(getattr(model, row["name"]), row["default"])
                self.assertIn(row["help"], made.__doc__)
                self.assertFalse(hasattr(reco.Model, row["name"]), "a parameter must not hide what all models have")

    def test_parameters(self):
        model = reco.ALS(factors=8, objective="hkv")
        self.assertEqual((model.factors, model.objective, model.fitted), (8, "hkv", False))
        for call, error, text in ((lambda: reco.ALS(factors=0), reco.InvalidArgument, "factors"),
                                  (lambda: reco.ALS(factors=np.nan), reco.InvalidArgument, "factors"),
                                  (lambda: reco.ALS(factors=1.5), reco.InvalidArgument, "factors"),
                                  (lambda: reco.ALS(factor=8), TypeError, "no parameter 'factor'.*factors"),
                                  (lambda: reco.ALS(objective="best"), reco.InvalidArgument, "ials, hkv"),
                                  (lambda: reco.ALS(factors=None), TypeError, "factors"),
                                  (lambda: reco.ALS(8), TypeError, "by name"),
                                  (lambda: reco.ALS(parts=[]), TypeError, "parts"),
                                  (lambda: reco.Model(), TypeError, "reco.ALS"),
                                  (lambda: reco.parameters("alsx"), ValueError, "als, "),
                                  (lambda: model.factor, AttributeError, "factor")):
            with self.assertRaisesRegex(error, text):
                call()
        with self.assertRaises(AttributeError):
            model.factors = 9

    def test_where_to_search(self):
        rows = {row["name"]: row for row in reco.parameters("als")}
        self.assertEqual(rows["factors"]["search"], {"scale": "log", "low": 16, "high": 256})
        self.assertIsInstance(rows["factors"]["search"]["low"], int)
        self.assertEqual(rows["confidence"]["search"], {"choices": ["linear", "log"]})
        self.assertIsNone(rows["seed"]["search"])
        self.assertLess(rows["factors"]["small"], rows["factors"]["default"])
        self.assertEqual(rows["solver"]["small"], "cg")
        rows = {row["name"]: row for row in reco.parameters("item-knn")}
        self.assertEqual(rows["values"]["search"], {"choices": ["saturated", "binary"]})
        self.assertEqual(rows["shrink"]["search"], {"scale": "linear", "low": 0, "high": 200})

    def test_hybrids(self):
        model = reco.Weighted([(reco.ALS(factors=4), 0.5), reco.Content()], scaling="zscore")
        self.assertEqual(model.add(reco.Popular(), 0.25).parts, [("als", 0.5), ("content", 1.0), ("popular", 0.25)])
        self.assertEqual(model.scaling, "zscore")
        for call, error, text in ((lambda: reco.Weighted([3]), TypeError, "part"),
                                  (lambda: reco.Weighted([(reco.ALS(), "much")]), TypeError, "weight"),
                                  (lambda: reco.Weighted([(reco.ALS(), 0)]), reco.InvalidArgument, "weight"),
                                  (lambda: reco.Weighted().fit(shop()), reco.WrongState, "part")):
            with self.assertRaisesRegex(error, text):
                call()


class TestAnswers(unittest.TestCase):
    def setUp(self):
        self.model = reco.ItemKNN(shrink=0).fit(shop())

    def test_recommend(self):
        model = self.model
        found = model.recommend("bob")
        self.assertEqual((found.ids, found.source), (["lamp"], "item-knn"))
        self.assertEqual((found.items.dtype, found.scores.dtype), (np.int32, np.float32))
        self.assertEqual([model.ids("item")[k] for k in found.items], found.ids)
        self.assertAlmostEqual(float(model.score(["lamp"], "bob")[0]), float(found.scores[0]), places=6)
        self.assertEqual(model.recommend().source, "popular")
        self.assertEqual(list(found.to_frame().columns), ["item", "score"])
        self.assertEqual((len(found), list(found), found[0]), (1, [("lamp", found.scores[0])], ("lamp", found.scores[0])))
        self.assertIn("lamp", repr(found))

    def test_answers_are_copies(self):
        first = self.model.recommend("bob")
        before = first.scores
        self.model.recommend("ann", include_seen=True)
        self.assertIs(first.scores, before)
        before[0] = 7  # and may be changed
        self.assertEqual(first.scores[0], 7)
        self.assertEqual(first.ids, ["lamp"])

    def test_options(self):
        ask = self.model.recommend
        self.assertEqual(ask(history=["mug"], where="price<25").ids, ["lamp"])
        self.assertEqual(ask(history={"mug": 2.0}, exclude=["lamp"]).ids, ["vase"])
        self.assertEqual(ask(history=["mug"], include=[]).ids, [])
        self.assertEqual(ask(history=["mug"], include=["vase"]).ids, ["vase"])
        self.assertEqual(ask(history=["mug"], filter=lambda item: item == "vase").ids, ["vase"])
        self.assertEqual(ask("dee", include_seen=True, limit=1).ids, ask("dee", include_seen=True).ids[:1])
        self.assertEqual(ask("dee", include_seen=True, offset=1).ids, ask("dee", include_seen=True).ids[1:])
        self.assertEqual(ask("bob", limit=0).ids, [])
        self.assertEqual(set(self.model.similar("mug").ids), {"lamp", "vase"})
        self.assertEqual(self.model.similar("mug", limit=1, offset=1).ids, self.model.similar("mug").ids[1:2])
        self.assertEqual(self.model.explain("lamp", history=["mug"]).ids, ["mug"])
        self.assertEqual(self.model.explain("lamp", "bob", limit=1).ids, self.model.explain("lamp", "bob").ids[:1])

    def test_one_question_leaves_nothing_to_the_next(self):
        model, plain = self.model, self.model.recommend("bob").ids
        for odd in ({"limit": 0}, {"offset": 1}, {"include": []}, {"exclude": ["lamp"]}, {"where": "price>1000"},
                    {"filter": lambda item: False}, {"include_seen": True}):
            model.recommend("bob", **odd)
            self.assertEqual(model.recommend("bob").ids, plain)
            self.assertEqual(set(model.similar("mug").ids), {"lamp", "vase"})
        self.assertEqual(model.recommend("ann").ids, ["vase"])
        self.assertEqual(model.recommend().source, "popular")
        self.assertEqual(set(model.similar("mug", filter=lambda item: True).ids), {"lamp", "vase"})

    def test_filters_may_ask_themselves(self):
        model = self.model
        nested = model.recommend(history=["mug"], filter=lambda item: item in model.similar("mug", limit=1).ids)
        self.assertEqual(nested.ids, model.similar("mug", limit=1).ids)

    def test_refusals(self):
        model, bad = self.model, {"mug": -1.0}
        for call, error, text in (
                (lambda: model.recommend("nobody"), reco.NotFound, "nobody"),
                (lambda: model.recommend(b"ann\0"), ValueError, "user"),
                (lambda: model.recommend(1.5), TypeError, "user"),
                (lambda: model.recommend("bob", history=["mug"]), ValueError, "a user or a history"),
                (lambda: model.recommend(history="mug"), TypeError, "history"),
                (lambda: model.recommend(history=5), TypeError, "history"),
                (lambda: model.recommend(history=[None]), TypeError, "history"),
                (lambda: model.recommend(history=bad), reco.InvalidArgument, "values"),
                (lambda: model.recommend(history={"mug": None}), TypeError, "history"),
                (lambda: model.recommend(history=["sofa"]), reco.NotFound, "sofa"),
                (lambda: model.recommend("bob", limit=-1), reco.InvalidArgument, "limit"),
                (lambda: model.recommend("bob", limit=2**32 + 1), ValueError, "limit"),
                (lambda: model.recommend("bob", limit=None), TypeError, "limit"),
                (lambda: model.recommend("bob", offset="a"), TypeError, "offset"),
                (lambda: model.recommend("bob", include="mug"), TypeError, "include"),
                (lambda: model.recommend("bob", include=5), TypeError, "include"),
                (lambda: model.recommend("bob", exclude=[None]), TypeError, "exclude"),
                (lambda: model.recommend("bob", exclude=["sofa"]), reco.NotFound, "sofa"),
                (lambda: model.recommend("bob", where="color=red"), reco.NotFound, "color"),
                (lambda: model.recommend("bob", where="price"), reco.InvalidArgument, "price"),
                (lambda: model.recommend("bob", where=5.0), TypeError, "where"),
                (lambda: model.recommend("bob", filter=5), TypeError, "filter"),
                (lambda: model.similar(None), TypeError, "item"),
                (lambda: model.similar("sofa"), reco.NotFound, "sofa"),
                (lambda: model.score("mug", "bob"), TypeError, "items"),
                (lambda: model.score(["sofa"], "bob"), reco.NotFound, "sofa"),
                (lambda: model.recommend_all(["bob", None]), TypeError, "position 1: users"),
                (lambda: model.recommend_all(where="color=red"), reco.NotFound, "color"),
                (lambda: reco.ItemKNN().recommend_all([]), reco.WrongState, "fitted"),
                (lambda: model.recommend_all("bob"), TypeError, "users"),
                (lambda: model.recommend_all(limit=-1), ValueError, "limit"),
                (lambda: model.recommend_all(threads="a"), TypeError, "threads"),
                (lambda: model.recommend_all(progress=True), TypeError, "progress"),
                (lambda: model.evaluate([1]), TypeError, "test"),
                (lambda: model.evaluate(shop(), negatives=1), TypeError, "negatives"),
                (lambda: model.evaluate(shop(), "beauty@3"), reco.NotFound, "beauty"),
                (lambda: model.fit(shop()), reco.WrongState, "fitted"),
                (lambda: model.fit([1, 2]), TypeError, "data"),
                (lambda: model.fit(None), TypeError, "data"),
                (lambda: model.count("userz"), KeyError, "userz"),
                (lambda: model.ids("users"), ValueError, "side"),
                (lambda: model.find("item", "sofa"), reco.NotFound, "sofa"),
                (lambda: reco.ItemKNN().recommend("bob"), reco.WrongState, "not fitted"),
                (lambda: reco.ItemKNN().save("x"), reco.WrongState, ""),
                (lambda: reco.Popular().fit(shop()).similar("mug"), reco.Unsupported, "similar"),
                (lambda: reco.load(b"nothing"), reco.BadFormat, ""),
                (lambda: reco.load(None), TypeError, "path"),
                (lambda: reco.load("/no/such/file"), reco.RecoError, "/no/such/file"),
                (lambda: model.save("/no/such/folder/x"), reco.InputOutputError, "/no/such/folder"),
                (lambda: model.save(7.5), TypeError, "path")):
            with self.subTest(text=text), self.assertRaisesRegex(error, text):
                call()
        self.assertEqual(model.recommend("bob").ids, ["lamp"])

    def test_what_a_filter_raises_comes_out(self):
        model, asked = self.model, []

        def bad(item):
            asked.append(item)
            raise ZeroDivisionError(item)

        for call in (lambda: model.recommend("bob", filter=bad), lambda: model.similar("mug", filter=bad),
                     lambda: model.recommend_all(filter=bad)):
            asked.clear()
            with self.assertRaises(ZeroDivisionError):
                call()
            self.assertEqual(len(asked), 1, "and ends the question")
        with self.assertRaises(KeyboardInterrupt):
            model.recommend("bob", filter=lambda item: (_ for _ in ()).throw(KeyboardInterrupt()))
        self.assertEqual(model.recommend("bob").ids, ["lamp"])

    def test_closed(self):
        with reco.Popular().fit(shop()) as model:
            model.recommend("bob")
        for call in (lambda: model.recommend("bob"), lambda: model.fitted, lambda: model.save("x"), lambda: repr(model),
                     lambda: model.fit(shop()), lambda: model.recommend_all(), lambda: reco.Weighted([model])):
            with self.assertRaisesRegex(reco.WrongState, "this Popular was closed"):
                call()
        model.close()

    def test_features(self):
        self.assertEqual((self.model.number("mug", "price"), self.model.tokens("mug", "room")), (5, ["kitchen"]))
        self.assertEqual((self.model.number("mug", "size"), self.model.tokens("mug", "size")), (None, []))
        for read in (self.model.text, self.model.number, self.model.tokens):
            self.assertRaises(reco.NotFound, read, "sofa", "title")
        self.assertEqual(self.model.text("mug", "title"), "a mug for the kitchen")
        self.assertIsNone(self.model.text("mug", "subtitle"))

    def test_what_it_can(self):
        self.assertTrue(self.model.can("similar"))
        self.assertFalse(reco.Popular().can("similar"))


class TestFiles(unittest.TestCase):
    def test_none_for_what_is_many(self):
        model = reco.Popular().fit(shop())
        for call, name in ((lambda: reco.Data.from_events(None), "events"), (lambda: reco.Builder([]), "event_types"),
                           (lambda: model.evaluate(shop(), None), "metrics"), (lambda: reco.Weighted(None), "parts")):
            with self.assertRaisesRegex(TypeError, f"^{name} must be"):
                call()

    def test_pickled(self):
        model = reco.Weighted([reco.ItemKNN(shrink=0), reco.Content()]).fit(shop())
        for again in (pickle.loads(pickle.dumps(model)), copy.copy(model), copy.deepcopy(model)):
            self.assertIsInstance(again, reco.Weighted)
            self.assertEqual(again.to_bytes(), model.to_bytes())
        with self.assertRaisesRegex(reco.WrongState, "not fitted"):
            pickle.dumps(reco.ALS())

    def test_copied(self):
        model = reco.ALS(factors=4).fit(shop())
        copies = [model.copy(), copy.copy(model), copy.deepcopy(model)]
        answer, data = model.recommend("bob"), model.to_bytes()
        model.close()
        for again in copies:
            self.assertIsInstance(again, reco.ALS)
            self.assertEqual((again.recommend("bob").ids, again.factors), (answer.ids, 4))
            self.assertEqual(again.to_bytes(), data)
        with self.assertRaisesRegex(reco.WrongState, "als: not fitted"):
            copy.copy(reco.ALS())

    def test_arrays(self):
        model = reco.ALS(factors=4).fit(shop())
        items, users = model.array("item_factors"), model.array("user_factors")
        self.assertEqual((items.shape, users.shape, items.dtype), ((4, 4), (5, 4), np.float32))
        ids = model.ids("item")
        np.testing.assert_allclose(model.score(ids, "bob"), items @ users[model.find("user", "bob")], atol=1e-5)
        with self.assertRaises(ValueError):
            items[0, 0] = 1
        before = items.copy()
        model.close()
        del model
        gc.collect()
        np.testing.assert_array_equal(items, before)  # it keeps what it points into
        self.assertEqual(reco.Popular().fit(shop()).array("count").shape, (4,))
        neighbors = reco.ItemKNN(shrink=0).fit(shop())
        start, index = neighbors.array("neighbors.start"), neighbors.array("neighbors.index")
        self.assertEqual((start.dtype, index.dtype, start[-1]), (np.int64, np.int32, len(index)))
        with self.assertRaisesRegex(reco.NotFound, "item-knn: no array 'nothing'; there are: neighbors.start, "):
            neighbors.array("nothing")
        with self.assertRaisesRegex(reco.NotFound, "there are: none"):
            reco.Random().fit(shop()).array("count")
        with self.assertRaisesRegex(reco.WrongState, "not fitted"):
            reco.Popular().array("count")
        with self.assertRaises(TypeError):
            neighbors.array(None)

    def test_saved_and_loaded(self):
        model = reco.Weighted([(reco.ALS(factors=4), 0.5), (reco.Content(), 0.5)], scaling="zscore").fit(shop())
        loaded = reco.load(model.to_bytes())
        self.assertIsInstance(loaded, reco.Weighted)
        self.assertEqual(loaded.parts, [("als", 0.5), ("content", 0.5)])
        self.assertEqual(loaded.recommend("bob").ids, model.recommend("bob").ids)
        self.assertEqual(loaded.to_bytes(), model.to_bytes())
        self.assertEqual(reco.load(bytearray(model.to_bytes())).to_bytes(), model.to_bytes())

    def test_paths(self):
        model = reco.ItemKNN().fit(shop())
        with tempfile.TemporaryDirectory() as folder:
            for path in (os.path.join(folder, "shop.reco"), pathlib.Path(folder, "shöp.reco")):
                model.save(path)
                self.assertEqual(reco.load(path).to_bytes(), model.to_bytes())

    def test_without_users(self):
        slim = reco.load(reco.ItemKNN(shrink=0).fit(shop()).to_bytes(users=False, texts=False))
        self.assertFalse(slim.can("users"))
        self.assertEqual((slim.ids("user"), slim.text("mug", "title")), ([], None))
        self.assertEqual(slim.recommend(history=["mug", "vase"]).ids, ["lamp"])
        with self.assertRaises(reco.WrongState):
            slim.recommend("bob")


class TestMany(unittest.TestCase):
    def test_all_users_at_once(self):
        model = reco.ALS(factors=8, threads=1).fit(crowd(60, 40))
        items, scores, sizes, statuses = model.recommend_all(limit=5)
        self.assertEqual((items.shape, scores.shape, sizes.shape), ((60, 5), (60, 5), (60,)))
        some = model.recommend_all(["0", 17, "59"], limit=5, threads=1)
        for row, user in enumerate((0, 17, 59)):
            one = model.recommend(user, limit=5)
            for got_items, got_scores in ((items[user], scores[user]), (some[0][row], some[1][row])):
                self.assertEqual(got_items[: sizes[user]].tolist(), one.items.tolist())
                self.assertEqual(got_scores[: sizes[user]].tolist(), one.scores.tolist())
        items, scores, sizes, statuses = model.recommend_all(limit=50)
        self.assertEqual((set(items[0, sizes[0]:]), set(scores[0, sizes[0]:])), ({-1}, {0}))
        odd = model.recommend_all(limit=5, filter=lambda item: int(item) % 2)[0]
        self.assertTrue(all(int(model.ids("item")[k]) % 2 for k in odd[odd >= 0]))

    def test_similar_users(self):
        model = reco.ALS(factors=8, threads=1).fit(crowd(60, 40))
        found = model.similar_users(np.int64(17), limit=60)
        self.assertEqual((len(found), found.source, found[0]), (59, "als", (found.ids[0], float(found.scores[0]))))
        self.assertEqual(found.items.tolist(), [int(user) for user in found.ids])
        self.assertNotIn("17", found.ids)
        self.assertEqual(model.similar_users("17", limit=2, offset=3).ids, found.ids[3:5])
        self.assertEqual(list(found.to_frame().columns), ["user", "score"])
        self.assertTrue(model.can("similar_users"))
        for wrong, error in ((lambda: model.similar_users("nobody"), reco.NotFound), (lambda: model.similar_users(None), TypeError),
                             (lambda: model.similar_users(1, limit=-1), reco.InvalidArgument),
                             (lambda: reco.Content().fit(shop()).similar_users("bob"), reco.Unsupported),
                             (lambda: reco.ALS().similar_users("bob"), reco.WrongState)):
            self.assertRaises(error, wrong)
        self.assertEqual(model.recommend(17, limit=3).ids, model.recommend("17", limit=3).ids)

    def test_one_bad_row_spoils_nothing(self):
        model = reco.ALS(factors=8, threads=1).fit(crowd(60, 40))
        users = ["3", "nobody", 17, "", np.int64(-1), np.str_("59")]
        for keywords in ({}, {"threads": 1}, {"filter": lambda item: True}):
            batch = model.recommend_all(users, limit=4, **keywords)
            self.assertEqual(batch.statuses.tolist(), [0, -3, 0, -3, -3, 0])
            self.assertEqual({row: type(why) for row, why in batch.failures.items()}, dict.fromkeys((1, 3, 4), reco.NotFound))
            self.assertRegex(str(batch.failures[3]), "row 3: not found")
            for row, user in enumerate(users):
                if row in batch.failures:
                    self.assertEqual((batch.sizes[row], set(batch.items[row]), set(batch.scores[row])), (0, {-1}, {0}))
                else:
                    self.assertEqual(batch.items[row].tolist(), model.recommend(user, limit=4).items.tolist())
        self.assertEqual((model.recommend_all(limit=4).failures, model.recommend_all([]).failures), ({}, {}))
        again = pickle.loads(pickle.dumps(batch))
        self.assertEqual([part.tolist() for part in again], [part.tolist() for part in batch])

    def test_evaluate(self):
        train, test = crowd(60, 40).split("random:0.3")
        model = reco.Popular().fit(train)
        report = model.evaluate(test, ["recall@10", "coverage@5"])
        self.assertTrue(0 < report["recall@10"] < 1)
        self.assertAlmostEqual(report.per_unit["recall@10"].mean(), report["recall@10"], places=9)
        low, high = report.intervals["recall@10"]
        self.assertTrue(low < report["recall@10"] < high)
        self.assertIsNone(report.per_unit["coverage@5"])
        self.assertEqual(report.values, model.evaluate(test, "recall@10,coverage@5", threads=1).values)
        self.assertEqual(set(model.evaluate(test).values), {"ndcg@10", "recall@10"})

    def test_who_asks(self):
        train, test = crowd(60, 40).split("cold-users:0.3")
        model = reco.Popular().fit(train)
        self.assertRaises(reco.InvalidArgument, model.evaluate, test)
        report = model.evaluate(test, "mrr@5,auc,coverage@5", ask="given", given=2)
        self.assertEqual(report.counts["points"], report.counts["users"])
        self.assertEqual(report.units, {"mrr@5": "user", "auc": "user", "coverage@5": None})
        self.assertNotEqual(report["auc"],
                            model.evaluate(test, "auc", ask="given", given=2, include_seen=True)["auc"])
        report = model.evaluate(test, "mrr@5", ask="next", include_seen=False)
        self.assertEqual(len(report.per_unit["mrr@5"]), report.counts["points"])
        self.assertEqual(report.units["mrr@5"], "point")
        first = model.recommend().ids[0]
        self.assertEqual(model.evaluate(test, "coverage@1", ask="next", include=[first])["coverage@1"], 1 / 40)
        self.assertEqual(model.evaluate(test, "coverage@1", ask="next", exclude=[first])["coverage@1"], 1 / 40)
        for wrong, kind in (({"ask": "nobody"}, reco.InvalidArgument), ({"given": 3}, reco.InvalidArgument),
                            ({"ask": "given", "given": 0}, reco.InvalidArgument), ({"given": 1.5}, TypeError),
                            ({"ask": ["next"]}, TypeError), ({"where": "color=red"}, reco.NotFound),
                            ({"exclude": ["violin"]}, reco.NotFound), ({"metrics": "rmse"}, reco.Unsupported)):
            with self.subTest(**{name: str(value) for name, value in wrong.items()}):
                self.assertRaises(kind, model.evaluate, test, **wrong)


if __name__ == "__main__":
    unittest.main()
