"""Work that an answer does not wait for, so that its time does not tell whether there was anything to do."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from flask import current_app

from flask_portal import i18n
from flask_portal.host import State

_THREADS = 4
_log = logging.getLogger(__name__)


def run(work: Callable[[], None]) -> None:
    """Do `work` on a thread, in an app context of its own and in the language of this request.

    What it raises is logged there. Where the host has no threads for this, it is done at once, and raises here.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    locale = i18n.current_locale()
    state: State = app.extensions["portal"]

    def inside() -> None:
        with app.app_context():
            i18n.use_locale(locale)
            work()

    if state.host.works_beside:
        _pool().submit(_logged, inside)
    else:
        inside()


def _logged(work: Callable[[], None]) -> None:
    try:
        work()
    except Exception:
        # Nobody waits for this thread: the log is the only place where it can be said.
        _log.exception("What was to be done beside a request has failed.")


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="portal-later")


# Threads do not outlive a fork, so a child process makes its own.
os.register_at_fork(after_in_child=_pool.cache_clear)
