#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""table.py TABLE FOLDER: asks every question of the conformance table through the Python binding, of the models as they
were fitted and as they were loaded from FOLDER, and holds the answers to those in the table."""
import json
import re
import sys
from pathlib import Path

import reco

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
from tap import Cases  # noqa: E402

RULES = ("include", "exclude", "where", "include_seen", "purpose")
TOLD = ("user", "history", "events", "about", "context", "unknown")
CLASSES = {found.algorithm: found for found in vars(reco).values() if hasattr(found, "algorithm")}


def keywords(row, *names):
    """The arguments that a row gives, by the names they have in the binding."""
    found = {name: row[name] for name in names if name in row}
    if "values" in row:
        found["history"] = dict(zip(row["history"], row["values"]))
    if "allow" in row:
        found["filter"] = row["allow"].__contains__
    return found


class Table:
    def __init__(self, table, folder):
        self.data, self.fitted, self.loaded = {}, {}, {}
        for name, spec in table["data"].items():
            self.data[name] = self.make_data(spec)
        for name, spec in table["models"].items():
            path = folder / f"{name}.reco"
            model = self.make_model(spec.get("of", spec), self.fitted)
            model.save(path, **self.without(spec))
            self.loaded[name] = reco.load(path)
            self.fitted[name] = self.loaded[name] if "of" in spec else model

    # ---- what is asked ----

    def make_data(self, spec):
        if isinstance(spec, str):
            return self.data[spec]
        if "split" in spec:
            whole, how, seed = spec["split"]
            return dict(zip(("train", "test"), self.data[whole].split(how, seed)))[spec["part"]]
        builder = reco.Builder(**spec.get("set", {}))
        for name, weight in spec.get("types", {}).items():
            builder.event_type(name, weight)
        for name in spec.get("purposes", []):
            builder.purpose(name)
        for user, consent in spec.get("consent", {}).items():
            builder.consent(user, consent)
        builder.add_events(spec.get("events", []))
        if "columns" in spec:
            builder.add_columns(**spec["columns"])
        for side, ids in spec.get("ids", {}).items():
            builder.add_ids(side, ids)
        for side, id, field, kind, *value in spec.get("features", []):
            getattr(builder, kind)(side, id, field, *value)
        return builder.finish()

    def make_model(self, spec, named):
        if isinstance(spec, str):
            return named[spec]
        parts = [(self.fitted[name], weight) for name, weight in spec.get("parts", [])]
        model = CLASSES[spec["algo"]](**spec.get("set", {}), **({"parts": parts} if parts else {}))
        return model.fit(self.make_data(spec["data"]))

    @staticmethod
    def without(spec):
        return {what: False for what in spec.get("without", [])}

    # ---- the calls ----

    def ask(self, row, named):
        """What came of a row, as the table writes it."""
        try:
            subject = self.make_model(row["model"], named) if "model" in row else \
                self.make_data(row["data"]) if "data" in row else None
            return getattr(self, row["call"])(subject, row)
        except reco.RecoError as failure:
            words = re.findall("[A-Z][a-z]+", type(failure).__name__)  # NotFound: not found
            return {"error": " ".join(words).lower(), "message": str(failure)}

    @staticmethod
    def answer(found):
        return {"ids": found.ids, "scores": found.scores.tolist(), "source": found.source,
                "withheld": list(found.withheld), "skipped": found.skipped}

    def recommend(self, model, row):
        return self.answer(model.recommend(**keywords(row, *TOLD, "limit", "offset", *RULES)))

    def similar(self, model, row):
        return self.answer(model.similar(**keywords(row, "item", "limit", "offset", "unknown", *RULES[:-1])))

    def similar_users(self, model, row):
        return self.answer(model.similar_users(row["like"], **keywords(row, "limit", "offset")))

    def explain(self, model, row):
        return self.answer(model.explain(**keywords(row, "item", *TOLD, "limit", "purpose")))

    def score(self, model, row):
        scores = model.score(**keywords(row, "items", *TOLD, "purpose")).tolist()
        return {"scores": [None if score != score else score for score in scores]}

    def batch(self, model, row):
        items, scores, sizes, statuses = model.recommend_all(**keywords(row, "users", "limit", "context", "unknown", *RULES))
        ids = model.ids("item")
        return {"lists": [{"ids": [ids[i] for i in items[u, :n]], "scores": scores[u, :n].tolist()}
                          for u, n in enumerate(sizes)],
                "statuses": statuses.tolist()}

    def evaluate(self, model, row):
        given = keywords(row, "metrics", "ask", "given", "context", "unknown", *RULES)
        if "negatives" in row:
            given["negatives"] = self.make_data(row["negatives"])
        report = model.evaluate(self.make_data(row["test"]), **given)
        units = {name: None if each is None else each.tolist() for name, each in report.per_unit.items()}
        return {"values": report.values, "units": units, "counts": report.counts}

    def times(self, subject, row):
        return {"values": list(subject.times)}

    def count(self, subject, row):
        return {"value": subject.count(row["of"])}

    def consent(self, subject, row):
        return {"values": subject.consent(row["user"])}

    def row(self, data, row):
        items, values = data.row(data.find("user", row["user"]))
        ids = data.ids("item")
        return {"ids": [ids[i] for i in items], "values": values.tolist()}

    def trail(self, data, row):
        items, values, times, types = data.trail(data.find("user", row["user"]))
        ids, names = data.ids("item"), dict(enumerate(data.types))
        return {"ids": [ids[i] for i in items], "values": values.tolist(),
                "times": [None if times is None or time == -2**63 else time for time in (items if times is None else times.tolist())],
                "types": [None if types is None else names.get(int(type)) for type in (items if types is None else types)]}

    def can(self, model, row):
        return {"value": model.can(row["what"])}

    def text(self, model, row):
        return {"value": model.text(row["item"], row["field"])}

    def save(self, model, row):
        return {"saved": bool(model.to_bytes(**self.without(row)))}

    def load(self, _, row):
        return {"loaded": bool(reco.load(row["bytes"].encode()))}


def has(expected, answer):
    """Whether an answer has all that is expected: numbers to 1e-6, words of a message, the rest exactly."""
    if isinstance(expected, dict):
        return all(key in answer and (value in answer[key] if key == "message" else has(value, answer[key]))
                   for key, value in expected.items())
    if isinstance(expected, list):
        return len(expected) == len(answer) and all(map(has, expected, answer))
    if isinstance(expected, (int, float)) and not isinstance(expected, bool):
        return answer is not None and abs(answer - expected) <= 1e-6 * max(1, abs(expected))
    return expected == answer


table, folder, cases = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]), Cases()
folder.mkdir(parents=True, exist_ok=True)
asked = Table(table, folder)
for row in table["rows"]:
    answers = [asked.ask(row, named) for named in (asked.fitted, asked.loaded)]
    cases.check(all(has(row["expect"], answer) for answer in answers), row["name"], map(str, answers))
cases.none("there are questions for every algorithm",
           set(reco.algorithms()) - {asked.fitted[row["model"]].algorithm for row in table["rows"]
                                     if isinstance(row.get("model"), str)})
cases.done()
