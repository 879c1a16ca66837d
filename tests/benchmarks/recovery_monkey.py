"""A monkey at the real window: random clicks, keys, drags, drops and resizes while it plays."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import shiboken6

from tests.benchmarks import Report
from tests.benchmarks.driving import run_until
from tests.rig import null_sink, virtual_screen
from workbench import resource

SECONDS, SECONDS_ENV = 600, "MONKEY"
SEEDS, SEEDS_ENV = 5, "MONKEYS"
MOST_GROWN = 1024
"""Megabytes by which its memory may grow after the first minute."""
LONGEST_ACT = 4.0
NEVER = {"quit", "manual", "glossary"}
"""Actions that end the window, or open pages that are only read."""


def measure(report: Report) -> None:
    """Each seed in a process of its own."""
    seconds, seeds = int(os.environ.get(SECONDS_ENV, SECONDS)), int(os.environ.get(SEEDS_ENV, SEEDS))
    for seed in range(seeds):
        command = [sys.executable, "-m", "tests.benchmarks.recovery_monkey", str(seed), str(seconds)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [line for line in ran.stdout.splitlines() if line.startswith("monkey ")]
        words = dict(pair.split("=", 1) for pair in lines[-1].split()[1:]) if lines else {}
        warnings = [line for line in ran.stderr.splitlines() if line.startswith(("QObject", "Qt", "QWidget", "qt."))]
        more = {"acts": words.get("acts"), "said": words.get("first"), "ended": ran.returncode}
        wrong = int(words.get("exceptions", 1)) + (ran.returncode != 0)
        report.figure(f"exceptions of monkey {seed}", wrong, "", "== 0", **more)
        report.figure(f"Qt warnings of monkey {seed}", len(warnings), "", "== 0", which=warnings[:3])
        report.figure(f"threads more of monkey {seed}", int(words.get("threads", 99)), "", "<= 0")
        report.figure(f"memory grown by monkey {seed}", int(words.get("grown", 0)), "MB", f"<= {MOST_GROWN}")
        if wrong:
            print(ran.stderr[-4000:], file=sys.stderr)


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


class Monkey:
    """Random hands on a window."""

    def __init__(self, program, rng: random.Random, folder: Path) -> None:
        from PySide6.QtCore import QTimer

        self._program, self._rng, self._folder = program, rng, folder
        self.acts, self._began = 0, time.monotonic()
        self._watch = QTimer(program.window, interval=1000)
        self._watch.timeout.connect(self._let_go)
        self._watch.start()

    def _let_go(self) -> None:
        """A drag in a loop of Qt's own ends by the keys and buttons of the screen alone."""
        if time.monotonic() - self._began > LONGEST_ACT:
            subprocess.run(["xdotool", "mouseup", "1", "key", "Escape"], check=False)

    def act(self) -> None:
        """Do something."""
        from PySide6.QtWidgets import QApplication, QDialog, QMenu, QMessageBox

        rng, self.acts, self._began = self._rng, self.acts + 1, time.monotonic()
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu) and rng.random() < 0.7:
            popup.close()
            return
        boxes = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]
        if boxes:
            buttons = [each for each in boxes[-1].buttons() if each.isEnabled()]
            rng.choice(buttons).click()
            return
        dialogs = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        if dialogs and rng.random() < 0.3:
            rng.choice(dialogs).close()
            return
        acts = (self._click, self._click, self._drag, self._drag, self._key, self._key, self._action, self._wheel)
        rare = (self._resize, self._drop, self._action, self._type)
        (rng.choice(rare) if rng.random() < 0.06 else rng.choice(acts))()

    def _widget(self):
        from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

        tops = [w for w in QApplication.topLevelWidgets() if w.isVisible() and not isinstance(w, QFileDialog)]
        top = self._rng.choice(tops) if self._rng.random() < 0.3 else self._program.window
        if self._rng.random() < 0.4:
            return self._program.window.panes.spectrogram
        found = [w for w in top.findChildren(QWidget) if w.isVisible() and w.isEnabled() and w.width() > 2]
        return self._rng.choice(found) if found else top

    def _point(self, widget):
        from PySide6.QtCore import QPoint

        return QPoint(self._rng.randrange(max(1, widget.width())), self._rng.randrange(max(1, widget.height())))

    def _points(self, widget):
        return self._point(widget), self._point(widget)

    def _keys(self):
        from PySide6.QtCore import Qt

        kinds = Qt.KeyboardModifier
        return self._rng.choice(
            (kinds.NoModifier,) * 4 + (kinds.ShiftModifier, kinds.ControlModifier, kinds.AltModifier)
        )

    def _click(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        widget = self._widget()
        button = self._rng.choice(
            (Qt.MouseButton.LeftButton,) * 5 + (Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton)
        )
        press = QTest.mouseDClick if self._rng.random() < 0.1 else QTest.mouseClick
        press(widget, button, self._keys(), self._point(widget))

    def _drag(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        widget, keys = self._widget(), self._keys()
        if self._program.window.panes.stack.isAncestorOf(widget):
            self._drag_on_screen(widget)
            return
        button = self._rng.choice((Qt.MouseButton.LeftButton,) * 6 + (Qt.MouseButton.MiddleButton,))
        QTest.mousePress(widget, button, keys, self._point(widget))
        for _ in range(self._rng.randrange(1, 8)):
            if not shiboken6.isValid(widget):
                # What was pressed took it away.
                return
            QTest.mouseMove(widget, self._point(widget))
            self._program.application.processEvents()
        if self._rng.random() < 0.1 and shiboken6.isValid(widget):
            QTest.keyClick(widget, Qt.Key.Key_Escape)
        if shiboken6.isValid(widget):
            QTest.mouseRelease(widget, button, keys, self._point(widget))

    def _drag_on_screen(self, widget) -> None:
        """With the pointer of the screen: rows are dragged in a loop of Qt's own, which ends with its button alone."""
        (x, y), end = ([max(0, each.x()), max(0, each.y())] for each in map(widget.mapToGlobal, self._points(widget)))
        hand = ["mousemove", x, y, "mousedown", "1", "mousemove", x + 9, y + 9]
        hand += ["sleep", "0.05", "mousemove", *end, "sleep", "0.05", "mouseup", "1"]
        with subprocess.Popen(["xdotool", *map(str, hand)]) as process:
            run_until(self._program, lambda: process.poll() is not None, 5.0)

    def _key(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        plain = [getattr(Qt.Key, f"Key_{each}") for each in "ABCDEFGHIJKLMNOPRSTUVWXYZ0123456789"]
        named = (
            "Escape",
            "Return",
            "Space",
            "Delete",
            "Backspace",
            "Tab",
            "Up",
            "Down",
            "Left",
            "Right",
            "F2",
            "F4",
            "F9",
        )
        keys = plain + [getattr(Qt.Key, f"Key_{each}") for each in named]
        key, held = self._rng.choice(keys), self._keys()
        if key == Qt.Key.Key_Q and held != Qt.KeyboardModifier.NoModifier:
            return
        QTest.keyClick(self._rng.choice((self._program.window.panes.spectrogram, self._widget())), key, held)

    def _action(self) -> None:
        actions = self._program.window.actions_.by_name
        name = self._rng.choice([each for each in actions if each not in NEVER])
        if actions[name].isEnabled():
            actions[name].trigger()

    def _wheel(self) -> None:
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtGui import QWheelEvent
        from PySide6.QtWidgets import QApplication

        widget = self._widget()
        place = QPointF(self._point(widget))
        step = QPoint(0, self._rng.choice((-120, 120, 240)))
        there = QPointF(widget.mapToGlobal(place.toPoint()))
        event = QWheelEvent(
            place, there, QPoint(), step, Qt.MouseButton.NoButton, self._keys(), Qt.ScrollPhase.NoScrollPhase, False
        )
        QApplication.sendEvent(widget, event)

    def _resize(self) -> None:
        self._program.window.resize(self._rng.randrange(300, 1600), self._rng.randrange(200, 1000))

    def _type(self) -> None:
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        focus = QApplication.focusWidget()
        if focus is not None:
            QTest.keyClicks(focus, self._rng.choice(("12", "-3.5", "Bass", "9" * 12, " ")))

    def _drop(self) -> None:
        paths = [resource("demo/demo.flac"), resource("demo/old.flac"), self._folder / "nothing.wav", self._folder]
        self._program.window.drops.take([self._rng.choice(paths)])


def _run(seed: int, seconds: float) -> None:
    with virtual_screen(1600, 1000), null_sink(44100), tempfile.TemporaryDirectory() as name:
        from PySide6.QtCore import QSettings

        from workbench.app import build

        folder = Path(name)
        # What it exports to a folder that it typed goes with the others.
        os.chdir(folder)
        (folder / "nothing.wav").write_bytes(b"nothing")
        settings = QSettings(str(folder / "s.ini"), QSettings.Format.IniFormat)
        program = build(["monkey"], settings, folder / "home")
        settings.setValue("folder", name)
        program.window.resize(1280, 800)
        program.window.show()
        program.desk.opening.open(resource("demo/demo.flac"))
        run_until(program, lambda: program.desk.document.recording is not None)
        program.desk.playback.play(0.0)
        monkey = Monkey(program, random.Random(seed), folder)
        begin, threads, held = time.monotonic(), 0, 0
        while time.monotonic() - begin < seconds:
            monkey.act()
            run_until(program, lambda: False, 0.03)
            if not threads and time.monotonic() - begin > min(60.0, seconds / 3):
                run_until(program, lambda: not program.desk.runner.jobs, 60.0)
                threads, held = threading.active_count(), _resident()
            if not program.desk.playback.playing and monkey.acts % 50 == 0:
                program.desk.playback.play()
        # What it told to go on until it is stopped is no leak.
        program.desk.factorising.stop()
        run_until(program, lambda: not program.desk.runner.jobs, 120.0)
        run_until(program, lambda: False, 1.0)
        grown, more = _resident() - held, threading.active_count() - threads
        print("threads:", sorted(each.name for each in threading.enumerate()), file=sys.stderr)
        exceptions = len(program.reporter.reports)
        first = program.reporter.reports[0].strip().splitlines()[-1].replace(" ", "_") if exceptions else ""
        print("\n".join(program.reporter.reports[:3]), file=sys.stderr)
        print(
            f"monkey acts={monkey.acts} exceptions={exceptions} threads={more} grown={grown} first={first}", flush=True
        )
        program.window.close_now()
        program.close()


if __name__ == "__main__":
    _run(int(sys.argv[1]), float(sys.argv[2]))
