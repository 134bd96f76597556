# SPDX-License-Identifier: MIT
"""Threads, processes and closing: what is done at the same time."""
import os
import signal
import threading
import traceback
import unittest

from shop import crowd, shop

import reco


def together(*works):
    """Runs each in a thread; gives what they raised."""
    raised = []

    def run(work):
        try:
            work()
        except BaseException:
            raised.append(traceback.format_exc())

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


class TestThreads(unittest.TestCase):
    def test_eight_ask_while_one_frees_its_own(self):
        data = crowd()
        model = reco.ALS(factors=16).fit(data)
        expected = [model.recommend(user).ids for user in range(200)]
        all_items = model.recommend_all()[0].tolist()
        saved = model.to_bytes()

        def ask():
            for user in range(200):
                assert model.recommend(user).ids == expected[user]
            assert model.recommend_all(threads=2)[0].tolist() == all_items

        def free():
            for _ in range(50):
                with reco.load(saved) as own:
                    assert own.recommend(7).ids == expected[7]
                with reco.Popular().fit(data) as own:
                    own.recommend(3)

        self.assertEqual(together(*[ask] * 8, free), [])

    def test_others_run_during_long_calls(self):
        data, model = crowd(3000, 2000, 20), reco.ALS(factors=64, iterations=5)
        for long in (lambda: model.fit(data, progress=False), lambda: model.recommend_all(limit=100, progress=False)):
            counted, over = [0], threading.Event()

            def count(counted=counted, over=over):
                while not over.is_set():
                    counted[0] += 1

            thread = threading.Thread(target=count)
            thread.start()
            before = counted[0]
            long()
            counted_meanwhile = counted[0] - before
            over.set()
            thread.join()
            self.assertGreater(counted_meanwhile, 1000)

    def test_closed_while_another_thread_asks(self):
        """The model lives until the calls under way are done, and answers them."""
        model = reco.ALS(factors=8, threads=1).fit(crowd())
        wanted = model.recommend_all()[0].tolist()
        inside, closed, got = threading.Event(), threading.Event(), []

        def wait(stage, done):
            inside.set()
            closed.wait(30)

        def close():
            inside.wait(30)
            model.close()
            with self.assertRaises(reco.WrongState):
                model.recommend(1)
            closed.set()

        self.assertEqual(together(lambda: got.append(model.recommend_all(progress=wait)[0].tolist()), close), [])
        self.assertEqual(got, [wanted])

    def test_closed_again_and_again_under_questions(self):
        saved = reco.ItemKNN(shrink=0).fit(shop()).to_bytes()
        for _ in range(100):
            model = reco.load(saved)

            def ask(model=model):
                try:
                    while True:
                        assert model.recommend("bob").ids == ["lamp"]
                except reco.WrongState:
                    pass

            self.assertEqual(together(ask, ask, model.close), [])

    def test_data_freed_while_a_fit_reads_it(self):
        data, model = crowd(), reco.ALS(factors=8, iterations=5)
        model.fit(data, progress=lambda stage, done: data.close())
        self.assertEqual(len(model.recommend(3).ids), 10)
        with self.assertRaises(reco.WrongState):
            data.count("users")

    def test_what_is_being_fitted_is_left_alone(self):
        data, model, refused = crowd(), reco.ALS(factors=8, iterations=5), []

        def use(stage, done):
            for call in (lambda: model.recommend(1), lambda: model.fit(data), lambda: model.factors):
                try:
                    call()
                except reco.WrongState as failure:
                    refused.append(str(failure))

        model.fit(data, progress=use)
        self.assertEqual(set(refused), {"this ALS is being changed by another call"})
        self.assertEqual((model.factors, len(model.recommend(1).ids)), (8, 10))

    def test_closed_while_it_is_fitted(self):
        model = reco.ALS(factors=8)
        model.fit(crowd(), progress=lambda stage, done: model.close())
        with self.assertRaisesRegex(reco.WrongState, "closed"):
            model.recommend(1)


class TestProcesses(unittest.TestCase):
    def test_eight_children_ask_and_fit(self):
        data = crowd()
        model = reco.load(reco.ALS(factors=16, threads=2).fit(data).to_bytes())
        expected = [model.recommend(user).ids for user in range(200)]
        everybody, fitted = model.recommend_all(threads=2)[0].tolist(), model.to_bytes()

        def work():
            signal.alarm(60)  # a child that hangs is killed, which its status tells
            for user in range(200):
                assert model.recommend(user).ids == expected[user]
            assert model.recommend_all(threads=2)[0].tolist() == everybody
            assert reco.ALS(factors=16, threads=2).fit(data, progress=False).to_bytes() == fitted

        children = []
        for _ in range(8):
            child = os.fork()
            if child == 0:
                try:
                    work()
                    os._exit(0)
                except BaseException:
                    traceback.print_exc()
                    os._exit(1)
            children.append(child)
        self.assertEqual([os.waitpid(child, 0)[1] for child in children], [0] * 8)
        self.assertEqual(model.recommend(7).ids, expected[7])


if __name__ == "__main__":
    unittest.main()
