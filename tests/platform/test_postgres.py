"""The embedded database, on real clusters: who starts it, who stops it, and what it refuses."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from palier.config.environment import PROJECT_ROOT
from palier.config.postgres import binaries, cluster
from tests.platform.installation import Installation, installation

HOLD = """
import sys
from palier.config.postgres import *
ensure_running()
print("held", flush=True)
sys.stdin.read()
stop_if_mine()
"""
ASK = """
from palier.config.postgres import *
with held() as server:
    with server.connect("{role}") as connection:
        print(connection.execute({query!r}).fetchone()[0])
"""


@pytest.fixture(scope="module")
def ours():
    with installation() as made:
        yield made


def ask(where: Installation, query: str, role: str = "owner") -> str:
    done = where.python("-c", ASK.format(role=role, query=query))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class TestOneUser:
    def test_finds_it_up_and_leaves_it_down(self, ours):
        assert ask(ours, "select 1") == "1"
        assert not ours.is_up()

    def test_reaches_it_by_a_private_socket_only(self, ours):
        assert ask(ours, "show listen_addresses") == ""
        assert oct((ours.data / "run").stat().st_mode)[-3:] == "700"

    def test_never_writes_values_in_its_log(self, ours):
        canary = "Ornella Canari"

        ours.python("-c", ASK.format(role="owner", query=f"select '{canary}'::int"))

        logs = list((ours.data / "postgres").resolve().glob("log/*.log"))
        assert logs
        assert not any("select" in each.read_text() for each in logs)

    def test_has_the_roles_and_the_extensions(self, ours):
        rights = "select rolcreaterole and not rolsuper from pg_roles where rolname = 'palier_owner'"
        app = "select not (rolinherit or rolsuper or rolcreatedb) from pg_roles where rolname = 'palier_app'"
        known = "select count(*) from pg_extension where extname in ('pg_trgm', 'unaccent', 'btree_gist')"

        assert (ask(ours, rights), ask(ours, app), ask(ours, known)) == ("True", "True", "3")

    def test_keeps_data_checksums_and_fsync_on(self, ours):
        assert (ask(ours, "show data_checksums"), ask(ours, "show fsync")) == ("on", "on")


class TestSeveralUsers:
    def test_the_last_one_stops_it(self, ours):
        first, second = hold(ours), hold(ours)

        release(first)
        assert ours.is_up()
        release(second)

        assert not ours.is_up()

    def test_a_killed_one_does_not_count(self, ours):
        killed, other = hold(ours), hold(ours)

        killed.kill()
        killed.communicate()
        release(other)

        assert not ours.is_up()

    def test_a_command_does_not_stop_what_was_started_by_hand(self, ours):
        ours.postgres("start")

        ask(ours, "select 1")

        assert ours.is_up()
        ours.postgres("stop")
        assert not ours.is_up()

    def test_it_comes_back_after_a_crash(self, ours):
        user = hold(ours)
        number = int((ours.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])

        os.kill(number, signal.SIGKILL)
        time.sleep(0.5)
        release(user)

        assert ask(ours, "select 1") == "1"


def hold(where: Installation) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], cwd=PROJECT_ROOT, env=where.environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    return process


def release(process: "subprocess.Popen[str]") -> None:
    _out, trouble = process.communicate(timeout=60)
    assert process.returncode == 0, trouble


class TestVersions:
    def test_refuses_a_folder_of_another_major_version_with_a_remedy(self):
        with installation(PALIER_PG="wheel") as made:
            assert made.postgres("start").returncode == 0
            made.postgres("stop")
            folder = (made.data / "postgres").resolve()
            (folder / "PG_VERSION").write_text("13\n")

            refused = made.postgres("start")

            assert refused.returncode == 1
            assert "PostgreSQL 13" in refused.stderr and "postgresql-13" in refused.stderr
            assert "palier restore" in refused.stderr

    def test_says_which_variable_excludes_the_right_one(self, monkeypatch, tmp_path):
        (tmp_path / "PG_VERSION").write_text("15\n")
        debian = binaries.Binaries(Path("/usr/lib/postgresql/15/bin"), 15, "debian")
        wheel = binaries.Binaries(Path("/x/bin"), 18, "wheel")
        monkeypatch.setattr(binaries, "debian_binaries", lambda: [debian])
        monkeypatch.setattr(binaries, "wheel_binaries", lambda: [wheel])
        monkeypatch.setattr(binaries, "ENV", type("Env", (), {"pg": "wheel"}))

        with pytest.raises(binaries.NoBinaries, match="unset PALIER_PG"):
            binaries.find_binaries(tmp_path)

    def test_takes_the_programs_of_the_folders_version(self, monkeypatch, tmp_path):
        (tmp_path / "PG_VERSION").write_text("15\n")
        known = [binaries.Binaries(Path(f"/pg/{n}"), n, "debian") for n in (17, 15)]
        monkeypatch.setattr(binaries, "all_binaries", lambda: known)

        assert binaries.find_binaries(tmp_path).major == 15

    def test_the_newest_tools_save_an_older_server(self, monkeypatch):
        monkeypatch.setattr(
            binaries, "debian_binaries", lambda: [binaries.Binaries(Path("/d"), 15, "debian")]
        )
        monkeypatch.setattr(binaries, "wheel_binaries", lambda: [binaries.Binaries(Path("/w"), 18, "wheel")])

        assert binaries.newest_tools().major == 18


class TestPlaces:
    def test_the_socket_goes_to_a_short_place_when_the_path_is_long(self, tmp_path):
        long = tmp_path / ("é" * 60)

        where = cluster.locate(long)

        assert len(os.fsencode(where.socket / cluster.SOCKET_NAME)) <= cluster.LONGEST_SOCKET

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its database to another user")
    def test_root_runs_it_as_somebody_else_even_in_a_private_folder(self):
        with installation() as made:
            made.folder.chmod(0o700)

            assert made.postgres("start").returncode == 0

            folder = (made.data / "postgres").resolve()
            assert folder.is_relative_to(cluster.FOR_THE_UNREACHABLE)
            assert folder.stat().st_uid != 0
            made.postgres("stop")
            remove_unreachable(folder)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its database to another user")
    def test_a_folder_made_again_does_not_find_the_old_data(self):
        with installation() as made:
            made.folder.chmod(0o700)
            made.postgres("start")
            first = (made.data / "postgres").resolve()
            for each in made.data.iterdir():
                each.unlink()

            assert made.postgres("start").returncode == 0

            left = list(first.parent.glob(f"{first.name}.left-*"))
            assert len(left) == 1
            made.postgres("stop")
            remove_unreachable(first)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root lends its database to another user")
    def test_programs_in_a_private_folder_are_copied_whole(self, tmp_path, monkeypatch):
        ours = binaries.wheel_binaries()[0]
        package = ours.folder.parents[1]
        for each in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(each, tmp_path / "private" / each.name, symlinks=True)
        (tmp_path / "private").chmod(0o700)
        private = binaries.Binaries(tmp_path / "private" / package.name / "pginstall" / "bin", 18, "wheel")
        with open_to_all() as shared:
            monkeypatch.setattr(cluster, "FOR_THE_UNREACHABLE", shared / "palier")
            runner = cluster.locate(shared / "data").runner

            copied = cluster.reachable(private, runner)

            said = subprocess.run(
                [copied.program("initdb"), "--version"],
                cwd="/",
                capture_output=True,
                text=True,
                **runner.options,
            )
            assert copied.folder.is_relative_to(shared) and "PostgreSQL" in said.stdout, said.stderr


@contextmanager
def open_to_all() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="palier-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def remove_unreachable(folder: Path) -> None:
    for each in folder.parent.glob(f"{folder.name}*"):
        shutil.rmtree(each)


def test_locks_follow_the_number_of_tables():
    assert cluster.locks_needed(1_000) == cluster.LEAST_LOCKS
    assert cluster.locks_needed(40_000) * cluster.MAX_CONNECTIONS >= 80_000
