"""Certifies a program's mathematics bit for bit.

    check_math.py --points N [--seed S] [--functions A,B] -- PROGRAM [ARGUMENT]...

runs `PROGRAM [ARGUMENT]... FUNCTION` with N random points or a few more (the functions' shares are rounded up), and
those at the ends of every domain, on its standard input and proves every line of its output: exp, ln, sqrt, norm_pdf, norm_cdf, norm_quantile, call, put, call delta and digital value are
the real value rounded to nearest, ties up; the other Greeks lie within one unit of it.
    check_math.py --rows N --function F writes N reference rows instead, then the ends that are not among them.
Exit status 1 when anything is wrong.
"""

import argparse
import concurrent.futures
import os
import random
import subprocess
import sys

from points import ENDS, SAMPLERS
from reference import OutOfDomain, expected, verdict

CHUNK = 5_000
DEFAULT = "exp,ln,sqrt,norm_pdf,norm_cdf,norm_quantile,black76"
# Shares of the points: what is harder to get right gets more of them.
SHARE = {"black76": 3, "black76_all": 3}


def check_chunk(job):
    command, function, seed, drawn, ends = job
    generator = random.Random(f"{seed}/{function}")
    rows = [SAMPLERS[function](generator) for _ in range(drawn)] + (ENDS[function]() if ends else [])
    count = len(rows)
    text = "".join(",".join(map(str, row)) + "\n" for row in rows)
    run = subprocess.run(command + [function], input=text, capture_output=True, text=True)
    if run.returncode != 0:
        return count, [f"{function}: exit {run.returncode}: {run.stderr.strip()[:300]}"], 0
    lines = run.stdout.split("\n")[:-1]
    if len(lines) != count:
        return count, [f"{function}: {len(lines)} lines for {count} points"], 0
    wrong = []
    for inputs, line in zip(rows, lines):
        complaint = verdict(function, inputs, line)
        if complaint is not None:
            wrong.append(f"{function} {','.join(map(str, inputs))}: {line}: {complaint}")
    return count, wrong, sum(line.startswith("error") for line in lines)


def check(options):
    functions = options.functions.split(",")
    shares = {function: SHARE.get(function, 1) for function in functions}
    failed = 0
    workers = options.workers or os.cpu_count() or 1
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        for function in functions:
            # Rounded up: never fewer than were asked for.
            points = -(-options.points * shares[function] // sum(shares.values()))
            jobs = []
            while points > 0 or not jobs:
                count = min(CHUNK, points)
                seed = f"{options.seed}/{len(jobs)}"
                jobs.append((options.command, function, seed, count, not jobs))
                points -= count
            done = bad = errors = 0
            for count, wrong, refused in pool.map(check_chunk, jobs):
                done, bad, errors = done + count, bad + len(wrong), errors + refused
                for line in wrong[:5]:
                    print(line, file=sys.stderr)
            failed += bad
            print(f"{function}: {done} points, {errors} refused rightly, {bad} wrong", flush=True)
    return 1 if failed else 0


def write_rows(options):
    generator = random.Random(f"{options.seed}/{options.function}")
    written = []
    while len(written) < options.rows:
        write_row(options.function, SAMPLERS[options.function](generator), written)
    for inputs in ENDS[options.function]():
        if inputs not in written:
            write_row(options.function, inputs, written)


def write_row(function, inputs, written):
    """Writes and notes a row, unless a value does not fit the type."""
    try:
        outputs = expected(function, inputs)
    except OutOfDomain:
        return
    print(",".join(map(str, inputs + outputs)))
    written.append(inputs)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=100_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--functions", default=DEFAULT)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--rows", type=int)
    parser.add_argument("--function")
    parser.add_argument("command", nargs="*")
    options = parser.parse_args()
    if options.rows:
        write_rows(options)
        return 0
    return check(options)


if __name__ == "__main__":
    sys.exit(main())
