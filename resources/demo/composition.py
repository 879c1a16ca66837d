"""The composition: four stems, bar by bar."""

from __future__ import annotations

from notes import Control, Note, Stem, at

# Note numbers of the General MIDI drum kit.
KICK, RIM, SNARE, CLOSED, PEDAL, OPEN = 36, 37, 38, 42, 44, 46
TOM_LOW, TOM_MID, TOM_HIGH, CRASH, RIDE = 43, 47, 50, 49, 51

# Chord voicings for the electric piano: few voices move, and by small steps.
VOICINGS: dict[str, tuple[int, ...]] = {
    "Fmaj9": (57, 60, 64, 67),
    "Dm7": (57, 60, 62, 65),
    "Bbmaj7": (58, 62, 65, 69),
    "C9sus": (58, 62, 65, 67),
    "C9": (58, 62, 64, 67),
    "A7": (57, 61, 64, 67),
    "Bbm6": (58, 61, 65, 67),
    "F69": (53, 57, 60, 62, 67),
}


def compose_chords() -> Stem:
    """Return the electric piano: broken chords, then syncopated comping."""
    stem = Stem("chords", 0, 4, pan=28, reverb=70, level_db=-0.7, looseness=0.005, drag=0.0)

    def strike(bar: int, beat: float, chord: str, length: float, velocity: int) -> None:
        for i, pitch in enumerate(VOICINGS[chord]):
            spread = 0.012 * i  # a hand never lands all at once
            accent = 4 if pitch == VOICINGS[chord][-1] else 0
            stem.notes.append(Note(at(bar, beat) + spread, pitch, length - spread, velocity + accent))

    def break_chord(bar: int, chord: str, velocity: int) -> None:
        low, second, third, top = VOICINGS[chord]
        figure = ((1, low), (1.5, second), (2, third), (2.5, top), (3.5, third), (4, second))
        for beat, pitch in figure:
            held = 5.0 - beat - 0.05  # hold every note to the end of the bar
            held = min(held, 1.45) if pitch in (second, third) and beat < 3 else held
            accent = {1: 8, 2.5: 6}.get(beat, 0)
            stem.notes.append(Note(at(bar, beat), pitch, held, velocity + accent))

    break_chord(1, "Fmaj9", 66)
    stem.notes.append(Note(at(1, 4.5), 72, 0.5, 62))
    break_chord(2, "Dm7", 68)
    stem.notes.append(Note(at(2, 4.5), 69, 0.5, 64))

    # One chord to the bar: long, short, and one pushed ahead of beat 4.
    for bar, chord, velocity in (
        (3, "Bbmaj7", 72),
        (5, "Fmaj9", 74),
        (6, "Dm7", 72),
        (7, "Bbmaj7", 74),
        (9, "Fmaj9", 78),
    ):
        strike(bar, 1, chord, 1.35, velocity)
        strike(bar, 2.5, chord, 0.4, velocity - 10)
        strike(bar, 3.5, chord, 1.35, velocity - 4)

    # Two chords to the bar.
    for bar, first, second, velocity in (
        (4, "C9sus", "C9", 72),
        (8, "C9sus", "C9", 74),
        (10, "A7", "Dm7", 80),
        (11, "Bbmaj7", "Bbm6", 80),
        (12, "C9sus", "C9", 78),
    ):
        strike(bar, 1, first, 1.3, velocity)
        strike(bar, 2.5, first, 0.4, velocity - 10)
        strike(bar, 3, second, 1.3, velocity - 2)
        if bar != 12:  # leave bar 12 to the drums
            strike(bar, 4.5, second, 0.4, velocity - 12)

    # The last chord, slowly rolled from the bottom.
    for i, pitch in enumerate(VOICINGS["F69"]):
        stem.notes.append(Note(at(13, 1) + 0.06 * i, pitch, 3.6 - 0.06 * i, 76 - 2 * (i % 2)))
    stem.notes.append(Note(at(13, 2), 72, 2.6, 58))
    stem.notes.append(Note(at(13, 2.5), 74, 2.1, 54))
    return stem


def compose_bass() -> Stem:
    """Return the fingered bass, which plays on the kick drum's beats."""
    stem = Stem("bass", 1, 33, pan=64, reverb=0, level_db=0.5, looseness=0.004, drag=-0.008)
    # Per bar: root, the note of beat 3, and the step that leads to the next bar.
    groove = {
        3: (34, 41, 35),
        4: (36, 43, 40),
        5: (41, 36, 40),
        6: (38, 45, 36),
        7: (34, 41, 35),
        8: (36, 43, 40),
        9: (41, 36, 38),
        10: (37, 38, 36),
        11: (34, 34, 35),
    }
    for bar, (root, third_beat, lead) in groove.items():
        stem.notes += [
            Note(at(bar, 1), root, 1.3, 98),
            Note(at(bar, 2.5), root, 0.42, 84),
            Note(at(bar, 3), third_beat, 0.9, 92),
            Note(at(bar, 4.5), lead, 0.45, 82),
        ]
        if bar in (5, 7, 9):  # a short octave answers the snare drum
            stem.notes.append(Note(at(bar, 4), root + 12, 0.25, 78))
        if bar in (6, 8, 10, 11):  # a ghost note before beat 2
            stem.notes.append(Note(at(bar, 3.75), third_beat, 0.15, 58))
    stem.notes += [
        Note(at(12, 1), 36, 1.3, 98),
        Note(at(12, 2.5), 36, 0.42, 84),
        Note(at(12, 3), 43, 0.45, 92),
        Note(at(12, 4), 36, 0.4, 90),
        Note(at(12, 4.5), 40, 0.42, 92),
        Note(at(13, 1), 29, 3.4, 100),
        Note(at(13, 1), 41, 3.0, 66),
    ]
    return stem


def compose_melody() -> Stem:
    """Return the flute: two phrases with breaths, then the way home."""
    stem = Stem("melody", 2, 73, pan=94, reverb=90, level_db=-0.7, looseness=0.006, drag=-0.012)
    c5, d5, e5, f5, g5, a5, bb5 = 72, 74, 76, 77, 79, 81, 82
    c6, cs6, d6, e6 = 84, 85, 86, 88
    # (bar, beat, pitch, length, velocity)
    line: list[tuple[int, float, int, float, int]] = [
        # First phrase: a rise, and an answer one step lower.
        (4, 4, c5, 0.5, 78),
        (4, 4.5, f5, 0.5, 84),
        (5, 1, a5, 1.5, 94),
        (5, 2.5, g5, 0.5, 82),
        (5, 3, a5, 0.5, 88),
        (5, 3.5, c6, 1.0, 98),
        (5, 4.5, g5, 0.5, 84),
        (6, 1, f5, 2.0, 88),
        (6, 3.5, d5, 0.45, 78),
        (6, 4, f5, 0.5, 84),
        (6, 4.5, g5, 0.5, 88),
        (7, 1, a5, 1.5, 94),
        (7, 2.5, g5, 0.5, 84),
        (7, 3, f5, 0.5, 86),
        (7, 3.5, d5, 1.0, 84),
        (7, 4.5, f5, 0.5, 86),
        (8, 1, g5, 2.3, 90),
        # Second phrase: the same start, which now climbs to the top note.
        (8, 4, c5, 0.5, 80),
        (8, 4.5, f5, 0.5, 86),
        (9, 1, a5, 1.5, 98),
        (9, 2.5, g5, 0.5, 86),
        (9, 3, a5, 0.5, 92),
        (9, 3.5, c6, 1.0, 102),
        (9, 4.5, d6, 0.5, 98),
        (10, 1, e6, 1.0, 102),
        (10, 2, cs6, 0.95, 92),
        (10, 3, d6, 1.6, 95),
        (11, 1.5, c6, 0.5, 94),
        (11, 2, bb5, 0.5, 92),
        (11, 2.5, a5, 0.5, 90),
        (11, 3, f5, 0.5, 86),
        (11, 3.5, g5, 1.2, 92),
        (12, 1, a5, 1.5, 94),
        (12, 2.5, g5, 1.1, 88),
        (12, 4, e5, 0.5, 84),
        (12, 4.5, g5, 0.5, 88),
        (13, 1, f5, 3.2, 88),
    ]
    for bar, beat, pitch, length, velocity in line:
        start = at(bar, beat)
        stem.notes.append(Note(start, pitch, length * 0.97, velocity))
        # A long note swells, gains vibrato, and tapers; short ones are plain.
        long_note = length >= 1.0
        stem.controls += [Control(start - 0.02, 11, 104 if long_note else 112), Control(start - 0.02, 1, 0)]
        if long_note:
            for i in range(1, 9):
                x = i / 8
                swell = 104 + round(20 * (1 - abs(2 * x - 0.9)))
                taper = round(26 * max(0.0, x - 0.6))
                stem.controls += [
                    Control(start + 0.9 * x * length, 11, min(127, swell - taper)),
                    Control(start + 0.9 * x * length, 1, round(30 * max(0.0, x - 0.25))),
                ]
    # The last note fades away.
    last = line[-1]
    stem.controls = [c for c in stem.controls if c.start < at(13, 2)]
    for i in range(25):
        x = i / 24
        stem.controls += [
            Control(at(13, 2) + x * (last[3] - 1.1), 11, round(112 * (1 - x) ** 0.8) + 8),
            Control(at(13, 2) + x * (last[3] - 1.1), 1, 22),
        ]
    return stem


def compose_drums() -> Stem:
    """Return the drum kit: a light groove with ghost notes and three fills."""
    stem = Stem("drums", 9, 0, pan=64, reverb=36, level_db=0.0, looseness=0.003, drag=0.0, crest_db=19.0)

    def hit(bar: int, beat: float, drum: int, velocity: int) -> None:
        length = 3.5 if drum in (CRASH, RIDE) else 0.24
        if drum == OPEN:
            length = 0.5
        stem.notes.append(Note(at(bar, beat), drum, length, velocity))

    # Intro: the hi-hat, then kick drum and side stick.
    for i in range(8):
        hit(2, 1 + i / 2, CLOSED, (88, 64, 80, 68)[i % 4] + 2 * i)
    hit(2, 4.75, CLOSED, 62)
    for bar in (3, 4):
        for i in range(8 if bar == 3 else 4):
            hit(bar, 1 + i / 2, CLOSED, (98, 70, 88, 74)[i % 4])
        for beat, velocity in ((1.0, 96), (2.5, 78), (3.0, 86)):
            hit(bar, beat, KICK, velocity)
        hit(bar, 2, RIM, 84)
    hit(3, 4, RIM, 88)
    for beat, drum, velocity in (
        (3.0, CLOSED, 90),
        (3.5, SNARE, 62),
        (4.0, SNARE, 92),
        (4.25, SNARE, 56),
        (4.5, TOM_HIGH, 90),
        (4.75, TOM_MID, 94),
    ):
        hit(4, beat, drum, velocity)

    # The groove of both themes.
    for bar in range(5, 13):
        fill = {8: 4.0, 12: 3.0}.get(bar, 5.0)  # the beat where the fill begins
        on_ride = bar >= 9
        pattern: list[tuple[float, int, int]] = [
            (1.0, KICK, 104),
            (2.5, KICK, 84),
            (3.0, KICK, 94),
            (2.0, SNARE, 98),
            (4.0, SNARE, 102),
            (2.75, SNARE, 44),  # ghost notes
            (3.25, SNARE, 37),
        ]
        if bar % 2 == 0:
            pattern += [(3.75, KICK, 66), (1.75, SNARE, 40), (4.75, SNARE, 46)]
        for i in range(8):
            beat = 1 + i / 2
            if on_ride:
                pattern.append((beat, RIDE, (98, 72, 88, 76)[i % 4]))
            elif bar == 7 and i == 7:
                pattern.append((beat, OPEN, 92))
            else:
                pattern.append((beat, CLOSED, (104, 74, 94, 80)[i % 4]))
        if on_ride:
            pattern += [(2.0, PEDAL, 80), (4.0, PEDAL, 82)]
        else:  # sixteenths that whisper between the eighths
            pattern += [(1.75, CLOSED, 50), (3.75, CLOSED, 56)]
        for beat, drum, velocity in pattern:
            if beat < fill:
                hit(bar, beat, drum, velocity)
    hit(5, 1, CRASH, 84)
    hit(9, 1, CRASH, 92)

    for beat, drum, velocity in (
        (4.0, SNARE, 96),
        (4.25, SNARE, 62),
        (4.5, SNARE, 84),
        (4.75, SNARE, 98),
        (4.5, KICK, 76),
    ):
        hit(8, beat, drum, velocity)
    for beat, drum, velocity in (
        (3.0, SNARE, 94),
        (3.0, KICK, 90),
        (3.25, SNARE, 54),
        (3.5, TOM_HIGH, 92),
        (3.75, TOM_HIGH, 74),
        (4.0, TOM_MID, 96),
        (4.0, KICK, 84),
        (4.25, TOM_MID, 78),
        (4.5, TOM_LOW, 100),
        (4.75, SNARE, 86),
    ):
        hit(12, beat, drum, velocity)
    hit(13, 1, KICK, 104)
    hit(13, 1, CRASH, 98)
    hit(13, 1, RIDE, 60)
    return stem
