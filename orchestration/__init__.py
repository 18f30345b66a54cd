"""Runs the warehouse: Dagster definitions, storage, the command line. Nothing is imported here: the command line must start fast."""
