"""Network namespaces, and cables between them.

A namespace has a loopback interface and nothing else, so nothing in it can reach another machine. A cable forwards TCP
connections from an address in one namespace to an address in another, and can fail as a network does.
"""

import fcntl
import os
import pathlib
import socket
import struct
import subprocess
import threading
import time

import second_root

LOOPBACK = "127.0.0.1"


def inside(namespace, function):
    """Calls a function in a network namespace and returns its result. Sockets stay in the namespace they are made in.

    Args:
      namespace: path of a namespace, or None for the namespace of this process.
      function: callable without arguments.
    """
    if not namespace:
        return function()
    result = []

    def call():
        with open(namespace) as file:
            os.setns(file.fileno(), os.CLONE_NEWNET)
        try:
            result.append((function(), None))
        except OSError as error:
            result.append((None, error))

    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
    value, error = result[0]
    if error:
        raise error
    return value


def make_namespace(path):
    """Makes a network namespace, which lasts as long as the mount namespace of this process."""
    pathlib.Path(path).touch()
    if subprocess.run(["unshare", f"--net={path}", "true"]).returncode:
        second_root.fail("this machine permits no network namespaces", "in a container, give it all privileges")

    def up():
        with socket.socket() as control:
            request = struct.pack("16sh14x", b"lo", 0x1)  # ifreq with IFF_UP
            fcntl.ioctl(control, 0x8914, request)  # SIOCSIFFLAGS

    inside(path, up)


def listen(namespace, port=0):
    """Returns a socket that listens on loopback in a namespace."""

    def make():
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
        return listener

    return inside(namespace, make)


class Cable:
    """Forwards connections to a port in another namespace.

    Attributes:
      port: int, the port it listens on.
      delay: float, seconds by which each block of a reply is delayed.
      corrupt: None or callable, which replaces each block of a reply.
    """

    def __init__(self, source, target, target_port, port=0):
        self.delay = 0
        self.corrupt = None
        self._target = (target, target_port)
        self._connected = threading.Event()
        self._connected.set()
        self._sockets = set()
        self._lock = threading.Lock()
        self._listener = listen(source, port)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self):
        """Holds all data, as a network does that loses all packets."""
        self._connected.clear()

    def restore(self):
        self._connected.set()

    def reset(self):
        """Closes all connections."""
        with self._lock:
            for connection in self._sockets:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def _accept(self):
        while True:
            client, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=[client], daemon=True).start()

    def _serve(self, client):
        namespace, port = self._target
        self._connected.wait()
        try:
            server = inside(namespace, lambda: socket.create_connection((LOOPBACK, port), timeout=10))
        except OSError:
            client.close()
            return
        server.settimeout(None)
        for connection in (client, server):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._sockets |= {client, server}
        back = threading.Thread(target=self._copy, args=[server, client, True], daemon=True)
        back.start()
        self._copy(client, server, False)
        back.join()
        with self._lock:
            self._sockets -= {client, server}
        client.close()
        server.close()

    def _copy(self, source, target, reply):
        try:
            while block := source.recv(1 << 18):
                self._connected.wait()
                if reply and self.delay:
                    time.sleep(self.delay)
                if reply and self.corrupt:
                    block = self.corrupt(block)
                target.sendall(block)
        except OSError:
            pass
        try:
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass
