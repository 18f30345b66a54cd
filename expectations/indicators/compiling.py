"""SQL of dbt from the declared indicators: the models that compute them, and the generated columns of mart_agency_years."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from expectations.indicators.declaring import Declaration, Figure, Indicator
from expectations.indicators.expressions import list_operands, parse_expression, write_expression
from ingest.templates import Template

_NOTE: Final = "Generated from expectations/indicators/indicators.yml; do not edit. `make docs` writes it anew."


class _Fact(NamedTuple):
    model: str
    alias: str


_FACTS: Final = {
    "requests": _Fact("fct_requests", "request_cells"),
    "disputes": _Fact("fct_disputes", "dispute_cells"),
    "proactive": _Fact("fct_proactive_disclosures", "disclosure_cells"),
}
_MEASURES: Final = {
    ("requests", "件"): "request_count",
    ("disputes", "件"): "case_count",
    ("proactive", "件"): "item_count",
    ("proactive", "元"): "amount_cny",
    ("proactive", "万元"): "amount_10k_yuan",
}


_EARLIER: Final = {"previous": 1, "third": 3}
"""Reports for earlier years that an indicator is compared with, and how many years earlier."""
_EARLIER_VALUES: Final = {"previous": "previous_value", "third": "third_value"}


def compile_figures(declaration: Declaration) -> str:
    """`int_figures_pivoted.sql`: one row per report, one column per figure."""
    blocks = [_select_all("reports", "int_reports_published")]
    blocks += [_pivot_fact(table, declaration) for table in _FACTS]
    blocks.append(_pivot_mentions(declaration))
    blocks.append(_write_figures(declaration))
    blocks.append(_add_previous(declaration))
    blocks.append(_write_quotients(declaration))
    return _join_blocks(f"-- One row per report, one column per figure and per quotient.\n-- {_NOTE}", blocks)


def compile_indicators(declaration: Declaration, templates: Mapping[str, Template]) -> str:
    """`int_indicators_computed.sql`: one row per report and indicator, with what it divides, its value, and those of earlier years."""
    entries = ",\n".join(_write_entry(indicator, declaration, templates) for indicator in declaration.computed)
    keys = ("document_id", "agency_id", "report_year", "template")
    columns = "".join(f"        figures.{key},\n" for key in keys)
    joins = "".join(
        f"\n    left join figures as {name}\n        on\n            figures.agency_id = {name}.agency_id\n"
        f"            and figures.report_year = {name}.report_year + {years}\n"
        f"            and figures.report_scope is not distinct from {name}.report_scope"
        for name, years in _EARLIER.items()
    )
    listed = f"listed as (\n\n    select\n{columns}        unnest([\n{entries}\n        ]) as indicator\n    from figures{joins}\n\n)"
    fields = ("indicator_id", "numerator", "denominator", "sample_size", "is_on_form", "indicator_value", *_EARLIER_VALUES.values())
    picked = ",\n".join([*(f"        {key}" for key in keys), *(f"        indicator.{field}" for field in fields)])
    final = f"final as (\n\n    select\n{picked}\n    from listed\n\n)"
    head = (
        f"-- One row per report and indicator. The years are joined before the indicators are listed: fifty times fewer rows.\n-- {_NOTE}"
    )
    return _join_blocks(head, [_select_all("figures", "int_figures_pivoted"), listed, final])


def compile_columns(declaration: Declaration) -> str:
    """The figures and quotients of mart_agency_years, as lines of its select list."""
    keys = [*(figure.key for figure in declaration.figures), *(indicator.key for indicator in _list_quotients(declaration))]
    flag = f"        figures.processed_count < {declaration.small_sample} as is_small_sample,"
    return "\n".join([*(f"        figures.{key}," for key in keys), flag])


def describe_columns(declaration: Declaration) -> str:
    """The same columns for mart_agency_years.yml."""
    lines: list[str] = []
    for figure in declaration.figures:
        lines += [
            f"      - name: {figure.key}",
            f"        data_type: {_type_of(figure)}",
            f"        description: >-\n          {figure.about}",
        ]
    for indicator in _list_quotients(declaration):
        words = f"{indicator.name_zh} ({indicator.id}){', 0–1' if indicator.kind == 'share' else ''}; {indicator.formula}."
        caveat = f" {indicator.caveat_en}" if indicator.caveat_en else ""
        lines += [f"      - name: {indicator.key}", "        data_type: double", f"        description: >-\n          {words}{caveat}"]
    words = f"Whether processed_count is below {declaration.small_sample}, too few for shares of processed requests; null without it."
    lines += ["      - name: is_small_sample", "        data_type: boolean", f"        description: {words}"]
    return "\n".join(lines)


def replace_region(text: str, comment: str, lines: str) -> str:
    """`text` with what stands between its two marker lines replaced. Raises ValueError when they are not there once."""
    start, end = f"{comment} generated from indicators.yml: do not edit", f"{comment} end of what is generated"

    def fill(found: re.Match[str]) -> str:
        indent = str(found[1])
        return f"{indent}{start}\n{lines}\n{indent}{end}"

    pattern = rf"^([ ]*){re.escape(start)}\n.*?^[ ]*{re.escape(end)}$"
    replaced, count = re.subn(pattern, fill, text, flags=re.MULTILINE | re.DOTALL)
    if count != 1:
        raise ValueError(f"the markers {start!r} and {end!r} are needed once")
    return replaced


def _list_quotients(declaration: Declaration) -> list[Indicator]:
    return [indicator for indicator in declaration.computed if indicator.denominator is not None]


def _type_of(figure: Figure) -> str:
    if figure.key.startswith("applicant_square"):
        return "double"
    return {"件": "bigint", "元": "decimal(24,2)", "万元": "decimal(20,6)"}[figure.unit]


def _write_quotient(indicator: Indicator) -> str:
    part, whole = (_bracket(_write(str(expression))) for expression in (indicator.numerator, indicator.denominator))
    macro = "share_of" if indicator.kind == "share" else "ratio_of"
    return f"{{{{ {macro}('{part}', '{whole}') }}}}"


def _bracket(expression: str) -> str:
    return f"({expression})" if " " in expression else expression


def _write_entry(indicator: Indicator, declaration: Declaration, templates: Mapping[str, Template]) -> str:
    forms = declaration.list_forms(indicator, templates)
    fields = {
        "indicator_id": f"'{indicator.id}'",
        "numerator": _cast(indicator.numerator),
        "denominator": _cast(indicator.denominator),
        "sample_size": _cast(indicator.sample or indicator.denominator),
        "is_on_form": "true" if forms is None else f"figures.template in {_list_forms(forms)}",
        "indicator_value": _cast(indicator.key),
    }
    for name, field in _EARLIER_VALUES.items():
        runs_on = f"{name}.template = figures.template"
        if indicator.comparable:
            listed = _list_forms(indicator.comparable)
            runs_on = f"{runs_on} or (figures.template in {listed} and {name}.template in {listed})"
        fields[field] = f"case when {runs_on} then cast({name}.{indicator.key} as double) end"
    body = ",\n".join(f"                '{name}': {value}" for name, value in fields.items())
    return f"            {{\n{body}\n            }}"


def _list_forms(forms: Iterable[str]) -> str:
    return f"({', '.join(map(repr, sorted(forms)))})"


def _cast(expression: str | None) -> str:
    written = "null" if expression is None else write_expression(parse_expression(expression), lambda name: f"figures.{name}")
    return f"cast({written} as double)"


def _write(expression: str) -> str:
    return write_expression(parse_expression(expression), str)


def _pivot_fact(table: str, declaration: Declaration) -> str:
    fact = _FACTS[table]
    columns: dict[str, str] = {}
    for cell, unit in _list_cells(declaration):
        if cell.split(".", 1)[0] == table:
            _, row, column = cell.split(".")
            where = f"row_key = '{row}' and column_key = '{column}'"
            columns[_name_cell(cell, unit)] = f"max({_MEASURES[table, unit]}) filter (where {where}) as {_name_cell(cell, unit)}"
    for cell in _list_chosen(declaration):
        if cell.split(".", 1)[0] == table:
            _, row, column = cell.split(".")
            columns[_name_presence(cell)] = f"bool_or(row_key = '{row}' and column_key = '{column}') as {_name_presence(cell)}"
    body = ",\n".join(f"        {column}" for column in columns.values())
    source = f"    from {{{{ ref('{fact.model}') }}}}"
    return f"{fact.alias} as (\n\n    select\n        document_id,\n{body}\n{source}\n    group by document_id\n\n)"


def _pivot_mentions(declaration: Declaration) -> str:
    """The one exact number that a report states for a subject; null where it states several, or one that is not exact."""
    subjects = {figure.mention: figure.unit for figure in declaration.figures if figure.mention is not None}
    listed = ", ".join(f"'{subject}'" for subject in subjects)
    counted = ", ".join(f"'{subject}'" for subject, unit in subjects.items() if unit == "件")
    valued = (
        "stated as (\n\n    select\n        document_id,\n        subject,\n        case\n"
        "            when value_precision <> 'exact' then null\n            when value = 0 then 0\n"
        "            when unit = '元' then value\n            when unit = '万元' then value * 10000\n"
        "            when unit = '亿元' then value * 100000000\n"
        f"            when subject in ({counted}) then value\n        end as figure\n"
        f"    from {{{{ ref('fct_mentions') }}}}\n    where subject in ({listed})\n\n)"
    )
    certain = (
        "certain as (\n\n    select\n        document_id,\n        subject,\n        min(figure) as figure\n    from stated\n"
        "    group by document_id, subject\n    having count(*) = count(figure) and min(figure) = max(figure)\n\n)"
    )
    columns = ",\n".join(
        f"        cast(max(figure) filter (where subject = '{subject}') as {'bigint' if unit == '件' else 'decimal(24, 2)'}) as {subject}"
        for subject, unit in subjects.items()
    )
    pivoted = f"mentioned as (\n\n    select\n        document_id,\n{columns}\n    from certain\n    group by document_id\n\n)"
    return f"{valued},\n\n{certain},\n\n{pivoted}"


def _write_figures(declaration: Declaration) -> str:
    lines = []
    for figure in declaration.figures:
        if figure.previous is not None:
            continue
        if figure.mention is not None:
            lines.append(f"        mentioned.{figure.mention} as {figure.key},")
            continue
        *chosen, last = [_expand(formula, figure.unit, declaration) for formula in figure.formulas]
        written = last
        if chosen:
            cases = " ".join(
                f"when {_locate(formula, _name_presence(formula))} then {expression}"
                for formula, expression in zip(figure.formulas, chosen, strict=False)
            )
            written = f"case {cases} else {last} end"
        lines.append(f"        {written} as {figure.key},")
    body = "\n".join(lines).removesuffix(",")
    joins = "".join(
        f"\n    left join {alias} on reports.document_id = {alias}.document_id"
        for alias in (*(f.alias for f in _FACTS.values()), "mentioned")
    )
    keys = "".join(f"        reports.{key},\n" for key in ("document_id", "agency_id", "report_year", "template", "report_scope"))
    return f"figures as (\n\n    select\n{keys}{body}\n    from reports{joins}\n\n)"


def _add_previous(declaration: Declaration) -> str:
    previous = [figure for figure in declaration.figures if figure.previous is not None]
    columns = "".join(f",\n        previous.{figure.previous} as {figure.key}" for figure in previous)
    return (
        f"chained as (\n\n    select\n        figures.*{columns}\n    from figures\n    left join figures as previous\n        on\n"
        "            figures.agency_id = previous.agency_id\n            and figures.report_year = previous.report_year + 1\n"
        "            and figures.template = previous.template\n"
        "            and figures.report_scope is not distinct from previous.report_scope\n\n)"
    )


def _write_quotients(declaration: Declaration) -> str:
    columns = "".join(f",\n        {_write_quotient(indicator)} as {indicator.key}" for indicator in _list_quotients(declaration))
    return f"final as (\n\n    select\n        *{columns}\n    from chained\n\n)"


def _expand(formula: str, unit: str, declaration: Declaration) -> str:
    """The formula in cells alone, figures in it replaced by their own formulas."""

    def name(operand: str) -> str:
        if "." in operand:
            return _locate(operand, _name_cell(operand, unit))
        (inner,) = declaration.by_key[operand].formulas
        return f"({_expand(inner, unit, declaration)})" if " " in inner else _expand(inner, unit, declaration)

    tree = parse_expression(formula)
    return _widen(write_expression(tree, name)) if _has_square(tree) else write_expression(tree, name)


def _has_square(tree: ast.expr) -> bool:
    return any(isinstance(node, ast.Pow) for node in ast.walk(tree))


def _widen(expression: str) -> str:
    """Squares as double: a figure that is misprinted by nine digits must not end the build."""
    return re.sub(r"\b(\w+_cells\.\w+)", r"cast(\1 as double)", expression)


def _locate(cell: str, column: str) -> str:
    return f"{_FACTS[cell.split('.', 1)[0]].alias}.{column}"


def _name_cell(cell: str, unit: str) -> str:
    _, row, column = cell.split(".")
    return f"{row}__{column}" if unit == "件" else f"{row}__{_MEASURES['proactive', unit]}"


def _name_presence(cell: str) -> str:
    _, row, column = cell.split(".")
    return f"has_{row}__{column}"


def _list_cells(declaration: Declaration) -> Iterator[tuple[str, str]]:
    for figure in declaration.figures:
        for formula in figure.formulas:
            yield from ((name, figure.unit) for name in list_operands(parse_expression(formula)) if "." in name)


def _list_chosen(declaration: Declaration) -> Iterator[str]:
    """The cells whose presence decides which formula of a figure is taken."""
    for figure in declaration.figures:
        yield from figure.formulas[:-1]


def _select_all(name: str, model: str) -> str:
    return f"{name} as (\n\n    select * from {{{{ ref('{model}') }}}}\n\n)"  # noqa: S608 (names come from indicators.yml)


def _join_blocks(head: str, blocks: list[str]) -> str:
    body = ",\n\n".join(blocks)
    return f"{head}\n-- noqa: disable=LT05\nwith\n\n{body}\n\nselect * from final\n"
