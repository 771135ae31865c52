"""Gold: a sample subject goes through all four ones, golden cases hold, documents render, strings are complete."""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from chalicelib.contract.kept_results import run_case
from chalicelib.contract.manifest import Manifest
from chalicelib.contract.package import PackageReading, problems_of, read_extra
from chalicelib.contract.registry import ONES, BrokenScenarioError, Handlers, load_module
from chalicelib.contract.rule import Rule, Tier, Tools
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.samples import SampleCase, SampleFile, at_path
from chalicelib.domain.errors import InvalidInputError

_FILE = "samples/cases.json"


def read_samples(reading: PackageReading) -> tuple[SampleFile | None, list[RuleFinding]]:
    """The sample cases, or what is wrong with them."""
    body, findings = read_extra(reading, _FILE)
    if body is None:
        return None, findings
    try:
        return SampleFile.model_validate({key: value for key, value in body.items() if key != "$schema"}), findings
    except ValidationError as error:
        mend = "see chalicelib/contract/schemas/samples.schema.json"
        return None, [RuleFinding("samples_pass", _FILE, place, problem, mend) for place, problem in problems_of(error)]


def run_sample(reading: PackageReading, case: SampleCase) -> dict[str, Any]:
    """The JSON result of one case through the package's own handler."""
    assert reading.scenario is not None
    return run_case(reading.scenario, Handlers(load_module(reading.folder)), case)


def _json(value: Any) -> str:
    """As the author writes it in the case."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _samples_pass(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    samples, findings = read_samples(reading)
    yield from findings
    if samples is None or reading.scenario is None:
        return
    for one in ONES:
        if all(case.one != one for case in samples.cases):
            yield RuleFinding("samples_pass", _FILE, "cases", f"no case for the {one}", "add a case")
    if reading.scenario.evaluation.reports and not any(case.request.get("reports") for case in samples.cases):
        mend = "add a case of the evaluation with measures and the report that tells them"
        yield RuleFinding("samples_pass", _FILE, "cases", "no case reads a report", mend)
    for position, case in enumerate(samples.cases):
        place = f"cases.{position}"
        try:
            result = run_sample(reading, case)
        except InvalidInputError as error:
            mend = "correct the request: chalicelib/contract/exchange.py says its shape"
            for wrong in error.problems:
                reason = str(wrong.details.get("reason", wrong.code))
                yield RuleFinding("samples_pass", _FILE, f"{place}.request.{wrong.field}", reason, mend)
            continue
        except BrokenScenarioError:  # the module does not import: bronze has said so
            return
        except Exception as error:  # whatever a package's own handler raises is a finding on it
            problem = f"{case.label}: {type(error).__name__}: {error}"
            yield RuleFinding("samples_pass", _FILE, place, problem, "correct the request or the handler")
            continue
        for path, wanted in case.expect.items():
            try:
                found = at_path(result, path)
            except LookupError as error:
                problem = f"nothing at {path}: {error} ({case.label})"
                yield RuleFinding("samples_pass", _FILE, place, problem, "correct the path")
                continue
            if found != wanted:
                problem = f"{path} is {_json(found)}, expected {_json(wanted)} ({case.label})"
                yield RuleFinding("samples_pass", _FILE, place, problem, "correct the data or the case")


def _documents_render(reading: PackageReading, tools: Tools) -> Iterator[RuleFinding]:
    samples, _ = read_samples(reading)
    if reading.scenario is None or samples is None:
        return
    folder = reading.folder / "templates"
    named = {one.template for one in reading.scenario.inspection.documents if one.template}
    if not named:
        mend = "name the template of at least one document in inspection.json"
        yield RuleFinding("documents_render", "inspection.json", "documents", "no document has a template", mend)
    for stray in sorted({path.name for path in folder.glob("*.html")} - named):
        yield RuleFinding("documents_render", f"templates/{stray}", "", "no document uses it", "name it or remove it")
    for template in sorted(named):
        place, text = f"templates/{template}", ""
        if tools.render is None:
            yield RuleFinding("documents_render", place, "", "nothing to render with", "run the check with a renderer")
            continue
        try:
            text = tools.render(folder, template, {"scenario": reading.scenario, **samples.document})
        except Exception as error:  # whatever a template engine raises is a finding on the template
            problem = f"{type(error).__name__}: {error}"
            yield RuleFinding("documents_render", place, "", problem, "correct the template or the sample document")
            continue
        if not text.strip():
            yield RuleFinding("documents_render", place, "", "renders to nothing", "write the document")


def _strings_complete(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    manifest, labels = reading.part(Manifest), reading.labels
    for language in manifest.languages if manifest else ():
        file, texts = f"strings/{language}.json", reading.strings.get(language, {})
        if file in reading.unread:
            continue
        for key in labels:
            if not texts.get(key, "").strip():
                yield RuleFinding("strings_complete", file, key, f"no text for {labels[key]}", "translate it")
        for key in texts:
            if key not in labels and (key.partition(".")[0] in reading.parts or reading.scenario):
                yield RuleFinding("strings_complete", file, key, "no label has this key", "remove or rename it")


GOLD = (
    Rule("samples_pass", Tier.GOLD, "A sample subject goes through all four ones as expected", _samples_pass),
    Rule("documents_render", Tier.GOLD, "Documents render from the sample", _documents_render, True),
    Rule("strings_complete", Tier.GOLD, "Every label is translated", _strings_complete),
)
