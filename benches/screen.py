"""Measures the screen in a pseudo-terminal: first frame, key to changed screen while a log is read, memory.

    python3 benches/screen.py target/release/provlens LOG [KEYS]
"""

import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time


def main(program, log, keys=300):
    started = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", LANG="C.UTF-8", HOME="/nonexistent", SSH_CONNECTION="bench")
        os.execv(program, [program, "tui", log])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def read(timeout):
        ready, _, _ = select.select([fd], [], [], timeout)
        return os.read(fd, 65536) if ready else b""

    screen, first, numbers = b"", None, None
    while numbers is None and time.perf_counter() - started < 30:
        screen += read(0.5)
        now = time.perf_counter() - started
        if first is None and b"Overview" in screen:
            first = now
        if b"so far" in screen or b"all read" in screen:
            numbers = now
    times, reading = [], 0
    # Two screens in turn, so that every key changes the whole screen.
    for turn in range(keys):
        while read(0):
            pass
        pressed = time.perf_counter()
        os.write(fd, b"23"[turn % 2 : turn % 2 + 1])
        answer = read(5.0)
        times.append(time.perf_counter() - pressed)
        reading += b"all read" not in answer
        time.sleep(0.005)
    with open(f"/proc/{pid}/status") as status:
        peak = next(line for line in status if line.startswith("VmHWM")).split()[1]
    os.write(fd, b"\x03")
    while True:
        try:
            if not os.read(fd, 65536):
                break
        except OSError:
            break
    os.waitpid(pid, 0)
    times.sort()
    part = lambda share: times[min(len(times) - 1, int(len(times) * share))] * 1000
    print(f"first frame {first * 1000:.0f} ms, first numbers {numbers * 1000:.0f} ms")
    print(f"key to changed screen, {keys} keys: median {part(0.5):.1f} ms, p99 {part(0.99):.1f} ms, worst {times[-1] * 1000:.1f} ms")
    print(f"peak memory {int(peak) // 1024} MiB")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:4]))
