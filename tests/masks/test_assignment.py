"""Which source holds how much of which component, against the cost in its slowest form and a convex solver."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.masks.test_kinship import slow_kinship
from tests.masks.test_sources import BINS, COLUMNS, FRAMES, ROWS, box, random_sources, slow_model, stack_of, stroke
from workbench.masks.edits import areas
from workbench.masks.hand.marks import Mark
from workbench.masks.insight import assignment as module
from workbench.masks.insight import marked, proportions
from workbench.masks.insight.assignment import HESITATION, KINSHIP, RIDGE, SMOOTHNESS, assignment, moved
from workbench.masks.insight.marked import SAMPLED
from workbench.masks.insight.samples import BANDS, Samples
from workbench.masks.model.bands import bands
from workbench.masks.model.grid import Region
from workbench.masks.model.layers import Part
from workbench.masks.model.models import Factors
from workbench.masks.model.sources import Word

REST, A, B = 101, 102, 103
PARTS = (Part(REST, 0), Part(A, 1), Part(B, 2))


def mark(identity, source, place, weight=1.0, denies=False):
    return Mark(identity, source, place, weight, denies)


def two_sounds():
    """A low sound that comes twice, and a high one of two components that comes once, between; nothing overlaps."""
    w, h = np.zeros((BINS, 3), np.float32), np.zeros((3, FRAMES), np.float32)
    w[3:8, 0], w[18:22, 1], w[22:26, 2] = 1, 0.8, 0.6
    h[0, 5:15] = h[0, 50:60] = 1
    h[1, 25:40] = h[2, 25:40] = 1
    return Factors(w, h)


def sources(base, parts, marks):
    return module.sources(Samples(base), parts, marks)


def masks(model):
    return stack_of(model).evaluate(ROWS, COLUMNS)


def slow_cost(base, words, prior, waiting):
    """The cost as a function of A (G, K, B), bin by bin, in double precision."""
    model = slow_model(base)
    total = model.sum(axis=0)
    shares = np.divide(model, total, out=np.zeros_like(model), where=total > 0)
    energies = total**2 / np.mean(total**2)
    terms, said, sure, weight, count = [], np.zeros(len(prior)), np.zeros(len(prior)), 0.0, 0.0
    near = bands(BINS, BANDS).astype(float)
    for i, word in enumerate(words):
        here = (word.cover.at(ROWS, COLUMNS) >= 0.5) & (total > 0)
        counted = np.ones(total.shape)
        for later in words[i + 1 :]:
            if later.source == word.source or not later.denies:
                counted *= 1 - later.weight * (later.cover.at(ROWS, COLUMNS) >= 0.5)
        if here.any() and counted[here].any():
            weights = counted[here] * energies[here] / np.sqrt(energies[here].mean())
            features = shares[:, here][:, None] * near[None, :, np.nonzero(here)[0]]
            terms.append((word, features, word.weight * weights))
            weight += word.weight * weights.sum()
            count += word.weight
            if not word.denies:
                said[word.source] += word.weight * weights.sum()
                sure[word.source] = max(sure[word.source], word.weight)
    asked, alike, unsure = said > 0, np.ones(len(prior)), 0.0
    said[asked] /= sure[asked]
    typical, count, ridge = weight / count, max(count, 1), RIDGE * weight
    if asked.any():
        usual = (sure * said).sum() / sure.sum()
        alike[asked] = sure[asked] * usual / said[asked] + 1 - sure[asked]
        ridge += HESITATION * usual / count * waiting
        unsure = HESITATION * usual * (1 / np.clip(np.maximum(sure, len(prior) * prior), 1e-9, 1) - 1)
    kin = slow_kinship(base)

    def cost(held):
        apart = ((held - prior[:, None, None]) ** 2).sum(axis=(1, 2)) / BANDS
        out = ((ridge + unsure) * apart).sum()
        apart = ((held[:, :, None] - held[:, None]) ** 2).sum(axis=(0, 3)) / BANDS
        out += KINSHIP * typical / count / 2 * (kin * apart).sum()
        out += SMOOTHNESS * typical * (np.diff(held, axis=2) ** 2).sum()
        for word, features, weights in terms:
            has = np.einsum("gkb,kbn->gn", held, features)
            for g in range(len(prior)):
                if not word.denies:
                    out += alike[g] * (weights * (has[g] - (g == word.source)) ** 2).sum()
                elif g == word.source:
                    out += alike[g] * (weights * has[g] ** 2).sum()
        return out

    return cost, said > 0


def above_the_least(cost, found):
    """At most so much is the cost of some A above the least that there is: the gap of Frank and Wolfe.

    The cost is convex, and each column on its own a share: no other A is lower than its tangent at A says. It is
    quadratic, so that differences give its slopes exactly.
    """
    slopes, step = np.zeros_like(found), 1e-3
    for place in np.ndindex(found.shape):
        for way in (1, -1):
            there = found.copy()
            there[place] += way * step
            slopes[place] += way * cost(there) / (2 * step)
    return float(((slopes * found).sum(axis=0) - slopes.min(axis=0)).sum())


@settings(max_examples=12)
@given(st.integers(0, 10_000), st.sampled_from([1, 3]), st.booleans())
@example(483, 3, True)
@example(667, 1, True)
@example(3690, 1, True)
def test_it_brings_the_cost_down_as_far_as_it_goes(seed, length, rest):
    said = random_sources(seed, components=4, length=length, size=19)
    # What is hardly sure makes a cost so steep that its slopes tell nothing.
    words = tuple(replace(word, weight=max(word.weight, 0.2)) for word in said.words)
    # Of larger ones only some bins are looked at.
    assume(all((word.cover.at(ROWS, COLUMNS) >= 0.5).sum() <= SAMPLED for word in words))
    base = Factors(said.components_of.W**6, said.components_of.H**4)
    prior = np.array([1, 0, 0] if rest else [1 / 3] * 3, np.float32)
    waiting = 1.0 if rest else 0.0
    found = assignment(Samples(base), words, prior, waiting).astype(float)
    cost, asked = slow_cost(base, words, prior.astype(float), waiting)
    nothing = cost(np.broadcast_to(prior[:, None, None], found.shape).astype(float))
    # Sources of which nothing counts hold nothing where the rest has it all, whatever would cost least.
    there = (prior > 0) | asked
    assert not found[~there].any()

    def among_these(held):
        whole = np.zeros_like(found)
        whole[there] = held
        return cost(whole)

    with pytest.MonkeyPatch.context() as patch:
        # Where little is said of a source the cost is steep: then only exact proportions have slopes that tell.
        patch.setattr(proportions, "STEPS", 20_000)
        patch.setattr(proportions, "ENOUGH", 1e-10)
        exact = assignment(Samples(base), words, prior, waiting).astype(float)
    assert above_the_least(among_these, exact[there]) <= 1e-3 * nothing
    assert cost(found) - cost(exact) <= 0.01 * (nothing - cost(exact)) + 1e-3 * nothing


@given(st.integers(0, 10_000), st.sampled_from([1, 3]), st.integers(0, 8))
def test_columns_sum_to_one_and_masks_too(seed, length, count):
    said = random_sources(seed, length=length, words=count)
    base = said.components_of
    parts = tuple(Part(100 + g, g) for g in range(3))
    marks = [mark(i, 100 + w.source, w.cover, w.weight, w.denies) for i, w in enumerate(said.words)]
    found = sources(base, parts, marks)
    assert found.shares.dtype == np.float32 and found.shares.min() >= 0
    np.testing.assert_allclose(found.shares.sum(axis=0), 1, atol=1e-5)
    np.testing.assert_allclose(masks(found).sum(axis=0), 1, atol=1e-5)


@given(st.integers(0, 10_000), st.integers(1, 6), st.randoms())
def test_a_mark_taken_back_leaves_nothing_behind(seed, count, chance):
    said = random_sources(seed, words=count + 1)
    base = said.components_of
    marks = [mark(i, 101 + w.source, w.cover, w.weight, w.denies) for i, w in enumerate(said.words)]
    gone = chance.randrange(len(marks))
    never = [each for i, each in enumerate(marks) if i != gone]
    # What is remembered of all marks, the one that goes among them, makes no difference, bit for bit.
    samples = Samples(base)
    for count in range(1, len(marks) + 1):
        module.sources(samples, PARTS, marks[:count])
    without, new = module.sources(samples, PARTS, never), sources(base, PARTS, never)
    assert np.array_equal(without.shares, new.shares) and np.array_equal(masks(without), masks(new))
    # One of no weight, and one of a part that is gone, are as if they had never been made.
    for nothing in (replace(marks[gone], weight=0.0), replace(marks[gone], source=999)):
        same = module.sources(samples, PARTS, [*marks[:gone], nothing, *marks[gone + 1 :]])
        assert np.array_equal(masks(same), masks(new))


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_what_was_asked_before_makes_no_difference(seed, chance):
    """Marks come, go, and change while the components do too; places stay known, and few of them are remembered."""
    said = random_sources(seed, words=12)
    every = [mark(i, 101 + w.source, w.cover, w.weight, w.denies) for i, w in enumerate(said.words)]
    base = said.components_of
    samples, marks = Samples(base), every[:4]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marked, "PLACES", 5)
        for new in every[4:]:
            match chance.randrange(4):
                case 0:
                    marks.pop(chance.randrange(len(marks)))
                case 1:
                    marks = [replace(each, denies=not each.denies) for each in marks]
                case 2:
                    base = Factors(base.W[:, ::-1].copy(), base.H)
                    samples = Samples(base, places=samples.places)
            marks = [*marks, new]
            found = module.sources(samples, PARTS, marks)
            assert np.array_equal(found.shares, sources(base, PARTS, marks).shares)


def test_the_turn_of_marks_that_do_not_meet_makes_no_difference():
    said = random_sources(7, words=0)
    places = [(REST, box(0, 6, 0, 15)), (A, box(8, 14, 20, 40)), (B, box(16, 22, 45, 60)), (A, box(24, 30, 5, 12))]
    marks = [mark(i, *each) for i, each in enumerate(places)]
    one, other = (sources(said.components_of, PARTS, each) for each in (marks, marks[::-1]))
    np.testing.assert_allclose(one.shares, other.shares, atol=2e-4)
    np.testing.assert_allclose(masks(one), masks(other), atol=2e-4)


def test_where_marks_meet_the_last_one_counts():
    base = two_sounds()
    here = box(3, 8, 5, 15)
    for first, last in ((A, B), (B, A)):
        found = masks(sources(base, PARTS, [mark(1, first, here), mark(2, last, here)]))
        assert found[last - REST][3:8, 50:60].min() > 0.9
        assert found[first - REST][3:8, 50:60].max() < 0.1


def test_a_click_on_one_of_two_sounds_takes_it_everywhere_and_leaves_the_rest():
    base = two_sounds()
    found = masks(sources(base, PARTS[:2], [mark(1, A, box(4, 7, 8, 11))]))
    # It hesitates: there is only one word so far.
    assert found[1][3:8, 5:15].min() > 0.9 and found[1][3:8, 50:60].min() > 0.9
    assert found[0][18:26, 25:40].min() > 0.95


@given(st.integers(0, 10_000), st.integers(1, 5), st.booleans())
def test_what_is_hardly_sure_changes_hardly_anything(seed, count, rest):
    said = random_sources(seed, words=count + 1)
    marks = [mark(i, 101 + w.source, w.cover, max(w.weight, 0.3), w.denies) for i, w in enumerate(said.words)]
    parts = PARTS if rest else PARTS[1:]
    surely = {each.source for each in marks[:-1] if not each.denies} & {part.id for part in parts}
    assume(surely)
    almost = [*marks[:-1], replace(marks[-1], weight=1e-6)]
    one, other = (sources(said.components_of, parts, each).shares for each in (marks[:-1], almost))
    assert np.abs(one - other).max() < 0.02


def test_a_second_source_leaves_the_first_what_it_has():
    base = two_sounds()
    marks = [mark(1, A, box(4, 7, 8, 11)), mark(2, B, box(18, 26, 30, 34))]
    found = masks(sources(base, PARTS, marks))
    assert found[1][3:8, 50:60].min() > 0.95 and found[2][18:26, 25:40].min() > 0.95
    assert found[0][3:8, 50:60].max() < 0.05 and found[0][18:26, 25:40].max() < 0.05


def test_what_is_denied_goes_to_the_others():
    base = two_sounds()
    both = [mark(1, A, box(4, 7, 8, 11)), mark(2, A, box(18, 26, 30, 34))]
    assert masks(sources(base, PARTS[:2], both))[1][18:26, 25:40].min() > 0.9
    denied = [both[0], replace(both[1], denies=True)]
    found = masks(sources(base, PARTS[:2], denied))
    assert found[1][18:26, 25:40].max() < 0.1 and found[1][3:8, 50:60].min() > 0.9


def test_a_surer_mark_weighs_more_where_two_speak_of_one_component():
    base = two_sounds()
    shares = []
    for weight in (0.1, 0.5, 1.0):
        marks = [mark(1, A, box(3, 8, 5, 15), weight), mark(2, A, box(3, 8, 50, 55)), mark(3, REST, box(3, 8, 55, 60))]
        shares.append(float(sources(base, PARTS[:2], marks).held[1, 0]))
    assert shares[0] < shares[1] < shares[2]


def test_before_anything_is_said_the_rest_has_all():
    base = two_sounds()
    np.testing.assert_allclose(sources(base, PARTS, []).held, [[1] * 3, [0] * 3, [0] * 3])
    # Without a rest nobody is preferred.
    np.testing.assert_allclose(sources(base, PARTS[1:], []).held, [[0] * 3, [0.5] * 3, [0.5] * 3])
    assert (sources(base, (), []).shares == 1).all()


@pytest.mark.parametrize("denies", [False, True])
def test_marks_on_silence_outside_of_the_plane_or_of_nothing_move_nothing(denies):
    base = two_sounds()
    away = stroke(np.random.default_rng(0))
    away = replace(
        away, paths=tuple(replace(path, points=path.points + np.array([9000.0, 9000.0, 0.0])) for path in away.paths)
    )
    before = [mark(1, A, box(4, 7, 8, 11))]
    wanted = sources(base, PARTS[:2], before).shares
    for place in (box(28, 32, 62, 68), box(5, 5, 5, 5), away):
        found = sources(base, PARTS[:2], [*before, mark(2, A, place, 1.0, denies)])
        assert np.array_equal(found.shares, wanted)
        assert np.isfinite(masks(found)).all()
    twice = [mark(2, A, box(28, 32, 62, 68), 1.0, denies), mark(3, A, box(30, 33, 60, 66), 1.0, denies)]
    assert np.array_equal(sources(base, PARTS[:2], [*before, *twice]).shares, wanted)


def test_a_silent_recording_has_nothing_to_point_at():
    base = Factors(np.zeros((BINS, 3), np.float32), np.zeros((3, FRAMES), np.float32))
    found = sources(base, PARTS, [mark(1, A, box(0, BINS, 0, FRAMES))])
    assert np.isfinite(found.shares).all()
    np.testing.assert_allclose(found.shares.sum(axis=0), 1)
    np.testing.assert_allclose(masks(found).sum(axis=0), 1, atol=1e-6)


@given(st.integers(0, 10_000))
def test_a_stroke_that_leaves_the_plane_counts_within_it(seed):
    said = random_sources(seed, words=0)
    trace = stroke(np.random.default_rng(seed))
    held = trace.at(ROWS, COLUMNS) >= 0.5
    found = sources(said.components_of, PARTS, [mark(1, A, trace)])
    clean = sources(said.components_of, PARTS, [])
    assert held.any() or np.array_equal(found.shares, clean.shares)
    np.testing.assert_allclose(found.shares.sum(axis=0), 1, atol=1e-5)


def test_of_a_very_large_mark_only_some_bins_are_looked_at_and_they_say_the_same():
    rng = np.random.default_rng(0)
    bins, frames = 257, 20_000
    w, h = rng.random((bins, 3)).astype(np.float32) ** 4, rng.random((3, frames)).astype(np.float32) ** 4
    base, prior = Factors(w, h), np.array([0.5, 0.5], np.float32)

    def shares(stop):
        return assignment(Samples(base), (Word(0, areas.rectangle(Region(40, 200, 0, stop), bins, frames)),), prior)

    found = [shares(stop) for stop in (15_000, 1_000, 90, 80)]
    assert found[0][0].min() > 0.9
    for each in found[1:]:
        np.testing.assert_allclose(each, found[0], atol=0.1)
    assert Samples(base).of(areas.rectangle(Region(40, 200, 0, 90), bins, frames)).masks.shape == (3, SAMPLED)


def test_what_a_mark_moved_is_a_share_of_the_energy():
    base = two_sounds()
    none, one = sources(base, PARTS[:2], []), sources(base, PARTS[:2], [mark(1, A, box(4, 7, 8, 11))])
    assert moved(none, none) == 0
    energy = (slow_model(base) ** 2).sum(axis=(1, 2))
    # The low sound went from the rest to A; the others hardly moved.
    assert moved(none, one) == pytest.approx(energy[0] / energy.sum(), abs=0.02)
    assert moved(none, one) == pytest.approx(moved(one, none))
    silent = Factors(np.zeros((BINS, 3), np.float32), np.zeros((3, FRAMES), np.float32))
    assert moved(sources(silent, PARTS, []), sources(silent, PARTS, [])) == 0
    # A source that one has and the other has not.
    more = sources(base, PARTS, [mark(1, A, box(4, 7, 8, 11)), mark(2, B, box(18, 26, 30, 34))])
    assert 0.9 < moved(none, more) <= 1


def test_a_denial_leaves_what_was_said_of_others():
    """A and not B of one place do not contradict each other."""
    base = two_sounds()
    low = box(3, 8, 5, 15)
    marks = [mark(1, A, low), mark(2, B, box(18, 22, 25, 40))]
    said = masks(sources(base, PARTS, marks))
    also = masks(sources(base, PARTS, [*marks, mark(3, B, low, denies=True)]))
    assert also[1, 3:8, 50:60].min() >= said[1, 3:8, 50:60].min() - 0.01 > 0.9


@pytest.mark.parametrize("parts", [PARTS, PARTS[1:]])
def test_a_source_of_which_nothing_is_said_any_more_takes_nothing(parts):
    """Whether the rest is a source like the others, or is gone."""
    base = two_sounds()
    marks = [mark(1, parts[0].id, box(3, 8, 5, 15))]
    if len(parts) == 3:
        marks.append(mark(2, A, box(18, 22, 25, 40)))
    before = sources(base, parts, marks).shares
    now = sources(base, (*parts, Part(200, 3)), marks).shares
    np.testing.assert_array_equal(now[: len(before)], before)
    assert not now[3].any()


def test_the_less_sure_the_rest_is_the_less_it_changes():
    base = two_sounds()
    marks = [mark(1, A, box(3, 8, 5, 15))]
    shares = [
        sources(base, PARTS, [*marks, mark(2, REST, box(18, 22, 25, 40), weight)]).held[0, 1]
        for weight in (0.0, 0.01, 0.5, 1.0)
    ]
    assert abs(shares[1] - shares[0]) < 0.05


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_energies_are_energies_whatever_power_the_components_model(power):
    base = two_sounds()
    louder = Factors(base.W ** (power), base.H**power)
    looked_at = (
        Samples(louder, power).of(box(3, 8, 5, 15)).energies
        / Samples(louder, power).of(box(18, 26, 25, 40)).energies.max()
    )
    expected = Samples(base).of(box(3, 8, 5, 15)).energies / Samples(base).of(box(18, 26, 25, 40)).energies.max()
    np.testing.assert_allclose(looked_at, expected, rtol=1e-4)
