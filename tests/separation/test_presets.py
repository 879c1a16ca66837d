"""Settings for kinds of sound, with the windows that suit them."""

import pytest

from workbench.separation.presets import PRESETS, USUAL_RATE
from workbench.spectral.stft import OVERLAPS, WINDOWS


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 96000, 192000])
def test_a_window_is_as_long_in_seconds_at_any_rate_as_windows_come(name, rate):
    found = PRESETS[name]
    analysis = found.analysis(rate)
    assert (analysis is None) == (found.window is None)
    if analysis is not None:
        assert analysis.window in WINDOWS and analysis.window // analysis.hop in OVERLAPS
        times = (analysis.window / rate) / (found.window / USUAL_RATE)
        assert 2**-0.5 <= times <= 2**0.5 or analysis.window in (WINDOWS[0], WINDOWS[-1])
        if rate == USUAL_RATE:
            assert analysis.window == found.window


def test_no_two_presets_ask_for_the_same():
    seen = [(each.settings, each.window) for each in PRESETS.values()]
    assert all(seen.count(each) == 1 for each in seen)
