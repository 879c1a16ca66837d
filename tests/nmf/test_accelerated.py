"""What only the faster descents do; their costs and limits are tested beside the exact rules."""

import numpy as np

from workbench.nmf.accelerated import factorise_fast


def test_hals_goes_on_where_rounding_hides_the_descent():
    """An exact fit in float32: the cost is lost in the rounding of the sums, the descent must not be."""
    rng = np.random.default_rng(0)
    V = (rng.random((200, 6)) @ rng.random((6, 300))).astype(np.float32)
    W, H = rng.random((200, 6)).astype(np.float32), rng.random((6, 300)).astype(np.float32)

    def true_cost(iterations: int) -> float:
        result = factorise_fast(V, W, H, 2.0, iterations)
        assert (np.diff(result.costs) <= 0).all()
        return float(0.5 * ((V.astype(np.float64) - result.W.astype(np.float64) @ result.H) ** 2).sum())

    assert true_cost(800) < 0.1 * true_cost(100)
