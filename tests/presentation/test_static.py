"""Static files: what is vendored is what it says, and all of them together stay small."""

import base64
import hashlib
import re
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
STATIC, TEMPLATES = TOP / "static", TOP / "templates"
HTMX = STATIC / "vendor" / "htmx-4.0.1.min.js"


def test_the_vendored_script_has_the_hash_that_its_readme_and_the_page_state():
    digest = "sha384-" + base64.b64encode(hashlib.sha384(HTMX.read_bytes()).digest()).decode()

    assert digest in (STATIC / "vendor" / "README.md").read_text()
    assert digest in (TEMPLATES / "base.html").read_text()


def test_styles_and_scripts_stay_under_120_kb():
    files = [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]

    assert sum(path.stat().st_size for path in files) <= 120_000


def test_colours_are_named_in_the_tokens_only():
    colour = re.compile(r"#[0-9a-f]{3,8}\b|\b(rgb|hsl|oklch|oklab)\(", re.IGNORECASE)
    sheets = [path for path in STATIC.rglob("*.css") if path.name != "tokens.css"]

    assert [path.name for path in sheets if colour.search(path.read_text())] == []


def test_every_rule_is_of_a_class_that_something_has():
    sheets = "".join(path.read_text() for path in STATIC.glob("css/*.css"))
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", sheets, flags=re.DOTALL)
    places = [*TEMPLATES.rglob("*.html"), *STATIC.glob("js/*.js"), *(TOP / "webapp" / "presentation").glob("*.py")]
    had = set(re.findall(r"[a-z][a-z-]*", " ".join(path.read_text() for path in places)))
    styled = set(re.findall(r"\.([a-z][a-z-]*)", rules))

    assert "banner" in styled
    assert styled - had == set()


def test_every_token_is_used():
    named = set(re.findall(r"^ *(--[a-z-]+):", (STATIC / "css" / "tokens.css").read_text(), re.MULTILINE))
    used = set(re.findall(r"var\((--[a-z-]+)\)", "".join(path.read_text() for path in STATIC.glob("css/*.css"))))

    assert named == used


def test_htmx_attributes_stand_in_one_file():
    others = [path for path in TEMPLATES.rglob("*.html") if path.name != "_hx.html"]

    assert [path.name for path in others if re.search(r"\bhx-[a-z]", path.read_text())] == []


def test_no_template_holds_a_style_or_a_script_of_its_own():
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)

    assert [path.name for path in TEMPLATES.rglob("*.html") if inline.search(path.read_text())] == []
