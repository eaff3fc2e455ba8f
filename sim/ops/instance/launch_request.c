/* The parameters of RunInstances. Launch templates read their data with the same tables. */
#include "ops/instance/launch_request.h"
#include "request/tag_spec.h"

#define IPV6_WHY "the simulated network is IPv4 only"
#define PREFIX_WHY "prefixes of addresses are not simulated"
#define OUTPOST_WHY "Outposts are not simulated"
#define RETIRED_WHY "AWS no longer offers it"

static const char *const on_off[] = { "enabled", "disabled", NULL };

#define EBS_ROWS                                                                                   \
    { "Encrypted", BOOL(struct launch_ebs, encrypted) },                                           \
        { "DeleteOnTermination", BOOL(struct launch_ebs, delete_on_termination) },                 \
        { "Iops", INT(struct launch_ebs, iops) }, { "KmsKeyId", TEXT(struct launch_ebs, key) },    \
        { "SnapshotId", TEXT(struct launch_ebs, snapshot) },                                       \
        { "VolumeSize", INT(struct launch_ebs, size) },                                            \
        { "VolumeType", TEXT(struct launch_ebs, type) },                                           \
        { "Throughput", INT(struct launch_ebs, throughput) },                                      \
        { "VolumeInitializationRate", INT(struct launch_ebs, initialization_rate) },               \
    {                                                                                              \
        "EbsCardIndex", REFUSED(INT, "instance types with several EBS cards are not simulated")    \
    }

static const struct param ebs_params[] = {
    EBS_ROWS,
    { "OutpostArn", REFUSED(TEXT, OUTPOST_WHY) },
    { "AvailabilityZone",
      REFUSED(TEXT, "AWS takes it with other operations than RunInstances only") },
    { "AvailabilityZoneId",
      REFUSED(TEXT, "AWS takes it with other operations than RunInstances only") },
    { 0 },
};

static const struct param mapping_params[] = {
    { "Ebs", STRUCT(struct launch_mapping, ebs, ebs_params),
      .there = offsetof(struct launch_mapping, has_ebs) },
    { "NoDevice", TEXT(struct launch_mapping, no_device), .flags = PARAM_EMPTY },
    { "DeviceName", TEXT(struct launch_mapping, device) },
    { "VirtualName", TEXT(struct launch_mapping, virtual_name) },
    { 0 },
};

static const struct param address_params[] = {
    { "Primary", BOOL(struct launch_address, primary) },
    { "PrivateIpAddress", TEXT(struct launch_address, address) },
    { 0 },
};

static const char *const interface_types[] = { "interface", NULL };

static const struct param interface_params[] = {
    { "AssociatePublicIpAddress", BOOL(struct launch_interface, public_ip) },
    { "DeleteOnTermination", BOOL(struct launch_interface, delete_on_termination) },
    { "Description", TEXT(struct launch_interface, description) },
    { "DeviceIndex", INT(struct launch_interface, device_index) },
    { "SecurityGroupId", TEXTS(struct launch_interface, groups) },
    { "Ipv6AddressCount", REFUSED(INT, IPV6_WHY) },
    { "Ipv6Addresses", REFUSED(LIST, IPV6_WHY) },
    { "NetworkInterfaceId", TEXT(struct launch_interface, id) },
    { "PrivateIpAddress", TEXT(struct launch_interface, address) },
    { "PrivateIpAddresses",
      LIST(struct launch_interface, addresses, struct launch_address, address_params) },
    { "SecondaryPrivateIpAddressCount", REFUSED(INT, "interfaces have one address each") },
    { "SubnetId", TEXT(struct launch_interface, subnet) },
    { "AssociateCarrierIpAddress", REFUSED(BOOL, "Wavelength Zones are not simulated") },
    { "InterfaceType", TEXT(struct launch_interface, type), .values = interface_types },
    { "NetworkCardIndex", INT(struct launch_interface, card_index) },
    { "Ipv4Prefix", REFUSED(LIST, PREFIX_WHY) },
    { "Ipv4PrefixCount", REFUSED(INT, PREFIX_WHY) },
    { "Ipv6Prefix", REFUSED(LIST, PREFIX_WHY) },
    { "Ipv6PrefixCount", REFUSED(INT, PREFIX_WHY) },
    { "PrimaryIpv6", REFUSED(BOOL, IPV6_WHY) },
    { "EnaSrdSpecification", REFUSED(STRUCT, "no traffic is simulated") },
    { "ConnectionTrackingSpecification", REFUSED(STRUCT, "no traffic is simulated") },
    { "EnaQueueCount", REFUSED(INT, "no traffic is simulated") },
    { 0 },
};

static const struct param monitoring_params[] = {
    { "MetricCategoryId", REFUSED(TEXTS, "metrics are not simulated") },
    { "Enabled", BOOL(struct launch_switch, on), .flags = PARAM_REQUIRED },
    { 0 },
};

static const char *const tenancies[] = { "default", "dedicated", "host", NULL };

static const struct param placement_params[] = {
    { "AvailabilityZoneId", TEXT(struct launch_placement, zone_id) },
    { "Affinity", REFUSED(TEXT, "Dedicated Hosts are not simulated") },
    { "GroupName", TEXT(struct launch_placement, group) },
    { "PartitionNumber", REFUSED(INT, "placement groups are not simulated") },
    { "HostId", REFUSED(TEXT, "Dedicated Hosts are not simulated") },
    { "Tenancy", TEXT(struct launch_placement, tenancy), .values = tenancies },
    { "SpreadDomain", REFUSED(TEXT, "AWS reserves it") },
    { "HostResourceGroupArn", REFUSED(TEXT, "Dedicated Hosts are not simulated") },
    { "GroupId", REFUSED(TEXT, "placement groups are not simulated") },
    { "AvailabilityZone", TEXT(struct launch_placement, zone) },
    { 0 },
};

static const struct param template_params[] = {
    { "LaunchTemplateId", TEXT(struct launch_template_ref, id) },
    { "LaunchTemplateName", TEXT(struct launch_template_ref, name) },
    { "Version", TEXT(struct launch_template_ref, version) },
    { 0 },
};

static const char *const credit_modes[] = { "standard", "unlimited", NULL };

static const struct param credit_params[] = {
    { "CpuCredits", TEXT(struct text_value, value), .flags = PARAM_REQUIRED,
      .values = credit_modes },
    { 0 },
};

static const struct param cpu_params[] = {
    { "CoreCount", INT(struct launch_cpu, cores) },
    { "ThreadsPerCore", INT(struct launch_cpu, threads) },
    { "AmdSevSnp", REFUSED(TEXT, "no code runs on the instances") },
    { "NestedVirtualization", REFUSED(TEXT, "no code runs on the instances") },
    { 0 },
};

static const char *const capacity_preferences[] = { "open", "none", NULL };

static const struct param capacity_params[] = {
    { "CapacityReservationPreference", TEXT(struct text_value, value),
      .values = capacity_preferences },
    { "CapacityReservationTarget", REFUSED(STRUCT, "Capacity Reservations are not simulated") },
    { 0 },
};

static const struct param hibernation_params[] = {
    { "Configured", BOOL(struct launch_switch, on) },
    { 0 },
};

static const struct param enclave_params[] = {
    { "Enabled", BOOL(struct launch_switch, on) },
    { 0 },
};

static const char *const token_modes[] = { "optional", "required", NULL };

static const struct param metadata_params[] = {
    { "HttpTokens", TEXT(struct launch_metadata, tokens), .values = token_modes },
    { "HttpPutResponseHopLimit", INT(struct launch_metadata, hop_limit), .min = 1, .max = 64 },
    { "HttpEndpoint", TEXT(struct launch_metadata, endpoint), .values = on_off },
    { "HttpProtocolIpv6", TEXT(struct launch_metadata, ipv6), .values = on_off },
    { "InstanceMetadataTags", TEXT(struct launch_metadata, tags), .values = on_off },
    { 0 },
};

static const char *const hostname_types[] = { "ip-name", "resource-name", NULL };

static const struct param dns_params[] = {
    { "HostnameType", TEXT(struct launch_dns, type), .values = hostname_types },
    { "EnableResourceNameDnsARecord", BOOL(struct launch_dns, a_record) },
    { "EnableResourceNameDnsAAAARecord", BOOL(struct launch_dns, aaaa_record) },
    { 0 },
};

static const char *const recovery_modes[] = { "default", "disabled", NULL };

static const struct param maintenance_params[] = {
    { "AutoRecovery", TEXT(struct text_value, value), .values = recovery_modes },
    { 0 },
};

static const char *const weightings[] = { "default", "vpc-1", "ebs-1", NULL };

static const struct param performance_params[] = {
    { "BandwidthWeighting", TEXT(struct text_value, value), .values = weightings },
    { 0 },
};

static const struct param profile_params[] = {
    { "Arn", TEXT(struct launch_profile, arn) },
    { "Name", TEXT(struct launch_profile, name) },
    { 0 },
};

static const char *const shutdown_behaviors[] = { "stop", "terminate", NULL };

/* What RunInstances and the data of a launch template are told in the same words. */
#define LAUNCH_ROWS                                                                                \
    { "ImageId", TEXT(struct run_instances, image) },                                              \
        { "KeyName", TEXT(struct run_instances, key_name) },                                       \
        { "Placement", STRUCT(struct run_instances, placement, placement_params) },                \
        { "SecurityGroupId", TEXTS(struct run_instances, groups) },                                \
        { "SecurityGroup", TEXTS(struct run_instances, group_names) },                             \
        { "ElasticGpuSpecification", REFUSED(LIST, RETIRED_WHY) },                                 \
        { "ElasticInferenceAccelerator", REFUSED(LIST, RETIRED_WHY) },                             \
        { "InstanceMarketOptions",                                                                 \
          REFUSED(STRUCT, "Spot Instances and capacity blocks are not simulated") },               \
        { "CreditSpecification", STRUCT(struct run_instances, credits, credit_params) },           \
        { "CpuOptions", STRUCT(struct run_instances, cpu, cpu_params) },                           \
        { "CapacityReservationSpecification",                                                      \
          STRUCT(struct run_instances, capacity, capacity_params) },                               \
        { "HibernationOptions", STRUCT(struct run_instances, hibernation, hibernation_params) },   \
        { "LicenseSpecification", REFUSED(LIST, "License Manager is not simulated") },             \
        { "MetadataOptions", STRUCT(struct run_instances, metadata, metadata_params) },            \
        { "EnclaveOptions", STRUCT(struct run_instances, enclave, enclave_params) },               \
        { "PrivateDnsNameOptions", STRUCT(struct run_instances, dns, dns_params) },                \
        { "MaintenanceOptions", STRUCT(struct run_instances, recovery, maintenance_params) },      \
        { "DisableApiStop", BOOL(struct run_instances, protected_from_stop) },                     \
        { "NetworkPerformanceOptions",                                                             \
          STRUCT(struct run_instances, bandwidth, performance_params) },                           \
        { "Operator", REFUSED(STRUCT, "AWS's services use it, not its customers") },               \
        { "SecondaryInterface", REFUSED(LIST, "secondary networks are not simulated") },           \
        { "DisableApiTermination", BOOL(struct run_instances, protected_from_termination) },       \
        { "InstanceInitiatedShutdownBehavior", TEXT(struct run_instances, shutdown_behavior),      \
          .values = shutdown_behaviors },                                                          \
        { "NetworkInterface",                                                                      \
          LIST(struct run_instances, interfaces, struct launch_interface, interface_params) },     \
        { "IamInstanceProfile", STRUCT(struct run_instances, profile, profile_params) },           \
    {                                                                                              \
        "EbsOptimized", BOOL(struct run_instances, ebs_optimized)                                  \
    }

const struct param run_instances_params[] = {
    LAUNCH_ROWS,
    { "BlockDeviceMapping",
      LIST(struct run_instances, mappings, struct launch_mapping, mapping_params) },
    /* what AWS takes where none is named [guide]; no image of today starts on it */
    { "InstanceType", TEXT(struct run_instances, type), .otherwise = "m1.small" },
    { "Ipv6AddressCount", REFUSED(INT, IPV6_WHY) },
    { "Ipv6Address", REFUSED(LIST, IPV6_WHY) },
    { "KernelId", TEXT(struct run_instances, kernel), .id = "aki-" },
    { "MaxCount", INT(struct run_instances, max_count), .flags = PARAM_REQUIRED },
    { "MinCount", INT(struct run_instances, min_count), .flags = PARAM_REQUIRED },
    { "Monitoring", STRUCT(struct run_instances, monitoring, monitoring_params) },
    { "RamdiskId", TEXT(struct run_instances, ramdisk), .id = "ari-" },
    { "SubnetId", TEXT(struct run_instances, subnet) },
    { "UserData", TEXT(struct run_instances, user_data) }, /* base64: checked by the handler */
    { "TagSpecification", TAG_SPECS(struct run_instances, tag_specs,
                                    "instance volume network-interface"
                                    " spot-instances-request elastic-gpu") },
    { "LaunchTemplate", STRUCT(struct run_instances, template, template_params),
      .there = offsetof(struct run_instances, has_template) },
    { "EnablePrimaryIpv6", REFUSED(BOOL, IPV6_WHY) },
    { "PrivateIpAddress", TEXT(struct run_instances, address) },
    { "ClientToken", TEXT(struct run_instances, token) },
    { "AdditionalInfo", IGNORED(TEXT, "AWS reserves it and shows no effect") },
    { 0 },
};

/* ---- The data of a launch template: much the same under nearly the same names ---- */

static const struct param template_ebs_params[] = {
    EBS_ROWS,
    { 0 },
};

static const struct param template_mapping_params[] = {
    { "DeviceName", TEXT(struct launch_mapping, device) },
    { "VirtualName", TEXT(struct launch_mapping, virtual_name) },
    { "Ebs", STRUCT(struct launch_mapping, ebs, template_ebs_params),
      .there = offsetof(struct launch_mapping, has_ebs) },
    { "NoDevice", TEXT(struct launch_mapping, no_device), .flags = PARAM_EMPTY },
    { 0 },
};

static const struct param template_monitoring_params[] = {
    { "Enabled", BOOL(struct launch_switch, on) },
    { "MetricCategoryId", REFUSED(TEXTS, "metrics are not simulated") },
    { 0 },
};

const struct param launch_template_data_params[] = {
    LAUNCH_ROWS,
    { "KernelId", TEXT(struct run_instances, kernel) },
    { "BlockDeviceMapping",
      LIST(struct run_instances, mappings, struct launch_mapping, template_mapping_params) },
    { "InstanceType", TEXT(struct run_instances, type) },
    { "Monitoring", STRUCT(struct run_instances, monitoring, template_monitoring_params) },
    { "RamDiskId", TEXT(struct run_instances, ramdisk) },
    { "UserData", TEXT(struct run_instances, user_data) },
    { "TagSpecification", LIST(struct run_instances, tag_specs, struct tag_spec, tag_spec_params) },
    { "InstanceRequirements",
      REFUSED(STRUCT, "types are named; choosing them by attributes is for fleets") },
    { 0 },
};
