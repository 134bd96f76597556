# SPDX-License-Identifier: MIT
"""Long calls: progress, Ctrl-C, and memory that stays where it was."""
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
import unittest

from shop import crowd, resident, shop

import reco

try:
    import tqdm
except ImportError:
    tqdm = None


def interrupt(*told):
    """What Ctrl-C does."""
    os.kill(os.getpid(), signal.SIGINT)


class TestProgress(unittest.TestCase):
    def test_it_is_told(self):
        train, test = crowd().split("random:0.2")
        told = []
        model = reco.ALS(factors=16, iterations=4).fit(train, progress=lambda *step: told.append(step))
        self.assertEqual(told[-1], ("als", 1.0))
        self.assertEqual([done for _, done in told], sorted(done for _, done in told))
        for long in (model.recommend_all, lambda progress: model.evaluate(test, progress=progress)):
            told.clear()
            long(progress=lambda *step: told.append(step))
            self.assertEqual(told[-1][1], 1.0)

    def test_what_it_raises_comes_out(self):
        def bad(stage, done):
            raise ZeroDivisionError

        train, test = crowd().split("random:0.2")
        model = reco.ALS(factors=16)
        with self.assertRaises(ZeroDivisionError):
            model.fit(train, progress=bad)
        self.assertFalse(model.fitted)
        model.fit(train, progress=False)
        for long in (model.recommend_all, lambda progress: model.evaluate(test, progress=progress)):
            with self.assertRaises(ZeroDivisionError):
                long(progress=bad)
        self.assertEqual(len(model.recommend(1).ids), 10)

    def on_a_terminal(self, code):
        """What a program writes on standard error when that is a terminal."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        done = subprocess.Popen([sys.executable, "-c", code], stderr=theirs, cwd=os.path.dirname(__file__))
        os.close(theirs)
        said = b""
        while True:
            try:
                piece = os.read(ours, 4096)
            except OSError:  # the end of a terminal
                piece = b""
            if not piece:
                break
            said += piece
        os.close(ours)
        self.assertEqual(done.wait(), 0, said.decode())
        return said.decode()

    FIT = "from shop import crowd; import reco; reco.ALS(factors=16, iterations=40).fit(crowd(2000, 500, 20){})"

    @unittest.skipUnless(tqdm, "tqdm is not installed")
    def test_a_bar(self):
        said = self.on_a_terminal(self.FIT.format(""))
        self.assertRegex(said, r"als .*%")
        self.assertTrue(said.endswith(" \r"), "the line is clean again")

    def test_no_bar(self):
        self.assertEqual(self.on_a_terminal(self.FIT.format(", progress=False")), "")
        self.assertEqual(self.on_a_terminal("import sys; sys.modules['tqdm'] = None; " + self.FIT.format("")), "")
        quiet = subprocess.run([sys.executable, "-c", self.FIT.format("")], cwd=os.path.dirname(__file__), check=True,
                               capture_output=True)
        self.assertEqual(quiet.stderr, b"")


class TestInterrupts(unittest.TestCase):
    def setUp(self):
        """Whoever started the tests may ignore Ctrl-C, as a shell does for what runs in the background."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.addCleanup(signal.signal, signal.SIGINT, before)

    def test_in_the_middle(self):
        train, test = crowd(2000, 1000, 20).split("random:0.2")
        model = reco.ALS(factors=16, iterations=3)
        self.assertRaises(KeyboardInterrupt, lambda: model.fit(train, progress=interrupt))
        self.assertFalse(model.fitted)
        model.fit(train)
        self.assertRaises(KeyboardInterrupt, lambda: model.evaluate(test, progress=interrupt))
        self.assertRaises(KeyboardInterrupt, lambda: model.recommend_all(progress=interrupt))
        self.assertRaises(KeyboardInterrupt, lambda: model.recommend_all(filter=interrupt))
        self.assertRaises(KeyboardInterrupt, lambda: model.recommend(1, filter=interrupt))
        self.assertEqual(len(model.recommend(1).ids), 10)
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)

    def test_from_outside(self):
        data, model = crowd(2000, 1000, 20), reco.ALS(factors=64, iterations=10000)
        timer = threading.Timer(0.5, interrupt)
        timer.start()
        begin = time.monotonic()
        with self.assertRaises(KeyboardInterrupt):
            model.fit(data)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertFalse(model.fitted)

    def test_a_handler_of_somebody_else_is_left_to_work(self):
        called = []
        before = signal.signal(signal.SIGINT, lambda *given: called.append(1))
        try:
            model = reco.ALS(factors=16, iterations=3).fit(crowd(), progress=interrupt)
        finally:
            signal.signal(signal.SIGINT, before)
        self.assertTrue(called and model.fitted)


class TestMemory(unittest.TestCase):
    def flat(self, work, rounds, slack=1 << 20):
        """Memory after `rounds` more is what it was after a tenth of them."""
        for k in range(rounds // 10):
            work(k)
        before = resident()
        for k in range(rounds):
            work(k)
        self.assertLess(resident() - before, slack)

    def test_ten_thousand_models(self):
        data = shop()
        classes = [made for made in vars(reco).values() if hasattr(made, "algorithm") and made is not reco.Weighted]

        def work(k):
            model = classes[k % len(classes)](threads=1).fit(data, progress=False)
            model.recommend("bob", limit=3)
            if k % 2:
                model.close()

        self.flat(work, 10000)

    def test_data(self):
        def work(k):
            data = shop()
            data.to_matrix()
            data.split("random:0.5")

        self.flat(work, 2000)

    def test_failures(self):
        data, saved = shop(), reco.ItemKNN(shrink=0).fit(shop()).to_bytes()

        def refuse(*given):
            raise ZeroDivisionError

        def work(k):
            model = reco.load(saved)
            for call, error in ((lambda: model.recommend("nobody"), reco.NotFound),
                                (lambda: model.recommend("bob", filter=refuse), ZeroDivisionError),
                                (lambda: model.recommend_all(filter=refuse, progress=False), ZeroDivisionError),
                                (lambda: reco.ALS().fit(data, progress=refuse), ZeroDivisionError),
                                (lambda: reco.Data.from_events([("a", "b"), ("a", "")]), reco.InvalidArgument),
                                (lambda: reco.ALS(factors=0), reco.InvalidArgument),
                                (lambda: reco.load(saved[:-1]), reco.BadFormat)):
                self.assertRaises(error, call)

        self.flat(work, 1000)


if __name__ == "__main__":
    unittest.main()
