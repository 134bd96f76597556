# SPDX-License-Identifier: MIT
"""The Python binding: what goes in, what comes out, and what is refused."""
import gc
import inspect
import os
import signal
import tempfile
import threading
import time
import unittest

import numpy as np

import reco

EVENTS = [("ann", "mug"), ("ann", "lamp"), ("bob", "mug"), ("bob", "vase"), ("cy", "lamp"), ("cy", "vase"),
          ("dee", "mug"), ("dee", "lamp"), ("dee", "vase"), ("eve", "rug")]


def shop(**settings):
    builder = reco.Builder(**settings)
    builder.add_events(EVENTS)
    for item, price, room in (("mug", 5, "kitchen"), ("lamp", 20, "living"), ("vase", 30, "living"), ("rug", 90, "living")):
        builder.number("item", item, "price", price)
        builder.token("item", item, "room", room)
        builder.text("item", item, "title", f"a {item} for the {room}")
    return builder.finish()


def made(users, items, each, seed=1):
    random = np.random.default_rng(seed)
    return np.repeat(np.arange(users), each), random.integers(0, items, users * each)


class TestData(unittest.TestCase):
    def test_all_sources_give_the_same(self):
        import scipy.sparse as sp

        users, items = made(50, 30, 8)
        values = np.arange(users.size) % 4 + 1
        by_columns = reco.Data.from_columns(users, items, values)
        by_events = reco.Data.from_events(zip(users.tolist(), items.tolist(), values.tolist()))
        matrix = sp.coo_matrix((values, (users, items)), (50, 30)).tocsr()
        by_matrix = reco.Data.from_matrix(matrix)
        for data in (by_events, by_matrix):
            self.assertEqual((by_columns.to_matrix() != data.to_matrix()).nnz, 0)
        self.assertEqual(by_columns.ids("user"), [str(k) for k in range(50)])

    def test_frames(self):
        import pandas

        frame = pandas.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "n": [2, 3],
                                  "at": pandas.to_datetime(["2024-01-01", "2024-01-02"])})
        data = reco.Data.from_frame(frame, user="who", item="what", value="n", time="at")
        self.assertEqual(data.count("last_time"), 1704153600)
        self.assertEqual(data.row(1)[1].tolist(), [3])
        with self.assertRaisesRegex(KeyError, "no column 'user'"):
            reco.Data.from_frame(frame)

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "events.csv")
            with open(path, "w") as file:
                file.write("Customer;Product\nann;mug\nbob;mug\n")
            data = reco.Data.read(path, columns={"user": "Customer", "item": "Product"}, delimiter=";")
            self.assertEqual(data.count("pairs"), 2)
            with self.assertRaisesRegex(reco.NotFound, "no-such"):
                reco.Data.read(os.path.join(folder, "no-such.csv"))

    def test_bad_columns(self):
        good = np.arange(3)
        for bad, error in (((good, good[:2]), ValueError), ((good, good, np.array(["a", "b", "c"])), TypeError),
                           ((np.zeros((2, 2), int), good), ValueError),
                           ((np.array([2**64 - 1] * 3, np.uint64), good), ValueError),
                           ((good, good, np.array([1, np.nan, 1])), reco.InvalidArgument)):
            with self.assertRaises(error):
                reco.Data.from_columns(*bad)
        for user in (None, 1.5, True, "", "a\0b"):
            with self.assertRaises((TypeError, ValueError)):
                reco.Data.from_events([(user, "mug")])

    def test_not_contiguous(self):
        wide = np.arange(20).reshape(10, 2)
        a = reco.Data.from_columns(wide[:, 0], wide[:, 1])
        b = reco.Data.from_columns(wide[:, 0].copy(), wide[:, 1].copy())
        self.assertEqual((a.to_matrix() != b.to_matrix()).nnz, 0)

    def test_consent(self):
        builder = reco.Builder()
        builder.add_events(EVENTS)
        builder.consent("bob", "none")
        self.assertEqual(builder.finish().count("events_without_consent"), 2)
        with self.assertRaisesRegex(ValueError, "none, training, personal, all"):
            builder.consent("bob", "maybe")

    def test_split(self):
        users, items = made(40, 20, 6)
        train, test = reco.Data.from_columns(users, items).split("random:0.25", seed=3)
        self.assertGreater(train.count("pairs"), test.count("pairs"))
        with self.assertRaises(reco.InvalidArgument):
            train.split("half")


class TestModels(unittest.TestCase):
    def test_classes_follow_the_tables(self):
        for algorithm in reco.algorithms():
            made_class = next(c for c in vars(reco).values()
                              if inspect.isclass(c) and getattr(c, "algorithm", None) == algorithm)
            names = set(inspect.signature(made_class).parameters) - {"self", "parts"}
            self.assertEqual(names, {row["name"] for row in reco.parameters(algorithm)})
            self.assertIn("threads", made_class.__doc__)

    def test_parameters(self):
        model = reco.ALS(factors=8, objective="hkv")
        self.assertEqual((model.factors, model.objective, model.fitted), (8, "hkv", False))
        for call, error, text in ((lambda: reco.ALS(factors=0), reco.InvalidArgument, "factors"),
                                  (lambda: reco.ALS(factor=8), TypeError, "no parameter 'factor'"),
                                  (lambda: reco.ALS(objective="best"), reco.InvalidArgument, "ials, hkv"),
                                  (lambda: reco.ALS(factors=None), TypeError, "factors"),
                                  (lambda: reco.ALS(8), TypeError, "by name"),
                                  (lambda: model.factor, AttributeError, "factor")):
            with self.assertRaisesRegex(error, text):
                call()

    def test_recommend(self):
        model = reco.ItemKNN(shrink=0).fit(shop())
        found = model.recommend("bob")
        self.assertEqual((found.ids, found.source), (["lamp"], "item-knn"))
        self.assertEqual(found.items.dtype, np.int32)
        self.assertAlmostEqual(float(model.score(["lamp"], "bob")[0]), float(found.scores[0]), places=6)
        self.assertEqual(model.recommend(history=["mug"], where="price<25").ids, ["lamp"])
        self.assertEqual(model.recommend(history={"mug": 2.0}, exclude=["lamp"]).ids, ["vase"])
        self.assertEqual(model.recommend(history=["mug"], include=[]).ids, [])
        self.assertEqual(model.recommend(history=["mug"], filter=lambda item: item == "vase").ids, ["vase"])
        self.assertEqual(set(model.similar("mug").ids), {"lamp", "vase"})
        self.assertEqual(model.explain("lamp", history=["mug"]).ids, ["mug"])
        self.assertEqual(model.recommend().source, "popular")
        self.assertEqual(list(found.to_frame().columns), ["item", "score"])

    def test_refusals(self):
        model = reco.ItemKNN().fit(shop())
        for call, error in ((lambda: model.recommend("nobody"), reco.NotFound),
                            (lambda: model.recommend("bob", history=["mug"]), ValueError),
                            (lambda: model.recommend(history="mug"), TypeError),
                            (lambda: model.recommend(history=["sofa"]), reco.NotFound),
                            (lambda: model.recommend("bob", limit=-1), reco.InvalidArgument),
                            (lambda: model.recommend("bob", where="color=red"), reco.NotFound),
                            (lambda: model.fit(shop()), reco.WrongState),
                            (lambda: model.fit([1, 2]), TypeError),
                            (lambda: reco.ItemKNN().recommend("bob"), reco.WrongState),
                            (lambda: reco.Popular().fit(shop()).similar("mug"), reco.Unsupported),
                            (lambda: reco.load(b"nothing"), reco.BadFormat),
                            (lambda: model.save("/no/such/folder/x"), reco.InputOutputError)):
            with self.assertRaises(error):
                call()

    def test_what_a_filter_raises_comes_out(self):
        model = reco.ItemKNN(shrink=0).fit(shop())
        with self.assertRaises(ZeroDivisionError):
            model.recommend("bob", filter=lambda item: 1 / 0)
        self.assertEqual(model.recommend("bob").ids, ["lamp"])

    def test_saved_and_loaded(self):
        model = reco.Weighted([(reco.ALS(factors=4), 0.5), (reco.Content(), 0.5)], scaling="zscore").fit(shop())
        loaded = reco.load(model.to_bytes())
        self.assertIsInstance(loaded, reco.Weighted)
        self.assertEqual(loaded.parts, [("als", 0.5), ("content", 0.5)])
        self.assertEqual(loaded.recommend("bob").ids, model.recommend("bob").ids)
        self.assertEqual(loaded.to_bytes(), model.to_bytes())
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "shop.reco")
            model.save(path, users=False)
            with self.assertRaises(reco.WrongState):
                reco.load(path).recommend("bob")

    def test_closed(self):
        with reco.Popular().fit(shop()) as model:
            model.recommend("bob")
        with self.assertRaisesRegex(reco.WrongState, "closed"):
            model.recommend("bob")

    def test_all_users_at_once(self):
        model = reco.ALS(factors=8, threads=1).fit(reco.Data.from_columns(*made(60, 40, 9)))
        items, scores, sizes = model.recommend_all(limit=5)
        for user in (0, 17, 59):
            one = model.recommend(str(user), limit=5)
            self.assertEqual(items[user, : sizes[user]].tolist(), one.items.tolist())
            self.assertEqual(scores[user, : sizes[user]].tolist(), one.scores.tolist())

    def test_evaluate(self):
        train, test = reco.Data.from_columns(*made(60, 40, 9)).split("random:0.3")
        report = reco.Popular().fit(train).evaluate(test, ["recall@10", "ndcg@10"])
        self.assertTrue(0 < report["recall@10"] < 1)
        self.assertAlmostEqual(report.per_user["recall@10"].mean(), report["recall@10"], places=9)

    def test_eight_threads(self):
        model = reco.ALS(factors=16).fit(reco.Data.from_columns(*made(200, 100, 9)))
        expected = [model.recommend(str(user)).ids for user in range(200)]
        wrong = []

        def ask():
            for user in range(200):
                if model.recommend(str(user)).ids != expected[user]:
                    wrong.append(user)

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_progress_and_ctrl_c(self):
        data = reco.Data.from_columns(*made(2000, 1000, 20))
        told = []
        reco.ALS(factors=16, iterations=4).fit(data, progress=lambda stage, done: told.append((stage, done)))
        self.assertEqual(told[-1], ("als", 1.0))
        model = reco.ALS(factors=64, iterations=10000)
        timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        begin = time.monotonic()
        with self.assertRaises(KeyboardInterrupt):
            model.fit(data, progress=lambda stage, done: None)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertFalse(model.fitted)

    def test_memory_stays_flat(self):
        def resident():
            with open("/proc/self/statm") as file:
                return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

        def rounds(n):
            for _ in range(n):
                with reco.ItemKNN(shrink=0).fit(shop()) as model:
                    model.recommend("bob")
            gc.collect()

        rounds(300)
        before = resident()
        rounds(700)
        self.assertLess(resident() - before, 2 << 20)


if __name__ == "__main__":
    unittest.main()
