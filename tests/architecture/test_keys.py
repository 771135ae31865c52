"""Keys come from one module, kinds are unique, and the shipped policies open a tenant's prefix and nothing more."""

import ast
import json
import re
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest

from chalicelib.storage.objects import ObjectStore
from chalicelib.storage.repository import Repository
from chalicelib.storage.scope import ScopeRole
from chalicelib.storage.store import Store
from infra.template import load_template
from tests.architecture.sources import IN_ONE, modules, strings, trees, walked
from tests.grouped import every

pytestmark = IN_ONE
KEYS = "chalicelib/storage/keys.py"
# The beginning of a partition or sort key: capitals and a separator, alone or inside an f-string.
KEY = re.compile(r"(^|#)(T|[A-Z][A-Z_]{2,})#")
POLICIES = {
    role: json.loads(files("chalicelib.storage").joinpath(f"policies/{role}.json").read_text()) for role in ScopeRole
}
STATEMENTS = [(role, statement) for role, policy in POLICIES.items() for statement in policy["Statement"]]
READS = {"GetItem", "BatchGetItem", "Query"}
WRITES = {"ConditionCheckItem", "PutItem", "UpdateItem", "DeleteItem"}
INDEXES = {
    index["IndexName"] for index in load_template()["Resources"]["Table"]["Properties"]["GlobalSecondaryIndexes"]
}


def every_repository() -> list[Repository[Any]]:
    class NoConnection:
        """The repositories are made without a table."""

    store = Store(NoConnection(), ObjectStore(lambda: None, ""))  # type: ignore[arg-type]
    return [one for one in vars(store).values() if isinstance(one, Repository)]


@every("module", modules(), lambda module: module.as_posix())
def test_no_other_module_spells_a_key(module):
    path = module.as_posix()

    assert path == KEYS or [one for one in strings(trees()[path]) if KEY.search(one[1])] == []


def test_the_rule_finds_keys_where_they_are():
    found = [text for _, text in strings(trees()[KEYS]) if KEY.search(text)]

    assert {"T#", "EVENT#"} <= set(found)
    assert len(found) > 8


def test_only_the_storage_knows_the_keys():
    importing = {
        path
        for path, tree in trees().items()
        if not path.startswith("chalicelib/storage/") and "storage import keys" in imports(tree)
    }

    assert {path for path in importing if not path.startswith("chalicelib/services/")} == set()


def imports(tree: Any) -> str:
    return "\n".join(ast.unparse(node) for node in walked(tree) if isinstance(node, ast.ImportFrom | ast.Import))


def test_every_kind_of_record_has_one_repository():
    kinds = Counter(one.model.KIND for one in every_repository())

    assert {kind for kind, count in kinds.items() if count > 1} == set()
    assert len(kinds) > 15


def test_every_kind_is_snake_case_and_no_prefix_of_another_ones_partition():
    kinds = [one.model.KIND for one in every_repository()]

    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", kind) for kind in kinds)
    reserved = {"mark", "list", "subj", "scen", "work", "due", "log", "pub", "cap", "number", "limit", "code", "sweep"}
    assert reserved.isdisjoint(kinds), "a record's partition would be taken for something else"


def _lists_keys(role, statement):
    """The one statement without a leading key: erasing a tenant begins with its keys, and reads nothing else."""
    if role is not ScopeRole.ERASER or statement["Action"] != ["dynamodb:Scan"]:
        return False
    condition = statement["Condition"]
    assert condition["ForAllValues:StringEquals"] == {"dynamodb:Attributes": ["pk", "sk"]}
    assert condition["Null"] == {"dynamodb:Attributes": "false"}
    assert condition["StringEqualsIfExists"] == {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}
    return bool(statement["Resource"] == ["${TableArn}"])


@pytest.mark.parametrize(
    ("role", "statement"), STATEMENTS, ids=lambda value: getattr(value, "value", "") or value["Sid"]
)
class TestPolicies:
    def test_actions_are_named_and_none_goes_around_the_leading_key(self, role, statement):
        names = {action.removeprefix("dynamodb:") for action in statement["Action"]}

        if _lists_keys(role, statement):
            return
        assert names <= READS | WRITES
        assert "NotAction" not in statement

    def test_resources_are_the_table_and_indexes_by_name(self, role, statement):
        allowed = {"${TableArn}", *(f"${{TableArn}}/index/{name}" for name in INDEXES)}

        assert set(statement["Resource"]) <= allowed
        assert "NotResource" not in statement

    def test_the_leading_key_must_be_there_and_lie_in_the_tenant(self, role, statement):
        condition = statement["Condition"]

        if _lists_keys(role, statement):
            return
        if statement["Effect"] == "Allow":
            assert set(condition) == {"ForAllValues:StringLike", "Null"}
            assert condition["Null"] == {"dynamodb:LeadingKeys": "false"}
            patterns = condition["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
        else:
            patterns = condition["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]
        assert patterns
        for pattern in patterns:
            assert re.fullmatch(r"T#\$\{TenantId\}#([A-Z]+#)*\*", pattern)


def test_the_reader_and_the_public_cannot_write():
    for role in (ScopeRole.READER, ScopeRole.PUBLIC):
        actions = {a.removeprefix("dynamodb:") for s in POLICIES[role]["Statement"] for a in s["Action"]}
        assert actions <= READS


def test_every_policy_file_belongs_to_a_role():
    shipped = {file.name for file in files("chalicelib.storage").joinpath("policies").iterdir()}

    assert shipped == {f"{role}.json" for role in ScopeRole}
