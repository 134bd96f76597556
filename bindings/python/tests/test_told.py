# SPDX-License-Identifier: MIT
"""What a question tells of whoever asks and of the moment."""
import collections
import datetime
import math
import unittest

import numpy as np
import pandas
from shop import EVENTS, shop

import reco

TYPES = {"view": 1, "buy": 3}
UTC = datetime.timezone.utc
Row = collections.namedtuple("Row", "item type value time")


def visits():
    """Events with types, times and devices, of users who are described."""
    with reco.Builder(TYPES) as builder:
        for k, (user, item) in enumerate(EVENTS):
            builder.add(user, item, 1, 100 * k, "buy" if k % 3 else "view")
            builder.context("device", "phone" if k % 2 else "tv")
            builder.context("degrees", k)
        for user, country in (("ann", "de"), ("bob", "fr"), ("cy", "de"), ("dee", "fr")):
            builder.token("user", user, "country", country)
        builder.number("user", "ann", "age", 34)
        builder.vector("user", "ann", "look", [1, 2, 3])
        return builder.finish()


def told(model, item, *arguments, **keywords):
    return float(model.score([item], *arguments, **keywords)[0])


class TestEvents(unittest.TestCase):
    def setUp(self):
        self.data = visits()
        self.model = reco.Covisit(gap_minutes=60, last=3).fit(self.data)

    def test_ids_alone_are_a_history(self):
        for model in (self.model, reco.ItemKNN(shrink=0).fit(self.data), reco.ALS(factors=4).fit(self.data)):
            for items in (["mug"], ["mug", "lamp", "mug"], ("rug", "vase"), np.array(["lamp", "mug"]), iter(["vase"])):
                items = list(items) if not isinstance(items, (list, tuple, np.ndarray)) else items
                by_events, by_history = (model.recommend(**{name: items}) for name in ("events", "history"))
                self.assertEqual(list(by_events), list(by_history))
            self.assertEqual(list(model.recommend(events=(item for item in ["mug", "lamp"]))),
                             list(model.recommend(history=["mug", "lamp"])))
        numbers = reco.ItemKNN(shrink=0).fit(reco.Data.from_events([(1, 7), (1, 8), (2, 7)]))
        self.assertEqual(numbers.recommend(events=np.array([7])).ids, ["8"])
        self.assertEqual(numbers.recommend(events=[(np.int64(7), None, np.float32(2))]).ids, ["8"])

    def test_all_forms_are_one(self):
        noon = datetime.datetime(2024, 5, 1, 12)
        later, unix = noon + datetime.timedelta(minutes=59), int(noon.replace(tzinfo=UTC).timestamp())
        frame = pandas.DataFrame({"item": ["mug", "vase"], "type": ["buy", "view"], "value": [2.0, 1.0],
                                  "time": pandas.to_datetime([noon, later])})
        forms = [[("mug", "buy", 2, unix), ("vase", "view", 1, unix + 59 * 60)],
                 [["mug", b"buy", 2.0, noon], ["vase", "view", None, later]],
                 [{"item": "mug", "type": "buy", "value": 2, "time": noon.replace(tzinfo=UTC)},
                  {"time": later.replace(tzinfo=UTC), "item": "vase", "type": "view"}],
                 [Row("mug", "buy", 2, np.datetime64(noon)), Row("vase", "view", 1, np.datetime64(later))],
                 frame.itertuples(index=False), frame.to_dict("records"),
                 zip(frame["item"], frame["type"].to_numpy(), frame["value"].to_numpy(), frame["time"].to_numpy())]
        answers = [list(self.model.recommend(events=form, include_seen=True)) for form in forms]
        self.assertTrue(answers[0])
        self.assertEqual(answers, answers[:1] * len(forms))
        late = [("mug", "buy", 2, noon), ("vase", "view", 1, noon + datetime.timedelta(minutes=61))]
        self.assertNotEqual(list(self.model.recommend(events=late, include_seen=True)), answers[0])

    def test_a_user_told_whole(self):
        """Who tells all that ann did is answered as ann, and ann with her last event told later likewise."""
        rows = [("ann", "mug", 1, 10, "view"), ("ann", "vase", 2, 20, "buy"), ("ann", "lamp", 1, 30, "buy")]
        rest = [(user, item, 1, 50 + k, "view") for k, (user, item) in enumerate(EVENTS) if user != "ann"]
        events = [(item, kind, value, time) for _, item, value, time, kind in rows]
        for algorithm in (reco.Covisit(last=3), reco.ItemKNN(shrink=0)):
            model = type(algorithm)(**{"last": 3} if isinstance(algorithm, reco.Covisit) else {"shrink": 0})
            algorithm.fit(reco.Data.from_events(rows + rest, event_types=TYPES))
            self.assertEqual(list(algorithm.recommend(events=events)), list(algorithm.recommend("ann")))
            self.assertEqual(algorithm.score(["rug", "vase"], events=events).tolist(),
                             algorithm.score(["rug", "vase"], "ann").tolist())
            model.fit(reco.Data.from_events(rows[:2] + rest, event_types=TYPES))
            self.assertEqual(list(model.recommend("ann", events=events[2:])), list(model.recommend(events=events)))
            self.assertNotEqual(told(model, "vase", "ann", events=events[2:]), told(model, "vase", "ann"))

    def test_types_weigh_and_values_take_away(self):
        model = reco.ItemKNN(shrink=0).fit(self.data)
        self.assertAlmostEqual(told(model, "lamp", events=[("mug", "buy", 2)]), told(model, "lamp", history={"mug": 6}), places=5)
        self.assertAlmostEqual(told(model, "lamp", events=["mug", ("vase", "buy"), ("mug", None, 3)]),
                               told(model, "lamp", history={"mug": 4, "vase": 3}), places=5)
        back = model.recommend(events=["vase", "mug", ("mug", None, -1)])
        self.assertEqual(list(back), [pair for pair in model.recommend(events=["vase"]) if pair[0] != "mug"])

    def test_reasons_are_of_events_too(self):
        reasons = self.model.explain("vase", "ann", events=["mug"])
        self.assertIn("mug", reasons.ids)
        self.assertAlmostEqual(float(reasons.scores.sum()), told(self.model, "vase", "ann", events=["mug"]), places=6)

    def test_none(self):
        self.assertEqual((self.model.recommend(events=[]).source, list(self.model.recommend("ann", events=[]))),
                         ("popular", list(self.model.recommend("ann"))))

    def test_refusals(self):
        ask = self.model.recommend
        for given, error, text in (
                ("mug", TypeError, "events must be a list .*got str"), (5, TypeError, "events must be a list"),
                ({"mug": 1}, TypeError, "got dict"), (pandas.DataFrame({"item": ["mug"]}), TypeError, "got DataFrame"),
                ([None], TypeError, "events: position 0: item must be .* got None"),
                (["mug", True], TypeError, "events: position 1: item must be .* got True"),
                ([("mug", True)], TypeError, "type must be"), ([("mug", 2.0)], TypeError, "type must be"),
                ([("mug", None, True)], TypeError, "value must be a number, got True"),
                ([("mug", None, "much")], TypeError, "value must be a number"),
                ([("mug", None, 1, "now")], TypeError, "time must be"), ([("mug", None, 1, 2.5)], TypeError, "time must be"),
                ([("mug", None, math.nan)], reco.InvalidArgument, "position 0: event of item 'mug': 'value' must be finite"),
                ([("mug", None, 0)], reco.InvalidArgument, "not 0"), ([("mug", None, 1e300)], reco.InvalidArgument, "finite"),
                ([("mug", None, 1, 5), ("mug", None, 1, 4)], reco.InvalidArgument, "position 1: .*in their order"),
                ([{"itm": "mug"}], ValueError, "position 0: an event has no 'itm'; it has: item, type, value, time"),
                ([{"type": "buy"}], TypeError, "item must be"), ([()], ValueError, "position 0: an event must be"),
                ([("mug",) * 5], ValueError, "an event must be"), (["mu\0g"], ValueError, "zero byte"),
                (["sofa"], reco.NotFound, "sofa"), ([("mug", "gift")], reco.NotFound, "gift.*view, buy")):
            with self.subTest(given=str(given)), self.assertRaisesRegex(error, text):
                ask(events=given)
        with self.assertRaisesRegex(ValueError, "a history or events, not both"):
            ask(history=["mug"], events=["mug"])
        with self.assertRaises(ZeroDivisionError):
            ask(events=(1 / 0 for _ in range(3)))
        self.assertEqual(list(ask("ann")), list(ask("ann", events=[])))  # and nothing is left


class TestFeatures(unittest.TestCase):
    def setUp(self):
        self.data = visits()
        self.country = reco.Popular(by="country").fit(self.data)
        self.device = reco.Popular(by="device").fit(self.data)

    def test_a_field_told_replaces_the_users_own(self):
        ask, items = self.country.score, self.country.ids("item")
        de, fr = (ask(items, user).tolist() for user in ("ann", "bob"))
        self.assertNotEqual(de, fr)
        for about in ({"country": "fr"}, {"country": ["fr"]}, {"country": ("fr", "fr")}, {"country": {"fr"}}, {b"country": b"fr"},
                      {"country": {"fr": 0.5}}, {"country": np.array(["fr"])}, {"country": np.str_("fr")}, {"country": iter(["fr"])}):
            self.assertEqual(ask(items, "ann", about=about).tolist(), fr)
        self.assertEqual(ask(items, about={"country": "de"}).tolist(), de)
        for nothing in ({}, {"country": None}, {"country": []}, {"age": 7}, {"look": []}):
            self.assertEqual(ask(items, "ann", about=nothing).tolist(), de)
        mixed = ask(items, about={"country": {"de": 3, "fr": 1}})
        np.testing.assert_allclose(mixed, (3 * np.array(de) + np.array(fr)) / 4, rtol=1e-5)

    def test_numbers_and_vectors(self):
        for about in ({"age": 7}, {"age": 7.5}, {"age": np.float32(7)}, {"age": np.array(7)}, {"look": [1, 2, 3]},
                      {"look": (1, 2.5, 3)}, {"look": np.arange(3)}, {"look": pandas.Series([1.0, 2, 3])}, {"look": iter([1, 2, 3])}):
            self.assertEqual(list(self.country.recommend("ann", about=about)), list(self.country.recommend("ann")))

    def test_the_moment(self):
        ask = self.device.recommend
        tv, phone = (ask(context={"device": device}) for device in ("tv", "phone"))
        self.assertNotEqual(list(tv), list(phone))
        self.assertEqual((list(ask()), ask().source), (list(reco.Popular().fit(self.data).recommend()), "popular"))
        batch = self.device.recommend_all(["eve"], context={"device": "tv"}, include_seen=True, limit=4)
        self.assertEqual(batch.items[0].tolist(), tv.items.tolist())
        rug = reco.Data.from_events([("eve", "rug")])  # which was taken on a phone only, there less than two others
        for device, place in (("tv", 4), ("phone", 3)):
            report = self.device.evaluate(rug, "mrr@4", include_seen=True, context={"device": device})
            self.assertAlmostEqual(report["mrr@4"], 1 / place)

    def test_reasons_are_features_too(self):
        reasons = self.device.explain("lamp", context={"device": ["tv", "phone"]})
        self.assertEqual(set(reasons.ids), {"device=tv", "device=phone", ""})
        self.assertEqual([reasons.items[reasons.ids.index(id)] for id in ("device=tv", "")], [-2, -1])
        self.assertAlmostEqual(float(reasons.scores.sum()), told(self.device, "lamp", context={"device": ["tv", "phone"]}), places=5)
        own = self.country.explain("lamp", "ann")
        self.assertIn("country=de", own.ids)

    def test_refusals(self):
        for given, error, text in (
                ("fr", TypeError, "about must be a dict"), ([("country", "fr")], TypeError, "about must be a dict"),
                ({"country": True}, TypeError, "about 'country' must be a string, a number, or a list of either, got True"),
                ({"country": object()}, TypeError, "about 'country' must be"), ({"country": ["fr", None]}, TypeError, "country"),
                ({"country": {"fr": True}}, TypeError, "country"), ({"country": {"fr": 0}}, reco.InvalidArgument, "above 0"),
                ({"country": {"fr": math.inf}}, reco.InvalidArgument, "finite"), ({None: "fr"}, TypeError, "about: a field must be"),
                ({"contry": "fr"}, reco.NotFound, "contry.*age, country, look"), ({"country": "nl"}, reco.NotFound, "never 'nl'"),
                ({"country": 3}, reco.InvalidArgument, "is a token in the model, not a number"),
                ({"age": "old"}, reco.InvalidArgument, "is a number in the model, not a token"),
                ({"age": math.nan}, reco.InvalidArgument, "finite"), ({"age": 1e300}, reco.InvalidArgument, "float range"),
                ({"age": [34]}, reco.InvalidArgument, "not a vector"),
                ({"look": [1, 2]}, reco.InvalidArgument, "3 entries in the model, not 2"),
                ({"look": [1, None, 2]}, TypeError, "look"), ({"look": [True, False, True]}, TypeError, "look"),
                ({"look": np.ones((1, 3))}, ValueError, "one dimension"), ({"look": {1.0, 2.0, 3.0}}, ValueError, "one dimension"),
                ({"look": [1e300, 1, 1]}, reco.InvalidArgument, "vector\\[0\\] must be finite")):
            with self.subTest(given=str(given)), self.assertRaisesRegex(error, text):
                self.country.recommend("ann", about=given)
        with self.assertRaisesRegex(reco.NotFound, "contexts have no field 'country'.*degrees, device"):
            self.country.recommend("ann", context={"country": "fr"})
        with self.assertRaisesRegex(TypeError, "context must be a dict"):
            self.country.recommend_all(context="tv")
        self.assertEqual(list(self.country.recommend("ann", about={})), list(self.country.recommend("ann")))


class TestUnknown(unittest.TestCase):
    def test_skipped(self):
        model = reco.ItemKNN(shrink=0).fit(shop())
        answer = model.recommend("nobody", events=["mug", "sofa"], include=["lamp", "bed"], about={"shoe": 43}, unknown="skip")
        self.assertEqual((answer.ids, answer.skipped), (["lamp"], 4))
        self.assertEqual((model.recommend("bob").skipped, model.recommend("bob", unknown="skip").skipped), (0, 0))
        self.assertEqual(model.recommend(history={"sofa": 1.0}, unknown="skip").source, "popular")
        self.assertEqual(model.similar("mug", exclude=["vase", "sofa"], unknown="skip").skipped, 1)
        self.assertEqual(model.explain("lamp", history=["mug", "sofa"], unknown="skip").skipped, 1)
        scores = model.score(["sofa", "lamp"], "bob", unknown="skip")
        self.assertEqual(([math.isnan(score) for score in scores], scores[1]), ([True, False], model.score(["lamp"], "bob")[0]))
        self.assertEqual(model.recommend_all(["bob", "nobody"], unknown="skip").failures, {})
        report = reco.Popular().fit(shop()).evaluate(shop(), "hit@4", exclude=["sofa"], unknown="skip", include_seen=True)
        self.assertEqual(report["hit@4"], 1)

    def test_refused_by_default(self):
        model = reco.ItemKNN(shrink=0).fit(shop())
        for keywords in ({}, {"unknown": None}, {"unknown": "refuse"}):
            for ask in (model.recommend, lambda **more: model.score(["sofa"], **more), lambda **more: model.similar("sofa", **more)):
                self.assertRaises(reco.NotFound, ask, **({"history": ["sofa"]} if ask == model.recommend else {}), **keywords)
        for wrong, error in (("drop", reco.InvalidArgument), (True, TypeError), (b"\0", ValueError)):
            with self.assertRaisesRegex(error, "unknown"):
                model.recommend("bob", unknown=wrong)
        self.assertRaises(reco.NotFound, model.recommend, "nobody")  # nothing is left of a question that skipped


if __name__ == "__main__":
    unittest.main()
