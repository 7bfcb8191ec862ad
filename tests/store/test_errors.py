"""Bad files, read-only folders, full disks, locks: one clear line each, nothing half-written, and on again after it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from studyapp.store import Store, StoreError
from tests.store.samples import TODAY, answered, at, deck, opened, read_in

ROOT = Path(__file__).parents[2]


def filled(home: Path) -> None:
    """A closed store with three answers."""
    with opened(home) as store:
        for i in range(3):
            store.append([answered(f"a{i}")], at=at(i), day=TODAY)


def refused(home: Path) -> str:
    """The one line with which a store does not open."""
    with pytest.raises(StoreError) as caught:
        opened(home)
    line = str(caught.value)
    assert "\n" not in line
    assert ";" in line, "what to do comes after a semicolon"
    return line


@contextmanager
def log_of(home: Path) -> Iterator[sqlite3.Connection]:
    """The bare log of a closed store, to be tampered with."""
    with closing(sqlite3.connect(home / "log.db", isolation_level=None)) as connection:
        yield connection


# --- logs that cannot be used ---------------------------------------------------------------------


def test_a_log_of_a_newer_studyapp_is_left_alone(home: Path) -> None:
    """It says so, and not a byte is changed."""
    filled(home)
    with log_of(home) as raw:
        raw.execute("UPDATE meta SET value = '2' WHERE name = 'revision'")
    before = (home / "log.db").read_bytes()
    assert "written by a newer studyapp (revision 2, this one knows 1)" in refused(home)
    assert (home / "log.db").read_bytes() == before


@pytest.mark.parametrize("revision", ["0", "-1", "", "two"])
def test_a_log_with_an_impossible_revision_is_damaged(home: Path, revision: str) -> None:
    """No studyapp ever wrote it."""
    filled(home)
    with log_of(home) as raw:
        raw.execute("UPDATE meta SET value = ? WHERE name = 'revision'", (revision,))
    assert "put a backup in its place" in refused(home)


def garbage(path: Path) -> None:
    """What a broken disk or a wrong copy leaves."""
    path.write_bytes(bytes(range(256)) * 80)


def halved(path: Path) -> None:
    """A copy that was interrupted."""
    path.write_bytes(path.read_bytes()[:9000])


def foreign(path: Path) -> None:
    """A database of another application."""
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE notes (text)")


@pytest.mark.parametrize(
    ("damage", "words"),
    [(garbage, "is no database"), (halved, "is damaged"), (foreign, "is a database, but no log of studyapp's")],
)
def test_a_log_that_is_none_is_refused_and_left_as_it_is(
    home: Path, damage: Callable[[Path], None], words: str
) -> None:
    """The line names the file; the file is not touched, nor is the cache."""
    filled(home)
    damage(home / "log.db")
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    line = refused(home)
    assert line.startswith(str(home / "log.db"))
    assert words in line
    assert {file.name: file.read_bytes() for file in home.iterdir()} == before


@pytest.mark.parametrize("leave_empty", [False, True])
def test_a_log_that_is_gone_is_not_started_anew_in_silence(home: Path, leave_empty: bool) -> None:
    """The cache knows that there were entries. Moving it away as well starts anew."""
    filled(home)
    (home / "log.db").unlink()
    if leave_empty:
        (home / "log.db").touch()
    assert "is missing or empty, but cache.db beside it knows of a log" in refused(home)
    (home / "cache.db").unlink()
    with opened(home) as store:
        assert store.entries() == []


def test_a_log_that_left_its_newest_entries_behind_is_not_started_anew(home: Path) -> None:
    """Opening an empty log.db would make SQLite delete what is in log.db-wal."""
    with opened(home) as store:
        store.append([answered("a")], at=at(), day=TODAY)
        shutil.copy(home / "log.db-wal", home / "kept")
    for name in ("log.db", "cache.db"):
        (home / name).unlink()
    (home / "kept").rename(home / "log.db-wal")
    size = (home / "log.db-wal").stat().st_size
    assert "log.db-wal" in refused(home)
    assert (home / "log.db-wal").stat().st_size == size > 0


@pytest.mark.parametrize(
    ("tampering", "words"),
    [
        ("UPDATE entry SET detail = '{' WHERE row = 2", "row 2"),
        ("UPDATE entry SET type = 'dreamt' WHERE row = 2", "unknown type 'dreamt'"),
        ("UPDATE entry SET at = 'yesterday' WHERE row = 2", "yesterday"),
        ("UPDATE entry SET detail = x'00ff' WHERE row = 2", "row 2"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(home: Path, tampering: str, words: str) -> None:
    """When it is asked for; the doctor finds it in any case, and the rest can still be used."""
    filled(home)
    with log_of(home) as raw:
        raw.execute(tampering)
    with opened(home) as store:
        assert store.schedule("a1").n == 1, "the cache was folded before the damage"
        with pytest.raises(StoreError, match=words):
            store.entries()
        (line,) = store.integrity()
        assert line.startswith(str(home / "log.db"))
        assert words in line
        store.append([answered("a0")], at=at(9), day=TODAY + 1)
        assert store.schedule("a0").n == 2
    (home / "cache.db").unlink()
    assert words in refused(home)


def test_the_doctor_finds_revocations_of_nothing(home: Path) -> None:
    """Part of a log is missing."""
    filled(home)
    with log_of(home) as raw:
        raw.execute("UPDATE entry SET type = 'revoked', revokes = 'gone', detail = '{}' WHERE row = 2")
    with opened(home) as store:
        (line,) = store.integrity()
        assert "takes back gone, which the log does not have" in line


def test_damage_inside_the_log_is_not_blamed_on_the_cache(home: Path) -> None:
    """A page overwritten: the question fails, the line names log.db, the cache stays."""
    with opened(home) as store:
        read_in(store, deck("d.md", "c1"))
        for i in range(300):
            store.append([answered(f"c{i}")], at=at(i), day=TODAY)
    content = bytearray((home / "log.db").read_bytes())
    content[3 * 4096 : -4096] = b"\xa5" * (len(content) - 4 * 4096)
    (home / "log.db").write_bytes(content)
    with pytest.raises(StoreError, match=r"log\.db is damaged"), opened(home) as store:
        store.entries()
    with closing(sqlite3.connect(home / "cache.db")) as raw:
        assert raw.execute("SELECT count(*) FROM card").fetchone() == (1,)


# --- folders that cannot be used ------------------------------------------------------------------

AS_NOBODY = """
import os, sys
from pathlib import Path
from studyapp.store import Store, StoreError, acts, folding, filing, identifiers, reading
if os.getuid() == 0:  # root may write everything
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    Store.open(Path(sys.argv[1]))
except StoreError as error:
    print(error)
"""


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder that every user can look into, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="studyapp-test-"))
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(folder)


def as_nobody(home: Path) -> str:
    """What another user is told who opens the store."""
    command = [sys.executable, "-c", AS_NOBODY, str(home)]
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def test_a_folder_that_may_not_be_written_is_refused(public: Path) -> None:
    """The line names the folder, and nothing in it has changed."""
    home = public / "home"
    filled(home)
    home.chmod(0o555)
    before = {file.name: file.read_bytes() for file in home.iterdir()}
    line = as_nobody(home)
    assert line == f"{home} cannot be written; make it writable, or choose another folder with --home\n"
    assert {file.name: file.read_bytes() for file in home.iterdir()} == before


def test_a_folder_that_may_not_be_made_is_refused(public: Path) -> None:
    """The line names it."""
    public.chmod(0o555)
    assert as_nobody(public / "home").startswith(f"{public / 'home'}: Permission denied;")


def test_a_log_that_may_not_be_written_is_refused(public: Path) -> None:
    """At the start, and not at the first answer."""
    home = public / "home"
    filled(home)
    home.chmod(0o777)
    (home / "log.db").chmod(0o444)
    assert as_nobody(home).startswith(f"{home / 'log.db'} cannot be written;")


def test_a_cache_that_may_not_be_written_is_made_anew(public: Path) -> None:
    """The folder may be written, so no line is needed."""
    home = public / "home"
    filled(home)
    home.chmod(0o777)
    (home / "log.db").chmod(0o666)
    (home / "cache.db").chmod(0o444)
    assert as_nobody(home) == ""
    with opened(home) as store:
        assert store.schedule("a2").n == 1


def test_a_home_that_is_a_file_is_refused(home: Path) -> None:
    """So is one whose log is a folder."""
    home.touch()
    assert str(home) in refused(home)
    home.unlink()
    (home / "log.db").mkdir(parents=True)
    assert str(home) in refused(home)


# --- locks ----------------------------------------------------------------------------------------


def test_a_store_locked_by_another_process_is_waited_for_and_then_refused(home: Path) -> None:
    """Only writing needs the lock; once it is free the same store goes on."""
    filled(home)
    with opened(home, timeout=0.1) as store, log_of(home) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match=r"kept the store locked for 0\.1 s, nothing was changed; close"):
            store.append([answered("a")], at=at(), day=TODAY)
        with pytest.raises(StoreError, match="locked"):
            read_in(store, deck("d.md", "a"))
        assert len(store.entries()) == 3
        assert store.schedule("a0").n == 1
        with opened(home, timeout=0.1) as second:
            assert len(second.entries()) == 3
        other.execute("ROLLBACK")
        store.append([answered("a")], at=at(), day=TODAY)
        assert store.schedule("a").n == 1


def test_a_lock_that_is_let_go_in_time_is_not_noticed(home: Path) -> None:
    """Two windows at work."""
    filled(home)
    program = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
        "c.execute('BEGIN IMMEDIATE'); print(flush=True); time.sleep(0.3)"
    )
    with opened(home, timeout=10) as store:
        command = [sys.executable, "-c", program, str(home / "log.db")]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
            assert other.stdout is not None
            other.stdout.readline()
            store.append([answered("a")], at=at(), day=TODAY)
        assert store.schedule("a").n == 1


def test_a_new_store_is_not_made_over_a_lock(home: Path) -> None:
    """And is made whole once the lock is gone."""
    home.mkdir()
    with log_of(home) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreError, match="locked"):
            opened(home, timeout=0.1)
        other.execute("ROLLBACK")
    with opened(home, timeout=0.1) as store:
        assert store.entries() == []


# --- full disks -----------------------------------------------------------------------------------


def fill(store: Store) -> tuple[int, str]:
    """Append until the disk is full: how many answers went in, and the line."""
    for number in range(100_000):
        try:
            store.append([answered("a", seed=number), answered("b")], at=at(number), day=TODAY)
        except StoreError as error:
            return number, str(error)
    raise AssertionError("the disk never filled up")


def full_and_freed(home: Path, make_room: Callable[[], None]) -> None:
    """A store runs into a full disk, keeps what it had, and goes on once there is room."""
    with opened(home) as store:
        read_in(store, deck("d.md", "a", "b"))
        number, line = fill(store)
        assert line.startswith(str(home))
        assert "nothing was changed" in line
        assert len(store.entries()) == 2 * number
        big = deck("e.md", *(f"e{i}" for i in range(20_000)))
        with pytest.raises(StoreError, match="nothing was changed"):
            read_in(store, big)
        make_room()
        store.append([answered("a", seed=-1)], at=at(), day=TODAY + 1)
        assert store.schedule("a").answered_on == TODAY + 1
        assert len(store.entries()) == 2 * number + 1
        assert [row.path for row in store.decks()] == ["d.md"]
    with opened(home) as store:
        assert len(store.entries()) == 2 * number + 1
        assert store.refold() == store.integrity() == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte; only root can have one."""
    mounted = tmp_path / "disk"
    mounted.mkdir()
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run([mount, "-t", "tmpfs", "-o", "size=1m", "none", mounted], check=False).returncode
    ):
        pytest.skip("no disk can be mounted here")
    yield mounted
    subprocess.run(["umount", mounted], check=True)


def test_a_full_disk_is_said_and_survived(small_disk: Path) -> None:
    """Until something else on the disk is deleted."""
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(500_000))
    full_and_freed(small_disk / "home", ballast.unlink)


def test_no_store_is_half_made_on_a_full_disk(small_disk: Path) -> None:
    """What is left behind does not keep a later start from making it whole."""
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"):
        ballast.write_bytes(bytes(2_000_000))
    assert str(small_disk) in refused(small_disk / "home")
    ballast.unlink()
    with opened(small_disk / "home") as store:
        store.append([answered("a")], at=at(), day=TODAY)
        assert store.integrity() == []


LIMITED = """
import resource, sys
from pathlib import Path
from tests.store.test_errors import full_and_freed
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
limit(400_000)
full_and_freed(Path(sys.argv[1]), lambda: limit(hard))
"""


def test_a_file_that_may_not_grow_is_said_and_survived(home: Path) -> None:
    """The same where no disk can be mounted: a process whose files are limited."""
    command = [sys.executable, "-c", LIMITED, str(home)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
