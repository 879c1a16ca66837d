"""Where frequencies stand on the axis, and their names."""

import numpy as np
import pytest

from workbench.spectral.scales import FrequencyScale, note_name


@pytest.mark.parametrize("scale", list(FrequencyScale))
def test_scales_increase_and_invert(scale):
    hz = np.linspace(25, 96000, 500)
    position = scale.position(hz)
    assert np.all(np.diff(position) > 0)
    np.testing.assert_allclose(scale.frequency(position), hz, rtol=1e-9)


@pytest.mark.parametrize(("hz", "name"), [(440, "A4"), (261.63, "C4"), (311.1, "D♯4"), (27.5, "A0"), (3, "")])
def test_note_names(hz, name):
    assert note_name(hz) == name
