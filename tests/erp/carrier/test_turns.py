"""A step runs once at a time in a process, and nobody's word is lost."""

import threading

import pytest

from erp.carrier.turns import Turns


def test_whoever_comes_while_a_step_runs_has_it_run_once_more() -> None:
    turns, runs = Turns(), list[int]()

    def run(times: int) -> None:
        runs.append(times)
        if not times:
            for _ in range(3):
                turns.take("forward", run)

    turns.take("forward", run)
    assert runs == [0, 1]


def test_steps_do_not_wait_for_each_other() -> None:
    turns, begun, go_on = Turns(), threading.Event(), threading.Event()

    def hang(_times: int) -> None:
        begun.set()
        go_on.wait(10)

    hanging = threading.Thread(target=turns.take, args=["forward", hang])
    hanging.start()
    begun.wait(10)
    ran = list[int]()
    turns.take("route", ran.append)
    go_on.set()
    hanging.join()
    assert ran == [0]


def test_a_step_that_failed_may_run_again() -> None:
    turns, ran = Turns(), list[int]()

    def fail(_times: int) -> None:
        raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError):
        turns.take("forward", fail)
    turns.take("forward", ran.append)
    assert ran == [0]
