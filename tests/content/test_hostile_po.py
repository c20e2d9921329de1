"""PO files that mean harm, or were mangled: refused with a line, in bounded time and space; nothing is written."""

import tracemalloc
from pathlib import Path
from time import perf_counter

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from content import pofile, texts
from content.catalogue import Catalogue, po_file
from content.lint.files import lint
from content.po import exchange
from content.po.exchange import Result
from core.tables.texts import Text
from tests.content.community import NOW, make_account
from tests.content.words import small_catalogue

HEAD = (
    'msgid ""\nmsgstr ""\n'
    '"Language: ti\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
)
SOURCE = "Met {name}."
KEY = "appointment.details/with"


def entry(said: str = "ምስ {name}።", *, key: str = KEY, source: str = SOURCE) -> str:
    return f'msgctxt "{key}"\nmsgid "{source}"\nmsgstr "{said}"\n\n'


def counted(*said: str) -> str:
    """The sentence that counts, with these forms."""
    one, many = "U heeft {count} afspraak.", "U heeft {count} afspraken."
    forms = "".join(f'msgstr[{at}] "{form}"\n' for at, form in enumerate(said))
    return f'msgctxt "appointments/count"\nmsgid "{one}"\nmsgid_plural "{many}"\n{forms}\n'


def headed(old: str, new: str) -> str:
    assert old in HEAD
    return HEAD.replace(old, new) + entry()


#: name -> the file, and (line, a word of what is said about it); the head takes lines 1 to 6.
HOSTILE: dict[str, tuple[str | bytes, int, str]] = {
    "nothing at all": (b"", 0, "leeg"),
    "white space only": (b" \n\t\n", 0, "leeg"),
    "comments only": ("# a\n#. b\n", 0, "geen zinnen"),
    "a head only": (HEAD, 0, "geen zinnen"),
    "no head": (entry(), 0, "geen kop"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), 1, "geen UTF-8"),
    "PHP": ("<?php system($_GET['c']); ?>\n" + HEAD + entry(), 1, "geen PO-bestand"),
    "XML with entities": ('<!DOCTYPE a [<!ENTITY b "bb">]>\n<xliff>&b;</xliff>\n', 1, "geen PO-bestand"),
    "JSON": ('{"a": "b"}\n', 1, "geen PO-bestand"),
    "a compiled catalogue": (b"\xde\x12\x04\x95\x00\x00\x00\x00", 1, "MO-bestand"),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00", 1, "Excel"),
    "a pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", 1, "pdf"),
    "Latin 1, as it says": (headed("UTF-8", "ISO-8859-1").encode() + "één".encode("latin-1"), 11, "geen UTF-8"),
    "Latin 1, but it says UTF-8": ((HEAD + entry("één {name}")).encode("latin-1"), 9, "geen UTF-8"),
    "UTF-8, but it says otherwise": (headed("UTF-8", "KOI8-R"), 1, "niet dat dit UTF-8 is"),
    "a charset that runs code in nobody's codec table": (headed("UTF-8", "../../etc/passwd"), 1, "UTF-8"),
    "UTF-7": (headed("UTF-8", "UTF-7"), 1, "UTF-8"),
    "UTF-16": ((HEAD + entry()).encode("utf-16"), 1, "UTF-16"),
    "UTF-16, big end first": (b"\xfe\xff" + (HEAD + entry()).encode("utf-16-be"), 1, "UTF-16"),
    "UTF-32": ((HEAD + entry()).encode("utf-32-be"), 1, "geen UTF-8|stuurteken"),
    "surrogates in UTF-8": (HEAD.encode() + entry("X").encode().replace(b"X", b"\xed\xa0\x80"), 9, "geen UTF-8"),
    "an overlong slash": (HEAD.encode() + entry("X").encode().replace(b"X", b"\xc0\xaf"), 9, "geen UTF-8"),
    "NUL": (HEAD + entry("ምስ\0 {name}"), 9, "stuurteken (U+0000)"),
    "a bell": (HEAD + entry("\a{name}"), 9, "stuurteken"),
    "an escape of a terminal": (HEAD + "# \x1b[2J\n" + entry(), 7, "stuurteken"),
    "only carriage returns": ((HEAD + entry()).replace("\n", "\r"), 1, "stuurteken"),
    "no language": (headed("Language: ti", "X: ti"), 1, "Tigrinya"),
    "another language": (headed("Language: ti", "Language: ar"), 1, "Tigrinya"),
    "no plural rule": (headed("Plural-Forms", "Plural-Farms"), 1, "meervouden"),
    "a thousand million plural forms": (headed("nplurals=2", "nplurals=1000000000"), 1, "meervouden"),
    "minus one plural forms": (headed("nplurals=2", "nplurals=-1"), 1, "meervouden"),
    "a plural rule of another language": (headed("n > 1", "n != 1"), 1, "meervouden"),
    "a plural rule that divides by nothing": (headed("n > 1", "n % (n - n)"), 1, "meervouden"),
    "a plural rule that is code": (headed("(n > 1)", "__import__('os').system('id')"), 1, "meervouden"),
    "a plural rule that grows": (headed("(n > 1)", "*".join(["n"] * 200)), 1, "meervouden"),
    "a plural rule of very many brackets": (headed("(n > 1)", "(" * 240 + "n" + ")" * 240), 1, "meervouden"),
    "a plural rule without an end": (headed("(n > 1)", "(n > " + "1" * 3000), 1, "meervouden"),
    "seven forms": (HEAD + counted(*["{count}"] * 7), 16, "verkeerde plaats"),
    "one form": (HEAD + counted("{count}"), 8, "1 vormen"),
    "one form too many": (HEAD + counted(*["{count}"] * 3), 8, "3 vormen"),
    "an empty form": (HEAD + counted("{count}", ""), 8, "leeg"),
    "forms from far away": (HEAD + counted("a").replace("[0]", "[999]"), 10, "verkeerde plaats"),
    "a form of minus one": (HEAD + counted("a").replace("[0]", "[-1]"), 10, "hoort niet"),
    "forms where nothing is counted": (HEAD + entry().replace("msgstr", "msgstr[0]"), 9, "verkeerde plaats"),
    "no forms where something is counted": (HEAD + counted("a").replace("[0]", ""), 10, "verkeerde plaats"),
    "a text without an end": (HEAD + 'msgctxt "a/b"\nmsgid "Met\nmsgstr "x"\n', 8, "aanhalingstekens"),
    "a quote inside": (HEAD + entry('a " b {name}'), 9, "aanhalingstekens"),
    "something behind a text": (HEAD + entry().replace('።"', '።" x'), 9, "aanhalingstekens"),
    "a text that ends in a backslash": (HEAD + entry("{name}\\"), 9, "aanhalingstekens"),
    "an octal escape": (HEAD + entry("\\033[2J{name}"), 9, "kennen wij niet"),
    "a hexadecimal escape": (HEAD + entry("\\x1b{name}"), 9, "kennen wij niet"),
    "a text of nobody": (HEAD + '"a"\n', 7, "hoort nergens bij"),
    "no msgstr": (HEAD + 'msgctxt "a/b"\nmsgid "Met"\n\n' + entry(), 9, "niet af"),
    "no msgid": (HEAD + 'msgctxt "a/b"\nmsgstr "Met"\n\n', 8, "verkeerde plaats"),
    "two msgid": (HEAD + 'msgctxt "a/b"\nmsgid "a"\nmsgid "b"\nmsgstr "c"\n', 9, "verkeerde plaats"),
    "two msgstr": (HEAD + 'msgctxt "a/b"\nmsgid "a"\nmsgstr "b"\nmsgstr "c"\n', 10, "verkeerde plaats"),
    "a keyword we don't know": (HEAD + 'domain "x"\n', 7, "hoort niet"),
    "no msgctxt": (HEAD + 'msgid "Met {name}."\nmsgstr "x"\n', 7, "geen msgctxt"),
    "the same sentence twice": (HEAD + entry() + entry("ካልእ {name}።"), 12, "ook op regel 8"),
    "two heads": (HEAD + HEAD + entry(), 7, "ook op regel 1"),
    "a sentence that isn't ours": (HEAD + entry(key="../../etc/passwd"), 8, "kennen wij niet"),
    "a sentence without a name": (HEAD + entry(key="welcome"), 8, "kennen wij niet"),
    "Dutch that isn't ours": (HEAD + entry(source="Betaal {name}."), 8, "niet van ons"),
    "a key that turns a terminal around": (HEAD + entry(key="\u202ea/b\u2066"), 8, "kennen wij niet"),
    "a value left out": (HEAD + entry("ምስ።"), 8, "{name} ontbreekt"),
    "another value": (HEAD + entry("ምስ {name} {amount}።"), 8, "niet in het Nederlands"),
    "a value of an object": (HEAD + entry("ምስ {name} {0.__class__}።"), 8, "geen waarde"),
    "a value that reads globals": (HEAD + entry("{name.__init__.__globals__}"), 8, "geen waarde"),
    "a value with a conversion": (HEAD + entry("ምስ {name!r}።"), 8, "geen waarde"),
    "a value of a thousand million places": (HEAD + entry("ምስ {name:>1000000000}።"), 8, "geen waarde"),
    "a value in double braces": (HEAD + entry("ምስ {{name}}።"), 8, "haakje"),
    "half a brace": (HEAD + entry("ምስ {name}። {"), 8, "haakje"),
    "a format of C": (HEAD + entry("ምስ {name} %s%n።"), 8, "%"),
    "a format of Python": (HEAD + entry("ምስ {name} %(name)s።"), 8, "%"),
    "a line that reads from the other side": (HEAD + entry("ምስ \u202e{name}\u202c።"), 8, "RIGHT-TO-LEFT OVERRIDE"),
    "isolates left open": (HEAD + entry("ምስ \u2067{name}።"), 8, "RIGHT-TO-LEFT ISOLATE"),
    "letters without width": (HEAD + entry("ምስ\u200b {name}።"), 8, "ZERO WIDTH SPACE"),
    "tags": (HEAD + entry("ምስ {name}።\U000e0041"), 8, "onzichtbaar"),
    "a thousand accents": (HEAD + entry("a" + "\u0301\u0327" * 500 + "{name}"), 9, "accenten"),
    "a script": (HEAD + entry("<script>alert()</script> {name}"), 8, "opmaak"),
    "a link": (HEAD + entry("ምስ {name}። https://pim.example/x"), 8, "link"),
    "a telephone number": (HEAD + entry("ምስ {name}። 0900 1234"), 8, "getal"),
    "digits of another script": (HEAD + entry("ምስ {name}። ٣"), 8, "cijfers"),
    "letters that look like others": (HEAD + entry("PIM Wеlkom {name}"), 8, "schrift"),
    "a text of five thousand letters": (HEAD + entry("{name}" + "ሀ" * 5000), 8, "langer dan"),
    "a line without an end": (HEAD + entry("{name}" + "a" * 1_500_000), 9, "langer dan"),
    "a file of a hundred megabytes": (b"#" * 100_000_001, 0, "groter dan"),
    "ten thousand sentences": (
        HEAD + "".join(f'msgctxt "a/{n}"\nmsgid "a"\nmsgstr "b"\n\n' for n in range(10_000)),
        0,
        "",
    ),
    "a million quotes": (HEAD + 'msgctxt "a/b"\nmsgid "a"\nmsgstr ' + '""' * 4_900, 8, "kennen wij niet"),
    "lines of nothing but quotes": (HEAD + entry() + '""\n' * 400_000, 0, ""),
}

#: name -> a file that looks odd and is good all the same.
GOOD: dict[str, bytes] = {
    "plain": (HEAD + entry()).encode(),
    "with a byte order mark": b"\xef\xbb\xbf" + (HEAD + entry()).encode(),
    "lines as Windows ends them": (HEAD + entry()).replace("\n", "\r\n").encode(),
    "no newline at the end": (HEAD + entry()).rstrip().encode(),
    "letters taken apart": (HEAD + entry("e\u0301 {name}")).encode(),
    "text over several lines": (HEAD + entry().replace('"ምስ ', '""\n"ምስ "\n"')).encode(),
    "what went before": (HEAD + f'#| msgid "Met."\n{entry()}#~ msgctxt "a/b"\n#~ msgid "a"\n#~ msgstr "b').encode(),
    "old sentences, badly kept": (HEAD + entry() + '#~ msgid "a\n#~ nonsense\n').encode(),
    "bidi marks in a comment": (HEAD + "# \u202e\u2066 trojan\n" + entry()).encode(),
}


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return small_catalogue(tmp_path_factory.mktemp("hostile"))


async def brought(session: AsyncSession, catalogue: Catalogue, content: str | bytes) -> Result:
    author = await make_account(session)
    content = content.encode() if isinstance(content, str) else content
    return await exchange.bring(session, NOW, catalogue, "ti", content, author=author)


async def stored(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Text)) or 0


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_with_its_line(session: AsyncSession, catalogue: Catalogue, name: str) -> None:
    content, line, word = HOSTILE[name]
    await texts.ship(session, NOW, catalogue)
    before = await stored(session)
    start = perf_counter()

    result = await brought(session, catalogue, content)

    assert perf_counter() - start < 2
    assert result.problems
    assert len(result.problems) <= pofile.MOST_PROBLEMS
    assert (result.new, result.changed, result.same) == (0, 0, 0)
    assert await stored(session) == before
    assert all(problem.what and problem.mend and problem.field.isprintable() for problem in result.problems)
    if word:
        told = [(problem.line, part) for problem in result.problems for part in word.split("|") if part in problem.what]
        assert line in [at for at, _ in told], result.problems[:3]


@pytest.mark.parametrize("name", GOOD)
async def test_an_odd_file_is_taken(session: AsyncSession, catalogue: Catalogue, name: str) -> None:
    result = await brought(session, catalogue, GOOD[name])

    assert result.problems == ()
    assert (result.new, result.changed, result.same) == (0, 0, 0)
    assert result.unfinished == 1


def test_reading_takes_no_more_than_some_times_the_file() -> None:
    largest = max((content for content, _, _ in HOSTILE.values()), key=len)
    bombs = [content for content, _, _ in HOSTILE.values() if len(content) < pofile.LARGEST_FILE]
    tracemalloc.start()
    for content in (*bombs, largest):
        pofile.parse(content.encode() if isinstance(content, str) else content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 30 * pofile.LARGEST_FILE


def test_a_bomb_in_a_file_of_the_release_is_found_before_it_goes_off(tmp_path: Path) -> None:
    small_catalogue(tmp_path)
    path = po_file("ti", tmp_path)
    path.write_text(headed("nplurals=2", "nplurals=1000000000"), encoding="utf-8")
    start = perf_counter()

    findings = [finding for finding in lint(tmp_path, complete=("nl",)) if finding.path == path]

    assert perf_counter() - start < 2
    assert any(finding.line == 1 and "nplurals=1000000000" in finding.what for finding in findings)
