"""What the name of an agency says: the regions it begins with, the body that remains, its kind and level.

Names are read one at a time, so every function is cached: a batch holds far fewer names than documents.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from ingest.normalising import simplify_characters
from ingest.regions import Gazetteer, Region, load_gazetteer, strip_region_kind

_CACHE: Final = 200_000
_LONGEST_STEM: Final = 8
_DROPPED: Final = re.compile(r"[\s()\[\]{}〔〕【】·、|*#]+")
_TRADITIONAL: Final = (
    "區縣鄉鎮廳辦會員務衛環運糧貿監門東陽島華萬寧廣慶興龍雲漢遼濟蘇貴齊齡氣稅財規劃產業設術農漁電視聽銀僑臺灣檢審統質標準檔專賣煙鹽鐵郵馬橋崗嶺國際綜執應緊災險療藥傳創競調動資訊數據護進總協學園機關離飛場鋼"
    "礦燈節約養蠶絲紡織輕紙圖書館藝獎發團隊長滿黃紅藍綠壽恆聖鳳鶴鷹鳥魚豐溫澤濱鄭許陳劉張趙吳楊羅蕭鄧韓馮葉閩贛魯滬瓊隴蘭麗麥鶯歲寶賓順須項顧頭題風飲騰驗體鬆點黨龜"
)
_SIMPLIFIED: Final = (
    "区县乡镇厅办会员务卫环运粮贸监门东阳岛华万宁广庆兴龙云汉辽济苏贵齐龄气税财规划产业设术农渔电视听银侨台湾检审统质标准档专卖烟盐铁邮马桥岗岭国际综执应紧灾险疗药传创竞调动资讯数据护进总协学园机关离飞场钢"
    "矿灯节约养蚕丝纺织轻纸图书馆艺奖发团队长满黄红蓝绿寿恒圣凤鹤鹰鸟鱼丰温泽滨郑许陈刘张赵吴杨罗萧邓韩冯叶闽赣鲁沪琼陇兰丽麦莺岁宝宾顺须项顾头题风饮腾验体松点党龟"
)
_MORE_SIMPLIFIED: Final = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
"""Characters of names that `ingest.normalising` leaves alone, since labels do not hold them."""
_ZONE: Final = (
    r"(?:开发区|高新(?:技术)?区|经开区|高新技术产业区|新区|园区|实验区|试验区|示范区|保税(?:港)?区|综保区|度假区|管理区|合作区|工业区|集聚区|集中区|产业区|"
    r"风景名胜区|风景区|自贸区|加工区|循环区)"
)
_HAS_ZONE: Final = re.compile(_ZONE)
_ENDS_AS_ZONE: Final = re.compile(rf"{_ZONE}$")
_TOWNSHIP: Final = re.compile(
    r"^(?P<own>.+?)(?:(?P<word>[镇乡]|苏木|街道)(?:人民政府|办事处|政府)?|街办|街道办)(?:党政(?:综合)?办公室|办公室)?$"
)
_BARE_TOWNSHIP: Final = re.compile(r"^(?:[镇乡]|苏木|街道|街办|街道办)(?:人民政府|办事处)?$")
_GOVERNMENT: Final = re.compile(r"^(?:人民政府|政府)$")
_OFFICE: Final = re.compile(r"^(?:人民)?政府办(?:公[室厅])?$")
_COMMITTEE: Final = re.compile(r"(?:管理委员会|管委会)$")
_ENTERPRISE: Final = re.compile(r"(?:公司|集团|银行|支行|分行)$")
_INSTITUTION: Final = re.compile(r"(?:中心|学校|[大中小]学|学院|幼儿园|医院|卫生院|图书馆|博物馆|档案馆|电视台|研究[所院])$")
_DEPARTMENT: Final = re.compile(r"(?:局|委|委员会|厅|部|署|办公室|办|院|总队|支队|大队|队|社|处|室|库|所|站|海关)$")
_MINISTRY: Final = re.compile(
    r"^(?:中华人民共和国|国务院|国家|中国(?:人民银行|民用航空局|证券监督管理委员会|银行保险监督管理委员会|气象局|地震局)$)"
)
_CENTRAL: Final = re.compile(
    r"^(?:国家税务总局|国家统计局|国家外汇管理局|国家矿山安全监察局|中国气象局|中国人民银行|中华人民共和国)(?=.{3,})"
)
"""What vertically led bodies print before their region: 国家税务总局甲市税务局."""
_ALIAS: Final = re.compile(r"^[省市区县州盟旗镇乡](?!.*[省市区县州盟旗]).{1,5}$")
_FUNCTION: Final = (
    r"(?:财政|教育|教育体育|民政|公安|司法|统计|审计|水利|水务|林业|农业农村|农业|交通运输|交通|卫生健康|卫生|应急管理|安全生产监督管理|市场监督管理|"
    r"发展和改革|发展改革|自然资源|自然资源和规划|规划和自然资源|国土资源|生态环境|环境保护|住房和城乡建设|城乡建设|城市管理|城市管理综合执法|综合行政执法|文化和旅游|文化广电旅游|"
    r"文化|旅游|商务|科技|科学技术|工业和信息化|经济和信息化|人力资源和社会保障|医疗保障|退役军人事务|民族宗教事务|信访|数据|大数据|政务服务|政务服务和大数据|政务服务数据|行政审批|行政审批服务|"
    r"体育|气象|税务|地方税务|国家税务|粮食和物资储备|机关事务|国有资产监督管理|金融|乡村振兴|扶贫|档案|人民防空|外事)"
)
_NAMELESS: Final = re.compile(
    rf"^(?:{_FUNCTION}?(?:管理|服务)?(?:局|委员会|委|厅|办公室|办|中心)|(?:人民)?政府(?:办公[室厅])?|街道办事处|管理委员会|管委会)$"
)
_GENERIC_REGION: Final = re.compile(r"^[东西南北中上下城郊矿新老港湖江河海山市区滨]{1,3}(?:新|示范|城)?区$")
"""County names that many cities also use for parts of theirs: 城区, 新城区, 东区, 郊区, 滨海新区. Alone they decide nothing."""

_PLACE: Final = re.compile(r"^[\u4e00-\u9fff]{1,6}?(?:[县旗区]|市(?![场政容民监]))")
_NO_PLACE: Final = re.compile(rf"(?:{_ZONE}|[社地小灾片辖库景林矿校老山城郊护政]区|[城都]市)$")


class AgencyName(NamedTuple):
    """A name taken apart. `regions`: every region that its beginning can mean, empty when it names none; `body`: the rest in its full form,
    without regions; `stem`: the body's own name without the words for its kind; `is_named`: it can be told from agencies elsewhere;
    `is_cut`: behind its regions stands a place that the table does not know in that year."""

    normal: str
    regions: tuple[Region, ...]
    is_generic_region: bool
    body: str
    kind: str | None
    level: str | None
    is_named: bool
    is_alias: bool
    is_cut: bool


@lru_cache(maxsize=_CACHE)
def normalise_name(name: str) -> str:
    """The name in simplified characters without spaces, brackets and dots."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", simplify_characters(name).translate(_MORE_SIMPLIFIED)))


def _begins_with_place(rest: str) -> bool:
    place = _PLACE.match(rest)
    return place is not None and _NO_PLACE.search(place[0]) is None


@lru_cache(maxsize=_CACHE)
def parse_name(name: str, year: int | None) -> AgencyName:
    """The name of an agency in the regions of a year; without a year no region is known."""
    normal = normalise_name(name)
    central = _CENTRAL.match(normal)
    prefix = central[0] if central is not None else ""
    regions, end = match_regions(normal[len(prefix) :], load_gazetteer(year)) if year is not None else ((), 0)
    return _take_apart(normal, prefix, regions, end)


@lru_cache(maxsize=_CACHE)  # the same in nearly all years
def _take_apart(normal: str, prefix: str, regions: tuple[Region, ...], end: int) -> AgencyName:
    """The name behind whose prefix so many characters name the regions."""
    rest = normal[len(prefix) + end :]
    if not regions and prefix:
        prefix, rest = "", normal
    body, kind = _complete_body(rest, has_region=bool(regions))
    matched = normal[len(prefix) : len(prefix) + end]
    return AgencyName(
        normal=normal,
        regions=regions,
        is_generic_region=_GENERIC_REGION.match(matched) is not None,
        body=prefix + body,
        kind="department" if prefix and kind is None else kind,
        level=_find_level(regions, normal, body, kind),
        is_named=bool(regions) or not (_ALIAS.match(normal) or _NAMELESS.match(normal)),
        is_alias=not regions and _ALIAS.match(normal) is not None,
        is_cut=any(region.level != "county" for region in regions) and _begins_with_place(rest),
    )


def match_regions(text: str, gazetteer: Gazetteer) -> tuple[tuple[Region, ...], int]:
    """The regions that the beginning of the text can mean, from the province down, and how many characters name them.

    A province may be written without its kind before a region of its own (浙江杭州市), any region before a zone named after it.
    """
    found, end = _match_next(text, 0, gazetteer, ())
    if not found:
        found, end = _match_stem(text, gazetteer)
    while found:
        below, next_end = _match_next(text, end, gazetteer, found)
        if not below or _BARE_TOWNSHIP.match(text[next_end:]):
            break
        found, end = below, next_end
    if found and _BARE_TOWNSHIP.match(text[end:]):
        return (), 0  # 城区街道办事处: the street's own name
    return found, end


def _match_next(text: str, start: int, gazetteer: Gazetteer, outer: tuple[Region, ...]) -> tuple[tuple[Region, ...], int]:
    for length in gazetteer.lengths.get(text[start : start + 2], ()):
        if length > len(text) - start:
            continue
        regions = gazetteer.by_name.get(text[start : start + length], ())
        if outer:
            regions = tuple(region for region in regions if any(region != o and gazetteer.is_within(region, o) for o in outer))
        if regions:
            return regions, start + length
    return (), start


def _match_stem(text: str, gazetteer: Gazetteer) -> tuple[tuple[Region, ...], int]:
    for length in gazetteer.lengths.get(text[:2], ()):
        regions = gazetteer.by_stem.get(text[:length], ())
        if not regions or length > min(_LONGEST_STEM, len(text)):
            continue
        provinces = tuple(region for region in regions if region.level == "province")
        if provinces and _match_next(text, length, gazetteer, provinces)[0]:
            return provinces, length
        if _is_zone_name(text[length:]):
            return regions, length
    return (), 0


_ZONE_AFTER_STEM: Final = re.compile(
    r"^(?:国家级?|省级)?(?:(?:经济|高新|技术|产业|综合|保税|港|出口|加工|旅游|农业|科技|工业|循环|临空|临港|航空|空港|海洋|生态|化工|高科技|和|与)*)"
    + _ZONE
)


def _is_zone_name(text: str) -> bool:
    return _ZONE_AFTER_STEM.match(text) is not None


def _complete_body(rest: str, *, has_region: bool) -> tuple[str, str | None]:  # noqa: PLR0912
    """The body's full form and kind: 街办 is 街道办事处, a region alone is its 人民政府, a zone alone its 管理委员会."""
    if not rest:
        return "人民政府", "government"
    if _GOVERNMENT.match(rest):
        return "人民政府", "government"
    if _OFFICE.match(rest):
        return "人民政府办公" + ("厅" if rest.endswith("厅") else "室"), "government_office"
    if has_region or not rest.endswith(("人民政府", "政府")):
        township = _TOWNSHIP.match(rest)
        if township is not None and not rest.endswith("城镇"):
            word = township["word"] or "街道"
            office = "办事处" if word == "街道" else "人民政府"
            return township["own"] + word + office, "township_government"
    elif (township := _TOWNSHIP.match(rest)) is not None:
        return township["own"] + township["word"] + "人民政府", "township_government"
    elif rest.endswith("政府"):
        return rest.removesuffix("政府").removesuffix("人民") + "人民政府", "government"
    if (office_of := re.match(r"^(.+?)(?:人民)?政府办(?:公([室厅]))?$", rest)) is not None:
        return f"{office_of[1]}人民政府办公{office_of[2] or '室'}", "government_office"
    if _COMMITTEE.search(rest):
        body = _COMMITTEE.sub("管理委员会", rest)
        return body, "zone_committee" if _HAS_ZONE.search(rest) else "department"
    if _ENDS_AS_ZONE.search(rest):
        return rest + "管理委员会", "zone_committee"
    if not has_region and re.search(r"[市县旗州盟]$|[^小社校园地]区$", rest):
        return rest + "人民政府", "government"
    if _ENTERPRISE.search(rest):
        return rest, "enterprise"
    if _INSTITUTION.search(rest):
        return rest, "public_institution"
    if _DEPARTMENT.search(rest):
        return rest, "department"
    return rest, None


def _find_level(regions: tuple[Region, ...], normal: str, body: str, kind: str | None) -> str | None:
    if kind == "township_government":
        return "township"
    if kind == "zone_committee" or (_HAS_ZONE.search(body) is not None and "自然保护" not in body):
        return "zone"
    levels = {region.level for region in regions}
    if len(levels) == 1:
        return levels.pop()
    return "ministry" if not regions and _MINISTRY.match(normal) else None


def build_canonical_name(name: AgencyName, region: Region, gazetteer: Gazetteer) -> str:
    """The full form: 省, 市, 县 as GB/T 2260 writes them, then the body (陕西省西安市临潼区任留街道办事处).

    A zone named after its region carries the region's short name, whether 市 was printed or not (内蒙古自治区呼伦贝尔经济技术开发区…).
    """
    *above, last = (held.name for held in gazetteer.list_line(region))
    if _ZONE_AFTER_STEM.match(name.body) is not None:
        last = strip_region_kind(last)
    return "".join((*above, last, name.body))


def build_agency_id(name: str) -> str:
    """The stable key of a name: `ag_` and 12 hex digits of a sha256.

    Width, spaces, brackets, the traditional characters of common words and the short forms of one body (街办, 街道, 街道办事处; 甲市,
    甲市人民政府) do not matter.
    """
    return hash_name(parse_name(name, None).body)


@lru_cache(maxsize=_CACHE)
def hash_name(name: str) -> str:
    """`ag_` and 12 hex digits of the sha256 of a normalised name."""
    return "ag_" + hashlib.sha256(name.encode("utf-8")).hexdigest()[:12]
