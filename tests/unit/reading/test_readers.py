import subprocess
import sys
import zipfile
from pathlib import Path

from builders.printing import print_docx, print_pdf, print_xlsx

from ingest.errors import Issue
from ingest.reading import READERS, read_bytes, scan_inputs
from ingest.reading.word import OLE_MARK

HEAVY = ("pdfplumber", "pdfminer", "mammoth", "openpyxl", "xlrd", "striprtf", "PIL")


def test_reading_a_text_does_not_load_the_libraries_of_other_formats() -> None:
    load = "import sys; from ingest.reading import read_bytes; read_bytes(b'a', 'text/plain')"
    code = f"{load}; print([name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3])
    assert done.stdout.strip() == "[]"


def test_each_suffix_has_one_reader() -> None:
    suffixes = [suffix for reader in READERS for suffix in reader.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert len({reader.media_type for reader in READERS}) == len(READERS)


def test_members_of_an_archive_are_read_like_files(tmp_path: Path) -> None:
    files = {"a.pdf": print_pdf(["甲"], has_page_numbers=False), "b.docx": print_docx(["甲"]), "c.doc": print_xlsx(["甲"])}
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    for item in scan_inputs([tmp_path / "r.zip"]):
        assert item.data is not None
        assert read_bytes(item.data, item.media_type).text == "甲\n"


def test_a_word_file_that_holds_a_workbook_is_a_word_file() -> None:
    streams = "".join(("WordDocument", "Workbook")).encode("utf-16-le")
    result = read_bytes(OLE_MARK + bytes(512) + streams, "application/vnd.ms-excel")
    assert (result.issue, result.media_type) == (Issue.UNSUPPORTED, "application/msword")
