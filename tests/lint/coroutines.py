#!/usr/bin/env python3
"""Checks that coroutines start in one place (base/spawn), where cancellation becomes a value, and that they keep clear of
what g++ 12 miscompiles and of what outlives its owner (CONTRIBUTING.md, "Coroutines"). Prints what breaks a rule; exits 1
if any. Usage: coroutines.py FOLDER..."""

import re
import sys

import rules

# What starts a coroutine, and who may: base/spawn, and the operators' operands in base/timeout.
STARTS = [
    (r"\bco_spawn\b|\bawaitable_operators\b|\bmake_parallel_group\b", {"daemon/base/spawn.cpp", "daemon/base/timeout.cpp"},
     "starts a coroutine: use spawn of base/spawn, a TaskGroup, or race and either of base/timeout"),
    (r"\bthrow_if_cancelled\b", {"daemon/base/spawn.hpp"}, "base/spawn sets it for every coroutine that it starts"),
    (r"\bdetached\b", set(), "loses the coroutine's end and its exception: use spawn of base/spawn or a TaskGroup"),
]
# A call, up to two levels of parentheses inside it.
NESTED = r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
# Forms of g++ 12.2's errors and of lifetimes that end early.
FORBIDDEN = [
    # Destroyed twice: a braced aggregate or a capturing lambda among the operands.
    (r"\bco_await\s[^;={}]*[(,]\s*(?:[\w:]+(?:<[^;{}]*>)?)?\{[^}]", "name the aggregate, then await: g++ 12 destroys it twice"),
    (r"\bco_await\s[^;=]*\[[^\]]+\]\s*[({]", "name the lambda, then await: g++ 12 destroys its captures twice"),
    (r"\b(?:if|switch|while)\s*\((?:[^(){}]|\(|" + NESTED + r")*\bco_await\b", "await before the condition: g++ 12 can lose the coroutine's place"),
    (r"\?[^;{}?]*\bco_await\b|\bco_await\s[\w:.>*()-]*?" + NESTED + r"[\s)]*\?", "await outside of ?: : g++ 12 copies the result bit by bit"),
    (r"(?:=|\breturn|\bco_return|[(,]|(?<!-> )\b(?:[A-Z]\w*|std::\w+|auto)(?:<[^;{}]*>)?(?:\s+\w+)?)\s*\{[^;{}]*\bco_await\b",
     "name the result, then use it in braces: g++ 12 destroys the members twice"),
    (r"\bfor\s*\([^;(){}]*:[^;{}]*\bco_await\b", "name the range, then iterate: the temporaries of its expression end before the loop"),
    (r"\[[^\]\[]+\]\s*(?:" + NESTED + r")?\s*(?:mutable\s*)?->\s*(?:Task|asio::awaitable)<(?=[^;{}]*\{[^{}]*\bco_(?:await|return)\b)",
     "pass what it captures as parameters: a coroutine does not keep the lambda's captures"),
    (r"\bTask<[^;{}()=]*>\s+[\w:]+\((?:[^;{}()]|\([^;{}()]*\))*&&\s*\w*\s*[,)]", "take it by value: a coroutine does not keep what && refers to"),
]

# What each rule is about, so that it cannot go blind.
BROKEN = [
    "asio::co_spawn(io, task(), done);", "asio::detached", "co_await asio::this_coro::throw_if_cancelled(false);",
    "using namespace asio::experimental::awaitable_operators;",
    "co_await send(Request{a, b}, limit);", "co_await send({a, b});", "x = co_await send(limit,\n    Request<int>{a});",
    "co_await off_loop([a] { return a; });", "co_await off_loop(1, [&](int x) { return x; });",
    "if (co_await is_cancelled()) co_return;", "while (!co_await done()) {}", "if ((co_await f()).empty()) g();", "if (auto x = co_await f(); x) g();",
    "switch (co_await kind()) {",
    "const auto x = a ? co_await f() : 0;", "const auto x = co_await f() ? 1 : 2;", "x = (co_await a.f(1)) ? b : c;",
    "const Pair p{co_await one(), 2};", "co_return Pair{1, co_await two()};", "f({co_await one()});", "const Pair p = {co_await one()};",
    "for (const auto& x : co_await list()) {", "for (auto x : (co_await list()).items()) {",
    "[this](int n) -> Task<void> { co_await f(n); }", "[&a]() mutable -> Task<int> { co_return a; }",
    "Task<void> f(std::string&& text);", "Task<Result<int>> Client::f(int a, std::vector<int>&& b) {",
]
SOUND = [
    "Request request{a, b};\nco_await send(request);", "auto work = [a] { return a; };\nco_await off_loop(std::move(work));",
    "const bool done = co_await f();\nif (done) co_return;", "const auto x = co_await f();\nreturn x ? 1 : 2;",
    "for (;;) {\n co_await f(); }", "do { co_await f(); } while (more);", "else {\n co_await f(); }", "try { co_await f(); }",
    "Task<void> f() const { co_await g(); }", "[](Test& test) -> Task<void> { co_await test.go(); }",
    "[this](Request r) -> Task<Response> { return answer(std::move(r)); }", "[this] { return until_gone(stream); }",
    "Task<void> f(std::string text, const int& outlives);", "const auto [error, size] = co_await read(b[1], as_result);",
    "// co_spawn", "if (done) co_await f();", "co_await f({});", "if (a(b(c)))\n co_await f();", "co_await f(a ? b : c);",
]


def problems(name, text):
    text = re.sub(r"//[^\n]*", lambda comment: " " * len(comment[0]), text)
    applied = [(pattern, what) for pattern, allowed, what in STARTS if name not in allowed] + FORBIDDEN
    for pattern, what in applied:
        for found in re.finditer(pattern, text):
            at = found.start() + len(found[0]) - len(found[0].lstrip())
            yield rules.violation(name, text, at, what)


rules.check(problems, BROKEN, SOUND, sys.argv[1:])
