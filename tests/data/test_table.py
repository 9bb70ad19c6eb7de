"""Tables: what is read from a CSV file, and what is said of one that can't be learned from."""

import csv
import io
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradwalk.data import DataError, parse_csv, read_csv

HOUSES = "size,bedrooms,price\n50,1,100\n80,2,170\n120,3,260\n"


def parsed(text, target="price", **settings):
    return parse_csv(text if isinstance(text, bytes) else text.encode(), target, **settings)


def test_numbers_make_a_regression():
    data = parsed(HOUSES)
    assert (data.task, data.columns, data.target, data.classes) == ("regression", ("size", "bedrooms"), "price", ())
    np.testing.assert_array_equal(data.inputs, [[50, 1], [80, 2], [120, 3]])
    np.testing.assert_array_equal(data.targets, [[100], [170], [260]])
    assert data.notes == ()


def test_text_becomes_a_column_per_category_in_sorted_order():
    data = parsed("kind,size,price\nloft,1,10\nflat,2,20\nhouse,3,30\nflat,4,40\n")
    assert data.columns == ("kind=flat", "kind=house", "kind=loft", "size")
    assert data.notes == ("column 'kind' holds 3 categories (flat, house, loft), each made a column of zeros and ones",)
    np.testing.assert_array_equal(data.inputs[:, :3], [[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]])


def test_numbers_can_be_categories():
    data = parsed("zip,price\n10,1\n9,2\n10,3\n", categorical=["zip"])
    assert data.columns == ("zip=9", "zip=10")


def test_a_target_of_text_makes_classes():
    data = parsed("x,y\n1,b\n2,a\n3,c\n4,a\n", "y")
    assert (data.task, data.classes, data.targets.tolist()) == ("classes", ("a", "b", "c"), [1, 0, 2, 0])


@pytest.mark.parametrize(
    ("answers", "classes"), [("yes no", ("no", "yes")), ("1 0", ("0", "1")), ("1.0 0", ("0", "1"))]
)
def test_two_answers_make_a_yes_or_no_question(answers, classes):
    first, second = answers.split()
    data = parsed(f"x,y\n1,{first}\n2,{second}\n3,{first}\n", "y")
    assert (data.task, data.classes) == ("binary", classes)
    np.testing.assert_array_equal(data.targets, [[1.0], [0.0], [1.0]])


def test_the_task_can_be_said():
    text = "x,y\n1,3\n2,7\n3,10\n"
    assert parsed(text, "y").task == "regression"
    assert parsed(text, "y", task="classes").classes == ("3", "7", "10")
    assert parsed("x,y\n1,0\n2,1\n", "y", task="regression").task == "regression"


@pytest.mark.parametrize(
    "text",
    [
        HOUSES.replace(",", ";"),
        HOUSES.replace(",", "\t"),
        HOUSES.replace(",", "|"),
        HOUSES.replace("\n", "\r\n"),
        HOUSES.replace("\n", "\n\n"),
        HOUSES.replace("\n", ",\n"),
        HOUSES.replace(",", ", ").replace("\n80", '\n"80"'),
        "# first\n\n# second\n" + HOUSES,
        "\ufeff" + HOUSES,
        HOUSES.encode("utf-16"),
        HOUSES + ",,\n\n",
        HOUSES.rstrip(),
    ],
    ids=[
        "semicolons",
        "tabs",
        "bars",
        "windows",
        "blank-lines",
        "trailing-commas",
        "spaces-and-quotes",
        "comments",
        "mark",
        "utf-16",
        "empty-rows",
        "no-end",
    ],
)
def test_many_forms_of_one_table(text):
    data, plain = parsed(text), parsed(HOUSES)
    assert data.columns == plain.columns
    np.testing.assert_array_equal(data.inputs, plain.inputs)
    np.testing.assert_array_equal(data.targets, plain.targets)


def test_comments_at_the_top_describe_the_table():
    assert parsed("# Synthetic.\n#  price = 2 · size\n" + HOUSES).description == "Synthetic.\nprice = 2 · size"


def test_decimal_commas_are_read_when_said():
    data = parsed("size;price\n1,5;10,25\n2;-3,5\n", decimal=",")
    np.testing.assert_array_equal(np.c_[data.inputs, data.targets], [[1.5, 10.25], [2, -3.5]])


def test_without_a_line_of_names_columns_are_numbered():
    assert parsed("1,2\n3,4\n", "column 2").columns == ("column 1",)
    assert parsed("2019,2020\n3,4\n5,6\n", "2020", header=True).columns == ("2019",)
    assert parsed("a,b\nc,d\n", "column 2", header=False).classes == ("b", "d")


def test_other_encodings_are_read_when_said():
    text = "größe,preis\n1,10\n2,20\n"
    assert parsed(text.encode("cp1252"), "preis", encoding="cp1252").columns == ("größe",)


def test_columns_can_be_left_out_whatever_they_hold():
    data = parsed("id,size,price\n1,50,1\n2,60,2\nthree,70,3\n", leave_out=["id"])
    assert data.columns == ("size",)


GAPS = "size,kind,price\n50,flat,100\n,flat,170\n120,,260\n70,loft,\n60,loft,110\n"


def test_rows_with_gaps_are_left_out_and_said():
    data = parsed(GAPS, missing="drop")
    np.testing.assert_array_equal(data.targets.ravel(), [100, 110])
    assert data.notes == (
        "table, column 'size': 1 without a value (line 3)",
        "table, column 'kind': 1 without a value (line 4)",
        "table, column 'price': 1 without a value (line 5)",
        "3 of 5 rows were left out (lines 3, 4, 5)",
        "column 'kind' holds 2 categories (flat, loft), each made a column of zeros and ones",
    )


def test_gaps_are_filled_and_said_but_never_in_the_target():
    data = parsed(GAPS, missing="mean")
    assert data.columns == ("size", "kind=(none)", "kind=flat", "kind=loft")
    np.testing.assert_allclose(data.inputs[:, 0], [50, (50 + 120 + 60) / 3, 120, 60])
    np.testing.assert_array_equal(data.inputs[2, 1:], [1, 0, 0])
    assert data.notes[-4:-1] == (
        "1 of 5 rows were left out (line 5)",
        "column 'size' was filled with its mean, 76.6667",
        "column 'kind' was filled with a category of its own, (none)",
    )


@pytest.mark.parametrize("cell", ["", "NA", "n/a", "NaN", "null", "?", " "])
def test_what_says_nothing_is_missing(cell):
    with pytest.raises(DataError, match=r"column 'size': 1 without a value \(line 2\)"):
        parsed(f"size,price\n{cell},1\n2,3\n4,5\n")


def test_empty_and_constant_columns_are_said():
    data = parsed("size,empty,same,price\n1,,7,1\n2,,7,3\n")
    assert data.columns == ("size", "same")
    assert data.notes == (
        "column 'empty' is empty and was left out",
        "column 'same' is 7 in every row, so nothing can be learned from it",
    )


MANY = "id,price\n" + "".join(f"house {i},{i}\n" for i in range(60))
REFUSED = {
    "text among numbers": ("size,price\n1,10\n2,20\nbig,30\n", r"table, line 4, column 'size': 'big' where numbers are wanted"),
    "text in the target": ("size,price\n1,10\n2,cheap\n3,30\n", r"line 3, column 'price': 'cheap' where numbers are wanted"),
    "infinity": ("size,price\n1,10\ninf,20\n", r"line 3, column 'size': 'inf' is too large"),
    "overflow": ("size,price\n1,10\n2,-1e200\n", r"line 3, column 'price': '-1e200' is too large to compute with"),
    "wide row": ("size,price\n1,10\n2,20,30\n", r"table, line 3: 3 cells where 2 are wanted \(size, price\).*quotation marks"),
    "narrow row": ("# note\nsize,price\n1,10\n\n2\n", r"table, line 5: 1 cell where 2 are wanted"),
    "after a cell of two lines": ('size,price\n"a\nb",10\n2\n', r"table, line 4: 1 cell where"),
    "missing": ("size,price\n1,10\n,20\n?,30\n4,5\n", r"'size': 2 without a value \(lines 3, 4\).*missing='drop'.*missing='mean'"),
    "one row": ("size,price\n1,10\n", r"table has one row to learn from, and at least two are needed"),
    "no rows": ("size,price\n", r"table has no rows"),
    "empty": ("", r"table is empty"),
    "only comments": ("# a\n# b\n", r"table is empty"),
    "unknown target": ("size,prices\n1,2\n3,4\n", r"no column called 'price'; did you mean 'prices'\? Its columns are: size, prices"),
    "far-off target": ("x,y\n1,2\n3,4\n", r"no column called 'price'. Its columns are: x, y"),
    "double names": ("size,size,price\n1,2,3\n4,5,6\n", r"more than one column called 'size'"),
    "a single class": ("size,price\n1,a\n2,a\n", r"column 'price': every row says 'a'"),
    "constant target": ("size,price\n1,5\n2,5\n", r"column 'price': every row says '5'"),
    "nothing but the target": ("price\n1\n2\n", r"no column but 'price'"),
    "too many categories": (MANY, r"column 'id': 60 different texts \(such as 'house 0'\).*leave_out=\['id'\]"),
    "decimal commas": ("size;price\n50;1\n1,5;2\n2,5;3\n", r"table, line 3, column 'size': '1,5' has a comma.*decimal=','"),
    "thousands": ('size,price\n50,"1,000"\n60,"2,000"\n', r"line 2, column 'price': '1,000' has a comma.*thousands"),
    "an open quotation mark": ('size,price\n1,2\n"3,4\n5,6\n', r"table, from line 3: unexpected end of data.*quotation mark"),
    "not UTF-8": ("size,größe\n1,2\n".encode("cp1252"), r"table, line 1: byte 0xf6 isn't utf-8.*cp1252"),
    "not text": (b"PK\x03\x04\0\0\0", r"table isn't text.*workbook"),
    "a huge cell": ("size,price\n" + "1" * 200_000 + ",2\n3,4\n", r"table, from line 2: field larger"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refusals_name_the_place_and_the_cure(case):
    text, message = REFUSED[case]
    with pytest.raises(DataError, match=message):
        parsed(text)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"missing": "guess"}, "missing='guess': it is one of 'refuse', 'drop', 'mean'"),
        ({"task": "ranking"}, "task='ranking': it is one of None, 'regression'"),
        ({"task": "binary"}, "two answers, and this column 3"),
        ({"encoding": "klingon"}, "no encoding called 'klingon'"),
        ({"delimiter": "::"}, "delimiter='::': it is a single character"),
        ({"leave_out": ["bed"]}, "no column called 'bed'"),
        ({"categorical": ["sizes"]}, "did you mean 'size'"),
        ({"categorical": ["price"], "task": "regression"}, "holds categories"),
    ],
)
def test_settings_that_make_no_sense(settings, message):
    with pytest.raises(DataError, match=message):
        parsed(HOUSES, **settings)


def test_when_all_rows_are_left_out_it_says_why():
    with pytest.raises(DataError, match=r"no rows to learn from.*2 of 2 rows were left out \(lines 2, 3\)"):
        parsed("size,kind,price\n1,,5\n,a,5\n", missing="drop")


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_is_read(tmp_path):
    path = tmp_path / "houses.csv"
    path.write_text(HOUSES)
    assert read_csv(path, "price").name == "houses.csv"
    assert read_csv(str(path), target="size", leave_out=["price"]).columns == ("bedrooms",)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "big.csv"
    path.touch()
    os.truncate(path, 200_000_000)  # sparse: takes no room
    with pytest.raises(
        DataError, match=r"big.csv has 200 MB, and tables of up to 20 MB.*head -n 100000 big.csv > part.csv"
    ):
        read_csv(path, "price")


def test_what_is_no_file_is_said(tmp_path):
    with pytest.raises(DataError, match="is a folder"):
        read_csv(tmp_path, "price")
    with pytest.raises(DataError, match="isn't there"):
        read_csv(tmp_path / "house.csv", "price")
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="is no file"):  # it would wait for ever
        read_csv(tmp_path / "pipe.csv", "price")


# --- round trips -----------------------------------------------------------------------------------------------------

NUMBERS = st.floats(-1e149, 1e149)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=8).filter(
    lambda text: text == text.strip() and text.lower() not in ("na", "n/a", "nan", "null", "?") and not is_float(text)
)


def is_float(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


@given(
    st.lists(st.tuples(NUMBERS, TEXTS, NUMBERS), min_size=2, max_size=20),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n"]),
)
@settings(deadline=None, max_examples=60)
def test_what_is_written_is_read_again_exactly(rows, delimiter, end):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows(
        [
            ("number", "text", "answer"),
            *[(repr(a), b, repr(c)) for a, b, c in rows],
            ("0.5", "x", "-1.5"),
            ("0.5", "x", "2.5"),
        ]
    )
    rows = [*rows, (0.5, "x", -1.5), (0.5, "x", 2.5)]
    data = parse_csv(file.getvalue().encode(), "answer")
    np.testing.assert_array_equal(data.inputs[:, 0], [a for a, _, _ in rows])
    np.testing.assert_array_equal(data.targets[:, 0], [c for _, _, c in rows])
    chosen = [data.columns[1 + place] for place in data.inputs[:, 1:].argmax(axis=1)]
    assert chosen == [f"text={b}" for _, b, _ in rows]


@given(st.binary(max_size=60))
@settings(deadline=None, max_examples=200)
def test_whatever_it_is_given_it_answers_with_data_or_a_sentence(content):
    try:
        data = parse_csv(b"a,b\n" + content, "b")
    except DataError as error:
        assert str(error).startswith("table")
    else:
        assert np.isfinite(data.inputs).all()
        assert len(data) >= 2
