import pytest

from ingest.errors import TemplateError
from ingest.lexicon import build_lexicon, load_lexicon, read_heading
from ingest.normalising import normalise_label, straighten
from ingest.templates import load_aliases, load_templates, parse_template


def test_the_forms_have_the_cells_of_the_circulars() -> None:
    counts = {(form.template, form.variant): form.cell_count for form in load_lexicon().forms}
    assert counts == {("2021", None): 200, ("2021", "other_processed"): 186, ("2019", None): 198}


def test_prints_of_one_label_have_one_normal_form() -> None:
    spellings = ["（三）不予公开", "(三) 不予公开", "( 三 )不 予 公 开", "（三）不予公開"]
    assert {normalise_label(s) for s in spellings} == {"三不予公开"}


def test_straightening_moves_no_offset() -> None:
    printed = "規範性檔案（１２）　,"
    assert len(straighten(printed)) == len(printed)
    assert straighten("１２（項）") == "12(项)"


@pytest.mark.parametrize(
    ("printed", "row"),
    [
        ("一、本年新收政府信息公开申请数量", "new_received"),
        ("本年新收政府信息公开申请数量", "new_received"),
        ("（三）不予公开1.属于国家秘密", "denied_state_secret"),
        ("3.其他", "other_other"),
        ("（七）总计", "total_processed"),
        ("（六）其他处理", "other_processed"),
    ],
)
def test_a_row_is_found_by_every_print_of_its_label(printed: str, row: str) -> None:
    assert load_lexicon().row_labels[normalise_label(printed)] == ("requests", row)


@pytest.mark.parametrize("shared", ["其他", "总计"])
def test_a_word_that_heads_a_column_names_no_row(shared: str) -> None:
    assert shared not in load_lexicon().row_labels


@pytest.mark.parametrize(
    ("line", "section"),
    [
        ("一、总体情况", "overview"),
        ("  三、收到和处理政府信息公开申请情况", "requests"),
        ("三、政府信息公开申请办理情况", "requests"),
        ("三、强化监督,增强实效", None),
        ("二、上年结转政府信息公开申请数量", None),
        ("四、结转下年度继续办理", None),
        ("五、政府信息公开工作存在的主要问题及改进情况", "problems"),
        ("总体情况", None),
    ],
)
def test_a_heading_needs_its_number_and_its_words(line: str, section: str | None) -> None:
    assert read_heading(line, load_lexicon()) == section


def test_a_template_that_contradicts_itself_names_the_file() -> None:
    broken = """
template: "2030"
instrument: 虚构
valid_from_year: 2030
valid_to_year: null
tables:
  - {table: proactive, section: proactive, title: 表, columns: [{column: made, label: 件数, unit: 件}], rows: [{row: a, label: 甲}],
     blocks: [{head: 首, columns: [unheard], rows: [a]}]}
"""
    with pytest.raises(TemplateError, match=r"(?s)t2030\.yml.*首"):
        parse_template(broken, "t2030.yml")


def test_templates_are_valid_in_the_years_of_their_circular() -> None:
    templates = load_templates()
    assert [y for y in range(2018, 2027) if templates["2019"].is_valid_for(y)] == [2019, 2020]
    assert not templates["2021"].is_valid_for(2020)
    assert templates["2021"].is_valid_for(2025)


def test_every_alias_names_a_row_that_a_template_has() -> None:
    rows = {(t.table, r.row) for template in load_templates().values() for t in template.tables for r in (*t.rows, *t.variants)}
    assert [a for a in load_aliases().rows if (a.table, a.row) not in rows] == []
    assert build_lexicon(load_templates(), load_aliases()).row_labels == load_lexicon().row_labels
