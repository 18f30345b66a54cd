"""docs/mentions.md, from mentions.yml."""

from __future__ import annotations

from ingest.mentions.subjects import MentionData

_HEAD = """# Mentions: the numbers of the prose

Generated from `ingest/mentions/mentions.yml`; do not edit. `make docs` writes it anew.

Beside its tables a report states numbers in sentences: 收到政府信息公开申请12件，办结11件. The staging table `mentions`
(mart `fct_mentions`) has one row per number whose subject is certain: subject, value, precision, the number as printed, its unit, its line
and the sentence.
A number without a row says nothing. A wrong mention is worse than none.

## What is read

- Digits (half and full width, 12,345, 1.2万, 3万余), Chinese numerals (十二, 一百零三, 两千), digits torn apart by a page's line end.
  `value` is in `unit`: 1.2万条 is 12000 条; money keeps its unit, 1.2万元 is 1.2 万元.
- Negations: 未收到…申请, 没有…行政复议, 未收取…费用 are 0, exact; `raw` holds the words, `unit` is null.
- Precision: 约, 近, 左右, 之多 `about`; 余, 多, 超过, 不少于, 至少, 以上 `at_least`; 不到, 不超过, 以内 `at_most`; else `exact`.
- Lists: in 当面申请3件，网络申请5件 each number belongs to the words before it; 收到7份政府信息公开申请 to the words around it.
- What a sentence leaves open (办结7件) is read from the rest of it and the sentence before.
- Lines that a page's width cut are joined first, over page numbers too; the line is that of the number.

## What is not

- Another year than the one reported on; a month or half a year; many years together (累计, 自…以来) unless the sentence names the year.
- Changes (比上年增加12件), shares (占34.82%), averages, plans (下一步, 计划), conditions (如果).
- Totals behind 其中, 包括 or in brackets: they are parts. Subjects that name their part (自然人3件, 予以公开2件) are read.
- Other bodies: 各乡镇, 下级, 区教育局公开信息300条，区民政局…; 行政复议 that the agency decides; 审批, 热线, 信访, 建议提案.
- Years, dates, document numbers, articles, telephone numbers: they have no unit of a subject.
- A subject to which one sentence gives two numbers for one year.
- Lines that hold cells of a table, titles in 《》, digits torn apart by a space.
- Documents sorted by whether they are open: in 制发文件20件，主动公开18件，依申请公开2件 no request is counted.
- 办理行政复议案件 without a word of 信息公开 in the sentence or the one before it.

`requests_handled` (受理, 办理, 处理) may or may not include what was carried over; `requests_received` is what was 新收 or 收到.
`outcome_unavailable` and the other groups are what the sentence says, whatever rows of the table the agency had in mind.

## How to add a wording

Edit `mentions.yml` only. A new word for a known thing goes to its entry in `terms` (a regular expression without capturing groups is
allowed). A new order of words goes to the `wordings` of the subject: terms in the order printed, `#` the number with its unit, `~` unknown
text of at most 24 characters, `?`, `*`, `+`, `|` and brackets as in regular expressions. Words of `neutral` may stand anywhere. Any other
term in the same clause forbids the binding: to keep a word from being overlooked, make it a term. A wording that begins with `~` may
follow unknown text; the others follow only the name of an authority. Then add the sentence, and one that must stay silent, to
`tests/unit/mentions/test_sentences.py`.

## Subjects

| subject | name | units | the table's cell |
|---|---|---|---|
"""


def render_mention_page(data: MentionData) -> str:
    """The page: what is read, and every subject with its units and the cell that counts the same."""
    rows: dict[str, str] = {}
    for entry in data.subjects:
        units = data.units[entry.units] if isinstance(entry.units, str) else entry.units
        cell = "" if entry.cell is None else f"`{'.'.join(entry.cell)}`"
        rows.setdefault(entry.subject, f"| `{entry.subject}` | {entry.name} | {' '.join(units)} | {cell} |")
    return _HEAD + "\n".join(rows.values()) + "\n"
