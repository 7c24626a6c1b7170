#!/usr/bin/env python3
"""Sends the same uploads to two S3 servers, signed by boto3 for both, and compares their answers with Amazon's.

    compare.py --sandbox READY.json --swift READY.json [--write]

It fails if an answer of the sandbox or of Swift differs from the table in README.md. `--write` writes the table.
"""

import argparse
import json
import pathlib
import sys
import uuid

import cases
from signing import Bucket

README = pathlib.Path(__file__).with_name("README.md")
BEGIN, END = "<!-- the table begins -->\n", "<!-- the table ends -->\n"


def bucket_of(path):
    """Returns the bucket that a ready file of either server describes."""
    with open(path, encoding="utf-8") as file:
        ready = json.load(file)
    if "s3" in ready:
        return Bucket(ready["s3"], ready["region"], ready["bucket"], ready["s3_access_key"], ready["s3_secret_key"])
    return Bucket(**ready)


def answer(function, bucket):
    try:
        return str(function(bucket, f"selfies/{uuid.uuid4().hex}"))
    except (AssertionError, OSError) as error:
        return f"failed: {str(error) or 'the object is not as it should be'}"


def table(sandbox, swift):
    same, differing = [], []
    for name, amazon, function in cases.CASES:
        answers = [answer(function, bucket) for bucket in (sandbox, swift)]
        row = (name, amazon, *("as Amazon" if found == amazon else found for found in answers))
        (same if answers == [amazon, amazon] else differing).append(row)
    head = ["| request | Amazon | sandbox | Swift |", "| --- | --- | --- | --- |"]
    return "\n".join(head + [f"| {' | '.join(row)} |" for row in differing + same]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandbox", required=True, help="ready file of akiba-sandbox")
    parser.add_argument("--swift", required=True, help="ready file of swift_server.py")
    parser.add_argument("--write", action="store_true", help="write the table into README.md")
    arguments = parser.parse_args()

    found = table(bucket_of(arguments.sandbox), bucket_of(arguments.swift))
    print(found)
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    known, after = rest.split(END)
    if arguments.write:
        README.write_text(before + BEGIN + found + END + after, encoding="utf-8")
    elif found != known:
        unknown = sorted(set(found.splitlines()) - set(known.splitlines()))
        sys.exit(
            "compare.py: these rows differ from README.md (run with --write to accept them):\n" + "\n".join(unknown)
        )
    print(f"{len(cases.CASES)} requests to each server, as README.md says")


if __name__ == "__main__":
    main()
