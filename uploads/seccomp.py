# SPDX-License-Identifier: Apache-2.0
"""Take away the system calls that reach beyond the process: sockets, programs, signals, mounts, other processes.

This is the one fence without network that containers leave us: there, namespaces are refused. A list of what is
forbidden, because what libraries need differs between them; memory and files are other fences' business.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

_MODE_FILTER, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 2, 38, 22
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_CLONE_THREAD = 0x00010000
_CLONE3 = 435

# Numbers are those of the kernel's tables; from 424 on they are the same on all processors.
_NEWER = (424, 425, 426, 427, 428, 429, 430, 431, 432, 434, 438, 442)  # pidfd, io_uring, new mount calls
_TABLES: dict[str, tuple[int, int, tuple[int, ...]]] = {
    # machine: audit number, clone, forbidden
    "x86_64": (
        0xC000003E,
        56,
        (
            *(41, 42, 43, 44, 46, 49, 50, 53, 288, 307),  # sockets
            *(57, 58, 59, 322),  # fork, vfork, execve, execveat
            *(62, 129, 200, 234, 297, 101, 310, 311),  # signals, ptrace, other processes' memory
            *(155, 161, 165, 166, 272, 308, 304),  # pivot_root, chroot, mount, umount, unshare, setns, open_by_handle
            *(248, 249, 250, 298, 321, 323),  # keys, perf, bpf, userfaultfd
            *(169, 175, 246, 313, 320),  # reboot, modules, kexec
        ),
    ),
    "aarch64": (
        0xC00000B7,
        220,
        (
            *(198, 199, 200, 201, 202, 203, 206, 211, 242, 269),
            *(221, 281),
            *(129, 130, 131, 138, 240, 117, 270, 271),
            *(41, 51, 40, 39, 97, 268, 265),
            *(217, 218, 219, 241, 280, 282),
            *(142, 105, 104, 273, 294),
        ),
    ),
}


def install(libc: ctypes.CDLL) -> None:
    """Install the filter for the rest of this process's life; OSError where that is not possible."""
    program = _program(platform.machine())
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, head, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no seccomp filter")


def _program(machine: str) -> bytes:
    if machine not in _TABLES:
        raise OSError(errno.ENOSYS, "no table for this processor")
    audit, clone, forbidden = _TABLES[machine]
    refuse = _ERRNO | errno.EPERM
    steps = [
        (_LOAD, 0, 0, 4),  # the processor whose call numbers are meant: no other than ours
        (_EQUAL, 1, 0, audit),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # the call's number
    ]
    if machine == "x86_64":
        steps += [(_AT_LEAST, 0, 1, 0x40000000), (_RETURN, 0, 0, refuse)]  # the x32 numbering
    for number in (*forbidden, *_NEWER):
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, refuse)]
    steps += [
        # "Not known" makes the C library fall back to clone, whose flags can be read here: threads yes, processes no.
        (_EQUAL, 0, 1, _CLONE3),
        (_RETURN, 0, 0, _ERRNO | errno.ENOSYS),
        (_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, 16),
        (_BITS, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *step) for step in steps)
