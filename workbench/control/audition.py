"""What the pointer lights up, heard alone while a button is held."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from workbench.audio.scene import Ear, Hear
from workbench.control.heard import Heard
from workbench.control.playback import Playback
from workbench.document.document import Document
from workbench.masks.model.layers import Layer, Part
from workbench.masks.model.sources import Sources
from workbench.masks.stack import Stack

LEAD = 0.15
"""Seconds before the place from which it plays."""


class Audition(QObject):
    """Plays one of some sources in place of the mix, from `begin` until `end`."""

    def __init__(self, document: Document, heard: Heard, playback: Playback, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._heard, self._playback = document, heard, playback
        self._sounds = self._played = False
        self._stood = 0.0

    @property
    def sounds(self) -> bool:
        """Whether something is heard alone."""
        return self._sounds

    def begin(self, sources: Sources, number: int, second: float) -> None:
        """Play one of the sources; from a little before a second where nothing plays yet."""
        scene = self._document.scene
        if scene is None:
            return
        layers = tuple(Layer(g + 1, "", "#ffffff", (Part(g + 1, g),)) for g in range(sources.components))
        stack = Stack(layers, sources, (), scene.stack.bins, scene.stack.frames)
        self._heard.set_instead(replace(scene, stack=stack, ear=Ear(Hear.LAYERS, (number + 1,))))
        self._sounds, self._played = True, self._playback.playing
        self._stood = self._playback.position
        if not self._played:
            self._playback.play(max(0.0, second - LEAD))

    def end(self) -> bool:
        """Back to what was heard; answers whether something was heard alone."""
        sounded, self._sounds = self._sounds, False
        if sounded:
            self._heard.set_instead(None)
            if not self._played:
                self._playback.stop()
                self._playback.seek(self._stood)
        return sounded
