"""Factorising without a window: starts, arrangement, publication, cancelling, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.conftest import tone_mix
from workbench.audio.recording import Recording
from workbench.errors import UserError
from workbench.masks.model.models import Factors, Shares
from workbench.nmf.convolutive import conv_model
from workbench.nmf.divergence import divergence
from workbench.nmf.harmonic_percussive import hpss
from workbench.progress import Cancelled
from workbench.separation.descents import Holds, descend
from workbench.separation.factorise import Snapshot, arrangement, choose_components, factorise
from workbench.separation.presets import PRESETS
from workbench.separation.settings import METHODS, RunSettings
from workbench.separation.starts import placeholder, start
from workbench.separation.task import Task, component_count, component_names, drum_folders
from workbench.spectral.stft import Analysis, magnitudes
from workbench.wording import sentence

ANALYSIS = Analysis(512, 128)
RECORDING = Recording(tone_mix(1.0, 8000), 8000, Path("tones.wav"))
QUICK = RunSettings(components=3, iterations=4, length=3)


class Listener:
    """Keeps what it is told, and stops the work after some reports."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.shares: list[float] = []
        self.snapshots: list[Snapshot] = []
        self._after = stop_after

    def report(self, share: float) -> None:
        self.shares.append(share)
        if self._after is not None and len(self.shares) >= self._after:
            raise Cancelled


def task(settings: RunSettings, **fields: object) -> Task:
    return Task(RECORDING, ANALYSIS, settings, **fields)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_factors_of_the_recording(method):
    settings = replace(QUICK, method=method)
    present = placeholder(RECORDING, ANALYSIS, QUICK, 3)
    snapshot = factorise(task(settings, present=present))
    frames = ANALYSIS.frames(len(RECORDING.samples))
    if method == "hpss":
        assert isinstance(snapshot.factors, Shares) and snapshot.factors.masks.shape == (2, frames, 257)
        return
    factors = snapshot.factors
    length = 3 if "length" in METHODS[method].uses else 1
    assert factors.W.shape == ((257, 3) if length == 1 else (257, 3, 3)) and factors.H.shape == (3, frames)
    assert factors.W.dtype == factors.H.dtype == np.float32 and len(snapshot.costs) == 4
    assert np.isfinite(factors.W).all() and np.isfinite(factors.H).all()


def test_same_settings_same_result_and_shares_rise_to_one():
    jobs = Listener(), Listener()
    first, second = (factorise(task(QUICK), each.report, each.snapshots.append) for each in jobs)
    assert np.array_equal(first.factors.W, second.factors.W) and first.costs == second.costs
    assert jobs[0].shares == sorted(jobs[0].shares) and jobs[0].shares[-1] == pytest.approx(1)
    assert jobs[0].snapshots, "what comes on the way is published"


def test_cancelling_ends_within_one_iteration_and_keeps_what_there_is():
    whole = Listener()
    factorise(task(replace(QUICK, iterations=1)), whole.report)
    analysing = len(whole.shares) - 1
    snapshot = factorise(task(replace(QUICK, iterations=None)), Listener(analysing + 3).report)
    assert len(snapshot.costs) == 3
    tries = replace(QUICK, tries=3)
    snapshot = factorise(task(tries), Listener(analysing + QUICK.iterations + 2).report)
    assert len(snapshot.others) == 1 and len(snapshot.others[0].costs) + len(snapshot.costs) == QUICK.iterations + 2
    singular = replace(QUICK, templates="nndsvd", components=2)
    with pytest.raises(Cancelled):
        factorise(task(singular), Listener(analysing + 2).report)
    learning = replace(QUICK, templates="selection", selection=(0, 20), hold_templates=True)
    with pytest.raises(Cancelled):
        factorise(task(learning), Listener(analysing + 5).report)
    for settings in (QUICK, replace(QUICK, method="hpss")):
        with pytest.raises(Cancelled):
            factorise(task(settings), Listener(1).report)
    with pytest.raises(Cancelled):
        factorise(task(replace(QUICK, method="hpss")), Listener(analysing + 1).report)


def test_components_come_to_the_places_of_those_that_they_are_like():
    rng = np.random.default_rng(0)
    w, h = rng.random((30, 5)).astype(np.float32) ** 4, rng.random((5, 80)).astype(np.float32) ** 4
    order = [3, 0, 4, 1, 2]
    present = Factors(w[:, order], h[order])
    assert arrangement(w, h, present, tuple(range(5))) == order
    # Two places are of old components, the others free: all components come somewhere.
    some = arrangement(w, h, present, (4, None, 0))
    assert some[0] == order[4] and some[2] == order[0] and sorted(some) == sorted(set(some))
    assert arrangement(w, h, None, ()) == list(range(5))


def test_drum_folders_name_the_components(tmp_path):
    assert component_names(PRESETS["drums"].settings) == ["kick", "snare", "hihat"]
    for name in ("b tom", "a clap", "empty"):
        (tmp_path / name).mkdir()
    for name in ("b tom", "a clap"):
        soundfile.write(tmp_path / name / "one.wav", tone_mix(0.2, 22050, 1), 22050)
    settings = replace(PRESETS["beat"].settings, drums=str(tmp_path), others=2, length=3, iterations=2)
    assert component_names(settings) == ["a clap", "b tom", "Other 1", "Other 2"]
    assert factorise(task(settings)).factors.W.shape == (257, 4, 3)
    with pytest.raises(UserError, match=r"separation\.no_drums"):
        drum_folders(str(tmp_path / "empty"))


def test_held_drums_stay_and_the_others_are_found():
    settings = replace(PRESETS["beat"].settings, others=2, length=3)
    early, late = (factorise(task(replace(settings, iterations=n))).factors.W for n in (1, 6))
    np.testing.assert_allclose(early[:, :3], late[:, :3], rtol=1e-5, atol=1e-20)
    assert not np.allclose(early[:, 3:], late[:, 3:])


@pytest.mark.parametrize("templates", ["random", "uniform", "nndsvd", "pitched", "drums", "selection", "present"])
@pytest.mark.parametrize("length", [1, 3])
def test_starts_have_the_scale_of_the_recording(templates, length):
    method = "patterns" if length > 1 else "fast"
    settings = replace(
        QUICK, method=method, templates=templates, selection=(12, 38), low_pitch=60, high_pitch=62, length=length
    )
    present = placeholder(RECORDING, ANALYSIS, QUICK, 3)
    v = magnitudes(RECORDING.samples, ANALYSIS)
    w, h = start(task(settings, present=present), v, settings)
    assert w.shape == ((257, 3) if length == 1 else (257, 3, 3)) and component_count(settings, present) == 3
    if length == 1:
        assert (w @ h).mean() == pytest.approx(v.mean(), rel=1e-3)


def test_what_can_not_be_done_is_said_in_a_sentence(tmp_path):
    nothing, empty = tmp_path / "nothing.txt", tmp_path / "empty.txt"
    empty.write_text("# nothing yet\n")
    for settings, words in (
        (replace(QUICK, templates="selection"), "Select the time"),
        (replace(QUICK, templates="present"), "no templates yet"),
        (replace(QUICK, method="match"), "no templates"),
        (replace(QUICK, activations="present"), "present activations"),
        (replace(QUICK, activations="events"), "Choose the text file"),
        (replace(QUICK, activations="events", events=str(nothing)), "can't be read"),
        (replace(QUICK, templates="pitched", low_pitch=70, high_pitch=60), "exchange them"),
        (replace(QUICK, templates="pitched", low_pitch=110, high_pitch=112), "half the sample rate"),
        (replace(QUICK, templates="nndsvd", components=500), "500"),
    ):
        with pytest.raises(UserError) as raised:
            factorise(task(settings))
        assert words in sentence(raised.value)


@pytest.mark.parametrize(
    "text",
    ["0.25 1\n0.5 2\n", "start,label\n0.25,kick\n0.5,hat\n", "0.25\t0.25\tkick\n0.5\t0.5\that\n"],
    ids=["numbers", "table", "Audacity"],
)
def test_events_start_the_activations(tmp_path, text):
    path = tmp_path / "onsets.txt"
    path.write_text(text)
    settings = replace(QUICK, activations="events", events=str(path), components=3, decay=0.5)
    v = magnitudes(RECORDING.samples, ANALYSIS)
    _, h = start(task(settings), v, settings)
    assert int(np.argmax(h[0])) == round(0.25 * 8000 / 128) and int(np.argmax(h[1])) == round(0.5 * 8000 / 128)
    assert h[2].min() > 0, "what has no onsets begins at random"


def test_costs_fall_with_the_number_of_components():
    costs, shares = choose_components(RECORDING, ANALYSIS, QUICK, [1, 2, 4])
    assert costs[0] > costs[1] > costs[2]
    assert (np.diff(shares) >= 0).all() and shares[-1] == pytest.approx(1)
    with pytest.raises(Cancelled):
        choose_components(RECORDING, ANALYSIS, QUICK, [1, 2, 4], Listener(30).report)
    whole = Listener()
    choose_components(RECORDING, ANALYSIS, QUICK, [1], whole.report)
    with pytest.raises(Cancelled):
        choose_components(RECORDING, ANALYSIS, QUICK, [1], Listener(len(whole.shares)).report)


def test_going_on_with_another_divergence_takes_powers_for_magnitudes():
    """Kullback–Leibler models magnitudes, Itakura–Saito powers: |x| that fits begins as |x|² where parts do not mix."""
    rng = np.random.default_rng(0)
    w = np.zeros((257, 2), np.float32)
    w[:100, 0], w[100:, 1] = rng.random(100), rng.random(157)
    present = Factors(w, rng.random((2, ANALYSIS.frames(len(RECORDING.samples)))).astype(np.float32))
    settings = replace(QUICK, divergence="is", components=2)
    going = task(settings, present=present, present_settings=QUICK, going_on=True)
    V = (present.W @ present.H) ** 2
    W, H = start(going, V, settings)
    np.testing.assert_allclose(W @ H, V, rtol=1e-3)
    same, _ = start(replace(going, present_settings=settings), V, settings)
    np.testing.assert_allclose(same, present.W / present.W.sum(axis=0), rtol=1e-4)


@pytest.mark.parametrize("before", ["fast", "smooth", "libnmfd", "flucoma"])
@pytest.mark.parametrize("method", [m for m in METHODS if "hold_locked" in METHODS[m].uses])
def test_locked_components_stay_when_going_on(before, method):
    """To the number where both methods have the scale of V, in their share of each other where one has its own."""
    first = factorise(task(replace(QUICK, components=4, method=before, length=3)))
    settings = replace(QUICK, components=4, method=method, hold_locked=True, smoothness=1.0, length=3)
    going = task(settings, present=first.factors, present_settings=first.settings, going_on=True, locked=(1, 2))
    start_w, start_h = start(going, magnitudes(RECORDING.samples, ANALYSIS, settings.power), settings)
    on = factorise(going)
    begun, ended = (
        [w.reshape(257, 4, -1).sum(2)[:, k, None] * h[k] for k in range(4)]
        for w, h in ((start_w, start_h), (on.factors.W, on.factors.H))
    )
    if "libnmfd" in (before, method):
        # libnmfd scales held templates as well.
        shares = [[x.sum() / (each[1].sum() + each[2].sum()) for x in each[1:3]] for each in (begun, ended)]
        np.testing.assert_allclose(*shares, rtol=1e-3)
    else:
        for k in range(4):
            same = np.allclose(ended[k], begun[k], rtol=1e-3, atol=1e-5 * begun[k].max())
            assert same == (k in (1, 2)), k
    if before == "fast" and method in ("fast", "mu"):
        present = first.factors.W[:, [1]] @ first.factors.H[[1]]
        np.testing.assert_allclose(ended[1], present, rtol=1e-3, atol=1e-5 * present.max())
    assert on.held == (), "a lock is no wish for later runs"
    anew = replace(going, going_on=False)
    begun_w, _ = start(anew, magnitudes(RECORDING.samples, ANALYSIS, settings.power), settings)
    assert not np.allclose(factorise(anew).factors.W[:, 1], begun_w[:, 1], rtol=1e-3), "only Continue holds"
    free = factorise(replace(going, settings=replace(settings, hold_locked=False)))
    assert not np.allclose(free.factors.H[1], on.factors.H[1], rtol=1e-3)
    with pytest.raises(UserError, match=r"separation\.all_held"):
        factorise(replace(going, locked=(0, 1, 2, 3)))


@pytest.mark.parametrize("method", ["fast", "mu", "patterns"])
def test_what_counts_fits_as_well_as_the_cost_says_with_something_left_out(method):
    """The activations within what is left out change no frame outside, nor what is held; and they fit what sounds."""
    V = magnitudes(RECORDING.samples, ANALYSIS)
    settings = replace(QUICK, method=method, iterations=20, length=4)
    W, H = start(task(settings), V, settings)
    out = slice(20, 35)
    hold = Holds([False] * 3, [False, True, False])
    result = descend(settings, V, W, H, hold=hold, out=out)
    np.testing.assert_allclose(result.H[1], H[1], rtol=1e-4)
    L = conv_model(result.W if result.W.ndim == 3 else result.W[:, :, None], result.H).astype(np.float64)
    counted = np.delete(np.arange(V.shape[1]), out)
    weights = np.zeros(V.shape)
    weights[:, counted] = 1
    assert divergence(V.astype(np.float64), L + 1e-12, 1.0, weights) == pytest.approx(result.costs[-1], rel=0.02)
    inside = slice(20, 35 - (result.W.shape[2] if result.W.ndim == 3 else 1))
    assert L[:, inside].sum() == pytest.approx(V[:, inside].sum(), rel=0.2), "KL keeps the sum"
    asked = []
    descend(settings, V, W, H, hold=hold, out=out, going=lambda: bool(asked.append(1)))
    assert len(asked) == 1, "cancelled within one iteration"


def test_held_and_locked_components_keep_their_share_under_libnmfd():
    first = factorise(task(replace(QUICK, components=4, method="flucoma")))
    settings = replace(QUICK, components=4, method="libnmfd", hold_locked=True, hold_templates=True, length=1)
    going = task(settings, present=first.factors, present_settings=first.settings, going_on=True, locked=(1, 2))
    on = factorise(going)
    w, h = start(going, magnitudes(RECORDING.samples, ANALYSIS), settings)
    begun, ended = (
        W.reshape(257, 4, -1).sum(axis=(0, 2)) * H.sum(axis=1) for W, H in ((w, h), (on.factors.W, on.factors.H))
    )
    assert ended[1] / ended[2] == pytest.approx(begun[1] / begun[2], rel=1e-3)
    assert ended[1] == pytest.approx(begun[1], rel=1e-3)


@pytest.mark.parametrize("out", [slice(40, 63), slice(40, 80), slice(5, 7)])
def test_patterns_are_filled_to_the_end_of_the_recording(out):
    V = magnitudes(RECORDING.samples, ANALYSIS)
    settings = replace(QUICK, method="patterns", iterations=20, length=4)
    result = descend(settings, V, *start(task(settings), V, settings), out=out)
    L = conv_model(result.W, result.H)
    if out.stop >= V.shape[1]:
        assert L[:, -3:].sum() == pytest.approx(V[:, -3:].sum(), rel=0.3)
    else:
        weights = np.ones(V.shape)
        weights[:, out] = 0
        counted = divergence(V.astype(np.float64), L + 1e-12, 1.0, weights)
        assert counted == pytest.approx(result.costs[-1], rel=0.02), "too short to fill: as it was found around it"


def test_libnmfd_begins_at_its_own_scale():
    """Its first iterations would else be lost in finding the scale of V / ΣV."""
    settings = replace(QUICK, method="libnmfd")
    W, H = start(task(settings), np.ones((257, 63), np.float32), settings)
    assert float(H.sum()) == pytest.approx(1, rel=1e-3) and np.allclose(W.sum(axis=(0, 2)), 1, rtol=1e-4)


@pytest.mark.parametrize("templates", ["random", "nndsvd"])
@pytest.mark.parametrize("method", ["fast", "mu", "smooth", "patterns"])
def test_what_is_left_out_has_no_say_in_the_templates(method, templates):
    """A burst of noise in the selected time: with it left out the templates are those of the recording without it."""
    clean = RECORDING.samples.copy()
    loud = clean.copy()
    loud[3000:4000] += 5 * np.random.default_rng(0).standard_normal((1000, 1)).astype(np.float32)
    settings = replace(QUICK, method=method, iterations=30, leave_out=True, selection=(21, 35), smoothness=0.1)
    settings = replace(settings, templates=templates)
    found = [factorise(replace(task(settings), recording=replace(RECORDING, samples=x))) for x in (clean, loud)]
    W = [each.factors.W / each.factors.W.max() for each in found]
    np.testing.assert_allclose(*W, atol=0.02)
    heard = factorise(replace(task(replace(settings, leave_out=False)), recording=replace(RECORDING, samples=loud)))
    assert np.abs(heard.factors.W / heard.factors.W.max() - W[0]).max() > 0.1
    inside = found[0].factors.H[:, 24:32].sum(axis=0)
    assert inside.min() > 0.1 * found[0].factors.H.sum(axis=0).max(), "what sounds there has its activations"
    with pytest.raises(UserError, match=r"separation\.selection_outside"):
        factorise(task(replace(settings, selection=(3125, 3751))))
    with pytest.raises(UserError, match=r"separation\.select_left_out"):
        factorise(task(replace(settings, selection=None)))
    with pytest.raises(UserError, match=r"separation\.all_left_out"):
        factorise(task(replace(settings, selection=(0, 626))))


@pytest.mark.parametrize("method", ["smooth", "sequential", "em"])
@pytest.mark.parametrize("analysis", [Analysis(512, 128), Analysis(256, 32)])
def test_smoothness_counts_time_and_not_frames(method, analysis):
    """λ is told for frames 512 samples of 44.1 kHz apart; nearer ones may change less from one to the next."""
    task = Task(RECORDING, analysis, replace(QUICK, method=method, smoothness=3.0))
    v = magnitudes(RECORDING.samples, analysis, 2.0)
    w, h = start(task, v, task.settings)
    per_frame = 3.0 * (512 / 44100 / (analysis.hop / RECORDING.rate)) ** 2
    wanted = descend(replace(task.settings, smoothness=per_frame), v, w, h)
    found = factorise(task)
    np.testing.assert_array_equal(found.factors.H, wanted.H)
    assert found.settings.smoothness == 3.0


def test_activations_are_as_smooth_in_time_whatever_the_hop():
    """Of noise: steps of the logarithm over the same time. With λ for frames they are twice as large."""
    rng, rate = np.random.default_rng(0), 8000
    noise = Recording((0.1 * rng.standard_normal((6 * rate, 1))).astype(np.float32), rate, Path("noise.wav"))
    steps = {}
    for hop in (32, 128):
        settings = RunSettings(components=1, iterations=150, method="sequential", smoothness=2000.0)
        h = factorise(Task(noise, Analysis(512, hop), settings)).factors.H[0, 20:-20]
        apart = 1024 // hop
        steps[hop] = float(np.std(np.log(h[apart:]) - np.log(h[:-apart])))
    assert 0.8 < steps[32] / steps[128] < 1.25


@pytest.mark.parametrize("masks", ["soft", "advanced"])
@pytest.mark.parametrize("frames", [1, 5, 31, 101])
def test_tones_and_hits_are_told_apart_piece_by_piece_as_all_at_once(monkeypatch, masks, frames):
    settings = RunSettings(method="hpss", masks=masks, harmonic_frames=frames)
    v = magnitudes(RECORDING.samples, ANALYSIS, settings.power)
    factor = 10 ** (settings.separation / 20), 10 ** (settings.percussive_separation / 20)
    expected = hpss(v, masks, frames, settings.percussive_bins | 1, 2.0, *factor)
    monkeypatch.setattr("workbench.separation.factorise.AT_ONCE", 7)
    told = []
    found = factorise(Task(RECORDING, ANALYSIS, settings), told.append).factors
    np.testing.assert_array_equal(found.masks, expected.transpose(0, 2, 1).astype(np.float16))
    assert told == sorted(told) and told[-1] == 1
