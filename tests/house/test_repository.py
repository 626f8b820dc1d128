"""The repository stays small, and true on every machine."""

import re
import zlib
from pathlib import Path

from tests.house.files import ROOT, committed

_FILE_BYTES = 2_000_000
_DATA_BYTES = 8_000_000
_DATA = ("ingest", "demo", "data")
_VENDORED = Path("assets/vendor")

# in pieces, so that this file does not name them either
_HOSTS = ("pypi|org", "pythonhosted|org", "npmjs|org", "npmjs|com", "deb|debian|org", "crates|io")
_FOLDERS = ("work", "root", "home", "Users")
_HOST = re.compile("|".join(re.escape(host.replace("|", ".")) for host in _HOSTS))
_FOLDER = re.compile(rf"(?<![\w.$)}}/*-])/(?:{'|'.join(_FOLDERS)})/")


def _is_data(path: Path) -> bool:
    return path.parts[: len(_DATA)] == _DATA


def _texts() -> dict[Path, str]:
    contents = {path: (ROOT / path).read_bytes() for path in committed() if not path.is_relative_to(_VENDORED)}
    return {path: content.decode() for path, content in contents.items() if b"\0" not in content[:8000]}


def test_no_file_is_large() -> None:
    sizes = {path: (ROOT / path).stat().st_size for path in committed() if not _is_data(path)}
    assert not {path: size for path, size in sizes.items() if size > _FILE_BYTES}


def test_the_demonstration_data_packs_small() -> None:
    packed = sum(len(zlib.compress((ROOT / path).read_bytes())) for path in committed() if _is_data(path))
    assert packed < _DATA_BYTES


def test_no_file_names_a_package_registry() -> None:
    found = {str(path): match[0] for path, text in _texts().items() if (match := _HOST.search(text))}
    assert not found


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = {str(path): match[0] for path, text in _texts().items() if (match := _FOLDER.search(text))}
    assert not found


def test_a_host_and_a_folder_would_be_seen() -> None:
    seen = ("index-url = https://{}/simple", "see {}notes.txt", "'{}x'", "[{}x]")
    assert all(_HOST.search(seen[0].format(host.replace("|", "."))) for host in _HOSTS)
    assert all(_FOLDER.search(text.format(f"/{folder}/")) for folder in _FOLDERS for text in seen[1:])
    assert not _FOLDER.search(f"https://cern.ch/{_FOLDERS[0]}/notes")
