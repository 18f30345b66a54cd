"""The patterns of dates, years, titles and agencies: characters as printed, simplified and traditional."""

from typing import Final

BLANKS: Final = (
    r"[ \t\u00a0\u00ad\u2000-\u200f\u202a-\u202f\u2060-\u2064\u3000\ufeff|*#]+"  # of the line, with the marks of tables and Markdown
)
PINYIN: Final = r"[(（][a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,7}[)）]"
"""The reading that mirrors of government pages put behind a character: 機(jī)關(guān)."""
GAP: Final = r"[ \t\u00a0\u3000]*"
SEPARATORS: Final = r"[ \t\u00a0\u3000:：|]*"

ZERO: Final = "〇○零Oo0０Ｏ"
NUMERALS: Final = "一二三四五六七八九"
YEAR: Final = rf"(?:[2２][0０][0-9０-９]{{2}}|二[{ZERO}][{ZERO}{NUMERALS}]{{2}})"
DIGIT_FORMS: Final[dict[str, str]] = (
    {form: str(digit) for digit, form in enumerate("０１２３４５６７８９")}
    | {form: str(digit) for digit, form in enumerate(NUMERALS, start=1)}
    | dict.fromkeys(ZERO, "0")
)

TOPIC: Final = r"(?:政府信息[与與]政[务務]公[开開]|政[务務]信息公[开開]|信息公[开開]|政[务務]公[开開])"
GENRE: Final = r"(?:[报報]告|年[报報]|[总總][结結])"
NAME: Final = r"[^\n。，,；;：:！!？?《》<>＞【】、]"
NAME_NO_DIGIT: Final = r"[^\n。，,；;：:！!？?《》<>＞【】、0-9０-９./-]"
ENDING: Final = r"(?:的?(?:公示|公告|通告|通知))?(?:[（(〔][^）)〕\n]{2,30}[）)〕])?"

TITLE_WITH_YEAR: Final = (
    rf"(?m)(?:^(?P<above>{NAME}{{2,40}})\n)?(?:^|[:：>＞】])(?P<line>(?:"
    rf"{NAME}{{0,60}}?{YEAR}年?度?{NAME_NO_DIGIT}{{0,45}}?\n?{NAME_NO_DIGIT}{{0,20}}?{TOPIC}{NAME}{{0,12}}?\n?{NAME}{{0,8}}?"
    rf"|{NAME_NO_DIGIT}{{0,45}}?{TOPIC}(?:工作)?{YEAR}年?度?(?:工作)?(?:年度)?){GENRE}{ENDING})$"
)
TITLE_WITHOUT_YEAR: Final = (
    rf"(?m)(?:^(?P<above>{NAME}{{2,40}})\n)?^(?P<line>{NAME_NO_DIGIT}{{0,40}}?{TOPIC}{NAME_NO_DIGIT}{{0,8}}?{GENRE}{ENDING})$"
)

PERIOD: Final = (
    rf"({YEAR})(?:年0?1月(?:0?1日)?|[.．/-]0?1[.．/-]0?1|年1)(?:起|开始|開始|以来)?\n?[至到—－–~～─-]+\n?"
    rf"(?:({YEAR})[年.．/-])?(?:底|12[月.．/-]31|年底|12月)"
)
STATEMENT: Final = (
    rf"(?:[现現][将將就]|[现現](?:面?向社[会會])?(?:予以)?(?:公[布开開]|[发發]布)|社[会會]公[布开開]|[汇匯彙][报報]|[编編][制写寫]了?)"
    rf"[^。；;\n]{{0,40}}?({YEAR})年度?[^。；;\n]{{0,25}}?{TOPIC}[^。，,；;\n]{{0,15}}?(?:{GENRE}|情[况況]|工作)"
)

OFFICE: Final = (
    r"(?:政府|[办辦]公[室厅廳]|[办辦]事[处處]|委[员員][会會]|管委[会會]|中心|街道|街[办辦]|[开開][发發][区區]|新[区區]|[园園][区區]"
    r"|[局委办辦厅廳院镇鎮乡鄉])"
)
UNIT: Final = (
    rf"(?:{OFFICE}|公司|集[团團]|苏木|[学學][校院会會]|海[关關]|[党黨]校|[监監][狱獄]|[大中小][学學]|幼儿园|[银銀分支]行"
    r"|[所站处處社馆館台部署会會区區县縣市州盟旗省场場队隊室司])"
)
IS_AGENCY: Final = rf"^[\u4e00-\u9fff（）()·、]{{1,40}}{UNIT}$"
IS_NO_AGENCY: Final = (
    r"^(?:我|本|各|全|该|該|其|附件|关于|關於|发布|區委區政府|区委区政府|县委县政府|市委市政府)"
    r"|信息公[开開]|主[题題]|分[类類]|日期|文[号號]|[报報]告|年[报報]|[来來]源|年度"
)
IS_NO_ACTOR: Final = (
    r"[党黨][委组組]|[领領][导導]|上[级級]|中央|[国國][务務]院|委[、和]?.?政府"
    r"|^[省市区區县縣州盟旗乡鄉镇鎮](?:人民)?(?:政府|委)$"
)
"""What a sentence about the year's work may have as its subject besides the reporting body."""
IS_ALIAS: Final = r"^[省市区區县縣州盟旗镇鎮乡鄉].{1,5}$"
"""An office's short name on its own government's site, such as 区…办: it names no place."""

HEADER_AGENCY: Final = rf"[发發]{GAP}[布文]{GAP}(?:[机機]{GAP}[构構关關]|[单單]{GAP}位){SEPARATORS}([^\s|:：，,。;；]{{2,40}})"
TASK: Final = r"(?:根[据據]|按照|依[据據]|依照|[汇匯彙][总總]|[组組][织織]|[负負][责責]|[牵牽][头頭]|[统統]一)"
GROUND: Final = r"(?:根[据據]|[结結]合|按照|依[据據])[^。；;《》\n]{1,40}?"
COMPILER: Final = rf"由([^，,。;；（(《〈:：由]{{2,40}}?){TASK}*(?:《|[编編][制写寫撰]|起草|撰[写寫])"
SUBJECT: Final = (
    rf"(?:^|[，,。;；:：》])([\u4e00-\u9fff]{{2,40}}?)"
    rf"(?:{TASK}*(?:{GROUND}[,，])?[编編][制写寫](?:了|本|完成)|[现現特](?:面?向社[会會]|[将將就]|予以公[布開开]))"
)
ANNOUNCED: Final = (
    rf"(?:[现現][将將就]|[现現](?:面?向社[会會])?(?:公[布开開]|[发發]布)|社[会會]公[布开開])(?:{YEAR}年度?)?"
    rf"([^，,。;；《〈0-9０-９]{{2,40}}?)的?(?:{YEAR}年度?)?(?:政府)?{TOPIC}"
)
SIGNED: Final = rf"(?m)^{GAP}([\u4e00-\u9fff（）()]{{3,40}}){GAP}\n?\s*{YEAR}年[0-9]{{1,2}}月[0-9]{{1,2}}日{GAP}$"
ACTING: Final = (
    rf"(?:{YEAR}年度?(?:以[来來])?[，,]?|[。，,\n])([\u4e00-\u9fff]{{2,28}}?{OFFICE})"
    r"(?:[严嚴]格|[认認]真|[积積][极極]|深入|[坚堅]持|始[终終]|高度重[视視]|全面|切[实實]|扎[实實]|大力|[紧緊][紧緊])"
)

DAY: Final = rf"(20[0-9]{{2}}){GAP}[年./-]{GAP}([0-9]{{1,2}}){GAP}[月./-]{GAP}([0-9]{{1,2}})"
RELEASED: Final = (
    rf"(?:(?:[发發]{GAP}[布文表稿]|公{GAP}[开開布]|上[传傳])(?:{GAP}(?:日{GAP}期|[时時]{GAP}[间間])|于)"
    rf"|(?:^|\s)(?:[时時][间間]|日期){GAP}[:：])\s*{SEPARATORS}{DAY}"
)
_BESIDE: Final = rf"(?:{GAP}(?:信息)?(?:[来來]源|[浏瀏][览覽]|[阅閱][读讀]|[点點][击擊]|[访訪][问問]|字[号號体體]|作者)[^\n]{{0,60}})?"
"""What the line of a page's date goes on with."""
ALONE: Final = rf"(?m)^{GAP}[（(\[【]?{DAY}{GAP}日?(?:{GAP}[0-9]{{1,2}}:[0-9]{{2}}(?::[0-9]{{2}})?)?[）)\]】]?{_BESIDE}{GAP}$"
WRITTEN: Final = rf"成{GAP}文{GAP}日{GAP}期{SEPARATORS}{DAY}"

INDEX_NUMBER: Final = rf"索{GAP}引{GAP}[号號]{SEPARATORS}([^\s|:：，,。]{{3,80}})"

QUOTED: Final = "《[^》]{0,120}》"
COMPARED: Final = rf"(?:[较較比与與]|同比|上年|自|从){YEAR}年"
TABLE_START: Final = r"(?s)第二十[条條].*$"
