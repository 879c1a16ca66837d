"""The rules of other programs, so that their users get their numbers back.

`flucoma` is the Fluid Corpus Manipulation library, `libnmfd` the Python version of the NMF Toolbox. Both build on the
engine, and the engine knows nothing of them.
"""

EPS = 2.0**-52
"""Float64's machine epsilon, which both programs take as a floor or add wherever they divide."""
