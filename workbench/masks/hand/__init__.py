"""What a hand does on a mask stack: strokes, and pieces copied and given back."""
