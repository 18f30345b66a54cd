"""Excel exports: every cell of the statutory form is where the form has it, as it was printed."""

from decimal import Decimal
from pathlib import Path

import duckdb
import openpyxl
import pytest
from builders.commands import Nianbao
from builders.published_marts import HOSTILE, build_publication
from openpyxl.worksheet.worksheet import Worksheet

from ingest.templates import load_templates
from orchestration.exporting.cells import FormCell
from orchestration.exporting.forms import MIXED_UNITS, NOT_SUMMED, sum_cells
from orchestration.exporting.grids import GRID, choose_number_format, place_table
from orchestration.settings import Paths

FIRST_ROW = 4
"""Title, a line between, the title of 表二: its cells begin in this row of every sheet."""


@pytest.fixture
def nianbao(capsys: pytest.CaptureFixture[str]) -> Nianbao:
    return Nianbao(capsys)


def read_facts(paths: Paths, document: str) -> dict[tuple[str, str, str], tuple[object, str]]:
    with duckdb.connect(str(paths.published / "current" / "nianbao.duckdb"), read_only=True) as connection:
        return {
            (table, row, column): (value, raw)
            for table, name, figure in (
                ("proactive", "fct_proactive_disclosures", "value"),
                ("requests", "fct_requests", "request_count"),
                ("disputes", "fct_disputes", "case_count"),
            )
            for row, column, value, raw in connection.execute(
                f"select row_key, column_key, {figure}, raw from {name} where document_id = ?", [document]
            ).fetchall()
        }


def locate_values(template: str) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Cell → (row, column) of a sheet, 1-based, worked out from the form and not from the writer."""
    places, row = {}, FIRST_ROW
    for table in load_templates()[template].tables:
        cells = place_table(template, table.table, tuple(entry.row for entry in table.rows))
        places |= {cell.key: (row + cell.row, cell.column + 1) for cell in cells if cell.key is not None}
        row += max(cell.row + cell.rowspan for cell in cells) + 3  # its note, a line between, the next title
    return places


def find_text(sheet: Worksheet, text: str) -> tuple[int, int]:
    (place,) = [(cell.row, cell.column) for row in sheet.iter_rows() for cell in row if cell.value == text]
    return place


@pytest.mark.parametrize("template", ["2021", "2019"])
def test_every_cell_of_the_form_is_read_back_as_it_was_printed(nianbao: Nianbao, tmp_path: Path, template: str) -> None:
    changes = [
        ("requests", "granted", "total", None, "", "件"),
        ("requests", "granted", "natural_person", None, "-", "件"),
        ("requests", "new_received", "total", 1234.0, "1,234", "件"),
        ("disputes", "review", "upheld", None, "=1+1", "件"),
    ]
    year = 2023 if template == "2021" else 2020
    paths, _ = build_publication(tmp_path / "home", years=(year,), template=template, changes={("ag_a", year): changes})
    done = nianbao("export", "--format", "xlsx", "--out", tmp_path / "x.xlsx", "--home", paths.home)
    assert done.status == 0, done.err
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert set(book.sheetnames) == {"说明", f"汇总 {year}", "临江市财政局", "东河县公安局"}
    places = locate_values(template)
    for name, document in (("临江市财政局", f"ag_a-{year}"), ("东河县公安局", f"ag_b-{year}")):
        facts = read_facts(paths, document)
        assert len(facts) == len(places) == (200 if template == "2021" else 198)
        for key, (value, raw) in facts.items():
            cell = book[name].cell(*places[key])
            if value is not None:
                assert Decimal(str(cell.value)) == Decimal(str(value)), key
                assert cell.data_type == "n"
            else:
                assert (cell.value or "") == raw, key
                assert cell.data_type in ("s", "n")  # never a formula
    sheet = book["临江市财政局"]
    assert sheet.cell(*places["requests", "granted", "total"]).value is None
    assert sheet.cell(*places["requests", "granted", "natural_person"]).value == "-"
    assert sheet.cell(*places["requests", "new_received", "total"]).number_format == "#,##0"
    assert sheet.cell(*places["disputes", "review", "upheld"]).value == "=1+1"
    assert sheet.cell(*places["disputes", "review", "upheld"]).data_type == "s"


def test_labels_stand_beside_and_above_their_values_under_merged_heads(nianbao: Nianbao, tmp_path: Path) -> None:
    paths, _ = build_publication(tmp_path / "home", years=(2023,))
    nianbao("export", "--format", "xlsx", "--out", tmp_path / "x.xlsx", "--home", paths.home)
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx")["临江市财政局"]
    places = locate_values("2021")
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert sheet["A1"].value == "临江市财政局 2023年"
    assert find_text(sheet, "二、主动公开政府信息情况") == (3, 1)
    assert find_text(sheet, "一、本年新收政府信息公开申请数量")[0] == places["requests", "new_received", "natural_person"][0]
    assert find_text(sheet, "7.属于行政执法案卷")[0] == places["requests", "denied_enforcement_file", "total"][0]
    assert find_text(sheet, "法律服务机构")[1] == places["requests", "granted", "legal_service"][1]
    row, column = find_text(sheet, "三、本年度办理结果")
    assert f"A{row}:A{row + 21}" in merged  # as many rows as outcomes, 总计 included
    assert column == 1
    assert find_text(sheet, "复议后起诉") == (places["disputes", "litigation_after_review", "upheld"][0] - 2, 11)
    assert {sheet.cell(*place).border.left.style for place in places.values()} == {"thin"}
    assert all(abs(sheet.column_dimensions[letter].width - 9.7) < 0.1 for letter in "A") and GRID == 15
    notes = [str(cell.value) for row in sheet.iter_rows() for cell in row if "来源" in str(cell.value)]
    assert len(notes) == 3
    assert all(note.startswith("来源：in/ag_a-2023.txt 第 ") for note in notes)


def test_the_sums_are_formulas_over_the_sheets_and_bear_the_right_values(nianbao: Nianbao, tmp_path: Path) -> None:
    blank = [("requests", "granted", "total", None, "-", "件")]
    money = [("proactive", "fee", "amount_10k_yuan", 5.0, "5", "元")]
    paths, _ = build_publication(tmp_path / "home", years=(2023,), changes={("ag_a", 2023): blank, ("ag_b", 2023): money})
    nianbao("export", "--format", "xlsx", "--out", tmp_path / "x.xlsx", "--home", paths.home)
    formulas = openpyxl.load_workbook(tmp_path / "x.xlsx")["汇总 2023"]
    values = openpyxl.load_workbook(tmp_path / "x.xlsx", data_only=True)["汇总 2023"]
    facts = [read_facts(paths, f"{agency}-2023") for agency in ("ag_a", "ag_b")]
    for key, place in locate_values("2021").items():
        if key == ("proactive", "fee", "amount_10k_yuan"):
            assert formulas.cell(*place).value == MIXED_UNITS  # 元 is never added to 万元
            continue
        name = formulas.cell(*place).coordinate
        assert formulas.cell(*place).value == f"=SUM('东河县公安局'!{name},'临江市财政局'!{name})"
        assert values.cell(*place).value == sum(fact[key][0] or 0 for fact in facts)


def test_where_a_formula_would_be_too_long_the_sum_is_a_number(nianbao: Nianbao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.exporting.forms._MOST_TERMS", 1)
    paths, _ = build_publication(tmp_path / "home", years=(2023,))
    nianbao("export", "--format", "xlsx", "--out", tmp_path / "x.xlsx", "--home", paths.home)
    place = locate_values("2021")["requests", "total_processed", "total"]
    facts = [read_facts(paths, f"{agency}-2023")["requests", "total_processed", "total"][0] for agency in ("ag_a", "ag_b")]
    assert openpyxl.load_workbook(tmp_path / "x.xlsx")["汇总 2023"].cell(*place).value == sum(map(int, map(str, facts)))


def test_reports_on_other_forms_and_years_are_never_summed_together(nianbao: Nianbao, tmp_path: Path) -> None:
    paths, _ = build_publication(tmp_path / "home")
    nianbao("export", "--format", "xlsx", "--out", tmp_path / "all.xlsx", "--home", paths.home)
    nianbao("export", "--format", "xlsx", "--out", tmp_path / "years", "--home", paths.home)
    nianbao("export", "--format", "xlsx", "--by", "agency", "--out", tmp_path / "agencies", "--home", paths.home)
    assert openpyxl.load_workbook(tmp_path / "all.xlsx").sheetnames == [
        "说明",
        "汇总 2022",
        "2022 东河县公安局",
        "2022 临江市财政局",
        "汇总 2023",
        "2023 东河县公安局",
        "2023 临江市财政局",
    ]
    assert {path.name for path in (tmp_path / "years").glob("*.xlsx")} == {"2022.xlsx", "2023.xlsx"}
    assert openpyxl.load_workbook(tmp_path / "agencies" / "ag_a.xlsx").sheetnames == ["说明", "2022", "2023"]


def test_agencies_of_one_name_and_names_too_long_for_a_sheet_keep_their_own_sheets(nianbao: Nianbao, tmp_path: Path) -> None:
    long = "东河县" + "城乡" * 20 + "管理局"
    paths, _ = build_publication(tmp_path / "home", agencies=[("ag_a", long), ("ag_b", long), ("ag_c", "局[一]/二:*?'")], years=(2023,))
    nianbao("export", "--format", "xlsx", "--out", tmp_path / "x.xlsx", "--home", paths.home)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert len(book.sheetnames) == 5
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert {book[name]["A1"].value for name in book.sheetnames[2:]} == {f"{long} 2023年", "局[一]/二:*?' 2023年"}


def test_tables_as_plain_sheets_hold_texts_as_texts_and_numbers_as_numbers(nianbao: Nianbao, tmp_path: Path) -> None:
    paths, _ = build_publication(tmp_path / "home")
    arguments = ("--table", "fct_findings", "--table", "mart_agency_years", "--out", tmp_path / "x.xlsx")
    assert nianbao("export", "--format", "xlsx", *arguments, "--home", paths.home).status == 0
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    assert book.sheetnames == ["说明", "fct_findings", "mart_agency_years"]
    rows = list(book["fct_findings"].iter_rows())
    raw = [cell.value for cell in rows[0]].index("raw")
    assert sorted(row[raw].value.replace("_x000D_", "\r") for row in rows[1:]) == sorted(HOSTILE)
    assert {row[raw].data_type for row in rows[1:]} == {"s"}
    published = duckdb.connect(str(paths.published / "current" / "nianbao.duckdb"), read_only=True)
    with published:
        expected = published.execute(
            "select agency_id, report_year, new_received_count, disclosure_share from mart_agency_years"
        ).fetchall()
    sheet = book["mart_agency_years"]
    heads = [cell.value for cell in sheet[1]]
    places = [heads.index(name) for name in ("agency_id", "report_year", "new_received_count", "disclosure_share")]
    assert [tuple(row[place].value for place in places) for row in sheet.iter_rows(min_row=2)] == [
        (agency, year, count, pytest.approx(share)) for agency, year, count, share in expected
    ]


def test_the_same_publication_gives_the_same_workbook(nianbao: Nianbao, tmp_path: Path) -> None:
    paths, _ = build_publication(tmp_path / "home", years=(2023,))
    for name in ("x.xlsx", "y.xlsx"):
        nianbao("export", "--format", "xlsx", "--out", tmp_path / name, "--home", paths.home)
    assert (tmp_path / "x.xlsx").read_bytes() == (tmp_path / "y.xlsx").read_bytes()


@pytest.mark.parametrize(
    ("raw", "number_format"),
    [
        ("12", "0"),
        ("1,234", "#,##0"),
        ("12.50", "0.00"),
        ("+3", "+0;-0;0"),
        ("-3", "0"),
        ("１２", "0"),
        ("3万元", "General"),
        ("", "General"),
    ],
)
def test_a_figure_is_shown_with_the_decimals_and_separators_it_was_printed_with(raw: str, number_format: str) -> None:
    assert choose_number_format(raw) == number_format


def build_cell(value: str | None, raw: str = "", unit: str = "件") -> FormCell:
    return FormCell(None if value is None else Decimal(value), raw, 1, unit)


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        ([build_cell("3"), build_cell("4")], Decimal(7)),
        ([build_cell("0.1"), build_cell("0.2")], Decimal("0.3")),
        ([build_cell(None, "-"), build_cell(None), None], None),
        ([build_cell("0"), build_cell(None, "-")], Decimal(0)),
        ([build_cell("3", unit="元"), build_cell("4", unit="万元")], MIXED_UNITS),
        ([build_cell("1234567890123456"), build_cell("1")], NOT_SUMMED),
        ([build_cell(None, "3.5"), build_cell("1")], NOT_SUMMED),
    ],
)
def test_a_sum_is_exact_or_says_why_it_is_none(cells: list[FormCell | None], total: object) -> None:
    assert sum_cells(cells) == total
