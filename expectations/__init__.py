"""Judges what `ingest` read: the rule catalogue, the findings, the gates. Only `suites` and `gates` import Great Expectations, lazily."""
