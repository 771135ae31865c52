"""Reads infra/template.yaml the way it is deployed: aliases resolved, the data role's policy generated."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml

INFRA = Path(__file__).parent
POLICIES = INFRA.parent / "chalicelib" / "storage" / "policies"

ANY_TENANT = "?" * 8
"""IAM's pattern for eight characters: the length of every tenant id."""


def load_template() -> dict[str, Any]:
    """The resources as one JSON-like document, fit for CloudFormation and for merging into Chalice's."""
    # A copy without shared parts, so that nobody who changes one place changes another.
    copy: dict[str, Any] = json.loads(_template_text())
    return copy


@cache
def _template_text() -> str:
    """As JSON: YAML of this size takes a tenth of a second to read."""
    template: dict[str, Any] = yaml.safe_load((INFRA / "template.yaml").read_text(encoding="utf-8"))
    template["Resources"]["DataRole"]["Properties"]["Policies"] = [
        {"PolicyName": "data", "PolicyDocument": {"Version": "2012-10-17", "Statement": data_role_statements()}}
    ]
    return json.dumps(template)


def data_role_statements() -> list[dict[str, Any]]:
    """The most that any scope may do, in any tenant: every Allow of the shipped policies.

    A Deny narrows one scope only (the tenant's scope may not write the evidence log, the sequencer's must), so it stays
    in the session policy, which is passed with every use of the role.
    """
    statements = []
    for path in sorted(POLICIES.glob("*.json")):
        text = path.read_text(encoding="utf-8").replace("${TenantId}", ANY_TENANT)
        for statement in json.loads(text)["Statement"]:
            if statement["Effect"] == "Allow":
                resources = statement["Resource"]
                names = [resources] if isinstance(resources, str) else resources
                sid = path.stem.title() + statement["Sid"]
                statements.append({**statement, "Sid": sid, "Resource": [_table_resource(name) for name in names]})
    return statements


def _table_resource(name: str) -> dict[str, str]:
    return {"Fn::Sub": name.replace("${TableArn}", "${Table.Arn}")}
