"""The indicators as data: `indicators.yml` says what each divides by what; SQL, seed and pages are derived from it."""
