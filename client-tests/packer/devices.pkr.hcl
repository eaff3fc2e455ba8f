# amazon-ebs in HCL: more disks at the launch and in the image, the network chosen by filters, all tags.
variable "endpoint" {
  type = string # from PKR_VAR_endpoint
}

variable "source" {
  type    = string
  default = "al2023-ami-2023.*-arm64"
}

variable "instance_type" {
  type    = string
  default = "m6g.large"
}

variable "spot_price" {
  type    = string
  default = ""
}

variable "ena" {
  type    = bool
  default = true
}

variable "encrypted" {
  type    = bool
  default = true
}

variable "groups" {
  type    = list(string)
  default = []
}

source "amazon-ebs" "devices" {
  communicator            = "none"
  region                  = "eu-west-1"
  custom_endpoint_ec2     = var.endpoint
  skip_region_validation  = true
  skip_metadata_api_check = true

  instance_type               = var.instance_type
  spot_price                  = var.spot_price
  associate_public_ip_address = true
  ebs_optimized               = true
  ena_support                 = var.ena
  shutdown_behavior           = "terminate"
  user_data                   = "#!/bin/sh\n"
  vpc_filter {
    filters = { isDefault = "true" }
  }
  subnet_filter {
    filters   = { "availability-zone" = "eu-west-1b" }
    most_free = true
  }
  source_ami_filter {
    owners      = ["amazon"]
    filters     = { name = var.source, root-device-type = "ebs" }
    most_recent = true
  }

  ami_name                = "devices"
  ami_description         = "of {{ .SourceAMI }}"
  ami_virtualization_type = "hvm"
  ami_groups              = var.groups
  run_tags                = { Stage = "building", Base = "{{ .SourceAMI }}" }
  run_volume_tags         = { Stage = "building" }
  tags                    = { Base = "{{ .SourceAMIName }}", Region = "{{ .BuildRegion }}" }
  snapshot_tags           = { Stage = "golden" }

  launch_block_device_mappings {
    device_name           = "/dev/xvda"
    volume_type           = "gp2"
    volume_size           = 20
    delete_on_termination = true
  }
  launch_block_device_mappings {
    device_name           = "/dev/sdf"
    volume_type           = "io1"
    volume_size           = 6
    iops                  = 120
    encrypted             = var.encrypted
    delete_on_termination = true
  }
  ami_block_device_mappings {
    device_name  = "/dev/sdg"
    virtual_name = "ephemeral0"
  }
  ami_block_device_mappings {
    device_name           = "/dev/sdh"
    volume_type           = "gp2"
    volume_size           = 5
    delete_on_termination = true
  }
}

build {
  sources = ["source.amazon-ebs.devices"]
}
