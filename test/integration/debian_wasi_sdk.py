"""Assembles a WASI SDK from Debian's packages, with the layout of a release of WASI SDK.

As in a release, the programs find LLVM's shared libraries in `$ORIGIN/../lib`, and take the C library of the machine. Debian's
have no such path, so it is added to them.

Usage: debian_wasi_sdk.py DIRECTORY
"""

import os
import pathlib
import shutil
import struct
import sys

LIBRARIES = ["/usr/lib/x86_64-linux-gnu"]
# Of the C library, which is that of the machine.
LIBC = ("ld-linux", "libc.so", "libdl.so", "libm.so", "libpthread.so", "libresolv.so", "librt.so")
PROGRAMS = ["clang", "clang-cpp", "lld", "llvm-ar", "llvm-nm", "llvm-objcopy", "llvm-strip", "wasm-ld"]
# What releases have. This one also sets the target, which is the default of clang in a release.
CONFIG = "--target=wasm32-wasip1\n--sysroot=<CFGDIR>/../share/wasi-sysroot\n"
RPATH = b"$ORIGIN/../lib"

_PAGE = 0x1000
_PT_LOAD, _PT_DYNAMIC, _PT_NOTE = 1, 2, 4
_DT_NULL, _DT_NEEDED, _DT_STRTAB, _DT_STRSZ, _DT_RPATH = 0, 1, 5, 10, 15


class Elf:
    """A dynamic program or library for x86_64."""

    def __init__(self, data):
        self.data = bytearray(data)
        self.phoff, self.phnum = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<H", data, 56)[0]
        at, size = next((offset, size) for kind, offset, _, size in self.segments() if kind == _PT_DYNAMIC)
        self.dynamic = [(entry, *struct.unpack_from("<QQ", data, entry)) for entry in range(at, at + size, 16)]

    def segments(self):
        """Returns list[tuple]: the type, offset, address and size in the file of each segment."""
        rows = [struct.unpack_from("<IIQQQQ", self.data, self.phoff + 56 * index) for index in range(self.phnum)]
        return [(kind, offset, address, size) for kind, _, offset, address, _, size in rows]

    def value(self, tag):
        return next(value for _, found, value in self.dynamic if found == tag)

    def strings(self):
        """Returns bytes: the names that the dynamic section refers to."""
        address = self.value(_DT_STRTAB)
        start = next(offset + address - first for kind, offset, first, size in self.segments() if kind == _PT_LOAD and first <= address < first + size)
        return bytes(self.data[start : start + self.value(_DT_STRSZ)])

    def needed(self):
        """Returns list[str]: the names of the libraries that it loads."""
        strings = self.strings()
        return [strings[value : strings.index(b"\0", value)].decode() for _, tag, value in self.dynamic if tag == _DT_NEEDED]

    def with_rpath(self, path):
        """Returns bytes: the same file, which searches a directory for libraries.

        The names move to a new segment at the end, in place of a segment with a note.
        """
        strings = self.strings() + path + b"\0"
        offset = -(-len(self.data) // _PAGE) * _PAGE
        end = max(address + size for kind, _, address, size in self.segments() if kind == _PT_LOAD)
        # Beyond what the last segment has in memory but not in the file.
        address = (end // _PAGE + 0x1000) * _PAGE
        note = max(index for index, segment in enumerate(self.segments()) if segment[0] == _PT_NOTE)
        data = bytearray(self.data)
        struct.pack_into("<IIQQQQQQ", data, self.phoff + 56 * note, _PT_LOAD, 4, offset, address, address, len(strings), len(strings), _PAGE)
        spare = next(entry for entry, tag, _ in self.dynamic if tag == _DT_NULL)
        assert any(entry > spare for entry, _, _ in self.dynamic), "the dynamic section has no spare entry"
        struct.pack_into("<QQ", data, spare, _DT_RPATH, len(strings) - len(path) - 1)
        for entry, tag, _ in self.dynamic:
            if tag in (_DT_STRTAB, _DT_STRSZ):
                struct.pack_into("<Q", data, entry + 8, address if tag == _DT_STRTAB else len(strings))
        return bytes(data) + bytes(offset - len(data)) + strings


def closure(names):
    """Returns dict[str, Path]: libraries and those that they load, without the C library."""
    found, todo = {}, list(names)
    while todo:
        name = todo.pop()
        if name in found or name.startswith(LIBC):
            continue
        found[name] = next(pathlib.Path(directory, name) for directory in LIBRARIES if pathlib.Path(directory, name).exists())
        todo += Elf(found[name].read_bytes()).needed()
    return found


def llvm():
    """Returns Path or None: Debian's LLVM with clang and wasm-ld."""
    found = [path for path in pathlib.Path("/usr/lib").glob("llvm-*") if all((path / "bin" / name).exists() for name in ("clang", "wasm-ld"))]
    return max(found, key=lambda path: int(path.name.partition("-")[2]), default=None)


def assemble(directory):
    """Writes a WASI SDK into a new directory."""
    sdk, debian = pathlib.Path(directory), llvm()
    (sdk / "bin").mkdir(parents=True)
    (sdk / "lib").mkdir()
    needed = set()
    for name in PROGRAMS:
        program = debian / "bin" / name
        if program.is_symlink():
            (sdk / "bin" / name).symlink_to(os.readlink(program))
            continue
        elf = Elf(program.read_bytes())
        needed |= set(elf.needed())
        (sdk / "bin" / name).write_bytes(elf.with_rpath(RPATH))
        (sdk / "bin" / name).chmod(0o755)
    for name, path in closure(needed).items():
        shutil.copy(path, sdk / "lib" / name)
    (sdk / "bin/clang.cfg").write_text(CONFIG)

    version = max((debian / "lib/clang").iterdir())
    resources = sdk / "lib/clang" / version.name
    shutil.copytree(version / "include", resources / "include")
    for system in ("wasi", "wasip1", "wasip2"):
        folder = resources / f"lib/wasm32-unknown-{system}"
        folder.mkdir(parents=True)
        shutil.copy(version / "lib/wasi/libclang_rt.builtins-wasm32.a", folder / "libclang_rt.builtins.a")

    sysroot = sdk / "share/wasi-sysroot"
    for kind in ("include", "lib"):
        for triple in ("wasm32-wasip1", "wasm32-wasip2"):
            shutil.copytree(f"/usr/{kind}/{triple}", sysroot / kind / triple)
        # Debian has the C++ library for one target only, and elsewhere.
        shutil.copytree(debian / kind / "wasm32-wasi", sysroot / kind / "wasm32-wasip1", dirs_exist_ok=True)


if __name__ == "__main__":
    assemble(sys.argv[1])
