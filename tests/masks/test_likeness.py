"""Likeness as a map: what the points of the plane promise."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.masks.insight.likeness import embedding, mirrored_towards

places = st.integers(3, 12).flatmap(lambda n: arrays(np.float64, (n, 2), elements=st.floats(-10, 10, width=32)))


def distances(points):
    return np.array([[np.hypot(*(a - b)) for b in points] for a in points])


@given(places)
def test_distances_of_points_in_a_plane_come_back(points):
    found = embedding(distances(points))
    np.testing.assert_allclose(distances(found), distances(points), atol=1e-6 * (1 + np.abs(points).max()))
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-6)
    spread = (found**2).sum(axis=0)
    assert spread[0] >= spread[1] - 1e-6, "the first axis is the longer one"


@given(places)
def test_equal_distances_give_equal_maps(points):
    turned = points @ np.array([[0.6, -0.8], [-0.8, -0.6]]) + 3.0
    first, second = np.linalg.eigvalsh(np.cov(points.T))[::-1]
    if first - second < 1e-2 or second < 1e-2:
        return  # Of a round or flat cloud the axes are anyone's.
    a, b = embedding(distances(points)), embedding(distances(turned))
    tops = np.sort(np.abs(a), axis=0)[-2:]
    if (tops[1] - tops[0] < 1e-3).any():
        return  # So is the sign, where two points are equally far out.
    np.testing.assert_allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_points_have_a_map_too(count):
    apart = 3.0 * (1 - np.eye(count))
    found = embedding(apart)
    assert found.shape == (count, 2)
    np.testing.assert_allclose(distances(found).reshape(count, count), apart, atol=1e-9)


@given(places, st.randoms())
def test_of_all_mirror_images_the_nearest_is_taken(points, random):
    before = points[:, ::-1] * 0.7 + random.random()
    images = [points * np.array(signs) for signs in itertools.product((1, -1), repeat=2)]
    nearest = min(float(((image - before) ** 2).sum()) for image in images)
    assert ((mirrored_towards(points, before) - before) ** 2).sum() == pytest.approx(nearest, abs=1e-6)
