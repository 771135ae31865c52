"""Creates what infra/template.yaml describes in an emulated cloud, and says how the application finds it.

ministack takes the template itself through its CloudFormation; the few properties that it drops (time to live, object
lock, the alphabet of generated secrets) are then set from the same template. moto's CloudFormation knows neither
secrets nor user-pool clients, so there the table, queues, buckets and secrets are made by API calls from the template's
Properties. See infra/decisions/0010-local-cloud.md.
"""

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import boto3

from infra.local.by_hand import by_hand
from infra.template import load_template

REGION = "ap-southeast-1"
STACK = "yijianshi"
ACCESS_KEY = "test"


@dataclass(frozen=True)
class Resources:
    """Names of what was created. `user_pool_id` and the client ids are empty where identity lives elsewhere.

    identity_endpoint: where the user pool answers.
    """

    endpoint: str
    table_name: str
    jobs_queue_url: str
    events_queue_url: str
    outbound_queue_url: str
    files_bucket: str
    evidence_bucket: str
    signing_seed_secret: str
    application_secret_name: str
    data_role_arn: str = ""
    user_pool_id: str = ""
    web_client_id: str = ""
    machine_client_id: str = ""
    identity_endpoint: str = ""
    dead_letters: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """The variables that chalicelib.settings and the cloud's libraries read, identity left out."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": ACCESS_KEY,
            "AWS_EC2_METADATA_DISABLED": "true",
            "YIJIANSHI_TABLE_NAME": self.table_name,
            "YIJIANSHI_JOBS_QUEUE_URL": self.jobs_queue_url,
            "YIJIANSHI_EVENTS_QUEUE_URL": self.events_queue_url,
            "YIJIANSHI_OUTBOUND_QUEUE_URL": self.outbound_queue_url,
            "YIJIANSHI_FILES_BUCKET": self.files_bucket,
            "YIJIANSHI_EVIDENCE_BUCKET": self.evidence_bucket,
            "YIJIANSHI_UPLOAD_ORIGIN": self.endpoint,
            "YIJIANSHI_SIGNING_SEED_SECRET": self.signing_seed_secret,
            "YIJIANSHI_APPLICATION_SECRET_NAME": self.application_secret_name,
            "YIJIANSHI_DATA_ROLE_ARN": self.data_role_arn,
        }


def client(service: str, endpoint: str | None) -> Any:
    """A client of the emulated cloud (of moto in process when `endpoint` is None)."""
    make: Callable[..., Any] = boto3.client
    return make(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=ACCESS_KEY,
    )


def deploy(endpoint: str, base_url: str) -> Resources:
    """Deploy the template to ministack, or bring a stack that is there up to date. Returns within seconds.

    base_url: where the browser reaches the site; sign-in returns there. Raises RuntimeError with the emulator's reason.
    """
    cloud = partial(client, endpoint=endpoint)
    outputs = _deploy_stack(cloud("cloudformation"), base_url)
    queues = cloud("sqs")

    def queue_url(url: str) -> str:
        # The port may be another than when the stack was made.
        found: str = queues.get_queue_url(QueueName=url.rsplit("/", 1)[-1])["QueueUrl"]
        return found

    resources = Resources(
        endpoint=endpoint,
        table_name=outputs["TableName"],
        jobs_queue_url=queue_url(outputs["JobsQueueUrl"]),
        events_queue_url=queue_url(outputs["EventsQueueUrl"]),
        outbound_queue_url=queue_url(outputs["OutboundQueueUrl"]),
        files_bucket=outputs["FilesBucketName"],
        evidence_bucket=outputs["EvidenceBucketName"],
        signing_seed_secret=outputs["SigningSeedSecret"],
        application_secret_name=outputs["ApplicationSecretName"],
        data_role_arn=outputs["DataRoleArn"],
        user_pool_id=outputs.get("UserPoolId", ""),
        web_client_id=outputs.get("WebClientId", ""),
        machine_client_id=outputs.get("MachineClientId", ""),
        identity_endpoint=endpoint,
    )
    _complete(resources)
    return resources


def create_by_hand(endpoint: str | None) -> Resources:
    """The same table, queues, buckets and secrets by API calls: for moto, in process (None) or as a server."""
    return Resources(endpoint=endpoint or "", **by_hand(load_template(), partial(client, endpoint=endpoint)))


def _deploy_stack(cloudformation: Any, base_url: str) -> dict[str, str]:
    request = {
        "StackName": STACK,
        "TemplateBody": json.dumps(load_template()),
        "Parameters": [{"ParameterKey": "PublicBaseUrl", "ParameterValue": base_url}],
        "Capabilities": ["CAPABILITY_IAM"],
    }
    try:
        cloudformation.create_stack(**request)
    except cloudformation.exceptions.AlreadyExistsException:
        try:
            cloudformation.update_stack(**request)
        except cloudformation.exceptions.ClientError as error:
            if "No updates" not in str(error):
                raise
    while True:
        stack = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
        if not stack["StackStatus"].endswith("IN_PROGRESS"):
            break
        time.sleep(0.05)
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise RuntimeError(f"{stack['StackStatus']}: {_failures(cloudformation)}")
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _failures(cloudformation: Any) -> str:
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    return "; ".join(
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in events
        if event["ResourceStatus"].endswith("_FAILED")
    )


def _complete(resources: Resources) -> None:
    """What ministack's CloudFormation drops, from the same template. Harmless to repeat."""
    described = load_template()["Resources"]
    cloud = partial(client, endpoint=resources.endpoint)
    table = cloud("dynamodb")
    ttl = table.describe_time_to_live(TableName=resources.table_name)["TimeToLiveDescription"]
    if ttl["TimeToLiveStatus"] == "DISABLED":
        table.update_time_to_live(
            TableName=resources.table_name,
            TimeToLiveSpecification=described["Table"]["Properties"]["TimeToLiveSpecification"],
        )
    vault = cloud("secretsmanager")
    for name in (resources.signing_seed_secret, resources.application_secret_name):
        if not _is_hexadecimal(vault.get_secret_value(SecretId=name)["SecretString"]):
            vault.put_secret_value(SecretId=name, SecretString=secrets.token_hex(32))
    cloud("s3").put_object_lock_configuration(
        Bucket=resources.evidence_bucket,
        ObjectLockConfiguration=described["EvidenceBucket"]["Properties"]["ObjectLockConfiguration"],
    )


def _is_hexadecimal(text: str) -> bool:
    return len(text) == 64 and all(digit in "0123456789abcdef" for digit in text)
