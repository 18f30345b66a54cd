"""Codes that carry a region: which of them are well formed, and which region they name.

统一社会信用代码 (GB 32100-2015): registrar, class, 6 digits of region, 9 characters of organisation code, check character. 组织机构代码
(GB 11714-1997): 8 characters and a check character. 政府网站标识码: 10 digits, 6 of region and a serial of 4; ministries start with bm.
公网安备: 14 digits, the first 6 the region of the police office that holds the record.
"""

from __future__ import annotations

from typing import Final

from ingest.regions import list_regions_of_code

_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_CREDIT_WEIGHTS: Final = tuple(3**place % 31 for place in range(17))
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CREDIT_LENGTH: Final = 18
_ORGANISATION_LENGTH: Final = 9
_SITE_LENGTH: Final = 10
_REGION_LENGTH: Final = 6

PROVINCES_BY_LETTER: Final = {
    "京": "110000", "津": "120000", "冀": "130000", "晋": "140000", "蒙": "150000", "辽": "210000", "吉": "220000", "黑": "230000",
    "沪": "310000", "苏": "320000", "浙": "330000", "皖": "340000", "闽": "350000", "赣": "360000", "鲁": "370000", "豫": "410000",
    "鄂": "420000", "湘": "430000", "粤": "440000", "桂": "450000", "琼": "460000", "渝": "500000", "川": "510000", "蜀": "510000",
    "黔": "520000", "贵": "520000", "滇": "530000", "云": "530000", "藏": "540000", "陕": "610000", "甘": "620000", "陇": "620000",
    "青": "630000", "宁": "640000", "新": "650000",
}  # fmt: skip
"""The letter of a province in ICP备 and 公网安备 numbers."""


def is_credit_code(code: str) -> bool:
    """Whether the 18 characters are a 统一社会信用代码: alphabet and check character mod 31."""
    if len(code) != _CREDIT_LENGTH or any(character not in _CREDIT_ALPHABET for character in code):
        return False
    total = sum(_CREDIT_ALPHABET.index(character) * weight for character, weight in zip(code, _CREDIT_WEIGHTS, strict=False))
    return _CREDIT_ALPHABET[-total % 31] == code[-1]


def is_organisation_code(code: str) -> bool:
    """Whether the 9 characters (a hyphen before the last is ignored) are a 组织机构代码: check character mod 11, X for 10."""
    code = code.replace("-", "")
    if len(code) != _ORGANISATION_LENGTH or any(character not in _ORGANISATION_ALPHABET for character in code[:-1]):
        return False
    total = sum(_ORGANISATION_ALPHABET.index(character) * weight for character, weight in zip(code, _ORGANISATION_WEIGHTS, strict=False))
    return code[-1] == "0123456789X"[-total % 11]


def read_credit_region(code: str) -> str | None:
    """The 6 digits of region of a valid 统一社会信用代码; None when its check fails or no region ever had the digits."""
    return _keep_known(code[2:8]) if is_credit_code(code) else None


def read_site_region(code: str) -> str | None:
    """The 6 digits of region of a 政府网站标识码; None for a ministry's, a code of another length or one that names no region."""
    return _keep_known(code[:_REGION_LENGTH]) if len(code) == _SITE_LENGTH and code.isdigit() else None


def is_site_code(code: str) -> bool:
    """Whether it is a 政府网站标识码: of a region that is or was one, or of a ministry."""
    return read_site_region(code) is not None or (len(code) == _SITE_LENGTH and code[:2].lower() == "bm" and code[2:].isdigit())


def read_police_region(record: str) -> str | None:
    """The 6 digits of region of the digits of a 公网安备 number; None when no region ever had them."""
    return _keep_known(record[:_REGION_LENGTH])


def _keep_known(code: str) -> str | None:
    return code if list_regions_of_code(code) else None
