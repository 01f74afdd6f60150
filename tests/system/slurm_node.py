"""A Slurm for the system tests: munged, slurmctld and slurmd started by hand in a directory of their own, with ports
of their own, without systemd. Users other than root get one that is theirs alone. It has one node, or several: each
further slurmd believes to be on a host of another name."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time

CONFIGURATION = """
ClusterName=effrec
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket={base}/munge/socket
StateSaveLocation={base}/state
SlurmdSpoolDir={base}/spool-%n
SlurmctldPidFile={base}/slurmctld.pid
SlurmdPidFile={base}/slurmd-%n.pid
SlurmctldLogFile={base}/slurmctld.log
SlurmdLogFile={base}/slurmd-%n.log
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0
MaxArraySize={max_array}
ReturnToService=2
KillWait=2
GresTypes=gpu
{nodes}
PartitionName=debug Nodes=ALL Default=YES State=UP
"""
NODE = "NodeName={name} NodeAddr=127.0.0.1 Port={port} CPUs=4 RealMemory=500 Gres=gpu:fake:2"

# Runs slurmd under another host name than the machine's.
ELSEWHERE = ("unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"')

DAEMONS = ("slurmctld", "slurmd", "munged")


def reason_to_skip():
    """Why there can be no Slurm here; None: there can."""
    missing = [name for name in (*DAEMONS, "sbatch", "squeue", "scontrol") if not shutil.which(name, path=search_path())]
    return "there is no " + missing[0] if missing else None


def can_rename_hosts():
    return shutil.which("unshare") and subprocess.run([*ELSEWHERE, "node", "true"], capture_output=True,
                                                      check=False).returncode == 0


def search_path():
    """Daemons live where the search path of users need not lead."""
    return os.environ["PATH"] + ":/usr/sbin:/sbin"


def free_ports(count):
    """Ports that nobody listens on; all are taken before the first is given back."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Node:
    """Starts the daemons; stop() ends them and whatever their jobs left running. `names` are those of other hosts."""

    def __init__(self, base, max_array=1001, names=()):
        self.base = base
        self.names = names
        self.processes = []
        self.environment = {"SLURM_CONF": self.path("slurm.conf")}
        host = socket.gethostname().split(".")[0]
        nodes = names or [host]
        for name in ("munge", "state", *("spool-" + name for name in nodes)):
            os.mkdir(self.path(name), 0o755)
        os.chmod(base, 0o755)
        self.write("munge/key", os.urandom(128), 0o400)
        port, *ports = free_ports(1 + len(nodes))
        lines = "\n".join(NODE.format(name=name, port=port) for name, port in zip(nodes, ports))
        self.write("slurm.conf", CONFIGURATION.format(host=host, base=base, port=port, user=getpass.getuser(),
                                                      max_array=max_array, nodes=lines).encode())
        # Any devices do for GPUs that nobody opens.
        self.write("gres.conf", "".join(f"NodeName={name} Name=gpu Type=fake File=/dev/{device}\n"
                                        for name in nodes for device in ("null", "zero")).encode())
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def path(self, name):
        return os.path.join(self.base, name)

    def write(self, name, content, mode=0o644):
        with open(self.path(name), "wb") as file:
            file.write(content)
        os.chmod(self.path(name), mode)

    def spawn(self, *command):
        environment = {**os.environ, **self.environment, "PATH": search_path()}
        with open(self.path(command[0] + ".out"), "ab") as output:
            self.processes.append(subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=output,
                                                   stderr=output, start_new_session=True))

    def start(self):
        munge = self.path("munge")
        self.spawn("munged", "--foreground", "--force", f"--socket={munge}/socket", f"--key-file={munge}/key",
                   f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")
        self.wait_for(lambda: os.path.exists(munge + "/socket"), "munged")
        self.spawn("slurmctld", "-D", "-f", self.path("slurm.conf"))
        slurmd = ("slurmd", "-D", "-f", self.path("slurm.conf"))
        for name in self.names:
            self.spawn(*ELSEWHERE, name, *slurmd)
        if not self.names:
            self.spawn(*slurmd)
        self.wait_for(lambda: set(self.ask("sinfo", "-hN", "-o", "%T").split()) == {"idle"}, "slurmd")

    def wait_for(self, condition, what, seconds=30):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end or any(process.poll() is not None for process in self.processes):
                raise RuntimeError(f"{what} does not start:\n{self.logs()}")
            time.sleep(0.05)

    def ask(self, *command):
        """What a command of Slurm's prints."""
        result = subprocess.run(command, env={**os.environ, **self.environment}, capture_output=True, text=True,
                                timeout=60, check=False)
        return result.stdout.strip()

    def logs(self):
        text = ""
        for name in sorted(os.listdir(self.base)):
            if name.endswith((".out", ".log")):
                with open(self.path(name), encoding="utf-8", errors="replace") as file:
                    text += f"--- {name}\n{file.read()[-3000:]}\n"
        return text

    def leftovers(self):
        """Processes of our jobs: slurmstepd and what it started have our configuration in their environment."""
        mark = ("SLURM_CONF=" + self.path("slurm.conf")).encode()
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    if int(name) != os.getpid() and mark in file.read().split(b"\0"):
                        yield int(name)
            except OSError:
                pass

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()
        for pid in self.leftovers():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
