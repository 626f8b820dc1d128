"""The query process: it takes SQL over a Unix socket and has a child of its own answer each.

The child is forked, so that DuckDB is loaded once; it is bound by limits before it reads the statement, and
killed when its time is over or when whoever asked has gone. Whatever becomes of it, the next question is
answered.
"""

import contextlib
import ctypes
import json
import logging
import mmap
import os
import selectors
import signal
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from jobs.stream import listen
from model.errors import Invalid, RunRegistryError, Stopped, TooMany
from model.sandbox.limits import Limits
from model.sandbox.run import answer, bind, refusal

log = logging.getLogger("run-registry.query")
_LOOK_S = 0.05
_LONGEST_QUESTION = 256 * 1024
#: to send a question, and to take an answer
_PATIENCE_S = 10.0
#: more than this process ever has open
_MOST_FILES = 4_096
#: of prctl(2): die with the parent; gain nothing by exec
_PDEATHSIG, _NO_NEW_PRIVILEGES = 1, 38


@dataclass
class Caller:
    """One who asks: what came so far, and the child that answers."""

    way: socket.socket
    until: float
    said: bytes = b""
    asker: str = ""
    pid: int = 0
    #: whether the child has begun to send: from then on nobody else writes
    sends: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, 1))
    #: why it was killed; empty where it was not
    killed: str = ""


class Office:
    """All who ask, and what runs for them."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self.limits = folder, limits
        self.callers: dict[int, Caller] = {}
        self.chosen = selectors.DefaultSelector()

    def serve(self, address: Path, is_over: Any) -> None:
        """Answer until it is over."""
        listener = listen(address)
        self.chosen.register(listener, selectors.EVENT_READ)
        try:
            while not is_over():
                for key, _ in self.chosen.select(_LOOK_S):
                    if key.fileobj is listener:
                        self._accept(listener)
                    else:
                        self._hear(self.callers[key.fd])
                self._look_after()
        finally:
            for caller in list(self.callers.values()):
                self._kill(caller, "The query process was stopped.")
                self._bury(caller)
            self.chosen.close()
            listener.close()
            address.unlink(missing_ok=True)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            way, _ = listener.accept()
            way.setblocking(False)
            self.callers[way.fileno()] = Caller(way, time.monotonic() + _PATIENCE_S)
            self.chosen.register(way, selectors.EVENT_READ)

    def _hear(self, caller: Caller) -> None:
        """Take what somebody says; who hangs up is not answered any more."""
        try:
            piece = caller.way.recv(_LONGEST_QUESTION)
        except BlockingIOError:
            return None
        except OSError:
            piece = b""
        if not piece:
            return self._left(caller)
        if caller.pid:
            return None
        caller.said += piece
        try:
            if b"\n" in caller.said:
                self._begin(caller, json.loads(caller.said))
            elif len(caller.said) > _LONGEST_QUESTION:
                raise Invalid("The question is too long.")
        except RunRegistryError as error:
            self._refuse(caller, error)
        except ValueError:
            self._refuse(caller, Invalid("The question is no JSON."))
        return None

    def _left(self, caller: Caller) -> None:
        if caller.pid:
            self._kill(caller, "Whoever asked has gone.")
        else:
            self._forget(caller)

    def _begin(self, caller: Caller, question: Any) -> None:
        """Have a child answer.

        Raises:
            Invalid: it is no question.
            TooMany: the asker, or everybody, has as many queries running as may be.
        """
        if not isinstance(question, dict):
            raise Invalid("The question is no JSON object.")
        caller.asker = str(question.get("asker", ""))
        living = [each for each in self.callers.values() if each.pid]
        running = Counter(each.asker for each in living if not each.sends[0])
        if running[caller.asker] >= self.limits.each:
            raise TooMany(
                f"{running[caller.asker]} queries of yours run already; {self.limits.each} at once are allowed."
            )
        # some may only be sending: who does not listen holds up nobody, until there are too many of those
        if running.total() >= self.limits.at_once or len(living) >= 2 * self.limits.at_once:
            raise TooMany(f"{running.total()} queries run already; try again in a moment.")
        caller.until = time.monotonic() + self.limits.time_s
        above = os.getpid()
        caller.pid = os.fork()
        if not caller.pid:
            _child(caller, question, self.folder, self.limits, above)

    def _look_after(self) -> None:
        """Bury children that ended, and end those whose time is over."""
        now = time.monotonic()
        for caller in list(self.callers.values()):
            if caller.pid:
                if self._has_ended(caller):
                    continue
                late = now > caller.until + (_PATIENCE_S if caller.sends[0] else 0)
                if late and not caller.killed:
                    self._kill(caller, f"The query was stopped after {self.limits.time_s:g} s, its limit.")
            elif now > caller.until:
                self._forget(caller)

    def _has_ended(self, caller: Caller) -> bool:
        pid, status = os.waitpid(caller.pid, os.WNOHANG)
        if not pid:
            return False
        caller.pid = 0
        if not caller.sends[0]:
            self._refuse(caller, Stopped(caller.killed or self._why(status)))
        else:
            self._forget(caller)
        return True

    def _why(self, status: int) -> str:
        by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        log.warning("a query ended by itself: %s", f"signal {by}" if by else f"status {status}")
        if by == signal.SIGXCPU:
            return "The query was stopped: it used up its time of the processors."
        if not by:
            return "The query failed in a way that nobody foresaw; the log of the query process has it."
        return f"The query was stopped: it needs more than {self.limits.memory_mib} MiB, or is nested too deep."

    def _kill(self, caller: Caller, why: str) -> None:
        caller.killed = why
        if caller.pid:
            os.kill(caller.pid, signal.SIGKILL)

    def _bury(self, caller: Caller) -> None:
        if caller.pid:
            os.waitpid(caller.pid, 0)
        self._forget(caller)

    def _refuse(self, caller: Caller, error: RunRegistryError) -> None:
        with contextlib.suppress(OSError):
            caller.way.send(_line(refusal(error)))
        self._forget(caller)

    def _forget(self, caller: Caller) -> None:
        self.callers.pop(caller.way.fileno(), None)
        self.chosen.unregister(caller.way)
        caller.way.close()
        caller.sends.close()


def _child(caller: Caller, question: dict[str, Any], folder: Path, limits: Limits, above: int) -> NoReturn:
    """Answer one question and end; nothing of the parent's other conversations is kept open."""
    code = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        _leash(above)
        kept = caller.way.fileno()
        os.closerange(3, kept)
        os.closerange(kept + 1, _MOST_FILES)
        bind(limits)
        try:
            about, body = answer(folder, question, limits)
            head = _line({**about, "bytes": len(body)})
        except RunRegistryError as error:
            head, body = _line(refusal(error)), b""
        caller.sends[0] = 1
        caller.way.setblocking(True)
        caller.way.sendall(head)
        caller.way.sendall(body)
        code = 0
    except BaseException:
        log.exception("a query failed")
        raise
    finally:
        # not sys.exit: what the parent would tidy up is the parent's
        os._exit(code)


def _leash(above: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(_PDEATHSIG, signal.SIGKILL)
    prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if os.getppid() != above:
        os._exit(1)


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"
