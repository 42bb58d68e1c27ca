"""The simulator's model of the engine (tests/sim/docker) against a real engine: both get the same random
calls; their answers, their state afterwards and their events are compared, as far as the daemon reads them."""

import itertools
import json
import re

import harness
import model_sides
import pytest
from model_calls import Calls

SEEDS, MORE_SEEDS, CALLS = range(1, 5), range(1, 16), 40  # `check`; `check full`
SETTLED = 3000  # milliseconds of virtual time after which nothing changes any more


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        one = metafunc.config.getoption("seed")
        seeds = SEEDS if metafunc.config.getoption("shard") else MORE_SEEDS
        metafunc.parametrize("seed", seeds if one is None else [one])


@pytest.fixture
def sides(engine):
    version = engine.call("GET", "/version")[1]
    api = min(version["ApiVersion"], "1.47", key=lambda text: int(text.split(".")[1]))
    model, real = model_sides.Model(version["Version"]), model_sides.Real(engine, f"v{api}")
    yield model, real
    model.close()
    real.close()


def in_order(message):
    """The message with the containers that use a volume in sorted order."""
    return re.sub(r"\[(.*)\]", lambda users: str(sorted(users[1].split(", "))), message)


def compared(call, status, answer):
    """The part of an answer that the daemon reads."""
    if status >= 400:
        return answer["message"] if isinstance(answer, dict) else answer
    if call.method != "GET":
        return None
    if call.target.startswith("/images/json"):
        tags = [tag for each in answer for tag in each["RepoTags"] or []]
        return [tag for tag in tags if tag == harness.IMAGE]  # other tests have left their own
    if call.target.startswith("/images/"):
        return model_sides.image(answer)
    if call.target.startswith("/containers/"):
        return model_sides.inspected(answer)
    if call.target.startswith("/exec/"):
        return model_sides.picked(answer, ["Running", "ExitCode"])
    return model_sides.picked(answer, ["LoggingDriver", "DefaultRuntime"]) if isinstance(answer, dict) else answer


def differences(model, real, path=""):
    """A line for each difference."""
    if isinstance(model, dict) and isinstance(real, dict):
        return [line for key in sorted(model.keys() | real.keys())
                for line in differences(model.get(key), real.get(key), f"{path}/{key}")]
    if isinstance(model, list) and isinstance(real, list):
        return [line for place, pair in enumerate(itertools.zip_longest(model, real)) for line in differences(*pair, f"{path}/{place}")]
    return [] if model == real else [f"{path}: model {json.dumps(model)}, engine {json.dumps(real)}"]


class Trial:
    def __init__(self, sides, seed):
        self.model, self.real = sides
        self.seed, self.calls, self.done = seed, Calls(seed), []

    def run(self, count):
        for _ in range(count):
            self.step(self.calls.next(self.model.snapshot()))
        self.wait_until_equal(lambda: [side.past() for side in (self.model, self.real)])

    def step(self, call):
        answers = [self.ask(side, call) for side in (self.model, self.real)]
        self.done.append(f"{call} -> {answers[0][0]}")
        if answers[0][0] >= 400:
            self.calls.refused()
        self.model.wait(SETTLED)
        if call.method == "GET":  # the engine may need a moment longer, and a GET can be repeated
            return self.wait_until_equal(lambda: [self.ask(side, call) for side in (self.model, self.real)])
        self.wait_until_equal(lambda: answers)
        self.wait_until_equal(lambda: [side.snapshot() for side in (self.model, self.real)])
        self.wait_until_equal(lambda: [side.received() for side in (self.model, self.real)])

    def ask(self, side, call):
        status, answer = side.call(call.method, call.target, call.body, call.creates)
        answer = side.normalised(compared(call, status, answer))
        return status, in_order(answer) if isinstance(answer, str) else answer

    def wait_until_equal(self, both):
        """Waits until both are equal: an engine needs time for what the model does at once."""
        found = []

        def is_equal():
            found[:] = differences(*map(as_object, both()))
            return not found
        harness.wait_for(is_equal, lambda: "\n".join([f"no difference; the calls of seed {self.seed}:", *self.done, "differ:", *found]), 3)


def as_object(value):
    return {"status": value[0], "answer": value[1]} if isinstance(value, tuple) else value


def test_random_calls(sides, seed):
    """To repeat one seed: --seed N."""
    Trial(sides, seed).run(CALLS)
