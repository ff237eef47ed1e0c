"""What takes long is found out once, and nobody waits for it again."""

from __future__ import annotations

import asyncio

import pytest

from streams.site.kept import FRESH_FOR, KEPT_FOR, MAX_KEPT, Kept


class Question:
    """Something that can be asked, and how often it was found out."""

    def __init__(self) -> None:
        self.found = 0
        self.now = 0.0
        self.fails = False
        self.kept = Kept(lambda: self.now)

    async def find(self) -> int:
        """Find it out."""
        await asyncio.sleep(0)
        if self.fails:
            raise OSError("the database is away")
        self.found += 1
        return self.found

    async def ask(self, question: object = "charts") -> int:
        """Ask it."""
        answer: int = await self.kept.get(question, self.find)
        return answer


def test_who_asks_at_once_gets_one_answer() -> None:
    """However many ask, it is found out once, and kept."""

    async def run() -> None:
        question = Question()
        assert await asyncio.gather(*(question.ask() for _ in range(10))) == [1] * 10
        question.now = FRESH_FOR - 1
        assert await question.ask() == 1

    asyncio.run(run())


def test_nobody_waits_for_a_newer_answer() -> None:
    """The old one is given while it is found out again, but none that is too old."""

    async def run() -> None:
        question = Question()
        await question.ask()
        question.now = FRESH_FOR + 1
        assert [await question.ask() for _ in range(3)] == [1] * 3
        await asyncio.sleep(0.01)
        assert await question.ask() == 2
        question.now += KEPT_FOR + 1
        assert await question.ask() == 3

    asyncio.run(run())


def test_what_failed_is_not_kept() -> None:
    """The next one who asks has it found out again; one that could not be renewed is given until it is too old."""

    async def run() -> None:
        question = Question()
        question.fails = True
        with pytest.raises(OSError, match="away"):
            await question.ask()
        question.fails = False
        assert await question.ask() == 1
        question.fails, question.now = True, FRESH_FOR + 1
        for _ in range(3):
            assert await question.ask() == 1
            await asyncio.sleep(0.01)
        question.now = KEPT_FOR + 2
        with pytest.raises(OSError, match="away"):
            await question.ask()

    asyncio.run(run())


def test_the_answers_that_are_kept_are_bounded() -> None:
    """Questions come from visitors."""

    async def run() -> None:
        question = Question()
        for number in range(3 * MAX_KEPT):
            await question.ask(number)
            assert len(question.kept._answers) <= MAX_KEPT

    asyncio.run(run())
