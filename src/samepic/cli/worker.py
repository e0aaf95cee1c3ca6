"""`samepic worker`: carry out sweeps, beside other workers."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

from samepic.cli import logging, session
from samepic.cli.exit_codes import Exit
from samepic.cli.options import Config, Json, Log, LogFormat
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.config.load import Configuration
from samepic.imaging import workers
from samepic.jobs import OutOfReach
from samepic.ports.leases import LeaseLost
from samepic.ports.state import StateAway, StateNewer, StateUnusable
from samepic.transport.credentials import UnusableCertificate
from samepic.working import answers, is_away
from samepic.working import worker as worker_of

_PAUSE_S = 1.0
_STEPS_BACK = 5
"""On a machine that has too much to do, whoever waits for their own picture gets three times a worker's share of it."""

_ANEW = "_SAMEPIC_BEGUN_ANEW"
"""Of a process that has been at work: whatever the state refuses as a new life begins is waited for too."""


def worker(config: Config = None, as_json: Json = False, log_format: Log = LogFormat.TEXT) -> None:
    """Carry out sweeps, beside other workers.

    Sweeps of all routes are shared in shards of some hundred people. Another worker makes them faster, on this machine
    or, with a state in PostgreSQL, on any; one that dies loses nothing, the others go on with its shards. Ctrl-C
    finishes what is being written and leaves the rest to them. Runs until it is told to end.
    """
    settings = session.configuration(config, log_format)
    if os.getpriority(os.PRIO_PROCESS, 0) < _STEPS_BACK:  # a worker that begins anew has stepped back already
        os.setpriority(os.PRIO_PROCESS, 0, _STEPS_BACK)
    asyncio.run(_to_the_end(settings, as_json=as_json))


async def _to_the_end(settings: Configuration, *, as_json: bool) -> None:
    """Work, and end the process from within: threads of jobs that others go on with would keep it, and the loop too."""
    try:
        code = await _work(settings, as_json=as_json)
    except StateAway as error:
        logging.say(f"{error}; it begins when the state answers")
        code = await _begin_anew(settings, was_at_work=_ANEW in os.environ)
    except StateUnusable as error:
        logging.say(str(error))
        code = await _begin_anew(settings) if _ANEW in os.environ else Exit.FAILED
    except (LeaseLost, StateNewer, UnusableCertificate, OSError) as error:
        logging.say(str(error))
        code = Exit.FAILED
    _flush()
    os._exit(code)


async def _begin_anew(settings: Configuration, *, was_at_work: bool = True) -> Exit:
    """Become a new worker once the state answers: nothing of the old one is left, no thread and no connection.

    Of one that never was at work it need not take anything: what it refuses is then told by the new one, which ends.
    """
    try:
        await asyncio.to_thread(_until_it_answers if was_at_work else _until_it_is_there, settings)
    except asyncio.CancelledError:
        return Exit.OK
    workers().close()
    _flush()
    if was_at_work:
        os.environ[_ANEW] = "yes"
    os.execv(sys.executable, [sys.executable, "-m", "samepic", *sys.argv[1:]])  # noqa: S606 (this very command again)
    return Exit.FAILED


def _until_it_answers(settings: Configuration) -> None:
    while not answers(settings):
        time.sleep(_PAUSE_S)


def _until_it_is_there(settings: Configuration) -> None:
    while is_away(settings):
        time.sleep(_PAUSE_S)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


async def _work(settings: Configuration, *, as_json: bool) -> Exit:
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, task.cancel)

    def started(name: str) -> None:
        if as_json:
            print_json({"worker": name})
        else:
            reader().print(f"Worker {name} takes on work; Ctrl-C ends it.", highlight=False, markup=False)
        sys.stdout.flush()

    async with worker_of(settings) as made:
        try:
            await made.run(started)
        except asyncio.CancelledError:
            return Exit.OK
        except OutOfReach as error:
            logging.say(f"{error}; it begins anew when the state answers")
            return await _begin_anew(settings)
    return Exit.OK
