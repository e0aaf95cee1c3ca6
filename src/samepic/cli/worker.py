"""`samepic worker`: carry out sweeps, beside other workers."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from samepic.cli import logging, session
from samepic.cli.exit_codes import Exit
from samepic.cli.options import Config, Json, Log, LogFormat
from samepic.cli.print_json import print_json
from samepic.cli.reader import reader
from samepic.config.load import Configuration
from samepic.ports.leases import LeaseLost
from samepic.ports.state import StateNewer, StateUnusable
from samepic.transport.credentials import UnusableCertificate
from samepic.working import worker as worker_of


def worker(config: Config = None, as_json: Json = False, log_format: Log = LogFormat.TEXT) -> None:
    """Carry out sweeps, beside other workers.

    Sweeps of all routes are shared in shards of some hundred people. Another worker makes them faster, on this machine
    or, with a state in PostgreSQL, on any; one that dies loses nothing, the others go on with its shards. Ctrl-C
    finishes what is being written and leaves the rest to them. Runs until it is told to end.
    """
    settings = session.configuration(config, log_format)
    try:
        code = asyncio.run(_work(settings, as_json=as_json))
    except (LeaseLost, StateNewer, StateUnusable, UnusableCertificate, OSError) as error:
        logging.say(str(error))
        code = Exit.FAILED
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # threads of jobs that others go on with would keep the process


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
    return Exit.OK
