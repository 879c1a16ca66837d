"""The player's device: which one is wanted, at what latency, whether it is there, and what was wrong with it."""

from __future__ import annotations

from time import monotonic

from workbench.audio.output import NoDevice, Output, own_rate
from workbench.audio.speakers import Speakers

LADDER = (0.03, 0.06, 0.12, 0.24)
"""Seconds asked of a device where nobody chose; the next where it can't keep up."""
PATIENCE_SECONDS = 60.0
"""A device that underflows twice within this time can't keep up."""
RETRY_SECONDS = 1.0
"""A device that was lost is tried again after so long."""


class Connection:
    """Opens the device, keeps it open, and counts what it missed. For one thread; others may read attributes.

    Attributes
    ----------
    output : Output or None
        The open device.
    trouble : NoDevice or None
        Why none is open; None while all is well.
    underruns : int
        Times that the ring ran dry or the device reported an underflow, since they were forgotten.
    device : str or None
        Key of the device that is wanted; None is the system's default.
    latency : float or None
        Seconds to ask of it; None finds a latency that holds.
    loudspeakers : int or None
        How many there are; None as the device says.
    """

    def __init__(self) -> None:
        self.output: Output | None = None
        self.trouble: NoDevice | None = None
        self.underruns = 0
        self.device: str | None = None
        self.latency: float | None = None
        self.loudspeakers: int | None = None
        self._rung = 0
        """Place in LADDER."""
        self._rung_for: tuple[str | None, int] | None = None
        """Device and rate for which it was found."""
        self._underflowed_at = float("-inf")
        self._retry_at = 0.0

    def open(self, rate: int, speakers: Speakers) -> None:
        """Have a device for a recording, with nothing in its ring.

        Raises
        ------
        NoDevice
            If there is none; `trouble` is left to `lose`.
        """
        if self.output is not None and not self.output.suits(rate, speakers):
            self.close()
        if self.output is not None:
            self.output.restart()
            return
        if self._rung_for != (self.device, rate):
            # Where a rate is converted, the shortest latency is too short.
            self._rung = 0 if own_rate(self.device) in (None, rate) else 1
            self._rung_for = (self.device, rate)
        self.output = Output(rate, speakers, self.device, self.asked, self.trouble is not None, self.loudspeakers)
        self.trouble = None

    def close(self) -> None:
        """Give the device back."""
        if self.output is not None:
            self.output.close()
            self.output = None

    def lose(self, trouble: NoDevice | None) -> None:
        """Give up a device that does not answer; None where nobody needs to know."""
        self.close()
        self.trouble = trouble
        self._retry_at = monotonic() + RETRY_SECONDS

    def pause(self) -> None:
        """Let the device play silence, and give it up if it does not answer."""
        if self.output is None:
            return
        try:
            self.output.pause()
        except NoDevice as error:
            self.lose(error)

    @property
    def retry_in(self) -> float:
        """Seconds until a device that was lost may be tried again; negative where that time is past."""
        return self._retry_at - monotonic()

    @property
    def asked(self) -> float:
        """Seconds of latency that are asked of the device, when it is opened next."""
        return LADDER[self._rung] if self.latency is None else self.latency

    def missed(self, ran_dry: int, underflows: int, now: float) -> bool:
        """Count what the device missed, and ask for a longer latency where it can't keep up.

        A single underflow is counted, but is no reason to hear everything later from then on.

        Parameters
        ----------
        ran_dry : int
            Times that the ring was empty, which a longer latency does not mend.
        underflows : int
            Times that the device reported an underflow.
        now : float
            Seconds of a clock that only goes forward.

        Returns
        -------
        bool
            Whether another latency is asked for, so that the device is to be opened anew.
        """
        self.underruns += ran_dry + underflows
        if not underflows:
            return False
        before, self._underflowed_at = self._underflowed_at, now
        again = underflows > 1 or now - before < PATIENCE_SECONDS
        if not again or self.latency is not None or self._rung + 1 == len(LADDER):
            return False
        self._rung += 1
        return True
