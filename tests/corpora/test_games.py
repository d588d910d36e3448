import shutil
import subprocess
import tarfile

import pytest

from corpora import games
from musicregion.config import corpus
from musicregion.corpus.sources import read_licences
from musicregion.errors import DownloadError

COPYRIGHT = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/

Files: *
Copyright: 2020 The Team
License: GPL-2+

Files: data/music/deep/*
Copyright: 2021 Ada
 2022 Bob
License: CC-BY-SA-4.0
"""


def test_each_game_of_the_corpus_is_a_package():
    chosen = corpus.load("games")
    assert list(chosen.regions) == list(games.PACKAGES)
    for game, region in chosen.regions.items():
        assert region.sources == [f"{games.FOLDER}/{game}"]


@pytest.mark.parametrize(
    ("name", "size", "expected"),
    [
        ("./usr/share/games/x/music/a b.ogg", 400_000, "a b.ogg"),
        ("./usr/share/games/x/Data/Music/deep/a.OPUS", 400_000, "deep/a.OPUS"),
        ("./usr/share/games/x/music/jingle.ogg", 300_000, None),
        ("./usr/share/games/x/sounds/a.ogg", 400_000, None),
        ("./usr/share/games/x/music/cover.png", 400_000, None),
    ],
)
def test_music_and_nothing_else_is_unpacked(name, size, expected):
    member = tarfile.TarInfo(name)
    member.size = size
    path = games.music_path(member)
    assert (str(path) if path else None) == expected


def test_the_copyright_file_names_authors_and_licences():
    names = ["./usr/share/games/x/data/music/deep/a.ogg", "./usr/share/games/x/data/music/b.ogg"]
    deep, other = games.authors_and_licences(COPYRIGHT, names)
    assert deep == ("2021 Ada; 2022 Bob", "CC-BY-SA-4.0")
    assert other == ("2020 The Team", "GPL-2+")


def test_a_copyright_file_in_prose_gives_no_author():
    assert games.authors_and_licences("This package was made by Ada.\nLicence: GPL\n", ["a"]) == [
        ("", "")
    ]


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb")
def test_a_package_is_unpacked_with_its_licences(tmp_path):
    tree = tmp_path / "tree"
    for path, content in {
        "DEBIAN/control": "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: A <a@b.c>\n"
        "Description: x\n",
        "usr/share/doc/x/copyright": COPYRIGHT,
        "usr/share/games/x/music/deep/a.ogg": "a" * 400_000,
        "usr/share/games/x/sounds/b.ogg": "b" * 400_000,
    }.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(content)
    deb = tmp_path / "x.deb"
    subprocess.run(["dpkg-deb", "--build", tree, deb], check=True, capture_output=True)
    target = tmp_path / "x"
    target.mkdir()
    assert games.unpack(deb, "x", target) == 1
    assert (target / "deep/a.ogg").read_text() == "a" * 400_000
    assert read_licences(target) == {"deep/a.ogg": ("2021 Ada; 2022 Bob", "CC-BY-SA-4.0")}


def test_a_truncated_package_is_named(tmp_path):
    if not shutil.which("dpkg-deb"):
        pytest.skip("needs dpkg-deb")
    (tmp_path / "x.deb").write_bytes(b"!<arch>\n")
    with pytest.raises(DownloadError, match=r"x\.deb: dpkg-deb could not read it"):
        games.unpack(tmp_path / "x.deb", "x", tmp_path)
