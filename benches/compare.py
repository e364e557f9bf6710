#!/usr/bin/env python3
"""Measures `provlens report` against other ways to read the same file: `just compare FILE`.

Each contender runs as a whole process, in turn with the others, so that all of them meet the same disk cache and the
same neighbours. Wall time, processor time and peak memory come from the operating system (wait4). DuckDB takes part
if its Python module is there, and groups failures as an Okta log names them; its interpreter starts with it, which
costs some 50 ms. MB/s are those of the file as it lies on the disk.
"""
import argparse
import importlib.util
import os
import pathlib
import shutil
import statistics
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

DUCKDB = """
import sys, duckdb
path, shape, threads = sys.argv[1:]
duckdb.sql(f"SET threads = {threads}")
rows = duckdb.read_json(path, format=shape, columns={
    "outcome": "STRUCT(result VARCHAR, reason VARCHAR)",
    "published": "VARCHAR",
    "target": 'STRUCT("type" VARCHAR, displayName VARCHAR)[]',
})
print(duckdb.sql('''
    SELECT list_filter(target, lambda t: t."type" = 'AppInstance')[1].displayName AS app,
           outcome.reason AS reason, count(*) AS failures, min(published), max(published)
    FROM rows WHERE outcome.result = 'FAILURE' GROUP BY app, reason
''').fetchall())
"""


def contenders(args):
    """What is run, by name; Provlens first, to which the others are compared."""
    file, threads = args.file, str(args.threads)
    provlens = ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release" / "provlens"
    found = {"provlens": [str(provlens), "report", "--format", "json", "--threads", threads, file]}
    if args.floor:
        found["floor"] = [args.floor, file, "sonic-lazy", threads]
    if importlib.util.find_spec("duckdb"):
        found["duckdb"] = [sys.executable, "-c", DUCKDB, file, shape(file), threads]
    if file.endswith(".gz") and shutil.which("zcat"):
        # What unpacking alone takes.
        found["zcat"] = ["sh", "-c", 'zcat "$1" | wc -l', "sh", file]
    return found


def shape(file):
    """DuckDB's name for how the records stand in the file."""
    if file.endswith(".gz"):
        import gzip as module
    else:
        import io as module
    with module.open(file, "rb") as log:
        return "array" if log.read(4096).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[") else "newline_delimited"


def run(command):
    """Seconds, seconds of processors, and MB at most."""
    null = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=null)
    _, status, used = os.wait4(child, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"this failed: {' '.join(command)}")
    # Kilobytes on Linux, bytes on macOS.
    memory = used.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return wall, used.ru_utime + used.ru_stime, memory


def spread(values, digits):
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def cold(program):
    """Milliseconds of what reads nothing, and of what reads one failure: what grows there, a large file hides."""
    log = (ROOT / "samples" / "okta-system-log.ndjson").read_bytes()
    failure = next(line for line in log.splitlines(keepends=True) if b'"FAILURE"' in line)
    with tempfile.NamedTemporaryFile(suffix=".ndjson") as file:
        file.write(failure)
        file.flush()
        for arguments in ["--version"], ["report", "--format", "json", file.name]:
            walls = [1000 * run([program, *arguments])[0] for _ in range(22)][1:]
            yield " ".join(arguments[:3]), spread(walls, 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("file", help="NDJSON or one JSON array, also as .gz")
    parser.add_argument("--floor", metavar="PATH", help="a program that only reads, called as PATH FILE sonic-lazy N")
    parser.add_argument("--threads", type=int, default=2, metavar="N", help="threads of each (default 2)")
    parser.add_argument("--runs", type=int, default=5, metavar="N", help="runs of each after one to warm up, at least 5")
    args = parser.parse_args()
    args.runs = max(args.runs, 5)
    commands = contenders(args)
    measured = {name: [] for name in commands}
    for turn in range(args.runs + 1):
        for name, command in commands.items():
            sample = run(command)
            if turn > 0:
                measured[name].append(sample)
    size = os.path.getsize(args.file)
    print(f"{args.file}: {size / 1e6:.1f} MB, {args.threads} threads, {args.runs} runs, median (min-max)")
    print(f"{'':10} {'wall s':>22} {'processor s':>22} {'memory MiB':>22} {'MB/s':>7} {'ratio':>7}")
    reference = statistics.median(wall for wall, _, _ in measured["provlens"])
    for name, samples in measured.items():
        walls, processors, memories = zip(*samples)
        wall = statistics.median(walls)
        print(
            f"{name:10} {spread(walls, 3):>22} {spread(processors, 3):>22} {spread(memories, 0):>22}"
            f" {size / 1e6 / wall:>7.0f} {wall / reference:>6.2f}x"
        )
    for name, walls in cold(commands["provlens"][0]):
        print(f"provlens {name}, of one record: {walls} ms" if "report" in name else f"provlens {name}: {walls} ms")


if __name__ == "__main__":
    main()
