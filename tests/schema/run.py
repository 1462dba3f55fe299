# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asks the published schema and the loader about the same files. TAP.

    run.py SCHEMA UNITLOCK CASES CONF_D

A case is a file's content with what both should say of it. Where the schema cannot say what the
loader does, the case gives the reason ("only-the-loader").
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tap import plan, result  # noqa: E402

schema_path, unitlock, cases_path, conf_d = sys.argv[1:]
schema = json.loads(pathlib.Path(schema_path).read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)


def loader_says(directory, text):
    """Whether `unitlock verify` takes the text as a file of conf.d, and what it prints."""
    file = pathlib.Path(directory, "50-case.yaml")
    file.write_text(text)
    done = subprocess.run([unitlock, f"--root={directory}/root", "verify", str(file)],
                          capture_output=True, text=True, check=False)
    return "[presets]" not in done.stdout, done.stdout + done.stderr


def try_case(directory, case):
    valid = case["valid"]
    loads, said = loader_says(directory, case["file"])
    result(loads == valid, f"{case['name']}: the loader", said.splitlines())
    errors = [error.message for error in validator.iter_errors(yaml.safe_load(case["file"]))]
    if "only-the-loader" in case:
        result(not errors and not valid, f"{case['name']}: the schema cannot know", [str(errors)])
    else:
        result((not errors) == valid, f"{case['name']}: the schema", [str(errors)])


with tempfile.TemporaryDirectory() as work:
    pathlib.Path(work, "root", "etc").mkdir(parents=True)
    for one in yaml.safe_load(pathlib.Path(cases_path).read_text()):
        try_case(work, one)
for vendor in sorted(pathlib.Path(conf_d).glob("*.yaml")):
    found = [error.message for error in validator.iter_errors(yaml.safe_load(vendor.read_text()))]
    result(not found, f"{vendor.name}: the schema", found)
plan()
