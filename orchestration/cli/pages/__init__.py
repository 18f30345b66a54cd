"""The page of `nianbao check --format html`: one file that a clerk can read, print and pass on. No script, nothing from outside."""
