"""Writes the names of all operations of the services that the simulator speaks, as AWS's models have them.

python3 client-tests/python/aws_operations.py >sim/catalog/aws_operation_names.def
"""

import textwrap
from pathlib import Path

import botocore
import botocore.session

ROOT = Path(__file__).resolve().parents[2]

SERVICES = ["autoscaling", "ebs", "ec2", "kms", "rbin", "ssm", "sts", "tagging"]
# Those that botocore does not call as the credential scope does.
MODELS = {"tagging": "resourcegroupstaggingapi"}


def lines_of(service):
    model = botocore.session.get_session().get_service_model(MODELS.get(service, service))
    names = " ".join(sorted(model.operation_names))
    return textwrap.wrap(names, width=90, break_long_words=False)


def page():
    out = [f"/* Made by client-tests/python/aws_operations.py of botocore {botocore.__version__}. */"]
    for service in SERVICES:
        out.append(f"static const char *const {service}_names[] = {{")
        out += [f'    "{line}",' for line in lines_of(service)]
        out += ["    NULL,", "};"]
    return "\n".join(out) + "\n"


if __name__ == "__main__":
    print(page(), end="")
