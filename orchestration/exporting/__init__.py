"""Exports of a publication: files for spreadsheets and software, the statutory form as workbooks, a PostgreSQL schema.

Tables, columns, types, comments and NOT NULL are read from the published DuckDB file, keys from the dbt project, so that a new mart
needs no code here.
"""
