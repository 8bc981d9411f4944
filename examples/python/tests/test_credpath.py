"""The questions of the library, asked from Python."""

import datetime
import json
from array import array
from typing import Any

import pytest

import credpath
from credpath import Catalog, CatalogError

RULES = """
catalog.grades = ["C", "B", "A"]
[credential]
sql = { cost = 100, valid_for = "3 years" }
python = { cost = 300 }
statistics = { cost = 250, prerequisite = "sql" }
analyst = { cost = 25, stack = { all_of = ["sql", { any_of = ["python", "statistics"] }] } }
honours = { stack = { credential = "sql", grade = "B" } }
"""
DAY = datetime.date(2026, 11, 22)


@pytest.fixture
def catalog() -> Catalog:
    return Catalog.parse(RULES)


def statuses(report: dict[str, Any]) -> dict[str, str]:
    return {known["credential"]: known["status"] for known in report["credentials"]}


def test_records_of_every_kind_mean_the_same(catalog: Catalog) -> None:
    record = {"award": [{"credential": "sql", "awarded": datetime.date(2025, 5, 1), "grade": "A"}]}
    text = "award = [{ credential = 'sql', awarded = 2025-05-01, grade = 'A' }]"
    told = catalog.evaluate(record, DAY)
    assert told == catalog.evaluate(text, "2026-11-22")
    assert told["stamp"]["catalog"] == catalog.fingerprint
    assert statuses(told)["honours"] == "qualified"
    assert statuses(catalog.evaluate(record, DAY, verified_only=True))["sql"] == "eligible"


def test_a_catalog_is_data(catalog: Catalog) -> None:
    document = catalog.document
    document["credential"]["ethics"] = {"cost": 5}
    assert "ethics" in Catalog(document).ids
    assert Catalog(catalog.document).fingerprint == catalog.fingerprint


def test_faults_have_paths() -> None:
    with pytest.raises(CatalogError) as caught:
        Catalog({"credential": {"analyst": {"stack": {"all_of": ["sql"]}}}})
    faults = json.loads(caught.value.args[1])["diagnostics"]
    assert [fault["path"] for fault in faults] == ["credential.analyst.stack.all_of[0]"]
    catalog = Catalog.parse(RULES)
    with pytest.raises(ValueError, match="empty"):
        catalog.evaluate([""], DAY)
    with pytest.raises(KeyError):
        catalog.audit([], DAY, "nothing")
    with pytest.raises(ValueError, match="view"):
        catalog.evaluate([], DAY, view="hoped-for")


def test_audit(catalog: Catalog) -> None:
    audit = catalog.audit(["sql"], DAY, "analyst")
    assert audit["status"] == "started"
    assert "still missing" in audit["text"]


def test_plans_are_kept_and_verified(catalog: Catalog) -> None:
    outcome = catalog.plan([], DAY, "analyst")
    assert outcome["plan"]["cost"] == "375"
    kept = json.loads(json.dumps(outcome))
    assert catalog.flaw(kept, []) is None
    assert Catalog.parse(RULES.replace("cost = 100", "cost = 90")).flaw(kept, []) is not None
    dearer = catalog.plan([], DAY, "analyst", must_include=["python"])
    assert dearer["plan"]["cost"] == "425"
    assert "unattainable" in catalog.plan([], DAY, "analyst", avoid=["sql"])


def test_a_search_ends_when_its_time_is_over() -> None:
    count, pools = 160, 12
    state = 7

    def random(below: int) -> int:
        nonlocal state
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (state >> 33) % below

    credits = [1 + random(6) for _ in range(count)]
    document: dict[str, Any] = {
        f"c{at:03}": {"credits": carried, "cost": carried * 150 + random(12) * 10} for at, carried in enumerate(credits)
    }
    parts = []
    for _ in range(pools):
        members = [at for at in range(count) if random(100) < 45]
        needed = sum(credits[at] for at in members) * (35 + random(20)) // 100
        parts.append({"credits": needed, "from": [f"c{at:03}" for at in members]})
    document["target"] = {"stack": {"all_of": parts}}
    outcome = Catalog({"credential": document}).plan([], DAY, "target", seconds=0.2, work=2**63)
    assert outcome.get("plan", {"optimality": "unproven"})["optimality"] != "proven"


def test_check(catalog: Catalog) -> None:
    report = catalog.check(as_of=DAY)
    assert report["undecided"] == []
    faulty = RULES.replace("any_of", "credits = 30, from")
    codes = [found["code"] for found in Catalog.parse(faulty).check()["diagnostics"]]
    assert "impossible-amount" in codes


COLUMNS = {
    "learner": ["bob", "ada", "ada", "cyd"],
    "credential": ["sql", "sql", "python", "unheard-of"],
    "awarded": ["2020-01-01", "2025-05-01", None, None],
    "grade": ["A", "C", None, None],
}


def as_mapping() -> Any:
    return COLUMNS


def as_frame() -> Any:
    return pytest.importorskip("pandas").DataFrame(COLUMNS)


def as_frame_of_times() -> Any:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(COLUMNS)
    frame["awarded"] = pandas.to_datetime(frame["awarded"])
    return frame


def as_table() -> Any:
    return pytest.importorskip("pyarrow").table(COLUMNS)


@pytest.mark.parametrize("awards", [as_mapping, as_frame, as_frame_of_times, as_table])
def test_columns_mean_what_records_mean(catalog: Catalog, awards: Any) -> None:
    cohort = catalog.cohort(awards(), DAY)
    assert list(cohort.learners) == ["ada", "bob", "cyd"]
    records = {
        "ada": [{"credential": "sql", "awarded": "2025-05-01", "grade": "C"}, {"credential": "python"}],
        "bob": [{"credential": "sql", "awarded": "2020-01-01", "grade": "A"}],
        "cyd": [{"credential": "unheard-of"}],
    }
    told = {learner: statuses(catalog.evaluate({"award": held}, DAY)) for learner, held in records.items()}
    assert cohort.statuses() == told
    report = cohort.report()
    assert report["learners"] == 3
    assert [known["id"] for known in report["unknown_awards"]["ids"]] == ["unheard-of"]


def test_buffers_are_taken_as_they_are(catalog: Catalog) -> None:
    buffers = {
        "offsets": array("i", [0, 1, 1, 3]),
        "credential": array("i", [0, 0, 1]),
        "credentials": ["sql", "python"],
        "learner": array("Q", [7, 8, 9]),
    }
    cohort = catalog.cohort(buffers, DAY, credentials=["sql", "analyst"])
    assert cohort.credentials == ["analyst", "sql"]
    named = [credpath.STATUSES[code] for code in cohort.codes()]
    assert named == ["started", "held", "locked", "eligible", "qualified", "held"]
    with pytest.raises(ValueError, match="offsets"):
        catalog.cohort(buffers | {"offsets": array("i", [0, 1, 1, 9])}, DAY).codes()
    with pytest.raises(KeyError):
        catalog.cohort(buffers | {"offset": array("i", [0])}, DAY).codes()


def test_numpy_takes_codes_without_a_copy(catalog: Catalog) -> None:
    numpy = pytest.importorskip("numpy")
    cohort = catalog.cohort(COLUMNS, DAY)
    matrix = numpy.frombuffer(cohort.codes(), "u1").reshape(-1, len(cohort.credentials))
    assert matrix.shape == (3, 5)


def test_empty_columns(catalog: Catalog) -> None:
    assert catalog.cohort({"learner": [], "credential": []}, DAY).statuses() == {}


def test_further_ids_name_the_credential_itself() -> None:
    text = "credential.a = { ids = ['z'] }\ncredential.b = {}\n"
    catalog = Catalog.parse(text)
    cohort = catalog.cohort({"learner": ["m"], "credential": ["z"]}, DAY, credentials=["z", "b", "a"])
    assert cohort.credentials == ["a", "b"]
    assert cohort.statuses()["m"]["a"] == "held"


def test_columns_are_of_one_length(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="2 rows"):
        catalog.cohort({"learner": ["m"], "credential": ["sql", "python"]}, DAY)
