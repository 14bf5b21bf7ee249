"""A build farm on this machine: BuildGrid with PostgreSQL, BuildBox workers, and nginx as a cache.

Each server and each worker has a network namespace of its own, with loopback only. Cables between them are the network. A
worker has its own root, process ids and disk: it sees the toolbox, and neither the workspace nor Bazel's directories.
"""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

import network
import worker

BUILDGRID_PORT = 50051
POSTGRES_PORT = 5432
CACHE_PORT = 8080
# Any user but root, as which PostgreSQL does not run.
NOBODY = "65534"

BUILDGRID = """\
server:
  - !channel
    address: "127.0.0.1:{port}"
    insecure-mode: true
authorization:
  method: none
monitoring:
  enabled: false
connections:
  - !sql-connection &sql
    connection-string: {database}
    pool-size: 10
    max-overflow: 20
storages:
  - !disk-storage &storage
    path: {storage}
caches:
  - !lru-action-cache &cache
    storage: *storage
    max-cached-refs: 1000000
    allow-updates: true
    cache-failed-actions: false
schedulers:
  - !sql-scheduler &scheduler
    sql: *sql
    action-cache: *cache
    storage: *storage
    property-set:
      !dynamic-property-set
      match-property-keys: [OSFamily, root]
      wildcard-property-keys: []
    bot-session-keepalive-timeout: 10
    max-execution-timeout: 7200
    assigners:
      - !priority-age-assigner
        count: 1
        interval: 0.1
instances:
  - name: ""
    services:
      - !action-cache
        cache: *cache
      - !execution
        scheduler: *scheduler
        operation-stream-keepalive-timeout: 30
      - !cas
        storage: *storage
      - !bytestream
        storage: *storage
thread-pool-size: 100
maximum-concurrent-rpcs: 200
"""

NGINX = """\
daemon off;
master_process off;
error_log {directory}/nginx.error.log;
pid {directory}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log {directory}/nginx.access.log;
    client_body_temp_path {directory}/nginx-body;
    proxy_temp_path {directory}/nginx-proxy;
    fastcgi_temp_path {directory}/nginx-fastcgi;
    uwsgi_temp_path {directory}/nginx-uwsgi;
    scgi_temp_path {directory}/nginx-scgi;
    client_max_body_size 0;
    server {{
        listen 127.0.0.1:{port};
        root {directory}/cache;
        location / {{
            dav_methods PUT;
            create_full_put_path on;
        }}
    }}
}}
"""

# Enters a worker's root: the toolbox, with the worker's own disk as /tmp, its own processes, and the other root at /mnt.
# $1 is the toolbox, $2 the worker's directory, $3 the other root, $4 a program that replaces clang or nothing, $5 the script
# that it runs, and $6 the size of its disk or nothing.
ENTER_WORKER = """
set -e
mount --make-rprivate /
mkdir -p "$2/root" "$2/tmp"
mount --bind "$1" "$2/root"
mount -o remount,bind,ro "$2/root"
mount --bind "$2/tmp" "$2/root/tmp"
[ -z "$6" ] || mount -t tmpfs -o "size=$6" tmpfs "$2/root/tmp"
mount --bind "$3" "$2/root/mnt"
mount -o remount,bind,ro "$2/root/mnt"
mount --rbind /dev "$2/root/dev"
mount -t proc proc "$2/root/proc"
[ ! -e "$2/root/etc/hosts" ] || mount --bind /etc/hosts "$2/root/etc/hosts"
[ -z "$4" ] || mount --bind "$4" "$2/root$(readlink -f /usr/bin/clang)"
exec 3<"$5"
root=$2/root
shift 6
exec chroot "$root" "$@" <&3
"""


class Farm:
    """The servers and workers.

    Attributes:
      endpoint: str, the address of the execution service for Bazel.
      cables: dict[str, network.Cable]: `client`, `cache`, and one for each worker by its name.
      root: str, the fingerprint of the root of workers, once one has started.
    """

    def __init__(self, directory, toolbox, extra, site):
        """Makes the namespaces.

        Args:
          directory: path, for all files of the farm. It must be empty.
          toolbox: path, the root of the workers.
          extra: path, the root with the servers.
          site: path, the Python packages of BuildGrid.
        """
        self.directory = pathlib.Path(directory)
        self.toolbox, self.extra, self.site = toolbox, pathlib.Path(extra), pathlib.Path(site)
        self.cables = {}
        self.root = None
        self.processes = {}
        self._namespaces = self.directory / "namespaces"
        self._namespaces.mkdir(parents=True)
        self._logs = self.directory / "logs"
        self._logs.mkdir()
        network.make_namespace(self._namespaces / "server")
        self.cables["client"] = network.Cable(None, self._namespaces / "server", BUILDGRID_PORT)
        self.cables["cache"] = network.Cable(None, self._namespaces / "server", CACHE_PORT)

    @property
    def endpoint(self):
        return "grpc://%s:%d" % (network.LOOPBACK, self.cables["client"].port)

    @property
    def cache(self):
        return "http://%s:%d" % (network.LOOPBACK, self.cables["cache"].port)

    def flags(self):
        """Returns list[str]: Bazel's flags for a build in which every action is remote."""
        return [
            f"--remote_executor={self.endpoint}",
            f"--remote_default_exec_properties=OSFamily=Linux",
            f"--remote_default_exec_properties=root={self.root}",
            "--spawn_strategy=remote",
            "--noremote_local_fallback",
            "--disk_cache=",
            "--jobs=8",
        ]

    # Processes

    def _spawn(self, name, command, namespace="server", environment=None):
        log = open(self._logs / name, "a", encoding="utf-8")
        process = subprocess.Popen(
            ["nsenter", f"--net={self._namespaces / namespace}", "--"] + [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=environment,
            start_new_session=True,
        )
        self.processes[name] = process
        return process

    def log(self, name):
        return (self._logs / name).read_text(encoding="utf-8", errors="replace")

    def stop(self, name, how=signal.SIGKILL):
        process = self.processes.pop(name, None)
        if process and process.poll() is None:
            os.killpg(process.pid, how)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _await(self, name, port, namespace="server", seconds=600):
        """Waits until a server listens."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.processes[name].poll() is not None:
                break
            try:
                network.inside(self._namespaces / namespace, lambda: socket.create_connection((network.LOOPBACK, port), timeout=5)).close()
                return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"error: failed to start {name}\n{self.log(name)[-3000:]}hint: see {self._logs}")

    # PostgreSQL and BuildGrid

    def _postgres_command(self, program, *arguments):
        binaries = sorted((self.extra / "usr/lib/postgresql").iterdir())[-1] / "bin"
        data = self.directory / "postgres"
        mounts = "; ".join(f"mount --rbind {source} {self.extra}/{target}" for source, target in (("/dev", "dev"), ("/proc", "proc"), (data, "tmp")))
        command = ["chroot", f"--userspec={NOBODY}:{NOBODY}", str(self.extra), "/" + str((binaries / program).relative_to(self.extra)), *arguments]
        return ["unshare", "--mount", "sh", "-c", f'set -e; {mounts}; exec "$@"', program, *command]

    def start_postgres(self):
        data = self.directory / "postgres"
        if not data.exists():
            data.mkdir()
            os.chown(data, int(NOBODY), int(NOBODY))
            (self.extra / "etc/passwd").write_text(f"postgres:x:{NOBODY}:{NOBODY}::/tmp:/bin/sh\n")
            initdb = ["--pgdata=/tmp/data", "--username=bgd", "--auth=trust", "--no-sync", "--locale=C", "--encoding=UTF8"]
            self._spawn("initdb", self._postgres_command("initdb", *initdb)).wait()
        options = ["-D", "/tmp/data", "-k", "/tmp", "-h", "127.0.0.1", "-p", POSTGRES_PORT, "-c", "fsync=off", "-c", "max_connections=200"]
        self._spawn("postgres", self._postgres_command("postgres", *map(str, options)))
        self._await("postgres", POSTGRES_PORT)

    def start_buildgrid(self):
        database = f"postgresql+psycopg://bgd@127.0.0.1:{POSTGRES_PORT}/postgres"
        config = self.directory / "buildgrid.yml"
        fresh = not config.exists()
        config.write_text(BUILDGRID.format(port=BUILDGRID_PORT, database=database, storage=self.directory / "storage"))
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(self.site), "HOME": str(self.directory), "LC_ALL": "C.UTF-8"}
        bgd = ["python3", self.site / "bin/bgd"]
        if fresh:
            # PostgreSQL accepts connections a little later than it listens.
            for _ in range(30):
                if self._spawn("migrate", bgd + ["migrate", "apply", database], environment=environment).wait() == 0:
                    break
                time.sleep(1)
            else:
                sys.exit(f"error: failed to make the database\n{self.log('migrate')[-3000:]}")
        self._spawn("buildgrid", bgd + ["server", "start", config], environment=environment)
        self._await("buildgrid", BUILDGRID_PORT)

    def start_nginx(self):
        config = self.directory / "nginx.conf"
        (self.directory / "cache").mkdir(exist_ok=True)
        config.write_text(NGINX.format(directory=self.directory, port=CACHE_PORT))
        loader = worker.program(str(self.extra), "nginx")
        loader[-1] = f"{self.extra}/usr/sbin/nginx"
        self._spawn("nginx", loader + ["-c", config, "-e", self.directory / "nginx.error.log"])
        self._await("nginx", CACHE_PORT)

    # Workers

    def start_worker(self, name, jobs=1, clang=None, disk=None):
        """Starts a worker and returns the fingerprint of its root.

        Args:
          name: str.
          jobs: int, how many actions it runs at a time.
          clang: path of a program that replaces clang in its root, or None.
          disk: str, the size of its disk, or None for that of this machine.
        """
        namespace = self._namespaces / name
        if name not in self.cables:
            network.make_namespace(namespace)
            self.cables[name] = network.Cable(namespace, self._namespaces / "server", BUILDGRID_PORT, worker.PORT)
        directory = self.directory / name
        shutil.rmtree(directory / "tmp", ignore_errors=True)
        directory.mkdir(exist_ok=True)
        (self._logs / name).unlink(missing_ok=True)
        script = pathlib.Path(worker.__file__).resolve()
        enter = ["sh", "-c", ENTER_WORKER, "worker", self.toolbox, directory, self.extra, clang or "", script, disk or ""]
        run = ["/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "HOME=/tmp", "LC_ALL=C.UTF-8", "python3", "-", "/mnt", name, jobs]
        self._spawn(name, ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", *enter, *run], namespace=name)
        end = time.monotonic() + 600
        while time.monotonic() < end and self.processes[name].poll() is None:
            lines = self.log(name).splitlines()
            if lines and len(lines[0]) == 32:
                self.root = self.root or lines[0]
                return lines[0]
            time.sleep(0.2)
        sys.exit(f"error: failed to start the worker {name}\n{self.log(name)[-3000:]}hint: see {self._logs}")

    def running(self, name):
        """Returns list[int]: the processes of a worker that run actions, seen from here."""
        process = self.processes.get(name)
        if not process:
            return []
        parents = {}
        for directory in pathlib.Path("/proc").iterdir():
            if directory.name.isdigit():
                try:
                    fields = (directory / "stat").read_text().rpartition(")")[2].split()
                    command = (directory / "cmdline").read_bytes()
                except OSError:
                    continue
                parents[int(directory.name)] = (int(fields[1]), command)
        found = []
        for pid, (parent, _) in parents.items():
            runner, ancestor = False, parent
            while ancestor in parents and ancestor != process.pid:
                runner = runner or b"buildbox-run-hosttools" in parents[ancestor][1]
                ancestor = parents[ancestor][0]
            if runner and ancestor == process.pid:
                found.append(pid)
        return found

    def start(self, workers=2, jobs=1):
        """Starts everything."""
        self.start_postgres()
        self.start_buildgrid()
        self.start_nginx()
        for number in range(workers):
            self.start_worker(f"worker{number}", jobs)

    def stop_all(self):
        for name in list(self.processes):
            self.stop(name, signal.SIGINT if name == "postgres" else signal.SIGKILL)
