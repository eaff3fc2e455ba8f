# Every resource of the AWS provider that is about images, and what they stand on. Terraform 0.11.
variable "endpoint" {}

variable "stage" {
  default = "new"
}

variable "size" {
  default = 10
}

provider "aws" {
  region     = "us-east-1"
  access_key = "123456789012"
  secret_key = "anything"

  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true

  endpoints {
    ec2 = "${var.endpoint}"
    kms = "${var.endpoint}"
    sts = "${var.endpoint}"
  }
}

provider "aws" {
  alias      = "ireland"
  region     = "eu-west-1"
  access_key = "123456789012"
  secret_key = "anything"

  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true

  endpoints {
    ec2 = "${var.endpoint}"
    kms = "${var.endpoint}"
    sts = "${var.endpoint}"
  }
}

data "aws_ami" "base" {
  owners      = ["amazon"]
  most_recent = true

  filter {
    name   = "name"
    values = ["al2023-ami-2023.*-x86_64"]
  }
}

resource "aws_key_pair" "builder" {
  key_name   = "builder"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJjVbzNG1cTUk0n7DWOe8Q1Pm5gQqp0pVgYl6cm8zQqM builder"
}

resource "aws_security_group" "builder" {
  name        = "builder"
  description = "of the builder"

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_instance" "builder" {
  ami                    = "${data.aws_ami.base.id}"
  instance_type          = "t3.micro"
  key_name               = "${aws_key_pair.builder.key_name}"
  vpc_security_group_ids = ["${aws_security_group.builder.id}"]

  root_block_device {
    volume_size = 10
    volume_type = "gp2"
  }

  tags {
    Name  = "builder"
    Stage = "${var.stage}"
  }
}

resource "aws_ebs_volume" "data" {
  availability_zone = "us-east-1a"
  size              = "${var.size}"
  type              = "gp2"

  tags {
    Stage = "${var.stage}"
  }
}

resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdg"
  volume_id   = "${aws_ebs_volume.data.id}"
  instance_id = "${aws_instance.builder.id}"
}

resource "aws_ebs_snapshot" "data" {
  volume_id   = "${aws_ebs_volume.data.id}"
  description = "of the data"

  tags {
    Stage = "${var.stage}"
  }
}

resource "aws_kms_key" "ireland" {
  provider                = "aws.ireland"
  description             = "of the copies"
  deletion_window_in_days = 7
}

resource "aws_ebs_snapshot_copy" "data" {
  provider           = "aws.ireland"
  source_snapshot_id = "${aws_ebs_snapshot.data.id}"
  source_region      = "us-east-1"
  encrypted          = true
  kms_key_id         = "${aws_kms_key.ireland.arn}"
}

resource "aws_ami_from_instance" "golden" {
  name               = "golden"
  source_instance_id = "${aws_instance.builder.id}"
  description        = "stage ${var.stage}"
  depends_on         = ["aws_volume_attachment.data"]

  tags {
    Stage = "${var.stage}"
  }
}

resource "aws_ami" "registered" {
  name                = "registered"
  virtualization_type = "hvm"
  root_device_name    = "/dev/xvda"
  ena_support         = true

  ebs_block_device {
    device_name = "/dev/xvda"
    snapshot_id = "${aws_ebs_snapshot.data.id}"
    volume_size = 20
  }

  ephemeral_block_device {
    device_name  = "/dev/sdb"
    virtual_name = "ephemeral0"
  }

  tags {
    Stage = "${var.stage}"
  }
}

resource "aws_ami_copy" "ireland" {
  provider          = "aws.ireland"
  name              = "golden"
  source_ami_id     = "${aws_ami_from_instance.golden.id}"
  source_ami_region = "us-east-1"
  encrypted         = true
  kms_key_id        = "${aws_kms_key.ireland.arn}"
}

resource "aws_ami_launch_permission" "friend" {
  image_id   = "${aws_ami_from_instance.golden.id}"
  account_id = "210987654321"
}

resource "aws_snapshot_create_volume_permission" "friend" {
  snapshot_id = "${aws_ebs_snapshot.data.id}"
  account_id  = "210987654321"
}
