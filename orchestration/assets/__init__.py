"""The assets, one module per layer: raw, staging, warehouse, published. What they do is in plain modules; here it meets Dagster."""
