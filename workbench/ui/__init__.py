"""Widgets. They show the document and turn hands into acts; they compute nothing that another room needs."""
