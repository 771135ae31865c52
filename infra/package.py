"""Builds what is deployed: one zip and one template for both partitions, kept below Lambda's limits.

`python -m infra.package --out dist` stages a build folder (app.py, chalicelib, vendor with the scenarios and everything
that requirements.txt brings), lets Chalice zip it and generate its template, and lays infra/template.yaml and
infra/functions.yaml over that. Needs no credentials.

`--dependencies lambda` fetches wheels for Lambda's Python and system; `--dependencies environment` copies what is
installed here, without a network: tests open that zip and import from it, which one for another system would not allow.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

import yaml
from packaging.requirements import Requirement

from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.web.paths import CATCH_ALL
from chalicelib.web.render import COMPILED, compile_templates
from infra.gateway import gateway_responses
from infra.outside import drop_functions, ship_outside
from infra.template import INFRA, load_template

ROOT = INFRA.parent
MAX_UNPACKED_BYTES = 150_000_000
ZIP, TEMPLATE = "package.zip", "template.json"
OVERLAY = INFRA / "functions.yaml"

LAMBDA_PYTHON = "3.12"
# Amazon Linux 2023, on which Python 3.12 runs, has glibc 2.34.
LAMBDA_PLATFORMS = ("manylinux_2_34_x86_64", "manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")

_NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.po", "node_modules", ".*")

Json = dict[str, Any]


class PackageError(RuntimeError):
    """The package cannot be built; the message says why in one sentence."""


def build(out: Path, *, dependencies: str) -> tuple[Path, Path]:
    """Write the zip and the template to `out` and return their paths. dependencies: "lambda" or "environment"."""
    stage, made = out / "stage", out / "chalice"
    for folder in (stage, made):
        shutil.rmtree(folder, ignore_errors=True)
    stage_project(stage)
    refused = ship_outside(ScenarioRegistry(), stage / "vendor")
    for one in refused:
        print(f"left out: {one}", file=sys.stderr)
    if dependencies == "lambda":
        fetch_dependencies(stage / "vendor")
    else:
        copy_dependencies(stage / "vendor")
    if dependencies == "lambda":
        compile_bytecode(stage)
    run_chalice(stage, made)
    package, template = out / ZIP, out / TEMPLATE
    shutil.move(made / "deployment.zip", package)
    check_size(package)
    generated = json.loads((made / "sam.json").read_text("utf-8"))
    drop_functions(generated["Resources"], {one.name for one in refused if one.is_listed})
    template.write_text(json.dumps(finished_template(generated), indent=1, ensure_ascii=False), "utf-8")
    for folder in (stage, made):
        shutil.rmtree(folder)
    return package, template


def stage_project(stage: Path) -> None:
    """Copy what ships. Chalice takes app.py, chalicelib and vendor, and silently leaves out everything else."""
    shutil.copytree(ROOT / "chalicelib", stage / "chalicelib", ignore=_NOT_SHIPPED)
    compile_templates(stage / COMPILED.relative_to(ROOT))
    shutil.copytree(ROOT / "scenarios", stage / "vendor" / "scenarios", ignore=_NOT_SHIPPED)
    shutil.copy(ROOT / "app.py", stage / "app.py")
    (stage / ".chalice").mkdir()
    shutil.copy(ROOT / ".chalice" / "config.json", stage / ".chalice" / "config.json")
    # Dependencies are in vendor/ already: Chalice would install them once more.
    (stage / "requirements.txt").write_text("", "utf-8")
    links = [path for path in stage.rglob("*") if path.is_symlink()]
    if links:
        raise PackageError(f"Chalice leaves symbolic links out of the package: {links[0].relative_to(stage)}.")


def fetch_dependencies(vendor: Path) -> None:
    """Wheels for Lambda's Python and system, from the package index."""
    platforms = [option for platform in LAMBDA_PLATFORMS for option in ("--platform", platform)]
    arguments = ["--target", str(vendor), "--only-binary=:all:", "--implementation", "cp"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    command += [*arguments, "--python-version", LAMBDA_PYTHON, *platforms]
    command += ["-r", str(ROOT / "requirements.txt"), "-c", str(ROOT / "constraints.txt")]
    if subprocess.run(command, check=False).returncode:
        raise PackageError("The wheels for Lambda could not be fetched; pip's message is above.")
    shutil.rmtree(vendor / "bin", ignore_errors=True)


def compile_bytecode(stage: Path) -> None:
    """Bytecode of Lambda's Python beside every module: its disk cannot be written to, so that each cold start would
    compile everything again. Other versions of Python ignore these files; without the right one here none is made."""
    interpreter = shutil.which(f"python{LAMBDA_PYTHON}")
    probe = [interpreter or "", "-c", f"import sys; sys.exit('{LAMBDA_PYTHON}' != '%d.%d' % sys.version_info[:2])"]
    if not interpreter or subprocess.run(probe, capture_output=True, check=False).returncode:
        print(f"No python{LAMBDA_PYTHON} here: the package ships without bytecode, so that cold starts take longer.")
        return
    # Checked against nothing: the sources in the package do not change after it is built.
    command = [interpreter, "-m", "compileall", "-q", "-j", "0", "--invalidation-mode", "unchecked-hash", str(stage)]
    if subprocess.run(command, check=False).returncode:
        raise PackageError("The package could not be compiled; the compiler's message is above.")


def copy_dependencies(vendor: Path) -> None:
    """What requirements.txt names and all that it needs, as installed in this environment."""
    for found in shipped_distributions():
        for file in found.files or ():
            if ".." in file.parts or "__pycache__" in file.parts:
                continue
            source, target = Path(str(found.locate_file(file))), vendor / file
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)


def shipped_distributions() -> Iterator[Distribution]:
    """The distributions of requirements.txt and, through their metadata, of everything that they require."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    waiting = [Requirement(line) for line in lines if line and not line.startswith("#")]
    seen: set[str] = set()
    while waiting:
        requirement = waiting.pop()
        if requirement.name.lower() in seen:
            continue
        seen.add(requirement.name.lower())
        found = distribution(requirement.name)
        yield found
        for text in found.requires or ():
            needed = Requirement(text)
            extras = requirement.extras or {""}
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)


def run_chalice(stage: Path, made: Path) -> None:
    """`chalice package` in a process of its own, so that it imports the staged app and not ours."""
    script = Path(sys.executable).with_name("chalice")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "YIJIANSHI_"))}
    environment |= {"AWS_DEFAULT_REGION": "ap-southeast-1", "PYTHONDONTWRITEBYTECODE": "1"}
    # Absolute paths: --project-dir changes the working directory.
    command = [str(script), "--project-dir", str(stage.resolve()), "package", "--stage", "production"]
    command.append(str(made.resolve()))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackageError(f"Chalice could not package the project:\n{done.stdout}{done.stderr}")


def check_size(package: Path) -> int:
    """Unpacked size in bytes; PackageError above the limit (Lambda's own is 250 MB)."""
    with zipfile.ZipFile(package) as opened:
        size = sum(entry.file_size for entry in opened.infolist())
    if size > MAX_UNPACKED_BYTES:
        raise PackageError(f"The package is {size / 1e6:.0f} MB unpacked; the limit is {MAX_UNPACKED_BYTES / 1e6:.0f}.")
    return size


def finished_template(generated: Json) -> Json:
    """Chalice's template with our resources, roles, event sources and settings."""
    template: Json = merged(load_template(), generated)
    template["Resources"].update(gateway_responses())
    fold_paths(template["Resources"].get("RestAPI", {}))
    overlay: Json = yaml.safe_load(OVERLAY.read_text("utf-8"))
    template["Parameters"].update(overlay.pop("parameters"))
    every = overlay.pop("every")
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        function = "api_handler" if name == "APIHandler" else resource["Properties"]["Handler"].partition(".")[2]
        finish_function(resource["Properties"], function, every, overlay)
    return template


def fold_paths(api: Json) -> None:
    """One path for all, below API Gateway's limit of 300: `chalicelib/web/paths.py` finds the route."""
    if not api:
        return
    definition = api["Properties"]["DefinitionBody"]
    any_method: Json = dict(definition["paths"][CATCH_ALL]["get"])
    any_method.pop("parameters", None)
    greedy = [{"name": "proxy", "in": "path", "required": True, "type": "string"}]
    definition["paths"] = {
        "/": {"x-amazon-apigateway-any-method": any_method},
        CATCH_ALL: {"parameters": greedy, "x-amazon-apigateway-any-method": any_method},
    }


def finish_function(properties: Json, function: str, every: Json, overlay: Json) -> None:
    """Lay over one function what its groups say; a function that no group names is a scenario's."""
    named = {name for group in overlay.values() for name in group["functions"]}
    key = function if function in named else "<scenario>"
    properties.pop("Tags", None)
    properties["CodeUri"] = ZIP
    for group in ({"properties": every}, *(group for group in overlay.values() if key in group["functions"])):
        properties.update(merged(group["properties"], properties))
        for event in properties.get("Events", {}).values():
            event["Properties"].update(group.get("events", {}))


def merged(over: Any, under: Any) -> Any:
    """`over` laid on `under`, key by key; anything but two objects is replaced."""
    if isinstance(over, dict) and isinstance(under, dict) and not _is_function_call(over):
        return {**under, **{name: merged(value, under.get(name)) for name, value in over.items()}}
    return over


def _is_function_call(value: Json) -> bool:
    return len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.package", description="build the deployable package")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--dependencies", choices=("lambda", "environment"), default="lambda")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    try:
        package, template = build(arguments.out, dependencies=arguments.dependencies)
    except PackageError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{package}: {package.stat().st_size / 1e6:.0f} MB, {check_size(package) / 1e6:.0f} MB unpacked")
    print(f"{template}: {len(json.loads(template.read_text('utf-8'))['Resources'])} resources")
    return 0


if __name__ == "__main__":
    sys.exit(main())
