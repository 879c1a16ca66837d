"""The document's data as project files and journals hold it: entries of tables, and arrays."""
