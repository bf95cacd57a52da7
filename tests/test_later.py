"""What is finished later: begun once, by whoever asks first, or dropped."""

import time
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from phonofilm.perceive.later import Later


def test_what_is_finished_later_is_made_once_and_only_when_somebody_wants_it():
    made = []
    with ThreadPoolExecutor(1) as pool:
        later = Later(lambda: made.append(1) or len(made), pool)
        time.sleep(0.05)
        assert made == []
        later.begin()
        assert [later.result(), later.result()] == [1, 1] and made == [1]


def test_what_goes_wrong_later_is_told_to_whoever_asks():
    with ThreadPoolExecutor(1) as pool:
        later = Later(lambda: 1 // 0, pool)
        with pytest.raises(ZeroDivisionError):
            later.result()


def test_what_is_dropped_before_it_was_begun_is_never_made():
    made = []
    with ThreadPoolExecutor(1) as pool:
        later = Later(lambda: made.append(1), pool)
        later.cancel()
        with pytest.raises(CancelledError):
            later.result()
    assert made == []
