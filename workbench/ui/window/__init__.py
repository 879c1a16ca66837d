"""The main window: panes, menus, keys."""
