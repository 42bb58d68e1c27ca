"""The simulator's model of the engine (tests/sim/docker) against a real engine: the same random calls to both; what they
answer, what there is afterwards and what their events tell are compared, as far as the daemon reads it."""

import itertools
import json
import re

import harness
import model_sides
import pytest
from model_calls import Calls

SEEDS, MORE_SEEDS, CALLS = range(1, 5), range(1, 16), 40  # in each check; in a full one
SETTLED = 3000  # milliseconds of virtual time in which everything here comes to rest


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
    """The users of a volume in any order."""
    return re.sub(r"\[(.*)\]", lambda users: str(sorted(users[1].split(", "))), message)


def answered(call, status, answer):
    """What of an answer the daemon reads."""
    if status >= 400:
        return answer["message"] if isinstance(answer, dict) else answer
    if call.method != "GET":
        return None
    if call.target.startswith("/images/json"):
        tags = [tag for each in answer for tag in each["RepoTags"] or []]
        return [tag for tag in tags if tag == harness.IMAGE]  # other tests have left theirs
    if call.target.startswith("/images/"):
        return model_sides.image(answer)
    if call.target.startswith("/containers/"):
        return model_sides.inspected(answer)
    if call.target.startswith("/exec/"):
        return model_sides.picked(answer, ["Running", "ExitCode"])
    return model_sides.picked(answer, ["LoggingDriver", "DefaultRuntime"]) if isinstance(answer, dict) else answer


def differences(model, real, path=""):
    """Lines that say what differs where."""
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
        self.equal(lambda: [side.past() for side in (self.model, self.real)])

    def step(self, call):
        said = [self.ask(side, call) for side in (self.model, self.real)]
        self.done.append(f"{call} -> {said[0][0]}")
        if said[0][0] >= 400:
            self.calls.refused()
        self.model.wait(SETTLED)
        if call.method == "GET":  # the engine may need a moment more, and asking once more does nothing
            return self.equal(lambda: [self.ask(side, call) for side in (self.model, self.real)])
        self.equal(lambda: said)
        self.equal(lambda: [side.snapshot() for side in (self.model, self.real)])
        self.equal(lambda: [side.heard() for side in (self.model, self.real)])

    def ask(self, side, call):
        status, answer = side.call(call.method, call.target, call.body, call.creates)
        said = side.told(answered(call, status, answer))
        return status, in_order(said) if isinstance(said, str) else said

    def equal(self, both):
        """Waits until they are: an engine needs time for what the model does at once."""
        found = []

        def so():
            found[:] = differences(*map(as_object, both()))
            return not found
        harness.wait_for(so, lambda: "\n".join([f"the same; seed {self.seed} did", *self.done, "and then differ", *found]), 3)


def as_object(value):
    return {"status": value[0], "answer": value[1]} if isinstance(value, tuple) else value


def test_random_calls(sides, seed):
    """Again with one seed: --seed N."""
    Trial(sides, seed).run(CALLS)
