"""The ``context`` argument of a function."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import azure.functions as func
from azure.functions._abc import RetryContext, RpcException, TraceContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devkit.host.load import LoadedFunction

_LOCAL = threading.local()


class _NoTrace(TraceContext):
    """There is no distributed trace."""

    @property
    def trace_state(self) -> str:
        return ""

    @property
    def trace_parent(self) -> str:
        return ""

    @property
    def attributes(self) -> dict[str, str]:
        return {}


class _NoException(RpcException):
    """Nothing failed before."""

    @property
    def source(self) -> str:
        return ""

    @property
    def stack_trace(self) -> str:
        return ""

    @property
    def message(self) -> str:
        return ""


class _NoRetry(RetryContext):
    """No retry policy is at work."""

    @property
    def retry_count(self) -> int:
        return 0

    @property
    def max_retry_count(self) -> int:
        return 0

    @property
    def exception(self) -> RpcException:
        return _NoException()


class InvocationContext(func.Context):
    """One invocation of a function."""

    def __init__(self, invocation_id: str, function: LoadedFunction) -> None:
        self._invocation_id = invocation_id
        self._function = function

    @property
    def invocation_id(self) -> str:
        """The id that the logs of this invocation carry."""
        return self._invocation_id

    @property
    def function_name(self) -> str:
        """The function's name."""
        return self._function.name

    @property
    def function_directory(self) -> str:
        """The directory of ``function_app.py``."""
        return self._function.directory

    @property
    def thread_local_storage(self) -> threading.local:  # type: ignore[override] # declared there as the class itself
        """Where the threads that a function starts say to which invocation they belong."""
        return _LOCAL

    @property
    def trace_context(self) -> TraceContext:
        """The distributed trace: empty."""
        return _NoTrace()

    @property
    def retry_context(self) -> RetryContext:
        """The retries so far: none, because a queue redelivers instead."""
        return _NoRetry()

    @contextmanager
    def in_this_thread(self) -> Iterator[None]:
        """Name the invocation in this thread's local storage while the function runs there."""
        _LOCAL.invocation_id = self._invocation_id
        try:
            yield
        finally:
            _LOCAL.invocation_id = None
