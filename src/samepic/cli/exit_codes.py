"""The exit codes of the command line; the reference lists them and a test compares."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What a command's end tells the program that called it."""

    OK = 0  # in step, or done
    FAILED = 1  # something did not work; the words say what, and what to do
    PENDING = 2  # a plan or a dry run found changes to make
    HELD = 3  # a plan waits for a person's word
    INTERRUPTED = 130  # Ctrl-C, or `samepic cancel`; the next run finishes what was begun
