# What an image builder keeps with Terraform: an instance, its image, copies, snapshots and who may use them.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {}

variable "stage" {
  type = string
}

locals {
  friend = "210987654321"
  second = var.stage == "two"
}

data "aws_caller_identity" "me" {}

data "aws_ami" "base" {
  most_recent = true
  owners      = ["amazon"]
  filter {
    name   = "name"
    values = ["al2023-ami-2023*-x86_64"]
  }
}

data "aws_ssm_parameter" "base" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

resource "aws_key_pair" "builder" {
  key_name   = "builder"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0kBkGQ4QnU0Hq4mAmSLJxmEAfqhW5ZbHnXd8vV7b4R builder"
}

resource "aws_security_group" "builder" {
  name        = "builder"
  description = "for builders"
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

resource "aws_kms_key" "images" {
  description             = "images"
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "images" {
  name          = "alias/images"
  target_key_id = aws_kms_key.images.key_id
}

resource "aws_instance" "builder" {
  ami                     = data.aws_ami.base.id
  instance_type           = "t3.micro"
  key_name                = aws_key_pair.builder.key_name
  vpc_security_group_ids  = [aws_security_group.builder.id]
  user_data               = "#!/bin/sh\necho hello\n"
  disable_api_termination = local.second ? false : true
  metadata_options {
    http_tokens   = "required"
    http_endpoint = "enabled"
  }
  root_block_device {
    volume_size = local.second ? 14 : 12
    encrypted   = true
    kms_key_id  = aws_kms_key.images.arn
    tags        = { Name = "root" }
  }
  tags = { Name = "builder", Stage = var.stage }
}

resource "aws_ebs_volume" "data" {
  availability_zone = aws_instance.builder.availability_zone
  size              = local.second ? 4 : 3
  type              = "gp3"
  throughput        = local.second ? 200 : 125
  tags              = { Name = "data", Stage = var.stage }
}

resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdg"
  volume_id   = aws_ebs_volume.data.id
  instance_id = aws_instance.builder.id
}

resource "aws_ebs_snapshot" "data" {
  volume_id   = aws_ebs_volume.data.id
  description = "data"
  tags        = { Name = "data", Stage = var.stage }
}

resource "aws_ebs_snapshot_copy" "data" {
  source_snapshot_id = aws_ebs_snapshot.data.id
  source_region      = "us-east-1"
  encrypted          = true
  kms_key_id         = aws_kms_key.images.arn
  tags               = { Name = "copy", Stage = var.stage }
}

resource "aws_snapshot_create_volume_permission" "friend" {
  snapshot_id = aws_ebs_snapshot.data.id
  account_id  = local.friend
}

resource "aws_ami" "registered" {
  name                = "registered"
  virtualization_type = "hvm"
  root_device_name    = "/dev/xvda"
  description         = "stage ${var.stage}"
  imds_support        = "v2.0"
  ena_support         = true
  deprecation_time    = local.second ? "2031-01-01T00:00:00Z" : "2030-01-01T00:00:00Z"
  ebs_block_device {
    device_name = "/dev/xvda"
    snapshot_id = aws_ebs_snapshot.data.id
    volume_type = "gp3"
    volume_size = 5
  }
  tags = { Name = "registered", Stage = var.stage }
}

resource "aws_ami_from_instance" "image" {
  name               = "image"
  source_instance_id = aws_instance.builder.id
  depends_on         = [aws_volume_attachment.data]
  tags               = { Stage = var.stage }
}

resource "aws_ami_copy" "copy" {
  name              = "copy"
  description       = "stage ${var.stage}"
  source_ami_id     = aws_ami.registered.id
  source_ami_region = "us-east-1"
  encrypted         = true
  kms_key_id        = aws_kms_key.images.arn
  tags              = { Stage = var.stage }
}

resource "aws_ami_launch_permission" "friend" {
  image_id   = aws_ami.registered.id
  account_id = local.friend
}

resource "aws_launch_template" "golden" {
  name          = "golden"
  image_id      = aws_ami_from_instance.image.id
  instance_type = local.second ? "t3.small" : "t3.micro"
}

resource "aws_ssm_parameter" "golden" {
  name      = "/images/golden"
  type      = "String"
  data_type = "aws:ec2:image"
  value     = local.second ? aws_ami_copy.copy.id : aws_ami_from_instance.image.id
  tags      = { Stage = var.stage }
}

output "account" {
  value = data.aws_caller_identity.me.account_id
}

output "public" {
  value = nonsensitive(data.aws_ssm_parameter.base.value)
}
