"""Makes the template's table, queues, buckets and secrets by API calls, where CloudFormation is of no use."""

import json
import secrets
from collections.abc import Callable
from typing import Any

Template = dict[str, Any]
Cloud = Callable[[str], Any]

NAME = "yijianshi"
_BUCKETS = {"FilesBucket": "files", "EvidenceBucket": "evidence"}
_QUEUE_ATTRIBUTES = (
    "FifoQueue",
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "FifoThroughputLimit",
    "VisibilityTimeout",
    "MessageRetentionPeriod",
)


def by_hand(template: Template, cloud: Cloud) -> dict[str, Any]:
    """Create everything and return the names, as the fields of `Resources`."""
    described = {name: resource.get("Properties", {}) for name, resource in template["Resources"].items()}
    create_table(cloud("dynamodb"), described["Table"])
    expiry = described["Table"]["TimeToLiveSpecification"]
    cloud("dynamodb").update_time_to_live(TableName=NAME, TimeToLiveSpecification=expiry)
    urls = create_queues(cloud("sqs"), described)
    buckets = _create_buckets(cloud("s3"), described)
    vault = cloud("secretsmanager")
    for name in (f"{NAME}-signing-seed", f"{NAME}-application"):
        vault.create_secret(Name=name, SecretString=secrets.token_hex(32))
    return {
        "table_name": NAME,
        "jobs_queue_url": urls["JobsQueue"],
        "events_queue_url": urls["EventsQueue"],
        "outbound_queue_url": urls["OutboundQueue"],
        "files_bucket": buckets["FilesBucket"],
        "evidence_bucket": buckets["EvidenceBucket"],
        "signing_seed_secret": f"{NAME}-signing-seed",
        "application_secret_name": f"{NAME}-application",
        "dead_letters": {name: url for name, url in urls.items() if name.endswith("DeadLetters")},
    }


def create_table(dynamodb: Any, properties: dict[str, Any], name: str = NAME) -> None:
    """The table with its indexes and its stream. Time to live is the caller's: it goes by the clock on the wall."""
    dynamodb.create_table(
        TableName=name,
        BillingMode=properties["BillingMode"],
        AttributeDefinitions=properties["AttributeDefinitions"],
        KeySchema=properties["KeySchema"],
        GlobalSecondaryIndexes=properties["GlobalSecondaryIndexes"],
        StreamSpecification={"StreamEnabled": True, **properties["StreamSpecification"]},
    )


def create_queues(sqs: Any, described: dict[str, Any]) -> dict[str, str]:
    """Queues by their name in the template; dead-letter queues first, since the others point at them."""
    queues = {name: properties for name, properties in described.items() if name.endswith(("Queue", "DeadLetters"))}
    urls: dict[str, str] = {}
    for name, properties in sorted(queues.items(), key=lambda entry: "RedrivePolicy" in entry[1]):
        attributes = {key: _text(properties[key]) for key in _QUEUE_ATTRIBUTES if key in properties}
        if redrive := properties.get("RedrivePolicy"):
            target = urls[redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]]
            arn = sqs.get_queue_attributes(QueueUrl=target, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
            attributes["RedrivePolicy"] = json.dumps(
                {"deadLetterTargetArn": arn, "maxReceiveCount": redrive["maxReceiveCount"]}
            )
        suffix = ".fifo" if properties.get("FifoQueue") else ""
        urls[name] = sqs.create_queue(QueueName=f"{NAME}-{name}{suffix}", Attributes=attributes)["QueueUrl"]
    return urls


def _create_buckets(s3: Any, described: dict[str, Any]) -> dict[str, str]:
    names: dict[str, str] = {}
    for resource, suffix in _BUCKETS.items():
        properties = described[resource]
        names[resource] = f"{NAME}-{suffix}"
        s3.create_bucket(
            Bucket=names[resource],
            CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name},
            ObjectLockEnabledForBucket=properties.get("ObjectLockEnabled", False),
        )
        s3.put_bucket_versioning(Bucket=names[resource], VersioningConfiguration=properties["VersioningConfiguration"])
        if lock := properties.get("ObjectLockConfiguration"):
            s3.put_object_lock_configuration(Bucket=names[resource], ObjectLockConfiguration=lock)
    return names


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
