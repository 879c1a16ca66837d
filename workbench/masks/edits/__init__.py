"""What a hand lays over computed masks: edits, effects, areas, brushes."""
