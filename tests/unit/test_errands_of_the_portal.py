"""Nobody waits for long, nothing is begun twice, and one person's words come one after another."""

from __future__ import annotations

import asyncio

import pytest

from samepic.portal.person import errands
from samepic.portal.person.errands import Errands, GoesOn, TooMany
from samepic.ports.errors import Busy


@pytest.fixture
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "PATIENCE_S", 0.01)


async def test_the_same_word_is_begun_once_and_another_comes_after_it() -> None:
    mine, begun, go = Errands(), [], asyncio.Event()

    def work(name: str) -> object:
        async def done() -> str:
            begun.append(name)
            await go.wait()
            return name

        return done

    asked = [asyncio.create_task(mine.change("ola", name, work(name))) for name in ("a", "a", "b")]  # type: ignore[arg-type]  # an awaitable's maker
    asked.append(asyncio.create_task(mine.change("kari", "a", work("hers"))))  # type: ignore[arg-type]  # the same
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert begun == ["a", "hers"], "b waits for its turn, kari for nobody"
    go.set()
    assert await asyncio.gather(*asked) == ["a", "a", "b", "hers"]
    assert begun == ["a", "hers", "b"] and await mine.last_of("ola") == "b"


async def test_a_change_is_over_though_somebody_still_looks() -> None:
    """A look takes longer than the change beside it: the page of the change does not say for ever that it goes on."""
    mine, go = Errands(), asyncio.Event()

    async def done() -> str:
        return "done"

    look = asyncio.create_task(mine.look("ola explain a", go.wait))
    await asyncio.sleep(0)
    assert await mine.change("ola", "a", done) == "done"
    assert not mine.is_changing("ola") and await mine.last_of("ola") == "done"
    go.set()
    assert await look


@pytest.mark.usefixtures("brief")
async def test_what_takes_long_goes_on_and_is_told_when_it_is_done() -> None:
    mine, go = Errands(), asyncio.Event()

    async def work() -> str:
        await go.wait()
        return "done"

    with pytest.raises(GoesOn):
        await mine.change("ola", "a", work)
    with pytest.raises(GoesOn):
        await mine.last_of("ola")
    with pytest.raises(Busy):
        await mine.look("ola", work)
    go.set()
    while mine.is_changing("ola"):
        await asyncio.sleep(0)
    assert await mine.last_of("ola") == "done" and await mine.last_of("kari") is None


@pytest.mark.usefixtures("brief")
async def test_there_is_an_end_to_how_much_is_taken_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(errands, "MOST", 2)
    mine = Errands()
    for number in range(2):
        with pytest.raises(Busy):
            await mine.look(str(number), asyncio.Event().wait)
    with pytest.raises(TooMany):
        await mine.look("2", asyncio.Event().wait)
    await mine.aclose()


@pytest.mark.usefixtures("brief")
async def test_nobody_fills_the_whole_with_what_waits_for_their_own_turn() -> None:
    mine = Errands()
    for number in range(errands.MOST_OF_ONE):
        with pytest.raises(GoesOn):
            await mine.change("ola", str(number), asyncio.Event().wait)
    with pytest.raises(TooMany):
        await mine.change("ola", "one more", asyncio.Event().wait)
    with pytest.raises(GoesOn):
        await mine.change("ola", "0", asyncio.Event().wait)
    with pytest.raises(GoesOn):
        await mine.change("ol", "a", asyncio.Event().wait)
    with pytest.raises(GoesOn):
        await mine.change("kari", "a", asyncio.Event().wait)
    await mine.aclose()


async def test_whoever_is_turned_away_is_not_told_for_ever_that_something_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(errands, "MOST", 0)
    mine = Errands()
    with pytest.raises(TooMany):
        await mine.change("ola", "a", asyncio.Event().wait)
    assert not mine.is_changing("ola") and await mine.last_of("ola") is None


@pytest.mark.usefixtures("brief")
async def test_no_look_is_taken_for_somebodys_change_whatever_is_looked_for() -> None:
    mine = Errands()
    with pytest.raises(GoesOn):
        await mine.change("ola", "a", asyncio.Event().wait)
    assert await mine.look("change ola a", done) == "seen"
    for number in range(errands.MOST_OF_ONE):
        with pytest.raises(Busy):
            await mine.look(f"change kari {number}", asyncio.Event().wait)
    assert await mine.change("kari", "a", done) == "seen", "what is looked for fills nobody's own errands"
    await mine.aclose()


async def done() -> str:
    return "seen"


async def test_what_failed_is_told_to_whoever_asks_and_does_not_stay_in_the_way() -> None:
    mine = Errands()

    async def work() -> None:
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):
            await mine.change("ola", "a", work)
    assert not mine.is_changing("ola")
