# SPDX-License-Identifier: Apache-2.0
"""Put fences around the process that parses a hostile file; each says whether it holds on this system.

| fence | made by | where it does not hold |
| --- | --- | --- |
| memory, CPU, open files, file size | resource limits | holds everywhere |
| no root | user and group nobody, when started by root | started by root without the right to change the user |
| no network, no IPC | namespaces of its own | inside most containers; where user namespaces are switched off |
| no files but its own folder and the fonts | empty root folder in an own mount namespace | as above |
| the same once more | Landlock | before Linux 5.13, or where it is not switched on |
| no sockets, no programs, no signals, no mounts | seccomp filter | processors other than x86-64 and ARM64 |
| no new rights, no capabilities | prctl, capset | holds on every Linux |

Each is tried; none is needed for the next. `uploads.sandbox_report()` tells which hold here, proved by trying to
break out.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from collections.abc import Callable, Collection
from pathlib import Path

from uploads import seccomp

MEMORY_BYTES = 512 << 20
CPU_SECONDS = 10
OPEN_FILES = 64
FILE_BYTES = 64 << 20
NOBODY = 65534
# Read by PDFium for documents that do not bring their own; Chinese ones often do not.
FONTS = ("/usr/share/fonts", "/usr/local/share/fonts")
# What LibreOffice is made of and reads.
PROGRAMS = ("/usr", "/bin", "/lib", "/lib64", "/opt", "/etc", "/proc", "/sys/devices/system", "/var/cache/fontconfig")

_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MS_BIND, _MS_REC, _MS_PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38
# Landlock's rights: execute; write; read files and folders; and in the own folder remove, make, truncate plain files.
_EXECUTE, _WRITE, _READ = 1, 2, 4 | 8
_OWN = _WRITE | _READ | 1 << 5 | 1 << 8 | 1 << 14
_EVERYTHING = (1 << 15) - 1

_libc = ctypes.CDLL(None, use_errno=True)


def limit(*, memory: int = MEMORY_BYTES, cpu: int = CPU_SECONDS, open_files: int = OPEN_FILES) -> None:
    """Set the resource limits, which hold on every system."""
    for which, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_NOFILE, open_files),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(which, (value, value))
    # The soft limit sends SIGXCPU, by which the parent knows the reason; the hard one kills.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))


def close(folder: Path, *, threads: bool = False, without: Collection[str] = ()) -> dict[str, bool]:
    """Close every fence around this process, to be left with one folder; say which closed.

    Everything that parsing needs must have been imported before. The limit on processes counts threads too; a parser
    that needs threads has the filter alone. Tests leave fences out, to see the others hold alone.
    """
    root = os.geteuid() == 0
    apart = "namespaces" not in without and root and _unshare(0)
    if root:
        _try(os.chown, folder, NOBODY, NOBODY)
        if not apart:
            _drop_root()
    apart = "namespaces" not in without and (apart or _unshare(_CLONE_NEWUSER))
    emptied = apart and _try(_empty_root, folder)
    if root and os.geteuid() == 0:
        _drop_root()
    # The folder is where we are; its path may lead through folders that nobody else may pass.
    landlocked = "landlock" not in without and _try(
        _landlock, Path("/") if emptied else Path(), _OWN, dict.fromkeys(FONTS, _READ)
    )
    return {
        "no_root": os.geteuid() != 0,
        "namespaces": apart,
        "empty_root": emptied,
        "landlock": landlocked,
        "no_capabilities": _try(_drop_capabilities),
        "no_processes": not threads and _try(resource.setrlimit, resource.RLIMIT_NPROC, (0, 0)),
        # After the last change of user, for each of those forgets it: die with the thread that asked.
        "dies_with_parent": _try(_prctl, _PR_SET_PDEATHSIG, signal.SIGKILL),
        "seccomp": "seccomp" not in without and _try(seccomp.install, _libc),
    }


def close_for_program(folder: Path) -> bool:
    """Take network, others' files and root away from a program with processes; say whether the network is gone.

    The folder becomes its /tmp, whatever lies above it and whoever may go there.
    """
    root = os.geteuid() == 0
    apart = root and _unshare(0)
    if root:
        for path in (folder, *folder.iterdir()):
            os.chown(path, NOBODY, NOBODY)
        if not apart:
            _drop_root()
    apart = (apart or _unshare(_CLONE_NEWUSER)) and _try(_become_tmp, folder)
    if root and os.geteuid() == 0:
        _drop_root()
    if apart:
        others = dict.fromkeys(PROGRAMS, _READ | _EXECUTE) | {"/dev": _READ | _WRITE}
        _try(_landlock, Path("/tmp"), _EVERYTHING, others)  # noqa: S108  (our own folder, mounted there)
        _try(_drop_capabilities)
        _try(_prctl, _PR_SET_PDEATHSIG, signal.SIGKILL)
    return apart


def _become_tmp(folder: Path) -> None:
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    _mount(str(folder), "/tmp", None, _MS_BIND)  # noqa: S108  (see above)
    os.chdir("/tmp")  # noqa: S108  (as above)


def _unshare(user: int) -> bool:
    return int(_libc.unshare(user | _CLONE_NEWNET | _CLONE_NEWNS | _CLONE_NEWIPC | _CLONE_NEWUTS)) == 0


def _drop_root() -> bool:
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError:
        return False
    return True


def _empty_root(folder: Path) -> None:
    _mount(None, "/", None, _MS_REC | _MS_PRIVATE)
    for fonts in FONTS:
        if os.path.isdir(fonts):
            inside = folder / fonts.lstrip("/")
            inside.mkdir(parents=True, exist_ok=True)
            _mount(fonts, str(inside), None, _MS_BIND | _MS_REC)
            # May be refused where the fonts' own mount has flags that must stay; they are not ours to write anyway.
            _try(_mount, None, str(inside), None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
    os.chroot(folder)
    os.chdir("/")


def _landlock(folder: Path, own: int, others: dict[str, int]) -> None:
    """Leave this folder and the others named, with these rights, of all files; and no TCP, where the kernel can."""
    create, add_rule, restrict = 444, 445, 446
    version = _checked(_libc.syscall(create, None, ctypes.c_size_t(0), 1))
    known = (1 << (13 if version == 1 else 14 if version == 2 else 15)) - 1
    # File rights, TCP (bind, connect), scopes (abstract sockets, signals): older kernels know only the first of them.
    handled = (ctypes.c_uint64 * 3)(known, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _checked(_libc.syscall(create, ctypes.byref(handled), ctypes.c_size_t(size), 0))
    for path, rights in {**others, str(folder): own}.items():
        if os.path.isdir(path):
            handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
            packed = (rights & known).to_bytes(8, sys.byteorder) + handle.to_bytes(4, sys.byteorder)
            _checked(_libc.syscall(add_rule, ruleset, 1, ctypes.create_string_buffer(packed, 12), 0))
            os.close(handle)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _checked(_libc.syscall(restrict, ruleset, 0))
    os.close(ruleset)


def _drop_capabilities() -> None:
    for capability in range(64):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    _checked(_libc.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)())))


def _mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    encoded = [None if text is None else text.encode() for text in (source, target, kind)]
    _checked(_libc.mount(*encoded, ctypes.c_ulong(flags), None))


def _prctl(option: int, value: int) -> None:
    _checked(_libc.prctl(option, value, 0, 0, 0))


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def _try(act: Callable[..., object], *arguments: object) -> bool:
    try:
        act(*arguments)
    except (OSError, ValueError):
        return False
    return True
