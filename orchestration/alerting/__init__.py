"""Alerts: what people are told without looking, once per cause, and again when it is over (docs/alerts.md).

`causes` says what may be told, `collecting` looks at what is stored, `outboxes` remembers what was told, `wording` writes it,
`sending` delivers it, `evaluating` does all of it for a build or a tick, and `sensing` is where Dagster calls.
"""
