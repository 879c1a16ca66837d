"""The engine against scikit-learn, libnmfd's rule and librosa on 30 s of the demo; what the window shows of it; drums.

Every comparison gives both sides the same V and the same start, on all processors, and takes the median seconds of
runs that alternate; the figure is the ratio of the medians. For Kullback–Leibler and Euclidean V holds magnitudes, for
Itakura–Saito powers, floored at 1e-10 of their peak because scikit-learn refuses zeros there.

What works on whole matrices depends on where its temporaries come to lie more than on anything else: where glibc gives
them back to the system after each use, 100 iterations of scikit-learn wait for some 300 000 page faults, and twice as
long as where it keeps them. Which of the two a process meets is chance. So each round is a process of its own, which
computes V and then runs every way once, as a script would; `lowest` and `highest` are the ratios within single rounds.
V is stored bin by bin for scikit-learn, which suits it best.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soundfile

from tests.benchmarks import Report
from tests.benchmarks.driving import DEMO
from tests.benchmarks.engine_window import window_figures
from tests.rig import SHARED_AUDIO
from workbench import resource
from workbench.nmf.accelerated import factorise_fast
from workbench.nmf.compat import libnmfd
from workbench.nmf.convolutive import conv_model, nmfd
from workbench.nmf.divergence import divergence, relative_floor
from workbench.nmf.harmonic_percussive import hpss
from workbench.nmf.multiplicative import factorise
from workbench.nmf.objective import Objective
from workbench.nmf.result import Array, Factorisation
from workbench.nmf.starts import random_start
from workbench.nmf.templates import learnt_templates
from workbench.spectral.stft import Analysis, analyse, hann, magnitudes, synthesise

if TYPE_CHECKING:
    pass

RATE, SECONDS = 44100, 30
ANALYSIS = Analysis(2048, 512)
ITERATIONS = 100
ROUNDS = 7
BETAS = {"KL": 1.0, "IS": 0.0, "Euclidean": 2.0}
EXACT = {("KL", 10): ">= 6", ("IS", 10): ">= 4", ("KL", 30): ">= 3.5", ("IS", 30): ">= 2.7"}
FAST = {"KL": ">= 8", "IS": ">= 12", "Euclidean": ">= 5"}
EPS = 2.0**-52


def measure(report: Report, rounds: int = ROUNDS) -> None:
    """All figures of the issue. The window comes last: building it holds BLAS to one thread for good."""
    for name in BETAS:
        for components in (10, 30):
            descents(report, name, components, rounds)
    peak_memory(report)
    report.holds &= alone(f"deconvolution(Report(), {rounds})")
    report.holds &= alone(f"percussion(Report(), {rounds})")
    drum_loop(report)
    window_figures(report, recording(), RATE)


# -- what is measured on -------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def recording() -> Array:
    """The demo, repeated and cut to 30 s, float32 (n, C)."""
    samples, rate = soundfile.read(DEMO, dtype="float32", always_2d=True)
    assert rate == RATE
    length = SECONDS * RATE
    return np.tile(samples, (-(-length // len(samples)), 1))[:length]


def spectrogram(beta: float) -> Array:
    """V (1025, 2585): magnitudes, or floored powers for Itakura–Saito."""
    V = magnitudes(recording(), ANALYSIS, 2.0 if beta == 0.0 else 1.0)
    if beta == 0.0:
        np.maximum(V, V.max() * np.float32(1e-10), out=V)
    return V


def alternating(
    ways: dict[str, Callable[[], Any]], rounds: int, first: int = 0
) -> tuple[dict[str, float], dict[str, Any]]:
    """Median seconds of each way and its last result; every round begins with another one."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    results: dict[str, Any] = {}
    names = list(ways)
    for i in range(first, first + rounds):
        for name in names[i % len(names) :] + names[: i % len(names)]:
            gc.collect()
            time.sleep(0.1)  # BLAS threads of the one before go on waiting for work for a while
            start = time.perf_counter()
            results[name] = ways[name]()
            took[name].append(time.perf_counter() - start)
    return {name: float(np.median(each)) for name, each in took.items()}, results


def seconds(**medians: float) -> dict[str, float]:
    """Extra fields of a figure."""
    return {f"{name}_s": round(value, 4) for name, value in medians.items()}


# -- exact and fast descents ---------------------------------------------------------------------------


def descents(report: Report, name: str, components: int, rounds: int) -> None:
    """Exact updates against 100 iterations of scikit-learn's `mu`, and the fast descent to the cost these reach.

    With tol=0 scikit-learn computes the cost once, of the start; our exact updates compute it at the first and at the
    last iteration. Both use the MM exponent (for Itakura–Saito ½). scikit-learn updates W before H,
    ours H before W: `cost` is our cost after 100 iterations over theirs. `naive` is how many times faster ours is than
    the updates written down in float32 NumPy on whole matrices, with no cost.

    The fast descent (for Itakura–Saito with exponent 1) stops by `progress` once its cost is at most that of
    scikit-learn's factors, which is computed in float64; it computes its own cost every few steps all the time.
    `cost` is that of the factors it returns, in float64 too, over scikit-learn's. A target that is not reached within
    1000 iterations gives a ratio of 0. The figures asked for are those of K = 10.
    """
    target, exact_cost, fast_cost, reached, iterations = told(f"tell_costs('{name}', {components})")
    took = [told(f"tell_round('{name}', {components}, {target}, {i})") for i in range(rounds)]
    median = {way: float(np.median([each[way] for each in took])) for way in took[0]}

    def compared(way: str) -> dict[str, Any]:
        single = [each["sklearn"] / each[way] for each in took]
        ends = {"lowest": round(min(single), 2), "highest": round(max(single), 2)}
        return seconds(ours=median[way], sklearn=median["sklearn"]) | ends

    if "exact" in median:
        report.figure(
            f"exact MU, {name}, K={components}, 100 iterations, times scikit-learn",
            median["sklearn"] / median["exact"],
            "times",
            EXACT[name, components],
            **compared("exact"),
            naive=round(median["naive"] / median["exact"], 2),
            cost=round(exact_cost / target, 6),
        )
    report.figure(
        f"fast descent, {name}, K={components}, to scikit-learn's cost after 100 iterations",
        median["sklearn"] / median["fast"] if reached else 0.0,
        "times",
        FAST[name] if components == 10 else None,
        **compared("fast"),
        iterations=iterations,
        cost=round(fast_cost / target, 6),
    )


def tell_costs(name: str, components: int) -> None:
    """Print scikit-learn's cost, that of ours after as many iterations and of the fast descent, in float64; whether
    the latter has reached scikit-learn's, and after how many iterations."""
    beta = BETAS[name]
    V = spectrogram(beta)
    start = random_start(V, components, seed=0)
    target = cost_of(V, *sklearn_mu(np.ascontiguousarray(V), *start, beta), beta, sklearn=True)
    exact = factorise(V, *start, beta, ITERATIONS)
    fast = fast_to(V, *start, beta, target)
    costs = [cost_of(V, each.W, each.H, beta) for each in (exact, fast)]
    print(json.dumps([target, *costs, fast.costs[-1] <= target, len(fast.costs)]))


def tell_round(name: str, components: int, target: float, number: int) -> None:
    """Print the seconds of each way, run once; every round begins with another one."""
    beta = BETAS[name]
    V = spectrogram(beta)
    V_rows = np.ascontiguousarray(V)
    W, H = random_start(V, components, seed=0)
    ways: dict[str, Callable[[int], Any]] = {
        "sklearn": partial(sklearn_mu, V_rows, W, H, beta),
        "fast": partial(fast_to, V, W, H, beta, target),
    }
    if (name, components) in EXACT:
        ways["exact"] = partial(factorise, V, W, H, beta, cost_every=ITERATIONS)
        ways["naive"] = partial(naive, V_rows, W, H, beta)
    for way in ways.values():
        way(iterations=2)  # what happens once a process: libraries, threads
    took, _ = alternating({name: partial(way, iterations=ITERATIONS) for name, way in ways.items()}, 1, number)
    print(json.dumps(took))


def alone(call: str) -> bool:
    """Run a function of this module, which reports figures, in a process of its own; whether they hold."""
    line = f"import sys; from tests.benchmarks import Report; from tests.benchmarks.engine import *; r = {call}"
    root = Path(__file__).resolve().parents[2]
    return subprocess.run([sys.executable, "-c", f"{line}; sys.exit(not r.holds)"], cwd=root).returncode == 0


def told(call: str) -> Any:
    """What a function of this module prints in a process of its own."""
    command = [sys.executable, "-c", f"from tests.benchmarks import engine; engine.{call}"]
    root = Path(__file__).resolve().parents[2]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=root).stdout)


def sklearn_mu(V: Array, W: Array, H: Array, beta: float, iterations: int = ITERATIONS) -> tuple[Array, Array]:
    """Iterations of scikit-learn's multiplicative updates; it writes into the start, which is copied."""
    from sklearn.decomposition import non_negative_factorization
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        w, h, _ = non_negative_factorization(
            V, W.copy(), H.copy(), W.shape[1], init="custom", solver="mu", beta_loss=beta, tol=0, max_iter=iterations
        )
    return w, h


def fast_to(V: Array, W: Array, H: Array, beta: float, target: float, iterations: int = ITERATIONS) -> Factorisation:
    """The fast descent until its cost is at most `target`; at most ten times as many iterations."""
    return factorise_fast(V, W, H, beta, 10 * iterations, lambda _, cost: cost > target)


def naive(V: Array, W: Array, H: Array, beta: float, iterations: int = ITERATIONS) -> tuple[Array, Array]:
    """What one writes down first: whole matrices, float32, no cost."""
    exponent = np.float32(Objective(beta).gamma)
    tiny = np.float32(np.finfo(np.float32).eps)
    for _ in range(iterations):
        model = W @ H + tiny
        if beta == 1.0:
            H = H * ((W.T @ (V / model)) / W.sum(axis=0)[:, None])
            W = W * (((V / (W @ H + tiny)) @ H.T) / H.sum(axis=1))
        else:
            H = H * ((W.T @ (V / model**2)) / (W.T @ (1 / model))) ** exponent
            model = W @ H + tiny
            W = W * (((V / model**2) @ H.T) / ((1 / model) @ H.T)) ** exponent
    return W, H


def cost_of(V: Array, W: Array, H: Array, beta: float, sklearn: bool = False) -> float:
    """The β-divergence in float64, with the floor that a program puts under its model."""
    model = W.astype(np.float64) @ H.astype(np.float64)
    if sklearn:
        np.maximum(model, np.finfo(np.float32).eps, out=model)
    else:
        model += float(V.max()) * relative_floor(beta)
    return divergence(V.astype(np.float64), model, beta)


def peak_memory(report: Report) -> None:
    """Memory that exact KL, K=10, takes above V and its start, in a process of its own.

    The figure is what tracemalloc (to which NumPy tells its arrays) has at its peak beyond what it had before;
    `resident` is how far the process grew meanwhile (Linux), measured first, without tracemalloc.
    """
    memory = told("tell_memory()")
    report.figure("peak memory above V, exact KL, K=10", memory["traced"], "MB", "<= 60", resident=memory["resident"])


def tell_memory() -> None:
    """Print the megabytes of `peak_memory` as JSON; for a process that has done nothing before."""
    V = spectrogram(1.0)
    W, H = random_start(V, 10, seed=0)
    run = partial(factorise, V, W, H, 1.0, ITERATIONS, cost_every=10)
    gc.collect()
    before = _status("VmRSS")
    peak_is_now = Path("/proc/self/clear_refs")
    if before is not None:
        peak_is_now.write_text("5")
    run()
    after = _status("VmHWM")
    resident = None if before is None or after is None else round(after - before, 1)
    gc.collect()
    tracemalloc.start()
    start = tracemalloc.get_traced_memory()[0]
    run()
    traced = (tracemalloc.get_traced_memory()[1] - start) / 1e6
    print(json.dumps({"traced": traced, "resident": resident}))


def _status(field: str) -> float | None:
    """Megabytes of a field of /proc/self/status; None where there is none."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith(field + ":")), None)


# -- convolutive NMF -----------------------------------------------------------------------------------


def deconvolution(report: Report, rounds: int) -> Report:
    """NMFD with libnmfd's rule, T=8, K=10: 100 iterations of ours against the rule as that program codes it.

    The reference is slow and every iteration costs it the same: it runs 3 times for 10 iterations, between ours, and
    its seconds are scaled by 10. It works in float64 throughout but for V, as the program does; ours in float32. Both
    must come to the same W after 10 iterations: the largest difference over the largest value, asked below 1e-4.
    """
    V = spectrogram(1.0)
    V_rows = np.ascontiguousarray(V)
    W, H = random_start(V, 10, seed=0, length=8)
    H = np.ones_like(H)
    ways = {"ours": partial(libnmfd.nmfd, V, W, H, ITERATIONS)}
    short = {"libnmfd": partial(libnmfd_nmfd, V_rows, W, H, 10)}
    both, results = alternating(ways | short, min(3, rounds))
    ours, _ = alternating(ways, max(1, rounds - 3))
    took, theirs = float(np.median([both["ours"], ours["ours"]])), both["libnmfd"] * ITERATIONS / 10
    report.figure(
        "NMFD, T=8, K=10, 100 iterations, times libnmfd's rule as it codes it",
        theirs / took,
        "times",
        ">= 15",
        **seconds(ours=took, libnmfd=theirs),
    )
    reference = results["libnmfd"][0]
    error = float(np.abs(libnmfd.nmfd(V, W, H, 10).W - reference).max() / reference.max())
    report.figure("NMFD's W against libnmfd's rule, 10 iterations", 20 * np.log10(max(error, 1e-30)), "dB", "<= -80")
    return report


def libnmfd_nmfd(V: Array, W: Array, H: Array, iterations: int) -> tuple[Array, Array]:
    """libnmfd's `nmfd`, line for line in what it costs: loops over τ, a shifted copy each, products with ones."""
    w, h = W.astype(np.float64), H.astype(np.float64)
    ones = np.ones(V.shape)
    v = V / (EPS + V.sum())
    length = w.shape[2]
    for _ in range(iterations):
        model = np.zeros(V.shape)
        for delay in range(length):
            model += w[:, :, delay] @ shifted(h, delay)
        model += EPS
        _cost = (v * np.log(1.0 + v / (model + EPS)) - v + model).mean()
        quotient = v / (model + EPS)
        update = np.zeros(h.shape)
        for delay in range(length):
            delayed = shifted(h, delay).T
            w[:, :, delay] *= quotient @ delayed / (ones @ delayed + EPS)
            template = w[:, :, delay].T
            update += (template @ shifted(quotient, -delay)) / (template @ ones + EPS)
        h *= update / length
        w *= 1.0 / (EPS + w.sum(axis=2).sum(axis=0)[:, None])
    return w, h


def shifted(A: Array, amount: int) -> Array:
    """libnmfd's shift operator: roll, then zeros over what came in."""
    out = np.roll(A, amount, axis=-1)
    if amount > 0:
        out[:, :amount] = 0
    elif amount < 0:
        out[:, amount:] = 0
    return out


# -- harmonic and percussive ---------------------------------------------------------------------------


def percussion(report: Report, rounds: int) -> Report:
    """Soft masks by medians of 17 frames and 31 bins against librosa's; `difference` is the largest between them."""
    import librosa

    V = spectrogram(1.0)
    V_rows = np.ascontiguousarray(V)
    by_librosa = partial(librosa.decompose.hpss, V_rows, mask=True, kernel_size=(17, 31))
    by_librosa()
    took, results = alternating({"ours": partial(hpss, V, "soft"), "librosa": by_librosa}, rounds)
    difference = max(float(np.abs(a - b).max()) for a, b in zip(results["ours"], results["librosa"], strict=True))
    report.figure(
        "HPSS, soft masks, times librosa",
        took["librosa"] / took["ours"],
        "times",
        ">= 8",
        **seconds(**took),
        difference=float(f"{difference:.1e}"),
    )
    return report


# -- drums ---------------------------------------------------------------------------------------------


def drum_loop(report: Report) -> None:
    """SDR of kick, snare and hi-hat in a drum loop whose stems are known, by NMFD with templates of our own kit.

    A template of 8 frames a drum, learnt from all its one-shots end to end; uniform activations; 60 iterations with
    everything free; ratio masks of the components' models on the mixture's STFT. SDR is 10 log₁₀(|s|²/|s − ŝ|²) over
    the whole file; the figure is how far it is above that of the mixture itself, asked at least 6 dB. `oracle` is the
    SDR of the ratio mask of the stems' own magnitudes.
    """
    folder, drums = SHARED_AUDIO / "funky", ("kick", "snare", "hihat")
    if not folder.exists():
        print(json.dumps({"skipped": "SDR of drums", "why": f"no folder {folder}"}), flush=True)
        return
    mixture, rate = soundfile.read(folder / "mixture.wav", dtype="float32")
    assert rate == RATE
    stems = [soundfile.read(folder / f"{name}.wav", dtype="float32")[0] for name in drums]
    V = magnitudes(mixture[:, None], ANALYSIS)
    W = np.concatenate(
        [learnt_templates(magnitudes(one_shots(name)[:, None], ANALYSIS), 1, length=8) for name in drums], 1
    )
    H = np.full((len(drums), V.shape[1]), V.sum() / (len(drums) * V.shape[1]), np.float32)
    result = nmfd(V, W, H, 60)
    models = [conv_model(result.W[:, [k]], result.H[[k]]) for k in range(len(drums))]
    ours = separated(mixture, models)
    oracle = separated(mixture, [magnitudes(stem[:, None], ANALYSIS) for stem in stems])
    for name, stem, estimate, best in zip(drums, stems, ours, oracle, strict=True):
        own, reached = sdr(stem, mixture), sdr(stem, estimate)
        report.figure(
            f"SDR of {name} by NMFD with drum templates, above the mixture's own",
            reached - own,
            "dB",
            ">= 6",
            sdr=round(reached, 2),
            mixture=round(own, 2),
            oracle=round(sdr(stem, best), 2),
        )


def one_shots(drum: str) -> Array:
    """All one-shots of a drum of our kit end to end, each at the same peak, (n,)."""
    pieces = [
        soundfile.read(path, dtype="float32", always_2d=True) for path in sorted(resource(f"drums/{drum}").iterdir())
    ]
    assert all(rate == RATE for _, rate in pieces)
    mono = [samples.mean(axis=1) for samples, _ in pieces]
    return np.concatenate([x / np.abs(x).max() for x in mono])


def separated(mixture: Array, models: list[Array]) -> list[Array]:
    """The mixture through each model's ratio mask."""
    spectrum = analyse(mixture[:, None], ANALYSIS, 0, ANALYSIS.frames(len(mixture)))
    total = np.maximum(np.sum(models, axis=0), 1e-20)
    return [resynthesised(spectrum * (model / total).T, len(mixture)) for model in models]


def resynthesised(spectrum: Array, length: int) -> Array:
    """Weighted overlap-add of a spectrum (1, N, F)."""
    frames = synthesise(spectrum, ANALYSIS)[0]
    size, hop = ANALYSIS.window, ANALYSIS.hop
    out, norm = np.zeros(size + hop * len(frames)), np.zeros(size + hop * len(frames))
    for i, frame in enumerate(frames):
        out[i * hop : i * hop + size] += frame
        norm[i * hop : i * hop + size] += hann(size) ** 2
    return (out / np.maximum(norm, 1e-12))[size // 2 : size // 2 + length]


def sdr(stem: Array, estimate: Array) -> float:
    """10 log₁₀(|s|²/|s − ŝ|²)."""
    s = stem.astype(np.float64)
    return float(10 * np.log10(np.sum(s**2) / np.sum((s - estimate) ** 2)))
