"""`mock_stripe`: a decorator of functions, coroutines, generators and classes, and a context manager."""

from __future__ import annotations

import inspect
import threading
import unittest
from collections.abc import Callable
from contextlib import ExitStack
from functools import wraps
from typing import Any, TypeVar, overload

from .mock import Mock
from .patches import patched

F = TypeVar("F", bound=Callable[..., Any])


class _Session:
    """The one mock of this process: made once, emptied at each outermost entry, shared by the entries inside it."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._mock: Mock | None = None
        self._depth = 0
        self._patches = ExitStack()

    def enter(self) -> Mock:
        with self._lock:
            if self._mock is None:
                self._mock = Mock()
            if self._depth == 0:
                self._mock.reset()
                self._patches.enter_context(patched(self._mock.transport))
            self._depth += 1
            return self._mock

    def leave(self) -> None:
        with self._lock:
            self._depth -= 1
            if self._depth == 0:
                self._patches.close()


_session = _Session()


class MockStripe:
    """Inside, this process has a Stripe of its own: `with mock_stripe() as mock:` or `@mock_stripe`.

    The outermost entry starts with an empty store, and what is entered inside it shares that store.
    """

    def __enter__(self) -> Mock:
        return _session.enter()

    def __exit__(self, *_: object) -> None:
        _session.leave()

    async def __aenter__(self) -> Mock:
        return self.__enter__()

    async def __aexit__(self, *_: object) -> None:
        self.__exit__()

    def __call__(self, target: F) -> F:
        decorated: Any = self._cover_class(target) if isinstance(target, type) else self._cover(target)
        return decorated  # type: ignore[no-any-return]

    def _cover(self, function: Callable[..., Any]) -> Callable[..., Any]:
        if inspect.isasyncgenfunction(function):
            raise TypeError("an asynchronous generator is not decorated: use `with mock_stripe():` inside it")
        if inspect.iscoroutinefunction(function):
            return self._cover_coroutine(function)
        if inspect.isgeneratorfunction(function):
            return self._cover_generator(function)

        @wraps(function)
        def covered(*arguments: Any, **keywords: Any) -> Any:
            with self:
                return function(*arguments, **keywords)

        return covered

    def _cover_coroutine(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        async def covered(*arguments: Any, **keywords: Any) -> Any:
            with self:
                return await function(*arguments, **keywords)

        return covered

    def _cover_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def covered(*arguments: Any, **keywords: Any) -> Any:
            with self:
                return (yield from function(*arguments, **keywords))

        return covered

    def _cover_class(self, cls: type) -> type:
        if issubclass(cls, unittest.TestCase):
            # One entry around the whole of a test, so that setUp, the test and tearDown see one store.
            cls.run = self._cover(cls.run)  # type: ignore[method-assign]
            return cls
        if hasattr(cls, "setup_method"):
            self._cover_setup(cls)
        for name in dir(cls):
            if name.startswith("test"):
                self._cover_method(cls, name)
        return cls

    def _cover_method(self, cls: type, name: str) -> None:
        found = inspect.getattr_static(cls, name)
        if isinstance(found, (staticmethod, classmethod)):
            setattr(cls, name, type(found)(self._cover(found.__func__)))
        elif inspect.isfunction(found):
            setattr(cls, name, self._cover(found))

    def _cover_setup(self, cls: Any) -> None:
        """One entry from a pytest class's `setup_method` to its `teardown_method`."""
        set_up, tear_down = cls.setup_method, getattr(cls, "teardown_method", None)

        # pytest looks at the number of parameters to decide whether it hands over the test's method.
        def setup_method(self_: Any, method: Any = None) -> None:
            with ExitStack() as stack:
                stack.enter_context(self)
                _call(set_up, self_, method)
                # Not reached when the set-up fails, and then pytest calls no tear-down either.
                stack.pop_all()

        def teardown_method(self_: Any, method: Any = None) -> None:
            try:
                if tear_down is not None:
                    _call(tear_down, self_, method)
            finally:
                self.__exit__()

        cls.setup_method = setup_method
        cls.teardown_method = teardown_method


def _call(function: Callable[..., Any], instance: Any, method: Any) -> None:
    """Call a set-up or tear-down, which may or may not want the test's method."""
    wants_method = len(inspect.signature(function).parameters) > 1
    function(instance, method) if wants_method else function(instance)


@overload
def mock_stripe(target: F, /) -> F: ...


@overload
def mock_stripe() -> MockStripe: ...


def mock_stripe(target: Callable[..., Any] | None = None, /) -> Any:
    """A Stripe inside this process, for a function, coroutine, generator or class, or for a `with` block."""
    return MockStripe() if target is None else MockStripe()(target)
