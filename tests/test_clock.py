from hypothesis import given
from hypothesis import strategies as st

from phonofilm import clock


@given(st.integers(0, 100_000))
def test_a_frame_shows_the_middle_of_its_span(frame: int) -> None:
    assert clock.frame_at(clock.frame_middle(frame)) == frame
    assert clock.frame_middle(frame) - clock.frame_start(frame) == clock.frame_start(frame + 1) - clock.frame_middle(frame)


@given(st.integers(0, 10**9))
def test_the_nearest_frame_start_is_a_frame_start_within_half_a_frame(tick: int) -> None:
    near = clock.nearest_frame_start(tick)
    assert near % clock.TICKS_PER_FRAME == 0
    assert abs(near - tick) <= clock.TICKS_PER_FRAME // 2
