# SPDX-License-Identifier: MIT
"""What goes in: events from everywhere, features, files; and what is refused, with the argument's name."""
import datetime
import decimal
import os
import tempfile
import tracemalloc
import unittest
import warnings
from pathlib import Path

import numpy as np
import pandas
import scipy.sparse as sp
from shop import EVENTS, columns, crowd, shop

import reco


def same(a, b):
    return a.shape == b.shape and a.ids("user") == b.ids("user") and a.ids("item") == b.ids("item") and \
        (a.to_matrix() != b.to_matrix()).nnz == 0


class TestSources(unittest.TestCase):
    def test_all_sources_give_the_same(self):
        users, items = columns(50, 30, 8)
        values = np.arange(users.size) % 4 + 1
        wanted = reco.Data.from_columns(users, items, values)
        matrix = sp.coo_matrix((values, (users, items)), (50, 30))
        words = users.astype(str), items.astype(str)
        for data in (reco.Data.from_events(zip(users.tolist(), items.tolist(), values.tolist())),
                     reco.Data.from_matrix(matrix), reco.Data.from_matrix(matrix.tocsr()),
                     reco.Data.from_matrix(matrix, user_ids=[str(k) for k in range(50)]),
                     reco.Data.from_columns(*words, values), reco.Data.from_columns(users, words[1], values),
                     reco.Data.from_columns(*(word.astype(object) for word in words), values.astype(np.float16)),
                     reco.Data.from_columns(users.tolist(), words[1].astype("S"), values.tolist()),
                     reco.Data.from_frame(pandas.DataFrame({"user": words[0], "item": items, "value": values})),
                     reco.Data.from_frame(pandas.DataFrame({"user": pandas.Categorical(words[0]), "item": items,
                                                            "value": values}))):
            self.assertTrue(same(wanted, data))
        self.assertEqual(wanted.ids("user"), [str(k) for k in range(50)])

    def test_more_rows_than_a_block(self):
        users, items = columns(3000, 500, 40)
        wanted = sp.coo_matrix((np.ones(users.size), (users, items))).tocsr()
        for data in (reco.Data.from_columns(users, items), reco.Data.from_columns(users.astype(str), items),
                     reco.Data.from_matrix(wanted), reco.Data.from_events(zip(users.tolist(), items.tolist()))):
            self.assertEqual((data.to_matrix() != wanted).nnz, 0)
            self.assertEqual(data.to_matrix().dtype, np.float32)

    def test_a_matrix_is_handed_over_in_small_pieces(self):
        users, items = columns(20000, 5000, 50)
        matrix = sp.coo_matrix((np.ones(users.size, np.float32), (users, items))).tocsr()
        tracemalloc.start()
        with reco.Builder() as builder:
            builder.add_matrix(matrix)
            peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertLess(peak, (matrix.data.nbytes + matrix.indices.nbytes) / 2)

    def test_frames_as_they_come(self):
        wanted = reco.Data.from_events([("7", "x", 1), ("5", "y", 3)])
        at = {"item": ["x", "y", "y"], "value": [1, 2, 3]}
        for users in (["7", None, "5"], [7, None, 5], pandas.array([7, None, 5], "Int64"),
                      pandas.array(["7", None, "5"], "string"), pandas.Categorical(["7", None, "5"]),
                      pandas.Categorical([7, None, 5]), np.array([7, pandas.NA, "5"], object)):
            frame = pandas.DataFrame({"user": users, **at})
            for value in ("int8", "float32", "Int64", "Float64", object):
                typed = frame.astype({"value": value}).set_index(np.array([9, 9, 9]))
                with self.assertWarnsRegex(UserWarning, "1 of 3 rows have no user or item"):
                    self.assertTrue(same(wanted, reco.Data.from_frame(typed)))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertEqual(reco.Data.from_frame(pandas.DataFrame({"user": [1.0, 2.0], "item": ["x", "y"]})).ids("user"), ["1", "2"])

    def test_the_row_is_the_frames(self):
        frame = pandas.DataFrame({"user": [None, "a", "b", "c"], "item": ["x", "y", None, "z"], "value": [1, 1, 1, np.nan]})
        with self.assertWarnsRegex(UserWarning, "2 of 4 rows"), self.assertRaisesRegex(reco.InvalidArgument, "^row 3: .*finite"):
            reco.Data.from_frame(frame)

    def test_other_frames(self):
        class Table:  # as PyArrow's: the columns have no names
            columns, column_names = [[1, 2], ["x", "y"]], ["user", "item"]

            def __getitem__(self, name):
                return self.columns[self.column_names.index(name)]

        self.assertEqual(reco.Data.from_frame(Table()).ids("item"), ["x", "y"])
        with self.assertRaisesRegex(KeyError, "it has user, item"):
            reco.Data.from_frame(Table(), value="n")

    def test_numbers_of_a_database(self):
        data = reco.Data.from_columns([1, 2], [1, 1], np.array([decimal.Decimal("2.5"), np.float32(2)], object))
        self.assertEqual([data.row(k)[1].tolist() for k in range(2)], [[2.5], [2]])

    def test_ratings(self):
        said = dict(like_from=4, values_are="ratings")
        data = reco.Data.from_columns(["ann", "ann", "bob"], ["mug", "rug", "mug"], [5, 0, 2], **said)
        self.assertEqual((data.count("pairs"), data.count("pairs_had")), (1, 2))
        by_events = reco.Data.from_events([("ann", "mug", 5), ("ann", "rug", 0), ("bob", "mug", 2)], values="ratings", like_from=4)
        model = reco.Baseline().fit(by_events)
        self.assertEqual(model.recommend("ann").ids, [])  # rated, if not liked
        self.assertGreater(model.score(["mug"], "ann")[0], model.score(["rug"], "ann")[0])
        with self.assertRaisesRegex(reco.InvalidArgument, "'values' must be one of amounts, ratings"):
            reco.Data.from_columns(["ann"], ["mug"], values_are="stars")
        with self.assertRaisesRegex(reco.InvalidArgument, "'like_from' is for ratings"):
            reco.Data.from_columns(["ann"], ["mug"], like_from=4)

    def test_any_iterable(self):
        self.assertEqual(reco.Data.from_events(event for event in EVENTS).count("events"), len(EVENTS))
        self.assertEqual(reco.Data.from_events([]).shape, (0, 0))
        self.assertEqual(reco.Data.from_columns([], []).to_matrix().shape, (0, 0))

    def test_types_and_times(self):
        weights = {"view": 1, "buy": 5}
        rows = [("ann", "mug", 1, 100, "buy"), ("ann", "mug", 2, 200, "view"), ("bob", "mug", None, None, "view")]
        by_events = reco.Data.from_events(rows, event_types=weights)
        frame = pandas.DataFrame(rows, columns=["user", "item", "value", "time", "type"]).fillna({"value": 1})
        by_frame = reco.Data.from_frame(frame, event_types=weights)
        by_columns = reco.Data.from_columns(["ann", "ann", "bob"], ["mug"] * 3, [1, 2, 1], [100, 200, None],
                                            ["buy", "view", "view"], event_types=weights)
        for data in (by_events, by_frame, by_columns):
            self.assertEqual(data.row(0)[1].tolist(), [7])
            self.assertEqual(data.times, (100, 200))
        for none in (None, np.nan, pandas.NA):
            types = np.array([none, "buy"], object)
            untyped = reco.Data.from_columns(["ann", "bob"], ["mug", "mug"], types=types, event_types=weights)
            self.assertEqual([untyped.row(k)[1].tolist() for k in range(2)], [[1], [5]])
        with self.assertRaisesRegex(reco.NotFound, "row 1.*lend"):
            reco.Data.from_columns(["ann", "bob"], ["mug", "mug"], types=["buy", "lend"], event_types=weights)

    def test_trails(self):
        with reco.Builder(event_types={"view": 1, "buy": 5}) as builder:
            builder.add("ann", "mug", 2, 200, "buy")
            builder.add("ann", "mug", 1, 100)
            builder.add("bob", "rug", 1, None, "view")
            data = builder.finish()
        self.assertEqual(data.types, ["view", "buy"])
        trail = data.trail(0)
        self.assertEqual([one.tolist() for one in trail], [[0, 0], [1, 2], [100, 200], [255, 1]])
        self.assertEqual(data.trail(1).times.tolist(), [-2**63])
        self.assertEqual(reco.Popular().fit(data).types, ["view", "buy"])
        plain = reco.Data.from_events([("ann", "mug"), ("ann", "mug")])
        self.assertEqual((plain.trail(0).items.tolist(), plain.trail(0).times, plain.trail(0).types), ([0, 0], None, None))
        self.assertEqual((plain.types, reco.ALS().types), ([], []))
        for bad, error in ((2, reco.InvalidArgument), ("ann", TypeError)):
            with self.assertRaisesRegex(error, "user"):
                data.trail(bad)

    def test_contexts(self):
        context = {"device": ["tv", None, "phone", "tv"], "degrees": [3, np.nan, 2.5, 3]}
        frame = pandas.DataFrame({"user": ["a", "a", "b", "c"], "item": ["x", "y", "x", "x"], **context})
        with reco.Builder() as builder:
            for k, (user, item) in enumerate(zip(frame.user, frame.item)):
                builder.add(user, item)
                if context["device"][k]:
                    builder.context("device", context["device"][k])
                    builder.context("degrees", context["degrees"][k])
            one_by_one = builder.finish()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "events.csv")
            frame.to_csv(path, index=False)
            from_file = reco.Data.read(path, context_columns={"device": "token", "degrees": "number"})
        for data in (one_by_one, from_file, reco.Data.from_frame(frame, context=["device", "degrees"]),
                     reco.Data.from_columns(frame.user, frame.item, context=context),
                     reco.Data.from_columns(frame.user, frame.item, context={**context, "device": frame.device.astype("category")})):
            self.assertEqual(data.count("contexts"), 2)
        self.assertEqual(reco.Data.from_frame(frame, context="degrees").count("contexts"), 2)
        n = np.arange(150000)
        big = reco.Data.from_columns(n, n % 7, context={"a": n % 3, "b": (n % 5).astype(str)})
        self.assertEqual(big.count("contexts"), 15)
        missing = pandas.concat([frame, pandas.DataFrame({"user": [None], "item": ["x"], "device": ["lost"]})], ignore_index=True)
        with self.assertWarns(UserWarning):
            self.assertEqual(reco.Data.from_frame(missing, context=["device"]).count("contexts"), 2)

    def test_dates(self):
        for dates in (pandas.to_datetime(["2024-01-01", "2024-01-02"]), np.array(["2024-01-01", "2024-01-02"], "M8[us]"),
                      pandas.to_datetime(["2024-01-01 01:00", "2024-01-02 01:00"]).tz_localize("Europe/Berlin")):
            frame = pandas.DataFrame({"who": ["a", "b"], "what": ["x", "y"], "n": [2, 3], "at": dates})
            data = reco.Data.from_frame(frame, user="who", item="what", value="n", time="at")
            self.assertEqual(data.times[1], 1704153600)
            self.assertEqual(reco.Data.from_columns(["a", "b"], ["x", "y"], None, dates).times[1], 1704153600)
        data = reco.Data.from_columns(["a", "b"], ["x", "y"], None, np.array(["2024-01-02", "NaT"], "M8[s]"))
        self.assertEqual(data.times[0], 1704153600)
        self.assertIsNone(reco.Data.from_columns(["a"], ["x"]).times[1])

    def test_datetimes(self):
        second, berlin = datetime.datetime(2024, 1, 2), datetime.timezone(datetime.timedelta(hours=1))
        for moment in (second, second.replace(hour=1, tzinfo=berlin), pandas.Timestamp("2024-01-02"), 1704153600):
            data = reco.Data.from_events([("a", "x", 1, moment), ("b", "x", 1, None), ("b", "y")])
            self.assertEqual(data.times, (1704153600, 1704153600))
            with reco.Builder() as builder:
                builder.add("a", "x", 1, moment)
                builder.add("a", "y", 1, pandas.NaT)
                self.assertEqual(builder.finish().times[0], 1704153600)
        for bad in (datetime.date(2024, 1, 2), "2024-01-02", 1.5):
            with self.assertRaisesRegex(TypeError, "time"):
                reco.Builder().add("a", "x", 1, bad)

    def test_not_contiguous(self):
        wide = np.arange(40).reshape(10, 4)
        data = reco.Data.from_columns(wide[::-1, 0], wide[::-1, 1], wide[::-1, 2], wide[::-1, 3])
        self.assertTrue(same(data, reco.Data.from_columns(*(wide[:, k].copy() for k in range(4)))))
        swapped = (np.asfortranarray(wide)[:, k].astype(">i4") for k in range(4))
        self.assertTrue(same(data, reco.Data.from_columns(*swapped)))

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "events.csv")
            path.write_text("Customer;Product\nann;mug\nbob;mug\n")
            data = reco.Data.read(path, columns={"user": "Customer", "item": "Product"}, delimiter=";")
            self.assertEqual(data.count("pairs"), 2)
            Path(folder, "items.csv").write_text("id,price\nmug,5\n")
            with reco.Builder() as builder:
                builder.add("ann", "mug")
                builder.read_features("item", os.path.join(folder, "items.csv"), columns="id=id,price=number")
                self.assertEqual(builder.count("feature_rows"), 1)
            for wrong, error in ((lambda: reco.Data.read(Path(folder, "no-such.csv")), reco.NotFound),
                                 (lambda: reco.Data.read(path, delimiter=None), TypeError),
                                 (lambda: reco.Data.read(None), TypeError),
                                 (lambda: reco.Data.read("a\0b"), ValueError),
                                 (lambda: reco.Data.read(path, colums="user=1"), reco.NotFound)):
                with self.assertRaises(error):
                    wrong()

    def test_consent(self):
        with reco.Builder() as builder:
            builder.add_events(EVENTS)
            builder.consent("bob", "none")
            self.assertEqual(builder.finish().count("events_without_consent"), 2)
            with self.assertRaisesRegex(ValueError, "all, none or, joined by |, any of training, personal, got 'maybe'"):
                builder.consent("bob", "maybe")

    def test_purposes(self):
        with reco.Builder() as builder:
            builder.add_events(EVENTS)
            builder.purpose("email")
            builder.consent("ann", ["training", "personal"])
            builder.consent("bob", "training|email")
            builder.consent("cy", [])
            builder.consent("dee", "all")
            data = builder.finish()
            for wrong, error in ((["sms"], ValueError), ("all|email", ValueError), ("", ValueError), (None, TypeError),
                                 (3, TypeError), ([None], TypeError)):
                with self.assertRaises(error):
                    builder.consent("bob", wrong)
            with self.assertRaises(ValueError):
                builder.purpose("a|b")
        self.assertEqual(data.purposes, ["training", "personal", "email"])
        self.assertEqual(data.count("users_without_consent"), 1)
        self.assertEqual(data.ids("user"), ["ann", "bob", "dee", "eve"])
        self.assertEqual([data.consent(user) for user in ("ann", "bob", "dee")],
                         [["training", "personal"], ["training", "email"], ["training", "personal", "email"]])
        model = reco.load(reco.ItemKNN(shrink=0).fit(data, progress=False).to_bytes())
        self.assertEqual((model.purposes, model.consent("bob")), (data.purposes, ["training", "email"]))
        self.assertEqual(model.recommend("ann").withheld, ())
        self.assertEqual(model.recommend("ann").source, "item-knn")
        for user, purpose, lacking in (("ann", "email", ["email"]), ("bob", None, ["personal"]), ("bob", "email", ["personal"]),
                                       ("dee", "email", ())):
            answer = model.recommend(user, purpose=purpose)
            self.assertEqual(answer.withheld, lacking)
            self.assertEqual(answer.source, "popular" if lacking else "item-knn")
        self.assertEqual(model.recommend("ann").withheld, (), "a purpose is for one question")
        self.assertEqual(model.explain("mug", "ann", purpose="email").withheld, ["email"])
        self.assertEqual(model.score(["mug"], "ann", purpose="email").tolist(), model.score(["mug"], "bob").tolist())
        items = model.recommend_all(["ann", "dee"], limit=1, purpose="email")[0]
        self.assertEqual(model.ids("item")[items[0, 0]], model.recommend("bob", limit=1).ids[0])
        for ask in (lambda: model.recommend("ann", purpose="sms"), lambda: model.recommend(history=["mug"], purpose="sms"),
                    lambda: model.recommend_all(purpose="sms"), lambda: model.score(["mug"], purpose="sms")):
            with self.assertRaisesRegex(reco.NotFound, "no purpose 'sms'; there are: training, personal, email"):
                ask()
        with self.assertRaises(reco.NotFound):
            model.consent("cy")

    def test_split(self):
        train, test = crowd(40, 20, 6).split("random:0.25", seed=3)
        self.assertGreater(train.count("pairs"), test.count("pairs"))
        for spec, seed, error in (("half", 1, reco.InvalidArgument), (None, 1, TypeError), ("random:0.2", -1, ValueError),
                                  ("random:0.2", "x", TypeError)):
            with self.assertRaises(error):
                train.split(spec, seed)

    def test_row(self):
        data = shop()
        self.assertEqual(data.row(0)[1].tolist(), [1, 1])  # the shorter id comes first: cy's
        for wrong in (-1, 5, 2**40, None):
            with self.assertRaisesRegex((ValueError, TypeError), "user"):
                data.row(wrong)


GOOD = np.arange(3)


class Sparse:
    """What of a SciPy matrix the binding looks at."""

    def __init__(self, dense):
        self.shape, self.indices = dense.shape, np.nonzero(dense)[1]
        self.indptr, self.data = np.append(0, np.count_nonzero(dense, axis=1).cumsum()), dense[dense != 0]
        self.nnz = self.data.size

    def tocsr(self):
        return self


class TestMatrices(unittest.TestCase):
    """Row u is user u, column i is item i, also where rows and columns are empty."""

    def matrices(self):
        random = np.random.default_rng(5)
        for users, items in ((7, 12), (12, 7), (9, 9), (1, 1), (130, 1100)):
            for rows, columns in (([], []), ([0], [0]), ([-1], [-1]), ([users // 2], [items // 2]), ([0, -1], [0, -1]),
                                  (range(0, users, 2), range(1, items, 2)), (range(users), range(items))):
                dense = np.where(random.random((users, items)) < 0.4, random.integers(1, 5, (users, items)), 0)
                dense[list(rows)], dense[:, list(columns)] = 0, 0
                yield dense

    def test_numbers_stay(self):
        for dense in self.matrices():
            for matrix in (sp.csr_matrix(dense), sp.coo_array(dense), sp.csc_matrix(dense), Sparse(dense)):
                data = reco.Data.from_matrix(matrix)
                self.assertEqual(data.shape, dense.shape)
                self.assertEqual(data.to_matrix().toarray().tolist(), dense.tolist())
                self.assertEqual([data.ids("user"), data.ids("item")], [[str(k) for k in range(n)] for n in dense.shape])

    def test_ids_of_empty_rows(self):
        dense = np.array([[0, 0, 0], [0, 2, 0]])
        data = reco.Data.from_matrix(sp.csr_matrix(dense), ["zoe", "al"], item_ids=np.array(["c", "bb", "a"]))
        self.assertEqual((data.ids("user"), data.ids("item")), (["al", "zoe"], ["a", "c", "bb"]))
        self.assertEqual(data.to_matrix().toarray().tolist(), [[0, 0, 2], [0, 0, 0]])

    def test_answers_are_columns(self):
        dense = np.zeros((6, 6))
        dense[1, [1, 3]] = dense[3, [1, 4]] = dense[4, [1, 3, 4]] = 1
        data = reco.Data.from_matrix(sp.csr_matrix(dense))
        model = reco.ItemKNN(shrink=0).fit(data)
        self.assertEqual(model.count("users"), 6)
        for loaded in (model, reco.load(model.to_bytes())):
            items, scores, sizes, statuses = loaded.recommend_all(limit=3)
            self.assertEqual(items[:, 0].tolist(), [1, 4, 1, 3, -1, 1])  # rows 0, 2 and 5 get what is popular
            self.assertEqual([loaded.recommend(np.int64(u), limit=3).items.tolist() for u in range(6)],
                             [row[:n].tolist() for row, n in zip(items, sizes)])
            self.assertEqual((sizes.tolist(), statuses.any()), ([3, 1, 3, 1, 0, 3], False))
            self.assertEqual(loaded.similar(np.int32(3), limit=1).items.tolist(), [1])

    def test_parts_fit_together(self):
        """Train and test are two matrices: what one of them lacks moves no number."""
        train, test = np.zeros((2, 5, 4))
        train[1, 1] = train[1, 2] = train[3, 1] = train[3, 3] = train[4, 2] = 1
        test[1, 3] = test[4, 1] = 1
        model = reco.ItemKNN(shrink=0).fit(reco.Data.from_matrix(sp.csr_matrix(train)))
        held_out = reco.Data.from_matrix(sp.csr_matrix(test))
        report = model.evaluate(held_out, "hit@1,recall@2")
        self.assertEqual((report.counts["users"], report.counts["users_unknown"], report.counts["items_unknown"]), (2, 0, 0))
        asked = np.flatnonzero(test.any(axis=1))
        best = model.recommend_all(limit=1).items[:, 0]
        self.assertEqual(report.per_unit["hit@1"].tolist(), [test[u, best[u]] for u in asked])

    def test_add_ids(self):
        with reco.Builder() as builder:
            builder.add_ids("item", ["mug", "lamp", 5, "mug"])
            builder.add_ids("user", (k for k in range(3)))
            builder.add_ids("user", pandas.Series(["ann", "bob"]))
            builder.add_ids("user", np.array([2**40, 7]))
            builder.add_ids("item", [])
            builder.add("ann", "mug")
            for ids, error, named in (([None], TypeError, "row 0: ids"), (["a", ""], reco.InvalidArgument, "row 1: item id is empty"),
                                      ([1.5], TypeError, "ids must hold whole numbers or strings"), ("mug", ValueError, "ids"),
                                      (5, TypeError, "ids"), ([True], TypeError, "bool"), (None, TypeError, "ids"),
                                      (["x"] * 70_000 + [""], reco.InvalidArgument, "row 70000: "),
                                      (["a\0b"], ValueError, "zero byte")):
                with self.subTest(ids=ids[:1] if isinstance(ids, list) else ids), self.assertRaisesRegex(error, named):
                    builder.add_ids("item", ids)
            with self.assertRaisesRegex(ValueError, "side"):
                builder.add_ids("shop", ["a"])
            data = builder.finish()
        self.assertEqual(data.ids("item"), ["5", "x", "mug", "lamp"])
        self.assertEqual(data.ids("user"), ["0", "1", "2", "7", "ann", "bob", str(2**40)])
        self.assertEqual(reco.Popular().fit(data).recommend("bob", limit=1).ids, ["mug"])


class TestRefusals(unittest.TestCase):
    """Each: what is wrong, the class of the exception, and what its message names."""

    def refused(self, *table):
        for call, error, named in table:
            with self.subTest(named=named), self.assertRaisesRegex(error, named):
                call()

    def test_columns(self):
        add = reco.Data.from_columns
        self.refused(
            (lambda: add(GOOD, GOOD[:2]), ValueError, "items has 2 entries, users has 3"),
            (lambda: add(GOOD, GOOD, [1, 2]), ValueError, "values has 2"),
            (lambda: add(None, GOOD), TypeError, "users"),
            (lambda: add(GOOD, None), TypeError, "items"),
            (lambda: add(5, GOOD), ValueError, "users must have one dimension"),
            (lambda: add(np.zeros((2, 2), int), GOOD), ValueError, "users must have one dimension"),
            (lambda: add(GOOD / 2, GOOD), TypeError, "users must hold whole numbers or strings, not float64"),
            (lambda: add(GOOD > 1, GOOD), TypeError, "users .* not bool"),
            (lambda: add(GOOD, GOOD + 1j), TypeError, "items .* complex"),
            (lambda: add(np.array([2**64 - 1] * 3, np.uint64), GOOD), ValueError, "users .*18446744073709551615"),
            (lambda: add(GOOD, GOOD, ["a", "b", "c"]), TypeError, "values must hold numbers"),
            (lambda: add(GOOD, GOOD, [1, None, 2]), TypeError, "values must hold numbers, got None"),
            (lambda: add(GOOD, GOOD, np.array([1, "2", 3], object)), TypeError, "values must hold numbers, got '2'"),
            (lambda: add(GOOD, GOOD, [1, np.nan, 1]), reco.InvalidArgument, "row 1.*finite"),
            (lambda: add(GOOD, GOOD, [1, 1, np.inf]), reco.InvalidArgument, "row 2.*finite"),
            (lambda: add(GOOD, GOOD, [1, 1e300, 1]), reco.InvalidArgument, "row 1.*finite"),
            (lambda: add(GOOD, GOOD, None, ["a", "b", "c"]), TypeError, "times"),
            (lambda: add(GOOD, GOOD, None, [1, 2, np.inf]), ValueError, "times"),
            (lambda: add(GOOD, GOOD, None, [1, 2, 1e30]), ValueError, "times"),
            (lambda: add(["a", "", "c"], GOOD), reco.InvalidArgument, "row 1.*user id is empty"),
            (lambda: add(["a", None, "c"], GOOD), TypeError, "row 1: users"),
            (lambda: add(np.array(["a", np.nan, "c"], object), GOOD), TypeError, "row 1: users .*nan"),
            (lambda: add(["a", "b\0b", "c"], GOOD), ValueError, "row 1: users .*zero byte"),
            (lambda: add(["a", "b", "\ud800"], GOOD), ValueError, "row 2: users .*Unicode"),
            (lambda: add(["a", "b", "c" * 2000], GOOD), reco.InvalidArgument, "row 2.*1023"),
            (lambda: add([b"a", b"b", b"\xff"], GOOD), reco.InvalidArgument, "row 2.*UTF-8"))

    def test_the_row_is_the_callers(self):
        n = 200_000
        values = np.ones(n)
        values[150_000] = np.nan
        words = np.full(n, "x", object)
        words[150_000] = ""
        for columns_given in ((np.arange(n), np.arange(n), values), (words, np.arange(n))):
            with self.assertRaisesRegex(reco.InvalidArgument, "row 150000: "):
                reco.Data.from_columns(*columns_given)

    def test_negative_ids_are_ids(self):
        self.assertEqual(reco.Data.from_columns([-5, 2**62], [-1, 0]).ids("user"), ["-5", str(2**62)])
        self.assertEqual(reco.Data.from_events([(-(10**30), "x")]).ids("user"), [str(-(10**30))])

    def test_events(self):
        add = reco.Data.from_events
        self.refused(
            (lambda: add([("ann",)]), ValueError, "row 0"),
            (lambda: add([("ann", "mug"), "ab"]), ValueError, "row 1"),
            (lambda: add([("ann", "mug"), None]), ValueError, "row 1"),
            (lambda: add([("ann", "mug", 1, 2, "buy", 3)]), ValueError, "row 0"),
            (lambda: add([("ann", "mug", "many")]), TypeError, "values"),
            (lambda: add([("ann", "mug", 1, "noon"), ("ann", "mug", 1, None)]), TypeError, "times"),
            (lambda: add([(None, "mug")]), TypeError, "row 0: users"),
            (lambda: add([("ann", 1.5)]), TypeError, "row 0: items .*1.5"),
            (lambda: add([(True, "mug")]), TypeError, "row 0: users .*True"),
            (lambda: add([("ann", "mug", 1, None, "buy")]), reco.NotFound, "buy"),
            (lambda: add(None), TypeError, "events"))
        builder = reco.Builder()
        self.refused(
            (lambda: builder.add("ann", "mug", "x"), TypeError, "value"),
            (lambda: builder.add("ann", "mug", float("nan")), reco.InvalidArgument, "finite"),
            (lambda: builder.add("ann", "mug", 1, 2**63), ValueError, "time"),
            (lambda: builder.add("ann", "mug", 1, "noon"), TypeError, "time"),
            (lambda: builder.add(None, "mug"), TypeError, "user"),
            (lambda: builder.event_type("buy", float("inf")), reco.InvalidArgument, "buy"),
            (lambda: reco.Builder(half_life=3), reco.NotFound, "half_life_days"),
            (lambda: reco.Builder(combine="most"), reco.InvalidArgument, "combine"),
            (lambda: reco.Builder(combine=None), TypeError, "combine"),
            (lambda: builder.count("rowz"), KeyError, "rowz"))

    def test_matrices(self):
        good = sp.random(4, 3, 0.5, "csr", random_state=1)
        bad = good.copy()
        bad.indices[0] = -2
        high = good.copy()
        high.indices[-1] = 3
        with_nan = good.copy()
        with_nan.data[0] = np.nan
        add = reco.Data.from_matrix
        self.refused(
            (lambda: add(good.toarray()), TypeError, "matrix .*ndarray"),
            (lambda: add(None), TypeError, "matrix .*NoneType"),
            (lambda: add(good, user_ids=["a"]), ValueError, "user_ids has 1 ids, the matrix has 4"),
            (lambda: add(good, item_ids=np.ones(3)), TypeError, "item_ids .*float64"),
            (lambda: add(bad), ValueError, "matrix: .*-2"),
            (lambda: add(high), ValueError, r"matrix: .*\[0, 3\)"),
            (lambda: add(good.astype(complex)), TypeError, "matrix .*complex"),
            (lambda: add(sp.coo_array(np.ones(3))), ValueError, "matrix must have two dimensions, got 1"),
            (lambda: add(good, ["a", "b", None, "d"]), TypeError, "row 2: user_ids"),
            (lambda: add(good.astype(float) * 1e300), reco.InvalidArgument, "matrix: the value .* finite"),
            (lambda: add(with_nan), reco.InvalidArgument, r"matrix: the value at row \d, column \d must be finite, got nan"))

    def test_frames(self):
        frame = pandas.DataFrame({"user": ["a", "b"], "item": ["x", "y"], "n": ["2", "3"]})
        add = reco.Data.from_frame
        self.refused(
            (lambda: add(frame, user="who"), KeyError, "no column 'who' for user; it has user, item, n"),
            (lambda: add(frame.drop(columns="item")), KeyError, "no column 'item'"),
            (lambda: add(frame, time="at"), KeyError, "no column 'at' for time"),
            (lambda: add(frame, value="n"), TypeError, "values"),
            (lambda: add(frame.assign(user=[1.5, 2])), TypeError, "users .*float64"),
            (lambda: add(frame.assign(user=[2.0**60, 2])), TypeError, "users .*float64"),
            (lambda: add(frame.assign(user=[np.inf, 2])), TypeError, "users .*float64"),
            (lambda: add(frame.assign(user=[True, False])), TypeError, "users .*bool"),
            (lambda: add(frame.assign(at=["2024-01-01", None]), time="at"), TypeError, "times must hold .*'2024-01-01'"),
            (lambda: add(pandas.concat([frame, frame], axis=1)), ValueError, "users must have one dimension"),
            (lambda: add([1, 2]), TypeError, "frame"))

    def test_contexts(self):
        frame = pandas.DataFrame({"user": ["a", "b"], "item": ["x", "y"]})
        builder = reco.Builder()

        def add(context):
            builder.add_columns(["a", "b"], ["x", "y"], context=context)

        self.refused(
            (lambda: builder.context("device", "tv"), reco.WrongState, "context 'device': .* no events"),
            (lambda: add({"device": ["tv"]}), ValueError, "context 'device' has 1 entries, users has 2"),
            (lambda: add({"device": None}), ValueError, "context 'device' must have one dimension"),
            (lambda: add({"lit": [True, False]}), TypeError, "context 'lit' must hold strings or numbers, not bool"),
            (lambda: add({"device": np.array(["tv", 2.5], object)}), TypeError, "row 1: context 'device'"),
            (lambda: add({"degrees": [1, np.inf]}), reco.InvalidArgument, "row 1: context 'degrees' must be finite"),
            (lambda: add({"a<b": ["x", "y"]}), reco.InvalidArgument, "a<b"),
            (lambda: add({"device": ["tv", "x" * 2000]}), reco.InvalidArgument, "row 1: context 'device'"),
            (lambda: add([1]), TypeError, "context must be a dict"),
            (lambda: builder.context("degrees", None), TypeError, "value"),
            (lambda: builder.add_frame(frame, context=["when"]), KeyError, "no column 'when' for context"))
        add({"device": ["tv", "phone"]})
        self.refused((lambda: add({"device": [1, 2]}), reco.InvalidArgument, "kind token, not number"),
                     (lambda: builder.context("device", "tv"), reco.InvalidArgument, "'n' must be 2"))

    def test_features(self):
        builder = reco.Builder()
        self.refused(
            (lambda: builder.text("shop", "mug", "title", "Mug"), ValueError, "side must be 'user' or 'item'"),
            (lambda: builder.text("item", "mug", "title", None), TypeError, "value"),
            (lambda: builder.text("item", "mug", "a<b", "x"), reco.InvalidArgument, "a<b"),
            (lambda: builder.number("item", "mug", "price", "cheap"), TypeError, "value"),
            (lambda: builder.number("item", None, "price", 1), TypeError, "id"),
            (lambda: builder.token("item", "mug", "tag", "x", -1), reco.InvalidArgument, "weight"),
            (lambda: builder.vector("item", "mug", "image", np.zeros((2, 2))), ValueError, "value must have one"),
            (lambda: builder.vector("item", "mug", "image", ["a"]), TypeError, "value"),
            (lambda: builder.vector("item", "mug", "image", []), reco.InvalidArgument, "image"),
            (lambda: builder.vector("item", "mug", "image", [1, np.nan]), reco.InvalidArgument, "image"))

    def test_closed(self):
        data, builder = shop(), reco.Builder()
        data.close()
        builder.close()
        self.refused((lambda: data.count("users"), reco.WrongState, "this Data was closed"),
                     (lambda: reco.ALS().fit(data), reco.WrongState, "this Data was closed"),
                     (lambda: builder.add("a", "b"), reco.WrongState, "this Builder was closed"),
                     (lambda: builder.add_columns([1], [2]), reco.WrongState, "this Builder was closed"),
                     (lambda: reco.Data(5), TypeError, "from_events"))


if __name__ == "__main__":
    unittest.main()
