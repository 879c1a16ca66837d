"""The figure of the method for a paper: laid out once as a drawing, which is written as SVG or as PNG."""
