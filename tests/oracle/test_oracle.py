"""Docker Compose and dockerextd do the same with the same model, row by row."""

import pytest


def check(outcome, *owners):
    if outcome.broken:
        pytest.fail(outcome.broken, pytrace=False)
    if outcome.skipped:
        pytest.skip(outcome.skipped)
    found = [line for owner in owners for line in outcome.found.get(owner, [])]
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_model(row, outcome):
    check(outcome(row.id), row.id, *([] if row.shares else [""]))


def test_application(row, outcome):
    check(outcome(row.id), row.id, "")


def test_document_of(theme, outcome, all_rows):
    """What belongs to no row of a shared document: its default network, the exit codes of commands."""
    first = next(row for row in all_rows if row.theme == theme and row.shares)
    check(outcome(first.id), "")
