"""Whatever is asked and when: no span lets in more than its limit, and who waits as told is let in."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localtenant.budgets.table import Shape
from localtenant.budgets.windows import MOST_USE, Window, window_of

SPAN, LIMIT = 60.0, 20
pauses = st.floats(0, 90, allow_nan=False).map(lambda seconds: round(seconds, 2))
calls = st.lists(st.tuples(pauses, st.integers(1, 6)), max_size=60)
shapes = pytest.mark.parametrize("shape", [Shape.FIXED, Shape.UTC_DAY, Shape.SLIDING, Shape.BUCKET])


def end_of(asked: list[tuple[float, int]]) -> float:
    """When the last of them is asked, added up as it is there."""
    return reduce(lambda now, one: now + one[0], asked, 1_000.0)


def admitted(window: Window, asked: list[tuple[float, int]], start: float = 1_000.0) -> list[tuple[float, int]]:
    now, let_in = start, []
    for pause, amount in asked:
        now += pause
        if window.take(amount, LIMIT, now) == 0:
            let_in.append((now, amount))
    return let_in


@given(calls)
def test_no_sliding_span_lets_in_more_than_its_limit(asked: list[tuple[float, int]]) -> None:
    let_in = admitted(window_of(Shape.SLIDING, SPAN), asked)
    for end, _ in let_in:
        assert sum(amount for at, amount in let_in if end - SPAN < at <= end) <= LIMIT


@given(calls)
def test_no_fixed_span_lets_in_more_than_its_limit(asked: list[tuple[float, int]]) -> None:
    aligned = admitted(window_of(Shape.UTC_DAY, SPAN), asked)
    for number in {at // SPAN for at, _ in aligned}:
        assert sum(amount for at, amount in aligned if at // SPAN == number) <= LIMIT
    from_the_first_on = admitted(window_of(Shape.FIXED, SPAN), asked)
    for end, _ in from_the_first_on:  # two spans may meet within one, no more
        assert sum(amount for at, amount in from_the_first_on if end - SPAN < at <= end) <= 2 * LIMIT


@given(calls)
def test_a_bucket_lets_in_its_limit_and_what_has_run_out_since(asked: list[tuple[float, int]]) -> None:
    let_in = admitted(window_of(Shape.BUCKET, SPAN), asked)
    for begin, _ in let_in:
        for end, _ in let_in:
            taken = sum(amount for at, amount in let_in if begin <= at <= end)
            assert end < begin or taken <= LIMIT + (end - begin) * LIMIT / SPAN + 1e-6


@shapes
@given(asked=calls, last=st.integers(1, 6))
def test_who_waits_as_told_is_let_in(shape: Shape, asked: list[tuple[float, int]], last: int) -> None:
    window = window_of(shape, SPAN)
    admitted(window, asked)
    now = end_of(asked)
    wait = window.take(last, LIMIT, now)
    assert 0 <= wait <= SPAN * MOST_USE
    if wait:
        assert window.take(last, LIMIT, now + wait + 1e-6) == 0


@shapes
@given(asked=calls)
def test_after_its_reset_nothing_counts(shape: Shape, asked: list[tuple[float, int]]) -> None:
    window = window_of(shape, SPAN)
    admitted(window, asked)
    now = end_of(asked)
    assert window.used(now + window.resets_in(now) + 1e-6) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("shape", [Shape.SLIDING, Shape.BUCKET])
def test_a_loop_that_never_waits_is_let_in_ever_less(shape: Shape) -> None:
    """“Throttled requests count towards usage limits”: patience is the faster way."""
    impatient = admitted(window_of(shape, SPAN), [(0.1, 1)] * 3_000)
    patient = admitted(window_of(shape, SPAN), [(SPAN / LIMIT * 1.05, 1)] * 95)
    assert len(impatient) < len(patient) / 2


@shapes
def test_a_clock_that_is_set_back_locks_nobody_out(shape: Shape) -> None:
    window = window_of(shape, SPAN)
    admitted(window, [(1, 6)] * 5, start=1_000_000.0)
    assert window.take(1, LIMIT, 500_000.0) <= SPAN * MOST_USE
