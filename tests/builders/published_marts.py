"""A publication without dbt: the tables that exports and queries read, made of generated reports."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
from builders.documents import build_raw

from ingest.parsing import parse_documents
from ingest.samples import generate_figures, render_report
from ingest.tables import CELLS
from orchestration.publishing import Publication, publish_warehouse
from orchestration.settings import Paths
from orchestration.warehousing import BuiltWarehouse

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+86 10 1234",
    "-5",
    "-",
    "@SUM(1,2)",
    "\t=1+1",
    "\r=1+1",
    "＝1＋1",
    "＋1",
    "－1",
    "＠x",
    " \u3000=1",
    "'quoted",
    "'=1",
)
"""Texts that spreadsheets run, and texts that look like the cure."""

Cell = tuple[str, str, str, float | None, str, str]
"""table, row, column, value, raw, unit."""


def build_publication(
    home: Path,
    agencies: Sequence[tuple[str, str]] = (("ag_a", "临江市财政局"), ("ag_b", "东河县公安局")),
    years: Sequence[int] = (2022, 2023),
    template: str = "2021",
    changes: dict[tuple[str, int], Sequence[Cell]] | None = None,
) -> tuple[Paths, Publication]:
    """Publish one generated report per agency and year; `changes` replaces cells of some, by (agency id, year)."""
    cells, reports = [], []
    for number, (agency, name) in enumerate(agencies):
        for year in years:
            text = render_report(generate_figures(seed=number * 100 + year, report_year=year, template=template), "pipe_rows").text
            document = f"{agency}-{year}"
            found = parse_documents(build_raw([text])).cells.with_columns(pl.lit(document).alias("document_id"))
            cells.append(
                _change(found, (changes or {}).get((agency, year), ())).with_columns(agency_id=pl.lit(agency), report_year=pl.lit(year))
            )
            reports.append((document, f"in/{document}.txt", year, agency, name, template, date(year + 1, 1, 20), "own"))
    folder = home.parent / f"{home.name}-warehouse"
    folder.mkdir(parents=True)
    database = folder / "nianbao.duckdb"
    with duckdb.connect(str(database)) as connection:
        _write_tables(connection, pl.concat(cells).with_columns(pl.lit(template).alias("template")), reports)
    paths = Paths(home)
    return paths, publish_warehouse(paths, database, BuiltWarehouse(staging="s", project="p", statuses={"accepted": len(reports)}))


def _change(cells: pl.DataFrame, changes: Sequence[Cell]) -> pl.DataFrame:
    for table, row, column, value, raw, unit in changes:
        here = (pl.col("table") == table) & (pl.col("row") == row) & (pl.col("column") == column)
        cells = cells.with_columns(
            value=pl.when(here).then(pl.lit(value, CELLS["value"])).otherwise("value"),
            raw=pl.when(here).then(pl.lit(raw)).otherwise("raw"),
            unit=pl.when(here).then(pl.lit(unit)).otherwise("unit"),
        )
    return cells


def _write_tables(connection: duckdb.DuckDBPyConnection, cells: pl.DataFrame, reports: Sequence[tuple[object, ...]]) -> None:
    connection.register("cells", cells.rename({"table": "table_key", "row": "row_key", "column": "column_key"}).to_arrow())
    connection.execute(
        "create table fct_reports (document_id varchar not null, source varchar not null, report_year integer not null,"
        " agency_id varchar not null, agency_name varchar not null, template varchar, published_date date, report_scope varchar)"
    )
    connection.executemany("insert into fct_reports values (?, ?, ?, ?, ?, ?, ?, ?)", reports)
    keys = "document_id, agency_id, report_year, template, row_key, column_key"
    whole = "cast(value as bigint)"
    for key, column in (("requests", "request_count"), ("disputes", "case_count")):
        table, figure = f"fct_{key}", f"{whole} as {column}"
        connection.execute(f"create table {table} as select {keys}, {figure}, raw, line from cells where table_key = '{key}'")
    value = "cast(value as decimal(20, 6)) as value, unit, raw, line"
    connection.execute(f"create table fct_proactive_disclosures as select {keys}, {value} from cells where table_key = 'proactive'")
    connection.execute(
        f"create table fct_statistics as select document_id, agency_id, report_year, template, row_key as indicator, column_key, {value}"
        " from cells where table_key = 'statistics'"
    )
    connection.execute(
        "create table dim_agencies as select agency_id, max_by(agency_name, report_year) as agency_name,"
        " min(report_year) as first_report_year, max(report_year) as last_report_year, count(*) as report_count"
        " from fct_reports group by agency_id"
    )
    connection.execute(_PANEL)
    connection.execute(
        "create table mart_agency_years (agency_id varchar not null, report_year integer not null, agency_name varchar not null,"
        " document_id varchar not null, source varchar not null, template varchar not null, new_received_count bigint,"
        " processed_count bigint, granted_count bigint, partly_granted_count bigint, disclosure_share double, fee_10k_yuan decimal(20, 6),"
        " has_source_errors boolean not null)"
    )
    connection.execute("insert into mart_agency_years select * from panel order by 1, 2")
    connection.execute("drop view panel")
    connection.execute(
        "create table fct_findings (finding_id varchar not null, rule_id varchar, severity varchar, agency_id varchar, report_year integer,"
        " document_id varchar, source varchar, line integer, raw varchar not null, message_zh varchar, message_en varchar, residual double,"
        " judged_at timestamp)"
    )
    for number, text in enumerate(HOSTILE):
        row = [f"f{number:02}", "requests.row_total", "error", "ag_a", 2023, "ag_a-2023", "in/ag_a-2023.txt", number + 1, text]
        row += [f"第{number}条", f"finding {number}", -number / 8, "2026-03-01 02:30:00.5"]
        connection.execute(f"insert into fct_findings values ({', '.join('?' * 13)})", row)
    connection.execute(
        "create table fct_oddities as select 'a' as id, [1, 2] as list, null::integer as nothing, 'say \"hi\",\n你好' as text"
    )
    connection.execute("comment on table mart_agency_years is 'One row per agency and report year, the agency''s own figures.'")
    connection.execute("comment on column mart_agency_years.new_received_count is '本年新收, 件.'")


_PANEL = """create view panel as
select
    r.agency_id, r.report_year, r.agency_name, r.document_id, r.source, r.template,
    max(q.request_count) filter (q.row_key = 'new_received') as new_received_count,
    max(q.request_count) filter (q.row_key = 'total_processed') as processed_count,
    max(q.request_count) filter (q.row_key = 'granted') as granted_count,
    max(q.request_count) filter (q.row_key = 'partly_granted') as partly_granted_count,
    (granted_count + partly_granted_count) / nullif(processed_count, 0) as disclosure_share,
    any_value(f.value) as fee_10k_yuan,
    r.agency_id = 'ag_a' as has_source_errors
from fct_reports as r
left join fct_requests as q on r.document_id = q.document_id and q.column_key = 'total'
left join fct_proactive_disclosures as f on r.document_id = f.document_id and f.row_key = 'fee' and f.column_key = 'amount_10k_yuan'
group by all
"""
