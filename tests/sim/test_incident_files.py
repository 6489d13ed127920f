"""Whatever is wrong with an incident file becomes one sentence that names the file, the key and what would be right."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.sim.catalog import MAX_FILE_BYTES, load_file, parse_incident
from noc_tui.sim.errors import IncidentError
from noc_tui.sim.incident import Incident
from tests.factories import incident_definition
from tests.strategies import incident_definitions

if TYPE_CHECKING:
    from pathlib import Path

FILE = """\
id = "sample"
title = "A sample"
difficulty = "easy"
summary = "Nothing is wrong."
# TOP

[initial]
cpu_usage = 0.5
# INITIAL

# TABLES
"""


def written(tmp_path: Path, text: str | bytes) -> Path:
    """A file of that content, named as its id wants it."""
    path = tmp_path / "sample.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refusal(path: Path) -> str:
    """The sentence with which the file is refused, without the path that it begins with."""
    with pytest.raises(IncidentError) as error:
        load_file(path)
    sentence = str(error.value)
    assert sentence.startswith(f"{path}: ")
    return sentence.removeprefix(f"{path}: ")


def log(line: str) -> str:
    return f'[[logs]]\nsource = "nginx"\ntext = "a line"\n[[logs]]\nsource = "nginx"\n{line}'


def scale_up(lines: str) -> str:
    return f"[actions.scale_up]\n{lines}"


FIVE = "cpu_usage, memory_usage, latency, packet_loss, error_rate"
SIX = "do_nothing, restart_service, throttle_cpu, clear_cache, reroute_traffic, scale_up"
SCALE_UP = "actions.scale_up"
ALLOWED = "{cpu}, {memory}, {latency_ms}, {packet_loss}, {error_rate}, {health}, {step}, {host}, {int:LOW-HIGH}"
COMPARISON = 'a comparison such as ">= 0.40", a range such as "2..6" or a plain number'
LONG = "x" * 401
CUT = "'" + "x" * 27 + "..." + "x" * 28 + "'"

UNSET = "no action sets any flag"

SPOILT_TOML = {
    "unclosed string": ("TOP", 'lesson = "', "Illegal character '\\n' (at line 5, column 11)"),
    "no value": ("TOP", "max_steps =", "Invalid value (at line 5, column 12)"),
    "key twice": ("TOP", 'title = "B"', "Cannot overwrite a value (at line 5, column 12)"),
    "table twice": ("TABLES", "[initial]", "Cannot declare ('initial',) twice (at line 11, column 9)"),
    "control character": ("TOP", "# \x1b[2J", "Found invalid character '\\x1b' (at line 5, column 3)"),
}
UNKNOWN = {
    "of the file": ("TOP", "max_step = 3", "max_step: unknown key; did you mean max_steps?"),
    "begun": ("INITIAL", "memory = 0.5", "initial.memory: unknown key; did you mean memory_usage?"),
    "of a table": ("TABLES", "[drift]\nqqq = 1", f"drift.qqq: unknown key; expected one of {FIVE}"),
    "of codes": ("TABLES", '[drift]\n"\\u001b[2J" = 1', rf"drift.'\x1b[2J': unknown key; expected one of {FIVE}"),
    "of pressure": ("TOP", "pressure.treshold = 1", "pressure.treshold: unknown key; did you mean threshold?"),
    "of an action": ("TABLES", scale_up("downfor = 1"), f"{SCALE_UP}.downfor: unknown key; did you mean down_for?"),
    "of later": (
        "TABLES",
        scale_up("later = { after = 1, presure = 0 }"),
        f"{SCALE_UP}.later.presure: unknown key; did you mean pressure?",
    ),
    "of otherwise": (
        "TABLES",
        scale_up('requires = "x"\nsets = "x"\notherwise = { laten = 0 }'),
        f"{SCALE_UP}.otherwise.laten: unknown key; did you mean latency?",
    ),
    "of a log": ("TABLES", log('text = "x"\nlevl = "info"'), "logs[2].levl: unknown key; did you mean level?"),
    "action": ("TABLES", "[actions.restart]", "actions: 'restart' is no action; did you mean restart_service?"),
    "action of codes": ("TABLES", '[actions."\\u001b"]', rf"actions: '\x1b' is no action; expected one of {SIX}"),
    "service": ("TOP", "drift.service_healthy = 1", f"drift.service_healthy: unknown key; expected one of {FIVE}"),
}
WRONG_TYPE = {
    "number in quotes": ("TOP", 'recovery = "0.5"', "recovery: expected a number, not '0.5'"),
    "true for a number": ("TOP", "recovery = true", "recovery: expected a number, not true"),
    "true for a whole number": ("TOP", "max_steps = true", "max_steps: expected a whole number, not true"),
    "fraction of a step": ("TOP", "max_steps = 2.5", "max_steps: expected a whole number, not 2.5"),
    "number for text": ("TOP", "lesson = 3", "lesson: expected text in quotes, not 3"),
    "number for true": ("TABLES", log('text = "x"\nonce = 1'), "logs[2].once: expected true or false, not 1"),
    "text for a list": ("TOP", 'tags = "a"', "tags: expected a list, not 'a'"),
    "number for a table": ("TOP", "drift = 0.1", "drift: expected a table, not 0.1"),
    "number for an action": ("TOP", "actions.scale_up = 1", f"{SCALE_UP}: expected a table, not 1"),
    "list for the actions": ("TOP", "actions = []", "actions: expected a table, not []"),
    "table for the logs": ("TABLES", "[logs]", "logs: expected a list, not {}"),
    "number for when": ("TABLES", log('text = "x"\nwhen = 1'), "logs[2].when: expected a table, not 1"),
}
OUT_OF_RANGE = {
    "not a number": ("TOP", "repeat_factor = nan", "repeat_factor: expected a finite number, not nan"),
    "infinite": ("INITIAL", "latency = inf", "initial.latency: expected a finite number, not inf"),
    "too large for a double": ("INITIAL", "latency = 1e999", "initial.latency: expected a finite number, not inf"),
    "above one": ("INITIAL", "latency = 1.5", "initial.latency: expected at most 1.0, not 1.5"),
    "below nought": ("INITIAL", "latency = -0.5", "initial.latency: expected at least 0.0, not -0.5"),
    "jitter too wide": ("TOP", "start_sd = 0.6", "start_sd: expected at most 0.5, not 0.6"),
    "no steps": ("TOP", "max_steps = 0", "max_steps: expected at least 1, not 0"),
    "a million million": ("TOP", "max_steps = 1" + "0" * 30, "max_steps: expected at most 1000000, not 1" + "0" * 30),
    "many bits": (
        "TOP",
        "max_steps = 0x1" + "0" * 9000,
        "max_steps: expected at most 1000000, not a whole number of 36001 bits",
    ),
    "many digits": ("TOP", "max_steps = 1" + "0" * 9000, "holds a number of thousands of digits"),
    "later at once": ("TABLES", scale_up("later.after = 0"), f"{SCALE_UP}.later.after: expected at least 1, not 0"),
    "never written": ("TABLES", log('text = "x"\nchance = 0'), "logs[2].chance: expected more than 0.0, not 0"),
    "unknown level": (
        "TABLES",
        log('text = "x"\nlevel = "warn"'),
        "logs[2].level: expected 'debug', 'info', 'warning', 'error' or 'critical', not 'warn'",
    ),
    "onset too early": ("TOP", "onset.latency = 25", "onset.latency: expected at most 24, not 25"),
    "line too long": ("TABLES", log(f'text = "{LONG}"'), f"logs[2].text: expected at most 400 characters, not {CUT}"),
    "two lines": ("TOP", 'references = ["a\\nb"]', "references[1]: holds a line break; one line is expected"),
    "codes": ("TOP", 'lesson = "\\u001b"', "lesson: holds the control character U+001B; plain text is expected"),
    "backwards": ("TOP", 'lesson = "\\u202e"', "lesson: holds the control character U+202E; plain text is expected"),
}
DO_NOT_BELONG = {
    "later without after": ("TABLES", scale_up("later.latency = 0.1"), f"{SCALE_UP}.later.after: is missing"),
    "log without text": ("TABLES", log('level = "info"'), "logs[2].text: is missing"),
    "otherwise without requires": (
        "TABLES",
        scale_up("otherwise.latency = 0.1"),
        f"{SCALE_UP}: has `otherwise` but no `requires`; add the flag that it needs",
    ),
    "timer without later": (
        "TABLES",
        scale_up("reissue_restarts_timer = true"),
        f"{SCALE_UP}: has `reissue_restarts_timer` but no `later` whose timer it could restart",
    ),
    "flag that nobody sets": (
        "TABLES",
        scale_up('requires = "ready"\nsets = "steady"'),
        f"{SCALE_UP}.requires: no action `sets` the flag 'ready'; the flags are steady",
    ),
    "floor that nobody lifts": (
        "TOP",
        'pressure.floor_lifted_by = "warm"',
        f"pressure.floor_lifted_by: no action `sets` the flag 'warm'; {UNSET}",
    ),
    "cure that nobody brings": (
        "TOP",
        "pressure.growth_when_cured = -0.1",
        f"pressure.growth_when_cured (the flag `cured`): no action `sets` the flag 'cured'; {UNSET}",
    ),
    "log of an unknown flag": (
        "TABLES",
        log('text = "x"\nwhen.flag = "warm"'),
        f"logs[2].when.flag: no action `sets` the flag 'warm'; {UNSET}",
    ),
    "expression": (
        "TABLES",
        log('text = "x"\nwhen.latency = "os.exit()"'),
        f"logs[2].when: latency: expected {COMPARISON}, not 'os.exit()'",
    ),
    "unknown figure": (
        "TABLES",
        log('text = "x"\nwhen.cpu = "> 1"'),
        "logs[2].when: 'cpu' cannot be asked about; did you mean cpu_usage?",
    ),
    "unknown placeholder": (
        "TABLES",
        log('text = "{name}"'),
        f"logs[2].text: {{name}} cannot be filled in; expected one of {ALLOWED}",
    ),
    "empty range": (
        "TABLES",
        log('text = "{int:9-1}"'),
        "logs[2].text: {int:9-1} is an empty range; the lower end comes first",
    ),
}


def spoilt(tmp_path: Path, where: str, what: str) -> Path:
    """The valid file with `what` written into it at one of the marks."""
    return written(tmp_path, FILE.replace(f"# {where}", what))


@pytest.mark.parametrize(("where", "what", "sentence"), SPOILT_TOML.values(), ids=SPOILT_TOML.keys())
def test_what_is_no_toml_is_told_by_line(tmp_path: Path, where: str, what: str, sentence: str) -> None:
    told = refusal(spoilt(tmp_path, where, what))
    assert told.startswith("is not valid TOML: ")
    # The words are those of Python, and differ between versions; the place does not.
    assert told.partition("(at")[1:] == sentence.partition("(at")[1:]


@pytest.mark.parametrize(("where", "what", "sentence"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_an_unknown_key_is_told_with_what_may_be_meant(tmp_path: Path, where: str, what: str, sentence: str) -> None:
    assert refusal(spoilt(tmp_path, where, what)) == sentence


@pytest.mark.parametrize(("where", "what", "sentence"), WRONG_TYPE.values(), ids=WRONG_TYPE.keys())
def test_a_wrong_type_is_told_with_the_right_one(tmp_path: Path, where: str, what: str, sentence: str) -> None:
    assert refusal(spoilt(tmp_path, where, what)) == sentence


@pytest.mark.parametrize(("where", "what", "sentence"), OUT_OF_RANGE.values(), ids=OUT_OF_RANGE.keys())
def test_a_value_out_of_range_is_told_with_the_limit(tmp_path: Path, where: str, what: str, sentence: str) -> None:
    assert refusal(spoilt(tmp_path, where, what)) == sentence


@pytest.mark.parametrize(("where", "what", "sentence"), DO_NOT_BELONG.values(), ids=DO_NOT_BELONG.keys())
def test_what_does_not_belong_together_is_told(tmp_path: Path, where: str, what: str, sentence: str) -> None:
    assert refusal(spoilt(tmp_path, where, what)) == sentence


def test_the_undamaged_file_loads(tmp_path: Path) -> None:
    incident = load_file(written(tmp_path, FILE))
    assert (incident.id, incident.initial.cpu_usage, incident.max_steps) == ("sample", 0.5, 30)


def test_a_byte_order_mark_and_line_ends_of_other_systems_do_no_harm(tmp_path: Path) -> None:
    assert load_file(written(tmp_path, b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())).id == "sample"


class TestWholeFiles:
    def test_of_several_faults_the_first_is_told_and_the_others_are_counted(self, tmp_path: Path) -> None:
        assert refusal(written(tmp_path, "max_steps = 0\n[initial]")) == "id: is missing (and 4 more)"

    def test_the_id_must_be_that_of_the_file_name(self, tmp_path: Path) -> None:
        path = written(tmp_path, FILE.replace('"sample"', '"other"'))
        assert refusal(path) == "id is 'other', but the file's name says 'sample'; they must agree"

    def test_an_id_is_a_plain_word(self, tmp_path: Path) -> None:
        path = written(tmp_path, FILE.replace('"sample"', '"../etc"'))
        assert refusal(path) == "id: expected text that matches ^[a-z][a-z0-9_]{0,47}$, not '../etc'"

    def test_a_difficulty_is_one_of_four(self, tmp_path: Path) -> None:
        path = written(tmp_path, FILE.replace('"easy"', '"eazy"'))
        assert refusal(path) == "difficulty: expected 'easy', 'medium', 'hard' or 'control', not 'eazy'"

    def test_text_must_be_utf_8(self, tmp_path: Path) -> None:
        assert refusal(written(tmp_path, b'id = "\xff"')) == "is not UTF-8 text (byte 6)"

    def test_a_file_must_exist(self, tmp_path: Path) -> None:
        assert refusal(tmp_path / "sample.toml") == "cannot be read: No such file or directory"

    def test_a_file_must_be_readable(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        path = written(tmp_path, FILE)

        def refuse(*_: object) -> None:  # root, too, sees what others would
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr("noc_tui.files.os.open", refuse)
        assert refusal(path) == "cannot be read: Permission denied"

    def test_a_folder_is_no_file(self, tmp_path: Path) -> None:
        path = tmp_path / "sample.toml"
        path.mkdir()
        assert refusal(path) == "cannot be read: it is no regular file"

    def test_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        path = tmp_path / "sample.toml"
        os.mkfifo(path)
        assert refusal(path) == "cannot be read: it is no regular file"

    def test_a_file_that_is_too_large_is_not_parsed(self, tmp_path: Path) -> None:
        path = written(tmp_path, FILE + "#" * MAX_FILE_BYTES)
        assert refusal(path) == "cannot be read: it is larger than 256 KiB"

    @pytest.mark.parametrize(
        "text",
        ["tags = " + "[" * 100_000, "drift = " + "{ a = " * 40_000, "tags = " + "[" * 40_000 + "]" * 40_000],
    )
    def test_deep_nesting_is_refused(self, tmp_path: Path, text: str) -> None:
        assert refusal(written(tmp_path, text)) == "is nested more deeply than any incident needs"

    @pytest.mark.parametrize("part", ["a", '"a"', "'a b'", '"\\""', " a\t"])
    def test_deep_nesting_by_dotted_keys_is_refused_before_it_costs_minutes(self, tmp_path: Path, part: str) -> None:
        path = written(tmp_path, ".".join([part] * 30_000) + " = 1")
        assert refusal(path) == "is nested more deeply than any incident needs"

    def test_what_is_nested_a_little_makes_a_short_sentence(self, tmp_path: Path) -> None:
        path = spoilt(tmp_path, "TOP", "lesson." + ".".join("a" * 30) + " = 1")
        assert refusal(path) == "lesson: expected text in quotes, not {'a': {'a': {...}}}"

    def test_a_long_name_with_dots_in_a_text_is_no_nesting(self, tmp_path: Path) -> None:
        path = spoilt(tmp_path, "TOP", 'lesson = "resolve ' + ".".join("abcdefghijklmnopqrst") + ' first"')
        assert load_file(path).lesson.startswith("resolve a.b.c")

    @pytest.mark.parametrize(
        "line", ['title = "' + "x" * 200_000 + '"', "x" * 200_000 + " = 1", 'actions."' + "x" * 200_000 + '" = 1']
    )
    def test_huge_strings_make_short_sentences(self, tmp_path: Path, line: str) -> None:
        path = written(tmp_path, FILE.replace('title = "A sample"', line))
        assert len(refusal(path)) < 400


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(Incident.model_fields)), VALUES)
def test_any_value_in_any_place_is_taken_or_told_in_one_short_sentence(key: str, value: Any) -> None:
    sentence = "here: "
    try:
        parse_incident({**incident_definition(), key: value}, "here")
    except IncidentError as error:
        sentence = str(error)
    assert sentence.startswith("here: ")
    assert len(sentence) < 500
    assert sentence.isprintable()


class TestDefinition:
    @given(incident_definitions())
    def test_a_definition_makes_the_same_incident_again(self, definition: dict[str, Any]) -> None:
        incident = Incident.model_validate(definition)
        again = parse_incident(incident.definition(), "here")
        assert again == incident
        assert again.digest == incident.digest

    def test_who_changes_the_definition_changes_a_copy_of_it(self) -> None:
        incident = Incident.model_validate(incident_definition())
        incident.definition().clear()
        assert incident.definition()["id"] == "sample"

    def test_the_digest_is_that_of_the_figures_and_not_of_the_layout(self, tmp_path: Path) -> None:
        first = load_file(written(tmp_path, FILE))
        second = load_file(written(tmp_path, "# remarks\n" + FILE.replace("0.5", "5e-1")))
        assert first.digest == second.digest
        assert first.digest.startswith("sha256:")
        assert load_file(written(tmp_path, FILE.replace("0.5", "0.51"))).digest != first.digest
