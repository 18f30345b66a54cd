"""Dashboards over the published marts, as code: declared in YAML and SQL, built into a bundle that Apache Superset imports.

`datasets.yml` and `datasets/*.sql` say what is drawn on, `dashboards/*.yml` what is drawn, `filters.yml` what people choose by.
`superset/` runs in Superset's own environment (.venv-bi) and is no module of this package.
"""
