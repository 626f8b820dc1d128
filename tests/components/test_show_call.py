"""Whatever an address holds, the call that is shown says just that, to a shell, to Python and to DuckDB."""

import ast
import json
import shlex
import subprocess

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from components import show_call
from components.calls.call import TOKEN, Address, Call, curl, params, python, sql
from components.calls.pages import PAGES, calls_of
from model.columnar.filter_sql import quoted

ORIGIN = "https://registry.example.org"
#: an address can hold anything but a null character
TEXTS = st.text(
    st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40
) | st.sampled_from(
    [
        "'",
        '"',
        "$(reboot)",
        "`id`",
        "a b\n c",
        "\\",
        "!!",
        "@file",
        "é😀",
        "'; DROP TABLE runs; --",
        "a=b&c",
        "%27",
    ]
)


def _heard(text: str) -> list[str]:
    """Return the words that a shell gives to curl."""
    script = 'curl() { printf "%s\\0" "$@"; }\n' + text
    done = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    assert not done.stderr
    return done.stdout.decode().split("\0")[:-1]


@settings(max_examples=60)
@given(where=TEXTS, q=TEXTS, who=TEXTS)
def test_a_shell_reads_the_words_as_they_are(where: str, q: str, who: str) -> None:
    call = Call("x", "/api/v1/grid", {"where": where, "q": q}, is_mine=True)
    words = _heard(curl(call, ORIGIN, who))
    expected = ["-sS", "--fail-with-body", "-G"]
    expected += ["-H", f"X-Run-Registry-User: {who}"] if who else []
    expected += [f"{ORIGIN}/api/v1/grid", "--data-urlencode", f"where={where}", "--data-urlencode", f"q={q}"]
    assert words == expected


@settings(max_examples=60)
@given(where=TEXTS)
def test_a_body_reaches_a_shell_as_its_json(where: str) -> None:
    words = _heard(curl(Call("x", "/y", body={"where": where}), ORIGIN))
    assert json.loads(words[words.index("--data-raw") + 1]) == {"where": where}
    assert words[-1] == f"{ORIGIN}/y"


@given(where=TEXTS, who=TEXTS)
def test_python_reads_the_words_as_they_are(where: str, who: str) -> None:
    for call in (Call("x", "/y", {"w": where}, is_mine=True), Call("x", "/y", body={"w": where}, is_mine=True)):
        tree = ast.parse(python(call, ORIGIN, who))
        (asked,) = [
            n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func)[:9] == "requests."
        ]
        said = {each.arg: ast.literal_eval(each.value) for each in asked.keywords}
        assert {"w": where} in (said.get("params"), said.get("json"))
        assert said.get("headers") == ({"X-Run-Registry-User": who} if who else None)


@settings(max_examples=40)
@given(text=TEXTS)
def test_a_text_in_sql_is_that_text(text: str) -> None:
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT {quoted(text)}").fetchall() == [(text,)]


@given(
    page=st.sampled_from([*PAGES, "runs/380001", "runs/x", "certify/tracker", "nowhere"]),
    said=st.dictionaries(
        st.sampled_from(
            ["where", "q", "sort", "stage", "runs", "kind", "product", "report", "a", "b", "op", "cycle"]
        ),
        TEXTS,
        max_size=4,
    ),
)
def test_no_address_breaks_a_screen_and_each_word_stays_one(page: str, said: dict[str, str]) -> None:
    for call in calls_of(Address(f"/{page}", said, 7, "7", {"dataset": "%", "tells": "worst"})):
        assert shlex.split(curl(call, ORIGIN)) and ast.parse(python(call, ORIGIN))
        assert call.path.isascii() and " " not in call.path and sql(call, 7).startswith("-- ")


def test_where_people_log_in_the_call_shows_a_token_that_only_the_shell_knows() -> None:
    call = Call("x", "/y", {"w": "1"})
    words = _heard(f"{TOKEN}=s3cret; {curl(call, ORIGIN, None)}")
    assert words[words.index("-H") + 1] == "Authorization: Bearer s3cret" and words[-1] == "w=1"
    text = python(call, ORIGIN, None)
    assert ast.parse(text) and f'os.environ["{TOKEN}"]' in text and text.startswith("import os\n")


def test_what_says_nothing_is_left_out_and_the_past_is_said() -> None:
    assert params(Address("/", {}, 7, "call-1"), a="", b=None, c=0) == {"c": "0", "as_of": "call-1"}


def test_a_screen_with_nothing_to_ask_says_so() -> None:
    assert "Nothing on this screen" in str(show_call.shown([], ORIGIN, 7, "a.shifter"))
