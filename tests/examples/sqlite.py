#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""sqlite.py SQLITE: it fills the table of recommendations, the same again, and says what it cannot do."""
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from example import HERE, Cases, run

PRODUCTS = [(1, "Blue teapot", "tea", 24.0), (2, "Blue mug", "tea", 8.5), (3, "Tea towel", "tea", 6.0),
            (4, "Clover honey", "food", 7.0), (5, "Trowel", "garden", 12.0), (6, "Gloves", "garden", 9.0),
            (7, "Plant pot", "garden", 5.5), (8, "Red mug", "tea", None), (9, "Oak honey spoon", None, 3.0),
            (10, None, "garden", 4.0)]
BOUGHT = {"ann": [1, 2, 3], "bob": [1, 2, 5, 10, 11], "cleo": [1, 2, 4, 9], "dan": [5, 6, 7], "eve": [5, 6, 1], None: [7, 7]}
TABLES = """CREATE TABLE orders (customer TEXT, product INTEGER, quantity INTEGER);
            CREATE TABLE products (id INTEGER PRIMARY KEY, title TEXT, category TEXT, price REAL);"""

cases = Cases()
program = Path(sys.argv[1]).resolve()


def shop(path, bought):
    database = sqlite3.connect(path)
    database.executescript(TABLES)
    database.executemany("INSERT INTO products VALUES (?, ?, ?, ?)", PRODUCTS)
    database.executemany("INSERT INTO orders VALUES (?, ?, 1)", [(c, p) for c, ps in bought.items() for p in ps])
    database.execute("INSERT INTO orders VALUES ('ann', 7, 1), ('ann', 7, -1)")  # and sent back
    database.commit()
    return database


def refused(name, path, word):
    done = subprocess.run([program, path], capture_output=True, text=True)
    lines = done.stderr.splitlines()
    cases.check(done.returncode == 1 and len(lines) == 1 and lines[0].startswith("sqlite: ") and word in lines[0], name,
                lines)


with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "shop.db"
    database = shop(path, BOUGHT)
    text = run(cases, program, path)
    cases.check(text == (HERE / "sqlite.txt").read_text(), "it tells what it wrote", text.splitlines())
    query = "SELECT customer, rank, product, score FROM recommendations ORDER BY customer, rank"
    rows = database.execute(query).fetchall()
    cases.check({row[0] for row in rows} == set(BOUGHT) - {None}, "every customer has a list")
    cases.none("nobody is recommended what they have",
               [row for row in rows if int(row[2]) in BOUGHT[row[0]]])
    run(cases, program, path)
    cases.check(database.execute(query).fetchall() == rows, "a second run writes the same")

    database.execute("BEGIN IMMEDIATE")
    refused("a locked database", path, "locked")
    database.rollback()
    cases.check(database.execute(query).fetchall() == rows, "keeps what was recommended")
    database.execute("DROP TABLE recommendations")
    database.execute("CREATE TABLE recommendations (customer, rank, product, score CHECK (score < 0))")
    refused("a table that takes no rows", path, "CHECK constraint failed")
    cases.check(not database.execute(query).fetchall(), "is left as it was")
    database.execute("DROP TABLE products")
    refused("a shop without products", path, "no such table: products")
    database.close()

    shop(Path(folder) / "new.db", {}).close()
    refused("a shop without orders", Path(folder) / "new.db", "no orders")
    refused("no database", Path(folder) / "none.db", "none.db: unable to open")
    (Path(folder) / "text.db").write_text("this is not a database, though it is long enough to be looked at")
    refused("a file that is none", Path(folder) / "text.db", "not a database")
cases.done()
