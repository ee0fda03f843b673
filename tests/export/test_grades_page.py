from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema

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
