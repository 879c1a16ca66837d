"""What tests and benchmarks run on: a sound server with a null sink, a virtual screen, small recordings.

Everything started here is stopped here, by its own process.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

MAPS = {
    6: "front-left,front-right,rear-left,rear-right,front-center,lfe",
    8: "front-left,front-right,rear-left,rear-right,front-center,lfe,side-left,side-right",
}
"""Of sound cards of so many channels."""
SHARED_AUDIO = Path(__file__).resolve().parents[2] / "shared" / "audio"


def missing_programs(*names: str) -> list[str]:
    """Programs of a list that this machine lacks."""
    return [name for name in names if shutil.which(name) is None]


@contextmanager
def _running(command: list[str], env: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=env, stdout=out, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class NullSink:
    """A running PulseAudio whose only sink plays into nothing, and whose monitor can be recorded."""

    def __init__(self, folder: Path, rate: int, channels: int) -> None:
        self.rate, self.channels, self._folder = rate, channels, folder
        self.process = 0
        """The server's, while it runs."""
        self.env = {
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_RUNTIME_PATH": str(folder / "pulse"),
            "PULSE_STATE_PATH": str(folder / "state"),
            "PULSE_CONFIG": str(folder / "daemon.conf"),
            "PULSE_SERVER": f"unix:{folder}/pulse/native",
            "ALSA_CONFIG_PATH": str(folder / "asound.conf"),
        }
        # A server that may not compute for 0.2 s in a row ends itself where it is of real time.
        # Without shared memory: with it the server now and then ends itself by an assertion of its own
        # (memblock_replace_import, PulseAudio bug 824), and takes the tests after it along.
        (folder / "daemon.conf").write_text("rlimit-rttime = -1\nenable-shm = no\nenable-memfd = no\n")
        (folder / "asound.conf").write_text(
            "</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n"
        )

    def command(self) -> list[str]:
        """The server's command line."""
        sink = f"module-null-sink sink_name=null format=float32le rate={self.rate} channels={self.channels}"
        if self.channels in MAPS:
            sink += f" channel_map={MAPS[self.channels]}"
        return [
            "pulseaudio",
            "-n",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--disallow-exit=no",
            "--use-pid-file=no",
            "--log-target=stderr",
            f"--load={sink}",
            f"--load=module-native-protocol-unix socket={self._folder}/pulse/native",
        ]

    def wait(self) -> None:
        """Until the server answers."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            asked = subprocess.run(["pactl", "info"], env={**os.environ, **self.env}, capture_output=True)
            if asked.returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("PulseAudio did not start")

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Keep a listener on the monitor: an idle null sink works in blocks of two seconds and starts late."""
        heard = self._folder / "awake.raw"
        command = ["parec", "--format=float32le", "--device=null.monitor", "--latency-msec=10"]
        with _running(command, {**os.environ, **self.env}, heard):
            deadline = time.monotonic() + 10
            while heard.stat().st_size == 0 and time.monotonic() < deadline:
                time.sleep(0.02)
            yield

    @contextmanager
    def recorded(self) -> Iterator[list[np.ndarray]]:
        """Record the monitor within the block; the list then holds one float32 array (n, channels)."""
        out: list[np.ndarray] = []
        target = self._folder / f"monitor-{time.monotonic_ns()}.raw"
        with target.open("wb") as file:
            process = subprocess.Popen(
                [
                    "parec",
                    "--format=float32le",
                    f"--rate={self.rate}",
                    f"--channels={self.channels}",
                    *([f"--channel-map={MAPS[self.channels]}"] if self.channels in MAPS else []),
                    "--device=null.monitor",
                    "--latency-msec=10",
                ],
                env={**os.environ, **self.env},
                stdout=file,
                stderr=subprocess.DEVNULL,
            )
            try:
                deadline = time.monotonic() + 10
                while target.stat().st_size == 0 and time.monotonic() < deadline:
                    time.sleep(0.02)
                yield out
                time.sleep(0.2)
            finally:
                process.terminate()
                process.wait()
        data = np.fromfile(target, np.float32)
        out.append(data[: len(data) // self.channels * self.channels].reshape(-1, self.channels))

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        """Record the monitor within the block, and know when each sample was heard."""
        process = subprocess.Popen(
            [
                "parec",
                "--format=float32le",
                f"--rate={self.rate}",
                f"--channels={self.channels}",
                "--device=null.monitor",
                "--latency-msec=5",
            ],
            env={**os.environ, **self.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
        )
        listener = Listener(process, self.rate, self.channels)
        try:
            deadline = time.monotonic() + 10
            while not listener.count and time.monotonic() < deadline:
                time.sleep(0.02)
            yield listener
        finally:
            process.terminate()
            process.wait()


class Listener:
    """What the monitor gives, as it comes, with the time of every sample on the clock of `time.perf_counter`."""

    def __init__(self, process: subprocess.Popen[bytes], rate: int, channels: int) -> None:
        self._process, self._rate, self._channels = process, rate, channels
        self._pieces: list[bytes] = []
        self._offsets: list[float] = []
        self.count = 0
        """Samples that have come."""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        size, left = 4 * self._channels, b""
        while piece := self._process.stdout.read(1 << 16):
            now = time.perf_counter()
            left += piece
            whole = len(left) // size * size
            self._pieces.append(left[:whole])
            self.count += whole // size
            self._offsets.append(now - self.count / self._rate)
            left = left[whole:]

    def samples(self) -> np.ndarray:
        """All so far, float32 (n, channels)."""
        return np.frombuffer(b"".join(list(self._pieces)), np.float32).reshape(-1, self._channels)

    @property
    def start(self) -> float:
        """When sample 0 was heard: no sample comes before it was, and some come with next to no delay."""
        # The first second is left out: the pipe begins with what was waiting.
        later = self._offsets[len(self._offsets) // 10 :]
        return float(np.percentile(later, 1))


@contextmanager
def null_sink(rate: int = 44100, channels: int = 2, refresh: bool = True) -> Iterator[NullSink]:
    """A PulseAudio of our own with one null sink, which is PortAudio's default device inside the block.

    `refresh` lets PortAudio of this process look for devices again; not while a player uses it.
    """
    folder = Path(tempfile.mkdtemp(prefix="workbench-sound-"))
    (folder / "pulse").mkdir(mode=0o700)
    sink = NullSink(folder, rate, channels)
    try:
        with _environment(**sink.env), _running(sink.command(), dict(os.environ), folder / "log") as server:
            sink.wait()
            sink.process = server.pid
            _serve_first(server.pid)
            if refresh:
                _restart_portaudio()
            with sink.awake():
                yield sink
    finally:
        if refresh:
            _restart_portaudio()
        shutil.rmtree(folder, ignore_errors=True)


def _serve_first(process: int) -> None:
    """Let a sound server be of real time, as a desktop's is: what is measured is the program, not the server."""
    try:
        os.sched_setscheduler(process, os.SCHED_FIFO, os.sched_param(1))
    except PermissionError as refused:
        print(f"the sound server is an ordinary process ({refused}); on a busy machine it may drop out by itself")


def _restart_portaudio() -> None:
    import sounddevice

    sounddevice._terminate()
    sounddevice._initialize()


@contextmanager
def virtual_screen(width: int = 1280, height: int = 800) -> Iterator[str]:
    """An Xvfb of our own; yields its display name and sets DISPLAY inside the block."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-screen-"))
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, pass_fds=[write_end], stdout=log, stderr=log)
    os.close(write_end)
    try:
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError(f"Xvfb did not start: {(folder / 'log').read_text()}")
        with _environment(DISPLAY=f":{number}", QT_QPA_PLATFORM="xcb"):
            yield f":{number}"
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def align(reference: np.ndarray, recorded: np.ndarray) -> np.ndarray:
    """The stretch of `recorded` (n, C) that matches `reference` (m, C), found by cross-correlation."""
    from scipy.signal import correlate

    mono = recorded.sum(axis=1).astype(np.float64)
    probe = reference[: min(len(reference), 1 << 17)].sum(axis=1).astype(np.float64)
    offset = int(np.argmax(correlate(mono, probe, mode="valid", method="fft")))
    return recorded[offset : offset + len(reference)]


def residual_db(reference: np.ndarray, other: np.ndarray) -> float:
    """Energy of the difference over that of the reference, in dB."""
    n = min(len(reference), len(other))
    a, b = reference[:n].astype(np.float64), other[:n].astype(np.float64)
    return float(10 * np.log10(max(np.sum((a - b) ** 2), 1e-300) / max(np.sum(a**2), 1e-300)))
