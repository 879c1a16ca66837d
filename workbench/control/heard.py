"""What the player plays: the document's scene with the ear that is listened with."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from workbench.audio.mix import audible
from workbench.audio.scene import PLAIN, Ear, Hear, Scene
from workbench.document.document import Document


class Heard(QObject):
    """Holds the ear. `scene` may be asked from any thread; it is exchanged as a whole."""

    changed = Signal()
    """Another ear."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._ear = PLAIN
        self._known: tuple[Scene | None, Ear, Scene | None] = (None, PLAIN, None)
        self._instead: Scene | None = None
        document.opened.connect(self._forget)

    @property
    def ear(self) -> Ear:
        """What is listened to."""
        return self._ear

    def set_ear(self, ear: Ear) -> None:
        """Listen to something else."""
        self._ear = ear
        self.changed.emit()

    def set_instead(self, scene: Scene | None) -> None:
        """Play something else in place of all this; None goes back."""
        self._instead = scene

    @property
    def layers(self) -> list[bool]:
        """Which layers are heard: of those that are listened to alone only these, else those that the faders let by."""
        if self._ear.what is Hear.LAYERS:
            return [layer.id in self._ear.layers for layer in self._document.layers]
        return audible(self._document.layers, self._document.groups)

    def scene(self) -> Scene | None:
        """The scene as it is heard; None where nothing is open."""
        if self._instead is not None:
            return self._instead
        scene, ear = self._document.scene, self._ear
        if scene is None or ear is PLAIN:
            return scene
        known = self._known
        if known[0] is not scene or known[1] is not ear:
            known = self._known = (scene, ear, replace(scene, ear=ear))
        return known[2]

    def _forget(self) -> None:
        """Nothing may keep the former recording."""
        self._known = (None, PLAIN, None)
        self._instead = None
