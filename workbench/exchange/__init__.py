"""What other programs read and write: masks, factors, labels, notes and figures, as files, arrays and plain values.

Every format has a file of its own. What comes in is checked before there is memory for it, nothing is ever unpickled,
and what is wrong with a file is one sentence. What goes out is written beside its place and renamed, and a set of files
never takes the place of others.
"""
