"""One PostgreSQL cluster in a folder of its own: located, made, configured, started and stopped.

PostgreSQL refuses to run as root. Root therefore lends the cluster to an unprivileged user, who must be able
to reach the folder and the programs; what it cannot reach is placed under /var/lib/palier instead.
"""

import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg

from palier.config.postgres.binaries import Binaries, find_binaries, version_of

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 107
SUPERUSER = "postgres"
OWNER_ROLE = "palier_owner"
APP_ROLE = "palier_app"
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60
LEAST_LOCKS = 256
MAX_CONNECTIONS = 100
FOR_THE_UNREACHABLE = Path("/var/lib/palier")

# The server writes no value of anybody's data in its log: neither statements nor the details of errors.
CONFIGURATION = """\
# Written by Palier at each start; put your own settings in postgresql.auto.conf (ALTER SYSTEM).
listen_addresses = ''
unix_socket_directories = {socket}
unix_socket_permissions = 0777
max_connections = {connections}
max_locks_per_transaction = {locks}
shared_buffers = {buffers_mb}MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
random_page_cost = 1.1
jit = off
fsync = on
synchronous_commit = on
full_page_writes = on
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""


class PostgresError(RuntimeError):
    """The embedded database cannot serve; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Runner:
    """The system user that runs the cluster: ourselves, or another one when we are root."""

    uid: int
    gid: int
    name: str
    is_other: bool

    @property
    def options(self) -> dict[str, Any]:
        """Arguments of `subprocess` that make a child this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}

    def can_enter(self, folder: Path) -> bool:
        """Ask the system itself, as that user, so that every kind of right counts."""
        if not self.is_other:
            return True
        return subprocess.run(["/usr/bin/test", "-x", str(folder)], cwd="/", **self.options).returncode == 0

    def own(self, folder: Path) -> None:
        if self.is_other:
            os.chown(folder, self.uid, self.gid)


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the cluster of a data folder is and who runs it. `link` leads to `folder` where they differ."""

    data: Path
    folder: Path
    socket: Path
    runner: Runner

    @property
    def link(self) -> Path:
        return self.data / "postgres"

    @property
    def start_log(self) -> Path:
        return self.folder / "start.log"

    @property
    def is_made(self) -> bool:
        """True when this data folder has its cluster: one whose data folder is gone is nobody's."""
        return version_of(self.link) is not None

    def server_pid(self) -> int | None:
        """Process number of the running server, None when it is down."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (FileNotFoundError, ValueError, NotADirectoryError):
            return None
        _reap()
        return pid if _is_postgres(pid) else None

    def connect(self, *, dbname: str = "postgres", user: str = SUPERUSER) -> psycopg.Connection[Any]:
        return psycopg.connect(
            host=str(self.socket), dbname=dbname, user=user, autocommit=True, connect_timeout=10
        )


def locate(data: Path) -> Cluster:
    """Say where the cluster of a data folder is, or will be. Nothing is written."""
    wished = data / "postgres"
    if wished.exists() or wished.is_symlink():
        folder = wished.resolve()
        runner = _runner_of(folder)
    else:
        runner = _runner_of(wished)
        nearest = next(each for each in data.parents if each.exists())
        folder = wished if runner.can_enter(nearest) else FOR_THE_UNREACHABLE / "clusters" / _digest(data)
    return Cluster(data, folder, _socket_folder(data, folder, runner), runner)


def _runner_of(folder: Path) -> Runner:
    """Who must run the cluster of this folder: ourselves or, for root, its owner or else a harmless user."""
    me = os.geteuid()
    if me != 0:
        return _runner(_account(me), is_other=False)
    made = folder / "PG_VERSION"
    if made.exists() and made.stat().st_uid != 0:
        return _runner(_account(made.stat().st_uid), is_other=True)
    return _runner(_harmless_account(), is_other=True)


def _runner(entry: pwd.struct_passwd, *, is_other: bool) -> Runner:
    return Runner(entry.pw_uid, entry.pw_gid, entry.pw_name, is_other)


def _account(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise PostgresError(
            f"User number {uid} has no name on this machine and PostgreSQL wants one: add it with useradd."
        ) from None


def _harmless_account() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresError(
        "Add a user named postgres: PostgreSQL does not run as root, and nobody is missing too."
    )


def _digest(path: Path) -> str:
    return sha256(os.fsencode(path)).hexdigest()[:12]


def _socket_folder(data: Path, folder: Path, runner: Runner) -> Path:
    """The private folder of the server's socket: beside the cluster, or in /tmp if the path is too long."""
    beside = data / "run" if folder.parent == data else folder.with_name(folder.name + ".run")
    if len(os.fsencode(beside / SOCKET_NAME)) <= LONGEST_SOCKET:
        return beside
    return Path("/tmp") / f"palier-{runner.uid}-{_digest(data)}"


def _is_postgres(pid: int) -> bool:
    """True when this process lives and is a PostgreSQL server: its number may be someone else's by now."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        state = (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()[0]
        )
    except OSError:
        return False
    return Path(os.fsdecode(words[0])).name.startswith("postgres") and state != "Z"


def open_data_folder(data: Path) -> None:
    """Create the data folder. Others may pass through it only when we are root and lend the cluster."""
    mode = 0o711 if os.geteuid() == 0 else 0o700
    for each in reversed([data, *data.parents]):
        if not each.exists():
            each.mkdir()
            each.chmod(mode)
    if os.geteuid() == 0 and data.stat().st_uid == 0:
        data.chmod(data.stat().st_mode & 0o7777 | 0o111)


def make(cluster: Cluster) -> None:
    """Initialise the cluster, whole or not at all.

    Raises: PostgresError, NoBinaries.
    """
    binaries = reachable(find_binaries(cluster.folder), cluster.runner)
    _set_aside_what_is_left(cluster)
    open_data_folder(cluster.folder.parent)
    draft = cluster.folder.with_name(f"{cluster.folder.name}.making")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    cluster.runner.own(draft)
    try:
        _initdb(binaries, draft, cluster.runner)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    draft.rename(cluster.folder)
    if cluster.folder != cluster.link:
        cluster.link.symlink_to(cluster.folder)


def _set_aside_what_is_left(cluster: Cluster) -> None:
    """A cluster whose data folder was deleted belongs to nobody: keep it under another name, start afresh."""
    if cluster.folder != cluster.link and cluster.folder.exists():
        stop(cluster)
        left = cluster.folder.with_name(f"{cluster.folder.name}.left-{int(time.time())}")
        cluster.folder.rename(left)


def _initdb(binaries: Binaries, folder: Path, runner: Runner) -> None:
    command = [
        binaries.program("initdb"), "-D", str(folder), "-U", SUPERUSER,
        "--auth-local=peer", "--auth-host=reject", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums",
    ]  # fmt: skip
    if binaries.major >= 17:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done = subprocess.run(
        command, cwd="/", env=_plain_environment(), capture_output=True, text=True, **runner.options
    )
    if done.returncode != 0:
        raise PostgresError(f"The database could not be made in {folder}:\n{done.stderr.strip()}")
    with (folder / "postgresql.conf").open("a", encoding="utf-8") as stream:
        stream.write("\ninclude 'palier.conf'\n")
    (folder / "palier.conf").touch()
    runner.own(folder / "palier.conf")


def _plain_environment() -> dict[str, str]:
    """What PostgreSQL's programs may know of us: no PG* variable of the caller leads them elsewhere."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


def reachable(binaries: Binaries, runner: Runner) -> Binaries:
    """Return programs that the cluster's user can run, copied to a folder open to all if need be."""
    if runner.can_enter(binaries.folder):
        return binaries
    package = binaries.folder.parents[1]
    copy = FOR_THE_UNREACHABLE / f"postgresql-{binaries.major}-{_digest(package)}"
    if not (copy / "complete").exists():
        # The programs look for their libraries in the package's neighbour, at the same distance.
        _copy_trees([package, package.with_name(f"{package.name}.libs")], copy)
    return Binaries(copy / binaries.folder.relative_to(package.parent), binaries.major, binaries.origin)


def _copy_trees(sources: list[Path], target: Path) -> None:
    """Copy folders side by side into a new one that everybody may read; whole or not at all."""
    open_data_folder(target.parent)
    draft = target.with_name(f"{target.name}.making-{os.getpid()}")
    shutil.rmtree(target, ignore_errors=True)
    for source in sources:
        if source.exists():
            shutil.copytree(source, draft / source.name, symlinks=True)
    for each in (draft, *draft.rglob("*")):
        if not each.is_symlink():
            each.chmod(0o755 if each.is_dir() or os.access(each, os.X_OK) else 0o644)
    (draft / "complete").touch()
    draft.rename(target)


def start(cluster: Cluster, *, locks: int = LEAST_LOCKS) -> None:
    """Start the server and wait until it answers.

    Raises: PostgresError with the end of the server's log; NoBinaries.
    """
    binaries = reachable(find_binaries(cluster.folder), cluster.runner)
    _prepare_socket(cluster)
    _write_configuration(cluster, locks)
    with cluster.start_log.open("wb") as log:
        process = subprocess.Popen(
            [binaries.program("postgres"), "-D", str(cluster.folder)],
            cwd="/", env=_plain_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True, **cluster.runner.options,
        )  # fmt: skip
    _children[process.pid] = process
    _wait_until_it_answers(cluster, process)


# A server started by this process is its child: it must be waited for when it ends.
_children: dict[int, subprocess.Popen[bytes]] = {}


def _reap() -> None:
    """Take note of a server of ours that died: until then its number looks alive, to PostgreSQL too."""
    for pid, process in list(_children.items()):
        if process.poll() is not None:
            del _children[pid]


def _prepare_socket(cluster: Cluster) -> None:
    cluster.socket.mkdir(parents=True, exist_ok=True, mode=0o700)
    about = cluster.socket.stat()
    if about.st_uid not in (os.geteuid(), cluster.runner.uid):
        raise PostgresError(
            f"{cluster.socket} belongs to someone else: remove it, or choose a shorter PALIER_DATA."
        )
    cluster.runner.own(cluster.socket)
    cluster.socket.chmod(0o700)


def _write_configuration(cluster: Cluster, locks: int) -> None:
    socket = str(cluster.socket).replace("\\", "\\\\").replace('"', '""').replace("'", "''")
    _replace(
        cluster,
        "palier.conf",
        CONFIGURATION.format(
            socket=f"'\"{socket}\"'",
            connections=MAX_CONNECTIONS,
            locks=locks,
            buffers_mb=_shared_buffers_mb(),
        ),
    )
    # The socket's folder is private, and the server also checks who knocks: we and the cluster's own user.
    allowed = dict.fromkeys(("root", pwd.getpwuid(os.geteuid()).pw_name, cluster.runner.name))
    _replace(cluster, "pg_hba.conf", "local all all peer map=palier\n")
    rows = [f'palier "{name}" {role}\n' for name in allowed for role in (SUPERUSER, OWNER_ROLE, APP_ROLE)]
    _replace(cluster, "pg_ident.conf", "".join(rows))


def _replace(cluster: Cluster, name: str, content: str) -> None:
    path = cluster.folder / name
    path.write_text(content, encoding="utf-8")
    path.chmod(0o600)
    cluster.runner.own(path)


def _shared_buffers_mb() -> int:
    """One sixteenth of the memory, from 128 MB to 1 GB: the machine has other work to do."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(128, min(1024, total // 16 // 2**20))


def _wait_until_it_answers(cluster: Cluster, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise PostgresError(f"The database does not start:\n{_end_of_log(cluster)}")
        try:
            cluster.connect().close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise PostgresError(f"The database did not answer within {START_TIMEOUT_S} s:\n{_end_of_log(cluster)}")


def _end_of_log(cluster: Cluster) -> str:
    """What the server said on the way up; its own log takes over once it has read its settings."""
    logs = sorted((cluster.folder / "log").glob("*.log"), key=lambda each: each.stat().st_mtime)[-1:]
    lines = []
    for each, last in ((cluster.start_log, 6), *((log, 6) for log in logs)):
        if each.exists():
            lines += each.read_text(encoding="utf-8", errors="replace").splitlines()[-last:]
    return "\n".join(lines)


def stop(cluster: Cluster) -> None:
    """Stop the server at once but cleanly (open transactions are rolled back) and wait until it is gone.

    Raises: PostgresError when it is still there after a minute.
    """
    pid = cluster.server_pid()
    if pid is None:
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while time.monotonic() < deadline:
        _reap()
        if not _is_postgres(pid):
            return
        time.sleep(0.02)
    raise PostgresError(
        f"The database (process {pid}) did not stop within {STOP_TIMEOUT_S} s; see {cluster.folder}/log."
    )


def locks_needed(relations: int) -> int:
    """Value of max_locks_per_transaction with which a dump of that many tables and indexes passes."""
    needed = -(-2 * relations // MAX_CONNECTIONS)
    return max(LEAST_LOCKS, -(-needed // 64) * 64)
