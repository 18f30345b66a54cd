"""Who reports on which year: read from the head and the foot of the text, for whole batches at a time.

A fact is taken from what the document says of itself (title, stated period, header block, opening sentence, signature), in that order.
Where the evidence disagrees or is absent the fact is null: a year that is guessed puts every number of a report in the wrong place.
Document numbers (〔2021〕30号) and titles in 《》 are never evidence; the publication date only ever settles a disagreement.
"""

import hashlib
import unicodedata
from typing import Final

import polars as pl

from ingest.normalising import simplify_characters

_HEAD_CHARS: Final = 1500  # header block, title, opening and most of section 一; longer heads only add other years
_TITLE_CHARS: Final = 800
_FOOT_CHARS: Final = 400

_FIRST_YEAR: Final = 2004  # the first local disclosure rules (Shanghai, Wuhan); the national regulation dates from 2007
_LAST_YEAR: Final = 2099

_BLANKS: Final = r"[ \t\u00a0\u2000-\u200b\u3000\ufeff|*#]+"  # of the line, with the marks of tables and Markdown
_GAP: Final = r"[ \t\u00a0\u3000]*"
_SEPARATORS: Final = r"[ \t\u00a0\u3000:：|]*"

_ZERO: Final = "〇○零Oo0０Ｏ"
_NUMERALS: Final = "一二三四五六七八九"
_YEAR: Final = rf"(?:[2２][0０][0-9０-９]{{2}}|二[{_ZERO}][{_ZERO}{_NUMERALS}]{{2}})"
_DIGIT_FORMS: Final[dict[str, str]] = (
    {form: str(digit) for digit, form in enumerate("０１２３４５６７８９")}
    | {form: str(digit) for digit, form in enumerate(_NUMERALS, start=1)}
    | dict.fromkeys(_ZERO, "0")
)

_TOPIC: Final = r"(?:政府信息[与與]政[务務]公[开開]|政[务務]信息公[开開]|信息公[开開]|政[务務]公[开開])"
_GENRE: Final = r"(?:[报報]告|年[报報]|[总總][结結])"
_NAME: Final = r"[^\n。，,；;：:！!？?《》<>＞【】、]"
_NAME_NO_DIGIT: Final = r"[^\n。，,；;：:！!？?《》<>＞【】、0-9０-９./-]"
_ENDING: Final = r"(?:的?(?:公示|公告|通告|通知))?(?:[（(〔][^）)〕\n]{2,30}[）)〕])?"

_TITLE_WITH_YEAR: Final = (
    rf"(?m)(?:^(?P<above>{_NAME}{{2,40}})\n)?(?:^|[:：>＞】])(?P<line>(?:"
    rf"{_NAME}{{0,60}}?{_YEAR}年?度?{_NAME_NO_DIGIT}{{0,45}}?\n?{_NAME_NO_DIGIT}{{0,20}}?{_TOPIC}{_NAME}{{0,12}}?\n?{_NAME}{{0,8}}?"
    rf"|{_NAME_NO_DIGIT}{{0,45}}?{_TOPIC}(?:工作)?{_YEAR}年?度?(?:工作)?(?:年度)?){_GENRE}{_ENDING})$"
)
_TITLE_WITHOUT_YEAR: Final = (
    rf"(?m)(?:^(?P<above>{_NAME}{{2,40}})\n)?^(?P<line>{_NAME_NO_DIGIT}{{0,40}}?{_TOPIC}{_NAME_NO_DIGIT}{{0,8}}?{_GENRE}{_ENDING})$"
)

_PERIOD: Final = (
    rf"({_YEAR})(?:年0?1月(?:0?1日)?|[.．/-]0?1[.．/-]0?1|年1)(?:起|开始|開始|以来)?\n?[至到—－–~～─-]+\n?"
    rf"(?:({_YEAR})[年.．/-])?(?:底|12[月.．/-]31|年底|12月)"
)
_STATEMENT: Final = (
    rf"(?:[现現][将將就]|[现現](?:面?向社[会會])?(?:予以)?(?:公[布开開]|[发發]布)|社[会會]公[布开開]|[汇匯彙][报報]|[编編][制写寫]了?)"
    rf"[^。；;\n]{{0,40}}?({_YEAR})年度?[^。；;\n]{{0,25}}?{_TOPIC}[^。，,；;\n]{{0,15}}?(?:{_GENRE}|情[况況]|工作)"
)

_OFFICE: Final = (
    r"(?:政府|[办辦]公[室厅廳]|[办辦]事[处處]|委[员員][会會]|管委[会會]|中心|街道|街[办辦]|[开開][发發][区區]|新[区區]|[园園][区區]"
    r"|[局委办辦厅廳院镇鎮乡鄉])"
)
_UNIT: Final = (
    rf"(?:{_OFFICE}|公司|集[团團]|苏木|[学學][校院会會]|[大中小][学學]|幼儿园|[银銀分支]行"
    r"|[所站处處社馆館台部署会會区區县縣市州盟旗省场場队隊室司])"
)
_IS_AGENCY: Final = rf"^[\u4e00-\u9fff（）()·、]{{1,40}}{_UNIT}$"
_IS_NO_AGENCY: Final = (
    r"^(?:我|本|各|全|该|該|其|附件|关于|關於|发布|區委區政府|区委区政府|县委县政府|市委市政府)"
    r"|信息公[开開]|主[题題]|分[类類]|日期|文[号號]|[报報]告|年[报報]|[来來]源|年度"
)
_IS_NO_ACTOR: Final = (
    r"[党黨][委组組]|[领領][导導]|上[级級]|中央|[国國][务務]院|委[、和]?.?政府"
    r"|^[省市区區县縣州盟旗乡鄉镇鎮](?:人民)?(?:政府|委)$"
)
"""What a sentence about the year's work may have as its subject besides the reporting body."""
_IS_ALIAS: Final = r"^[省市区區县縣州盟旗镇鎮乡鄉].{1,5}$"
"""An office's short name on its own government's site, such as 区…办: it names no place."""

_HEADER_AGENCY: Final = rf"[发發]{_GAP}[布文]{_GAP}(?:[机機]{_GAP}[构構关關]|[单單]{_GAP}位){_SEPARATORS}([^\s|:：，,。;；]{{2,40}})"
_TASK: Final = r"(?:根[据據]|按照|依[据據]|依照|[汇匯彙][总總]|[组組][织織]|[负負][责責]|[牵牽][头頭]|[统統]一)"
_COMPILER: Final = rf"由([^，,。;；（(《〈:：由]{{2,40}}?){_TASK}*(?:《|[编編][制写寫撰]|起草|撰[写寫])"
_SUBJECT: Final = (
    rf"(?:^|[，,。;；:：》])([\u4e00-\u9fff]{{2,40}}?)"
    rf"(?:{_TASK}*[编編][制写寫](?:了|本|完成)|[现現特](?:面?向社[会會]|[将將就]|予以公[布開开]))"
)
_ANNOUNCED: Final = (
    rf"(?:[现現][将將就]|[现現](?:面?向社[会會])?(?:公[布开開]|[发發]布)|社[会會]公[布开開])(?:{_YEAR}年度?)?"
    rf"([^，,。;；《〈0-9０-９]{{2,40}}?)的?(?:{_YEAR}年度?)?(?:政府)?{_TOPIC}"
)
_SIGNED: Final = rf"(?m)^{_GAP}([\u4e00-\u9fff（）()]{{3,40}}){_GAP}\n?\s*{_YEAR}年[0-9]{{1,2}}月[0-9]{{1,2}}日{_GAP}$"
_ACTING: Final = (
    rf"(?:{_YEAR}年度?(?:以[来來])?[，,]?|[。，,\n])([\u4e00-\u9fff]{{2,28}}?{_OFFICE})"
    r"(?:[严嚴]格|[认認]真|[积積][极極]|深入|[坚堅]持|始[终終]|高度重[视視]|全面|切[实實]|扎[实實]|大力|[紧緊][紧緊])"
)

_DAY: Final = rf"(20[0-9]{{2}}){_GAP}[年./-]{_GAP}([0-9]{{1,2}}){_GAP}[月./-]{_GAP}([0-9]{{1,2}})"
_RELEASED: Final = (
    rf"(?:(?:[发發]{_GAP}[布文]|公{_GAP}[开開布]|上[传傳])(?:{_GAP}(?:日{_GAP}期|[时時]{_GAP}[间間])|于)"
    rf"|(?:^|\s)(?:[时時][间間]|日期){_GAP}[:：])\s*{_SEPARATORS}{_DAY}"
)
_ALONE: Final = rf"(?m)^{_GAP}[（(]?{_DAY}{_GAP}日?[）)]?{_GAP}$"
_WRITTEN: Final = rf"成{_GAP}文{_GAP}日{_GAP}期{_SEPARATORS}{_DAY}"

_INDEX_NUMBER: Final = rf"索{_GAP}引{_GAP}[号號]{_SEPARATORS}([^\s|:：，,。]{{3,80}})"

_QUOTED: Final = "《[^》]{0,120}》"
_COMPARED: Final = rf"(?:[较較比与與]|同比|上年|自|从){_YEAR}年"
_TABLE_START: Final = r"(?s)第二十[条條].*$"

IDENTITY: Final = pl.Schema(
    {
        "document_id": pl.String,
        "report_year": pl.Int16,
        "agency_name": pl.String,
        "agency_id": pl.String,
        "title": pl.String,
        "published_date": pl.Date,
        "index_number": pl.String,
    }
)
"""What `read_identity` gives."""


def read_identity(documents: pl.DataFrame) -> pl.DataFrame:
    """One row per document of RAW_DOCUMENTS, in their order, with the columns of IDENTITY.

    The year is the one decided at ingest, never read a second time. What the text does not say, or says in two ways, is null; so is
    everything of a document without text. `agency_name` is as printed, without the spaces inside it.
    """
    index_number = pl.col("head").str.head(_TITLE_CHARS).str.extract(_INDEX_NUMBER)
    heads = _read_agencies(_read_heads(documents)).with_columns(index_number=pl.when(index_number.str.contains("[0-9]")).then(index_number))
    return (
        documents.select("document_id", "report_year")
        .with_columns(heads.select("agency_name", "title", "published_date", "index_number"))
        .with_columns(_build_agency_ids(heads.get_column("agency_name")))
        .select(pl.col(name).cast(dtype) for name, dtype in IDENTITY.items())
    )


def read_report_years(documents: pl.DataFrame) -> pl.Series:
    """The year that each document of RAW_DOCUMENTS (needs `text` only) reports on: Int16 `report_year`, null where it cannot be decided.

    Title, stated period (1月1日至12月31日) and opening statement decide when they agree. One of them alone must not be contradicted by
    the years that section 一 speaks of. The publication date settles a disagreement (a report for N is published in N+1), and refutes
    a year after itself. Without any of the three, the year that section 一 speaks of most often counts.
    """
    heads = _read_heads(documents).with_columns(flat=_flatten(pl.col("compact"))).with_columns(_read_year_votes())
    strong = pl.concat_list("title_year", "period_year", "period_end_year", "statement_year").list.drop_nulls()
    heads = heads.with_columns(strong=strong.list.unique().list.sort(), strong_count=strong.list.len())
    needs_body = heads.filter((pl.col("strong_count") <= 1) | (pl.col("strong").list.len() > 1))
    heads = heads.join(_count_body_years(needs_body), on="position", how="left", maintain_order="left")
    return heads.select(_decide_year()).to_series()


def _decide_year() -> pl.Expr:
    candidates = pl.concat_list("strong", pl.concat_list("body_year").list.drop_nulls()).list.unique()
    published = pl.col("published_date").dt.year()
    previous = (published - 1).cast(pl.Int16)
    year = (
        pl.when(candidates.list.len() == 1)
        .then(candidates.list.first())
        .when((pl.col("strong").list.len() > 0) & candidates.list.contains(previous))
        .then(previous)
        .otherwise(None)
    )
    # Prose alone is weak: a publication date that does not follow from it refutes it.
    is_weak = pl.col("strong").list.len() == 0
    is_refuted = (published < year) | (is_weak & (published > year + 1))
    return pl.when(is_refuted.fill_null(value=False)).then(None).otherwise(year).cast(pl.Int16).alias("report_year")


def _read_heads(documents: pl.DataFrame) -> pl.DataFrame:
    """What all readings work on, one row per document: head as printed and without blanks, foot, title, publication date."""
    frame = documents.select(
        position=pl.int_range(pl.len()),
        head=pl.col("text").str.head(_HEAD_CHARS),
        foot=pl.col("text").str.tail(_FOOT_CHARS),
    ).with_columns(compact=pl.col("head").str.replace_all(_BLANKS, ""))
    top = pl.col("compact").str.head(_TITLE_CHARS)
    start = pl.col("head").str.head(_TITLE_CHARS)
    frame = frame.with_columns(
        title=top.str.extract_groups(_TITLE_WITH_YEAR),
        published_date=pl.coalesce(
            _read_day(start, _RELEASED), _read_day(start, _ALONE), _read_day(pl.col("foot"), _ALONE), _read_day(start, _WRITTEN)
        ),
    )
    is_dated = pl.col("title").struct.field("line").is_not_null()
    undated = pl.when(~is_dated).then(top).str.extract_groups(_TITLE_WITHOUT_YEAR)
    title = pl.when(is_dated).then(pl.col("title")).otherwise(undated)
    return frame.with_columns(above=title.struct.field("above"), title=title.struct.field("line").str.replace_all("\n", "", literal=True))


def _flatten(compact: pl.Expr) -> pl.Expr:
    """The head on one line, quoted titles emptied: for what runs over line ends."""
    return compact.str.replace_all("\n", "", literal=True).str.replace_all(_QUOTED, "《》")


def _read_day(text: pl.Expr, pattern: str) -> pl.Expr:
    groups = text.str.extract_groups(pattern).struct
    return pl.concat_str(groups.field("1"), groups.field("2").str.zfill(2), groups.field("3").str.zfill(2), separator="-").str.to_date(
        "%Y-%m-%d", strict=False
    )


def _read_year(text: pl.Expr, pattern: str, group: int = 1) -> pl.Expr:
    """The year in a group of the pattern, in digits, full-width digits or numerals; null outside the years that reports can be on."""
    year = text.str.extract(pattern, group).str.replace_many(_DIGIT_FORMS).cast(pl.Int16, strict=False)
    return pl.when(year.is_between(_FIRST_YEAR, _LAST_YEAR)).then(year)


def _read_year_votes() -> list[pl.Expr]:
    titled = pl.coalesce(_read_year(pl.col("title"), f"({_YEAR})"), _read_year(pl.col("above"), f"({_YEAR})年?度?$"))
    return [
        titled.alias("title_year"),
        _read_year(pl.col("flat"), _PERIOD).alias("period_year"),
        _read_year(pl.col("flat"), _PERIOD, 2).alias("period_end_year"),
        _read_year(pl.col("flat"), _STATEMENT).alias("statement_year"),
    ]


def _count_body_years(heads: pl.DataFrame) -> pl.DataFrame:
    """position, body_year: the year that the prose before the tables speaks of more often than of any other; no row where there is none.

    Years that a figure is compared with, and dates, are not counted.
    """
    prose = pl.col("flat").str.replace(_TABLE_START, "").str.replace_all(_COMPARED, "")
    return (
        heads.lazy()
        .select("position", year=prose.str.extract_all(rf"(?:^|[^0-9０-９.-]){_YEAR}年(?:[^0-9]|$)"))
        .explode("year", empty_as_null=False)
        .with_columns(body_year=_read_year(pl.col("year"), f"({_YEAR})"))
        .drop_nulls("body_year")
        .group_by("position", "body_year")
        .len()
        .group_by("position")
        .agg(pl.col("body_year").filter(pl.col("len") == pl.col("len").max()))
        .filter(pl.col("body_year").list.len() == 1)
        .with_columns(pl.col("body_year").list.first())
        .collect()
    )


def _keep_agency(name: pl.Expr) -> pl.Expr:
    """The name when it can be a body's name: ends as one does, and is no pronoun, label or collective."""
    return pl.when(name.str.contains(_IS_AGENCY) & ~name.str.contains(_IS_NO_AGENCY)).then(name)


def _read_agencies(heads: pl.DataFrame) -> pl.DataFrame:
    """The heads with agency_name, by the strongest evidence that names a body."""
    heads = heads.with_columns(titled=_read_titled_agency())
    rest = heads.filter(pl.col("titled").is_null()).with_columns(flat=_flatten(pl.col("compact")))
    header = _keep_agency(pl.col("head").str.head(_TITLE_CHARS).str.extract(_HEADER_AGENCY))
    actor = _keep_agency(pl.col("compact").str.head(_TITLE_CHARS).str.extract(_ACTING))
    found = rest.select(
        "position",
        found=pl.coalesce(
            pl.when(~header.str.contains(_IS_ALIAS)).then(header),
            _keep_agency(pl.col("flat").str.extract(_COMPILER)),
            _keep_agency(_complete_government(pl.col("flat").str.extract(_ANNOUNCED))),
            _keep_agency(pl.col("flat").str.extract(_SUBJECT)),
            header,
            _keep_agency(pl.col("foot").str.extract(_SIGNED)),
            pl.when(~actor.str.contains(_IS_NO_ACTOR)).then(actor),
        ),
    )
    return heads.join(found, on="position", how="left", maintain_order="left").with_columns(agency_name=pl.coalesce("titled", "found"))


def _read_titled_agency() -> pl.Expr:
    """The body that the title names: before its year, between year and topic, in brackets at its end, or on the line above."""
    title = pl.col("title").str.replace(r"^(?:关于|關於)?(?:[发發]布|公布|印[发發])?", "")
    before = title.str.extract(rf"^({_NAME_NO_DIGIT}{{2,60}}?)的?{_YEAR}").str.replace(rf"(?:政府)?{_TOPIC}.*$", "")
    between = _complete_government(title.str.extract(rf"^(?:{_YEAR}年?度?)?({_NAME_NO_DIGIT}{{2,45}}?)的?(?:政府)?{_TOPIC}"))
    bracketed = title.str.extract(r"[（(〔]([^）)〕]{2,30})[）)〕]$")
    above = pl.col("above").str.replace(rf"{_YEAR}年?度?$", "")
    return pl.coalesce(*(_keep_agency(name) for name in (before, between, bracketed, above)))


def _complete_government(name: pl.Expr) -> pl.Expr:
    """X人民 + 政府信息公开 is read as X人民政府 + 信息公开; X + 政府信息公开 stays X."""
    return pl.when(name.str.ends_with("人民")).then(name + "政府").otherwise(name)


def _build_agency_ids(names: pl.Series) -> pl.Series:
    """`ag_` and 12 hex digits of the sha256 of each normalised name: the same printed name has the same id in every year."""
    ids = {name: build_agency_id(name) for name in names.unique() if name is not None}
    return names.replace_strict(ids, default=None, return_dtype=pl.String).alias("agency_id")


def build_agency_id(name: str) -> str:
    """The stable key of an agency's name: width, spaces, brackets and the traditional characters of common words do not matter."""
    normal = unicodedata.normalize("NFKC", simplify_characters(name))
    normal = "".join(character for character in normal if not character.isspace() and character not in "()[]{}〔〕【】·、")
    return "ag_" + hashlib.sha256(normal.encode("utf-8")).hexdigest()[:12]
