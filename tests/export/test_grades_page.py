from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema

from lutnet.export.manifest import clip_entry
from tests.export.examples import some_diagnosis, some_result

ROOT = Path(__file__).parents[2]


def test_the_example_on_the_page_fits_the_schema() -> None:
    page = (ROOT / "docs" / "grades.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    schema = json.loads((ROOT / "lutnet" / "export" / "grades.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(example))


def test_the_page_explains_every_key_of_a_clip() -> None:
    page = (ROOT / "docs" / "grades.md").read_text(encoding="utf-8")
    schema = json.loads((ROOT / "lutnet" / "export" / "grades.schema.json").read_text(encoding="utf-8"))
    for key in (*schema["properties"], *schema["$defs"]["clip"]["properties"]):
        assert f"`{key}`" in page, key


def test_a_clip_says_whether_it_is_at_fault_where_somebody_can_tell() -> None:
    told = some_result()
    untold = replace(told, diagnosis=replace(some_diagnosis(), faulty=None))
    assert clip_entry(told, None, None)["faulty"] == 0.75
    assert "faulty" not in clip_entry(untold, None, None)
    assert "faulty" not in clip_entry(replace(told, diagnosis=None), None, None)
