"""Signals wait for a moment at which work can be put down."""

from __future__ import annotations

import os
import signal
import threading

import pytest

from generator.networks.training.signals import DelayedSignals


class Stopped(BaseException):
    """What a handler of the program raises."""


@pytest.fixture(autouse=True)
def _handlers() -> object:
    """A program's own handler of SIGTERM, and the usual one of SIGINT, put back."""

    def stop(*_: object) -> None:
        raise Stopped

    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(
    ("number", "raised"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Stopped)],
)
def test_a_signal_is_acted_on_between_steps(
    number: int, raised: type[BaseException]
) -> None:
    """It changes nothing until then, and then does what it always did."""
    with DelayedSignals() as held:
        os.kill(os.getpid(), number)
        reached = True
        with pytest.raises(raised):
            held.handle_pending()
        held.handle_pending()
    assert reached


def test_a_second_signal_is_not_held() -> None:
    """Whoever insists is obeyed at once."""
    with pytest.raises(KeyboardInterrupt), DelayedSignals():  # noqa: PT012 - the second raises
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        pytest.fail("went on after the second signal")


def test_a_signal_after_the_last_step_is_not_lost() -> None:
    """It is acted on when the work is left."""
    with pytest.raises(KeyboardInterrupt), DelayedSignals():
        os.kill(os.getpid(), signal.SIGINT)


def test_handlers_are_put_back() -> None:
    """Afterwards a signal raises where it arrives, as before."""
    before = signal.getsignal(signal.SIGTERM)
    with DelayedSignals():
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before


def test_another_thread_does_not_touch_handlers() -> None:
    """Python allows handlers in the main thread only; elsewhere nothing is held."""
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with DelayedSignals() as held:
                held.handle_pending()
        except BaseException as error:  # noqa: BLE001 - reported below
            failures.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failures == []
