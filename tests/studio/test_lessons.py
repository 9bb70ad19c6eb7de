"""The course: every lesson renders, every number in it is the engine's, every component can be drawn."""

import html
import json
import re
from html.parser import HTMLParser

import pytest

import gradwalk
from gradwalk.expression import walk
from gradwalk.formula import number
from gradwalk.studio import front, lessons
from gradwalk.studio.components import COMPONENTS
from gradwalk.studio.front import LessonError
from gradwalk.studio.glossary import ORDINARY, glossary
from gradwalk.studio.references import bracketed, resolve
from gradwalk.studio.resolvers import RESOLVERS

SLUGS = [
    "the-derivative", "partial-derivatives", "the-chain-rule", "rules-and-activations", "one-neuron", "two-weights", "the-house-price",
    "the-linear-chain", "the-graph", "accumulation", "matrices-and-batches", "what-goes-wrong", "what-autodiff-does",
]  # fmt: skip
KNOWN = {"p", "h2", "h3", "em", "strong", "code", "pre", "ul", "ol", "li", "a", "blockquote", "br", "table", "thead", "tbody", "tr", "th", "td",
         "data", "span", "dfn", "details", "summary", "gw-pair", "gw-tabs", *COMPONENTS}  # fmt: skip


class Elements(HTMLParser):
    """What a page holds: its elements with their attributes, its text, and the elements left open."""

    def __init__(self, text):
        super().__init__()
        self.found, self.open, self.text, self.broken = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data):
        self.text.append(data)


def source(slug):
    return lessons.files()[slug].read_text(encoding="utf-8")


def declared(slug):
    return front.read(front.split(source(slug))[0], bracketed)


def page(slug):
    return Elements(lessons.lesson(slug).html)


def components(slug):
    return [(tag, attributes) for tag, attributes in page(slug).found if tag in COMPONENTS]


# --- the course ------------------------------------------------------------------------------------------------------


def test_the_reading_order_is_complete():
    assert [info.slug for info in lessons.catalogue()] == SLUGS
    numbers = [int(path.name[:2]) for path in lessons.files().values()]
    assert numbers == list(range(1, len(SLUGS) + 1))
    replies = [lessons.lesson(slug) for slug in SLUGS]
    assert [reply.previous for reply in replies] == ["", *SLUGS[:-1]]
    assert [reply.next for reply in replies] == [*SLUGS[1:], ""]
    assert all(
        info.title == reply.title and info.summary.endswith(".")
        for info, reply in zip(lessons.catalogue(), replies, strict=True)
    )


@pytest.mark.parametrize("slug", SLUGS)
def test_a_lesson_is_well_formed_html_of_known_elements(slug):
    found = page(slug)
    assert (found.open, found.broken) == ([], [])
    mathematics = {tag for tag, _ in found.found if tag.startswith("m")}
    assert {tag for tag, _ in found.found} - mathematics <= KNOWN
    assert "{{" not in lessons.lesson(slug).html
    assert not any(key.startswith("on") or key == "style" for _, attributes in found.found for key in attributes)


@pytest.mark.parametrize("slug", SLUGS)
def test_links_lead_to_lessons_and_each_lesson_leads_to_the_next(slug):
    links = [attributes for tag, attributes in page(slug).found if tag == "a"]
    targets = [attributes["data-lesson"] for attributes in links if "data-lesson" in attributes]
    elsewhere = [attributes["href"] for attributes in links if "data-lesson" not in attributes]
    assert {href.partition("?")[0] for href in elsewhere} <= set(lessons.PAGES)
    assert set(targets) <= set(SLUGS)
    assert all(f'href="#lessons/{target}"' in lessons.lesson(slug).html for target in targets)
    following = lessons.lesson(slug).next
    assert not following or targets[-1] == following


@pytest.mark.parametrize("slug", SLUGS)
def test_every_lesson_has_pictures_and_something_to_try(slug):
    assert components(slug)
    assert all(attributes["label"] for _, attributes in components(slug))
    text = source(slug)
    assert "**Try it.**" in text
    assert text.count("<summary>") >= text.count("**Try it.**")
    assert 300 <= len(re.sub(r"<[^>]*>|\{\{[^}]*\}\}", "", front.split(text)[1]).split()) <= 800


NAME = re.compile(r"[^\W\d_]\d+")  # a digit may stand in a name (w1, ∂L/∂a2), and nowhere else


def typed_digits(text):
    """The lines of a lesson's prose in which somebody typed a number: alone, or in the label of a picture."""
    body = re.sub(r"\{\{[^}]*\}\}", "", front.split(text)[1])
    body = re.sub(r"<gw-[a-z]+[^>]*?(?:label=\"([^\"]*)\")?>", r"\1", body)
    return [line for line in body.split("\n") if re.search(r"\d", NAME.sub("", line))]


@pytest.mark.parametrize("slug", SLUGS)
def test_no_number_is_typed_by_hand(slug):
    assert typed_digits(source(slug)) == []


def test_a_typed_number_would_be_found():
    page = '---\nsummary: S.\n---\n# T\n\n`w1` and {{number n}}\n\nabout 42\n\n<gw-player walk="w" step="3" label="All 5 steps">\n'
    assert typed_digits(page) == ["about 42", "All 5 steps"]


@pytest.mark.parametrize("slug", SLUGS)
def test_everything_declared_is_used(slug):
    block, body, _ = front.split(source(slug))
    text = "\n".join(block) + body
    for name in declared(slug).numbers:
        assert re.search(rf"\{{\{{number {name}( ~\d)?\}}\}}", text), name
    for name in declared(slug).walks:
        assert re.search(rf"\{{\{{\w+ {name}\b|walk=\"{name}\"|like {name}\b", text), name


@pytest.mark.parametrize("slug", SLUGS)
def test_shown_numbers_are_the_engines_with_four_digits(slug):
    shown = [
        (attributes, text)
        for attributes, text in re.findall(r"<data ([^>]*)>([^<]*)</data>", lessons.lesson(slug).html)
    ]
    assert shown
    for attributes, grouped in shown:
        text = re.sub(r"(?<=\d),(?=\d)", "", grouped)
        exact = json.loads(
            re.search(r'value="([^"]*)"', attributes)[1].replace("nan", "NaN").replace("inf", "Infinity")
        )
        if not isinstance(exact, list):
            digits = 4 if text == number(exact) else len(text.lstrip("−0.").replace(".", ""))
            assert text == number(exact, digits)
            assert ("gw-rounded" in attributes) == (
                float(text.replace("−", "-").replace("∞", "inf")) != pytest.approx(exact, rel=1e-12, abs=0)
            )


# --- components ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_components_hold_all_that_a_page_needs_to_draw_them(slug):
    for tag, attributes in components(slug):
        assert "walk" not in attributes
        values = json.loads(attributes["values"])
        found = walk(attributes["formula"], values)
        assert {found.node(name).name for name in values} == set(values)
        if "gradient" in attributes:
            found.gradient(attributes["gradient"])
        if "training" in attributes:
            training = json.loads(attributes["training"])
            assert set(training["params"]) <= set(values)
            assert training["rate"] > 0
            assert 1 <= training["steps"] <= 50
        if "round" in attributes:
            node, digits = attributes["round"].split(":")
            found.round(node, int(digits))
        if tag != "gw-player":
            at, low, high = (
                ([float(x) for x in attributes[key].split(",")] for key in ("at", "low", "high"))
                if "at" in attributes
                else ([], [], [])
            )
            assert all(least <= x <= most for x, least, most in zip(at, low, high, strict=True))


def test_every_kind_of_component_appears():
    assert {tag for slug in SLUGS for tag, _ in components(slug)} == set(COMPONENTS)


# --- the numbers -----------------------------------------------------------------------------------------------------

FACTS = [
    ("the-derivative", "gradient bottom x", 0),
    ("partial-derivatives", "gradient hill x", 1.0),
    ("partial-derivatives", "gradient hill y", 1.2),
    ("the-chain-rule", "value first u", 3),
    ("the-chain-rule", "gradient first x", 12),
    ("the-chain-rule", "value square y", 49),
    ("the-chain-rule", "gradient square x", 42),
    ("the-chain-rule", "value nudged y", 49.4209),
    ("the-chain-rule", "number predicted", 0.42),
    ("the-chain-rule", "number actual", 49.4209 - 49),
    ("the-chain-rule", "value wave h", 0.49),
    ("the-chain-rule", "value wave g", 0.4542164326822591),
    ("the-chain-rule", "value wave f", 0.2063125677185972),
    ("the-chain-rule", "local wave f g", 0.9084328653645182),
    ("the-chain-rule", "local wave g h", 0.7936874322814028),
    ("the-chain-rule", "local wave h x", 1.4),
    ("the-chain-rule", "gradient wave x", 1.0094164476356824),
    ("rules-and-activations", "gradient sigmoid_top z", 0.25),
    ("rules-and-activations", "gradient tanh_top z", 1),
    ("rules-and-activations", "gradient relu_on z", 1),
    ("rules-and-activations", "gradient relu_off z", 0),
    ("rules-and-activations", "gradient relu_edge z", 0),
    ("rules-and-activations", "number short_slope", 0.22878424045665732),
    ("rules-and-activations", "gradient longhand z", 0.22878424045665732),
    ("one-neuron", "value neuron z", 1.1),
    ("one-neuron", "value neuron ŷ", 0.7502601055951177),
    ("one-neuron", "value neuron L", 0.062370014857361766),
    ("one-neuron", "gradient neuron ŷ", -0.4994797888097646),
    ("one-neuron", "local neuron ŷ z", 0.18736987954752055),
    ("one-neuron", "gradient neuron w", -0.1871749357314132),
    ("one-neuron", "gradient neuron b", -0.0935874678657066),
    ("one-neuron", "value trained w@1", 0.5187174935731413),
    ("one-neuron", "gradient textbook w", -0.1875),
    ("the-house-price", "value house z1", 1),
    ("the-house-price", "value house h", 1),
    ("the-house-price", "value house ŷ", 1),
    ("the-house-price", "value house L", 2),
    ("the-house-price", "gradient house ŷ", -2),
    ("the-house-price", "gradient house w2", -2),
    ("the-house-price", "gradient house w1", -4),
    ("the-house-price", "value once w1@1", 0.9),
    ("the-house-price", "value once w2@1", 1.2),
    ("the-house-price", "value once ŷ@1", 2.16),
    ("the-house-price", "value once L@1", 0.3528),
    ("the-house-price", "value learned L@5", 3.2599988694395265e-08),
    ("the-house-price", "value learned w1@6", 1.106699432670961),
    ("the-house-price", "value learned w2@6", 1.3553556232731454),
    ("the-house-price", "value learned ŷ@20", 3),
    ("the-linear-chain", "value chain a1", 2),
    ("the-linear-chain", "value chain a2", 6),
    ("the-linear-chain", "value chain a3", 3),
    ("the-linear-chain", "value chain C", 1),
    ("the-linear-chain", "gradient chain w1", 3),
    ("the-linear-chain", "gradient chain w2", 2),
    ("the-linear-chain", "gradient chain w3", 12),
    ("the-linear-chain", "gradient closed w1", 3),
    ("the-linear-chain", "number longer", 3),
    ("the-linear-chain", "factors chain100 w1", 102),
    ("the-graph", "gradient diamond x", 51),
    ("the-graph", "paths ladder a0", 2**20),
    ("what-autodiff-does", "value article L", 0.12555945331754728),
]


@pytest.mark.parametrize(
    ("slug", "reference", "expected"), FACTS, ids=[f"{slug}: {reference}" for slug, reference, _ in FACTS]
)
def test_numbers_are_the_known_ones(slug, reference, expected):
    tolerance = 1e-7 if "L@5" in reference else 1e-12  # a small difference of numbers near 3 keeps few of their digits
    assert float(resolve(declared(slug), reference).value) == pytest.approx(expected, rel=tolerance, abs=1e-15)


SAME = [
    ("accumulation", "number averaged", "gradient whole w"),
    ("matrices-and-batches", "number together", "gradient batch W[0,1]"),
    ("matrices-and-batches", "number column", "gradient batch b[0]"),
    ("what-goes-wrong", "number clipped", "number limit"),
    ("what-goes-wrong", "value wild L@2", "value wild L@4"),
    ("the-linear-chain", "gradient closed w1", "gradient chain w1"),
]


@pytest.mark.parametrize(("slug", "one", "other"), SAME, ids=[f"{slug}: {one}" for slug, one, _ in SAME])
def test_numbers_that_the_prose_calls_equal_are_equal(slug, one, other):
    found = declared(slug)
    assert float(resolve(found, one).value) == pytest.approx(float(resolve(found, other).value), rel=1e-12)


CLAIMS = [
    ("what-goes-wrong", "gradient vanishing w1", "gradient relus w1"),
    ("what-goes-wrong", "gradient vanishing w1", "gradient bridged w1"),
    ("what-goes-wrong", "gradient calm w1", "gradient exploding w1"),
    ("what-goes-wrong", "value good L@20", "value slow L@20"),
    ("what-goes-wrong", "value wild L", "value wild L@1"),
    ("the-linear-chain", "cost chain100 reverse_mode", "cost chain100 forward_mode"),
    ("the-graph", "cost ladder reverse_mode", "cost ladder path_by_path"),
    ("accumulation", "number careful", "number careless"),
    ("two-weights", "value trained L@1", "value pair L"),
]


@pytest.mark.parametrize(
    ("slug", "less", "more"), CLAIMS, ids=[f"{slug}: {less} < {more}" for slug, less, more in CLAIMS]
)
def test_what_the_prose_compares_compares_so(slug, less, more):
    found = declared(slug)
    assert float(resolve(found, less).value) < float(resolve(found, more).value)


ARRIVALS = [("the-graph", "diamond", "u", ["b", "a"]), ("accumulation", "twice", "w", ["L", "a"])]


@pytest.mark.parametrize(("slug", "name", "at", "consumers"), ARRIVALS, ids=[name for _, name, _, _ in ARRIVALS])
def test_contributions_arrive_in_the_order_that_the_prose_tells(slug, name, at, consumers):
    found = declared(slug).walks[name].walk
    arrived = [s for s in found.steps if s.phase == "backward" and found.nodes[s.input].name == at]
    assert [found.nodes[s.node].name for s in arrived] == consumers


def test_a_dead_unit_has_no_gradient_and_its_remedies_have_one():
    found = declared("what-goes-wrong")
    dead, leaky, started = (float(resolve(found, f"gradient {name} w").value) for name in ("dead", "leaky", "started"))
    assert dead == 0
    assert leaky != 0
    assert started != 0


@pytest.mark.parametrize("slug", ["the-house-price", "what-autodiff-does"])
def test_the_code_in_a_lesson_runs_and_comes_to_what_it_says(slug):
    code = html.unescape(re.search(r"<pre><code>(.*?)</code></pre>", lessons.lesson(slug).html, re.DOTALL)[1])
    made = {"gw": gradwalk}
    exec(code, made)
    said = re.findall(r"^(\w+\.\S+) +# (\S+)$", code, re.MULTILINE)
    assert len(said) == 2
    for expression, amount in said:
        assert float(eval(expression, made)) == pytest.approx(float(amount), rel=1e-12)


# --- the glossary ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", SLUGS)
def test_terms_are_marked_once_and_exist(slug):
    terms = [attributes["data-term"] for tag, attributes in page(slug).found if tag == "dfn"]
    assert len(terms) == len(set(terms))
    assert set(terms) <= set(glossary())


def test_a_term_is_marked_at_its_first_use_only_and_as_it_is_written():
    found = written(
        "## Gradients\n\nA pathway. Paths meet; a path, *the Gradient*, leaves, `path` and [leaf](the-graph)."
    )
    assert re.findall(r'<dfn data-term="([^"]*)"[^>]*>([^<]*)</dfn>', found) == [
        ("path", "Paths"),
        ("gradient", "Gradient"),
        ("leaf", "leaves"),
    ]


def test_ordinary_words_are_glossary_terms():
    assert set(glossary()) >= ORDINARY
    assert glossary()["dead"] == glossary()["dead"].strip()
    assert {"vanishing", "exploding", "accumulate", "total", "gradient"} <= set(glossary())


# --- mistakes --------------------------------------------------------------------------------------------------------

HEAD = "---\nsummary: One.\nwalk square: x=2\n    u = 3*x\n    y = u**2\nnumber n: 0.5\n---\n# Title\n\n"


def written(body, head=HEAD):
    return lessons.rendered(head + body, "demo.md")


def test_a_reference_becomes_its_number():
    assert (
        written("It is {{gradient square x}}.")
        == '<p>It is <data class="gw-number gw-gradient" value="36.0" title="36">36</data>.</p>\n'
    )
    assert 'class="gw-number gw-value gw-rounded"' in written(
        "{{value third y}}", HEAD.replace("number n", "walk third: x=3\n    y = 1/x\nnumber n")
    )
    assert "<math" in written("{{forward square y}} and {{backward square y u}}")
    assert ">0.333333<" in written(
        "{{value third y ~6}}", HEAD.replace("number n", "walk third: x=3\n    y = 1/x\nnumber n")
    )
    assert "<code>x = 0.5\n</code>" in written("```\nx = {{number n}}\n```")


MISTAKES = [
    (
        "{{gradient circle x}}",
        "demo.md:10: {{gradient circle x}}: this lesson's front block has no walk 'circle'; it has square",
    ),
    (
        "a\n\nb\n{{gradient square q}}",
        "demo.md:13: {{gradient square q}}: nothing here is called 'q'; the leaves are x",
    ),
    ("{{gradiant square x}}", "there is no reference 'gradiant'; there are given, value, gradient"),
    ("{{gradient square}}", "demo.md:10: {{gradient square}}: write {{gradient WALK NODE}}"),
    ("{{number m}}", "has no number 'm'; it has n"),
    ("{{local square y x}}", "no edge leads from y back to x; its inputs are u"),
    ("{{given square u}}", "was given no 'u'; it was given x"),
    ("{{cost square money}}", "a cost has path_by_path, forward_mode"),
    ("{{value square y[3]}}", "demo.md:10: {{value square y[3]}}: too many indices"),
    ('<gw-player walk="circle">', "demo.md:10: this lesson's front block has no walk 'circle'"),
    ('<gw-player walk="square" gradient="q">', "<gw-player>: nothing here is called 'q'"),
    ('<gw-player walk="square" colour="red">', "<gw-player> has no setting 'colour'; it has walk, show"),
    ('<gw-player walk="square" show="graph,soup">', "can't show 'soup'; it shows check, cost"),
    ('<gw-player formula="x**2">', "needs a walk of the front block"),
    ('<gw-curve walk="square" name="x" low="1" high="1">', "each low must lie below its high"),
    ('<gw-curve walk="square" name="x" low="1">', '<gw-curve> needs high="…"'),
    ('<gw-curve walk="square" name="u" low="1" high="2">', "the walk was given no 'u'; it was given x"),
    ('<gw-grid walk="square" names="x" low="1,1" high="2,2">', "need 1 number each"),
    ("<script>alert()</script>", "there is no element <script> in lessons"),
    ('<details onclick="x">', "<details> has no setting 'onclick'"),
    ("text <b>bold</b>", "there is no element <b>"),
    ("<img src=x onerror=y>", "isn't allowed: a lesson's HTML is gw-player"),
    ("</gw-player>", "components close themselves"),
    ('<dfn data-term="soup">soup</dfn>', "the glossary has no such term"),
    ("![a cat](cat.png)", "a lesson holds no image (cat.png): draw it with a component"),
    ("[there](https://example.org)", "leads nowhere: a lesson links to lessons (the-derivative"),
    ("[there](javascript:alert)", "leads nowhere"),
    ("[there](#nowhere?f=x)", "and to the studio's pages (#play, #explore, #lab, #health)"),
]


@pytest.mark.parametrize(("body", "said"), MISTAKES, ids=[body.split("\n")[-1] for body, _ in MISTAKES])
def test_a_mistake_is_told_with_its_cure(body, said):
    with pytest.raises(LessonError) as caught:
        written(body)
    assert said in str(caught.value)
    assert re.match(r"demo\.md:\d+: ", str(caught.value))


FRONT_MISTAKES = [
    ("# Title\n", "demo.md:1: a lesson begins with a front block"),
    ("---\nsummary\n---\n", "demo.md:2: 'summary' declares nothing"),
    ("---\nsummary: S.\npicture p: 1\n---\n", "demo.md:3: a front block has summary, number, walk, but no 'picture'"),
    ("---\nwalk w: x=2\n    y = q*x\n---\n", "demo.md:2: walk w: q has no value"),
    ("---\nwalk w: x=two\n    y = x*x\n---\n", "demo.md:2: walk w: 'two' is no value"),
    ("---\nsummary: S.\nwalk w: like v x=1\n---\n", "demo.md:3: walk w: there is no walk 'v' above this line"),
    (
        "---\nnumber n: {{number m}}\n---\n",
        "demo.md:2: number n: {{number m}}: this lesson's front block has no number 'm'",
    ),
    ("---\nnumber n: 1\nwalk w: x=1 rate=0.1 steps=many\n    y = x*x\n---\n", "demo.md:3: walk w: invalid literal"),
]


@pytest.mark.parametrize(("text", "said"), FRONT_MISTAKES, ids=[said for _, said in FRONT_MISTAKES])
def test_a_mistake_in_the_front_block_is_told_with_its_line(text, said):
    with pytest.raises(LessonError) as caught:
        lessons.rendered(text, "demo.md")
    assert said in str(caught.value)


def test_an_unknown_lesson_is_told_with_the_known_ones():
    with pytest.raises(LessonError, match="there is no lesson 'soup'; there are the-derivative"):
        lessons.lesson("soup")


def test_loops_and_ranges_stand_for_many_lines():
    found = front.read(
        ["walk w: a0=1 w{1..3}=0.5", "    for i in 1..3: z{i} = w{i}*a{i-1}; a{i} = tanh(z{i})"], bracketed
    ).walks["w"]
    assert found.values == {"a0": 1, "w1": 0.5, "w2": 0.5, "w3": 0.5}
    assert found.formula.split("\n")[2:4] == ["z2 = w2*a1", "a2 = tanh(z2)"]


def test_a_negative_reference_keeps_its_sign_in_arithmetic():
    found = front.read(["number a: -3", "number b: {{number a}}**2 - {{number a}}"], bracketed)
    assert found.numbers["b"] == 12


def test_every_reference_has_a_usage():
    assert all(usage == usage.upper() for _, usage in RESOLVERS.values())


def test_a_symbol_stays_with_its_number_and_its_comma():
    page = lessons.rendered(
        "---\nsummary: S.\nwalk w: x=2\n    y = 3*x\n---\n# T\n\nWith `x` = {{given w x}}, *x* = {{value w y}} and `y`, so.\n",
        "t.md",
    )
    spans = re.findall(r'<span class="together">(.*?)</span>', page)
    assert [re.sub(r"<[^>]*>", "", span) for span in spans] == ["x = 2", "y,"]


def test_columns_of_numbers_are_aligned_by_class_because_pages_refuse_inline_styles():
    """What Markdown's ``---:`` asks for must survive the page's content security policy."""
    html = lessons.lesson("the-linear-chain").html
    assert '<td class="align-right">' in html
    assert "style=" not in html
