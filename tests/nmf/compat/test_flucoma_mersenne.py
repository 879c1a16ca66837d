import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.nmf.compat import flucoma, reference
from workbench.nmf.compat.flucoma.mersenne import as_uniform

WORD = 2**64 - 1


@pytest.mark.parametrize(
    ("seed", "first"),
    [
        (42, [0.75515553295453897, 0.63903139385469743, 0.7521452007480266, 0.13627268363243711]),
        (0, [0.15979336337046085, 0.99214520962982877, 0.039569025844865664, 0.59749466269467177]),
    ],
)
def test_the_stream_is_that_of_the_cpp_library(seed, first):
    assert flucoma.mersenne_uniform(seed, 4).tolist() == first


def test_the_ten_thousandth_word_of_the_default_seed():
    # The value that the C++ standard asks for.
    assert flucoma.mersenne_uniform(5489, 10000)[-1] == float(9981545732273789042) * 2.0**-64


@given(st.integers(0, WORD), st.integers(0, 700))
def test_the_stream_equals_the_slow_generator(seed, count):
    assert flucoma.mersenne_uniform(seed, count).tolist() == reference.mersenne_uniform(seed, count)


def test_the_largest_words_stay_below_one():
    assert as_uniform(np.array([WORD, WORD - 1], np.uint64)).tolist() == [math.nextafter(1, 0)] * 2


@pytest.mark.parametrize(("seed", "count"), [(-1, 3), (2**64, 3), (0, -1)])
def test_seeds_and_counts_out_of_range_are_refused(seed, count):
    with pytest.raises(ValueError):
        flucoma.mersenne_uniform(seed, count)
