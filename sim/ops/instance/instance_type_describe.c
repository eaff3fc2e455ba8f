/* DescribeInstanceTypes and DescribeInstanceTypeOfferings, from the fixtures. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/instance_type.h"
#include "ops/describe.h"

/* ---- What an answer shows of a type ---- */

struct card {
    int64_t index, interfaces;
    const char *performance;
};

struct type_disk {
    int64_t size, count;
    const char *type;
};

struct type_item {
    struct instance_type t;
    const char *enclaves, *tpm; /* supported, unsupported */
    const char *attachment_limit, *ebs_throughput, *ebs_max_throughput;
    enum tri current, bare_metal, storage, hibernation, burstable, hosts, recovery, ipv6;
    enum tri in_transit, here;
    int64_t threads, storage_size, addresses6;
    struct list tpm_versions; /* const char * */
    struct list disks, network_cards; /* struct type_disk, struct card */
};

static const struct schema card_schema = {
    .name = "network_card",
    .size = sizeof(struct card),
    .part = true,
    .fields =
        (const struct field[]){
            { INT_FIELD(struct card, index), .xml = "networkCardIndex" },
            { TEXT_FIELD(struct card, performance), .xml = "networkPerformance" },
            { INT_FIELD(struct card, interfaces), .xml = "maximumNetworkInterfaces" },
            { 0 } },
};

static const struct schema type_disk_schema = {
    .name = "type_disk",
    .size = sizeof(struct type_disk),
    .part = true,
    .fields = (const struct field[]){ { INT_FIELD(struct type_disk, size), .xml = "sizeInGB",
                                        .filter = "instance-storage-info.disk.size-in-gb" },
                                      { INT_FIELD(struct type_disk, count), .xml = "count",
                                        .filter = "instance-storage-info.disk.count" },
                                      { TEXT_FIELD(struct type_disk, type), .xml = "type",
                                        .filter = "instance-storage-info.disk.type" },
                                      { 0 } },
};

#define ROW(kind, m, element, name)                                                                \
    {                                                                                              \
        kind##_FIELD(struct type_item, m), .xml = element, .filter = name                          \
    }
#define OPTIMIZED(element) "ebsInfo/ebsOptimizedInfo/" element
#define OPTIMIZED_FILTER(name) "ebs-info.ebs-optimized-info." name

static const struct schema type_schema = {
    .name = "instance_type",
    .size = sizeof(struct type_item),
    .fields =
        (const struct field[]){
            ROW(TEXT, t.name, "instanceType", "instance-type"),
            ROW(BOOL, current, "currentGeneration", "current-generation"),
            ROW(BOOL, t.free_tier, "freeTierEligible", "free-tier-eligible"),
            ROW(TEXTS, t.usage, "supportedUsageClasses", "supported-usage-class"),
            ROW(TEXTS, t.root_devices, "supportedRootDeviceTypes", "supported-root-device-type"),
            ROW(TEXTS, t.virtualization, "supportedVirtualizationTypes",
                "supported-virtualization-type"),
            ROW(BOOL, bare_metal, "bareMetal", "bare-metal"),
            ROW(TEXT, t.hypervisor, "hypervisor", "hypervisor"),
            ROW(TEXTS, t.architectures, "processorInfo/supportedArchitectures",
                "processor-info.supported-architecture"),
            ROW(TEXT, t.ghz, "processorInfo/sustainedClockSpeedInGhz",
                "processor-info.sustained-clock-speed-in-ghz"),
            ROW(TEXT, t.processor, "processorInfo/manufacturer", NULL),
            ROW(INT, t.vcpus, "vCpuInfo/defaultVCpus", "vcpu-info.default-vcpus"),
            ROW(INT, t.cores, "vCpuInfo/defaultCores", "vcpu-info.default-cores"),
            ROW(INT, threads, "vCpuInfo/defaultThreadsPerCore",
                "vcpu-info.default-threads-per-core"),
            ROW(INT, t.memory, "memoryInfo/sizeInMiB", "memory-info.size-in-mib"),
            ROW(BOOL, storage, "instanceStorageSupported", "instance-storage-supported"),
            ROW(INT, storage_size, "instanceStorageInfo/totalSizeInGB",
                "instance-storage-info.total-size-in-gb"),
            { LIST_FIELD(struct type_item, disks, &type_disk_schema),
              .xml = "instanceStorageInfo/disks" },
            ROW(TEXT, t.storage_nvme, "instanceStorageInfo/nvmeSupport",
                "instance-storage-info.nvme-support"),
            ROW(TEXT, t.storage_encryption, "instanceStorageInfo/encryptionSupport",
                "instance-storage-info.encryption-support"),
            ROW(TEXT, t.ebs_optimized, "ebsInfo/ebsOptimizedSupport",
                "ebs-info.ebs-optimized-support"),
            { CONSTANT_FIELD("supported"), .xml = "ebsInfo/encryptionSupport",
              .filter = "ebs-info.encryption-support" },
            ROW(INT, t.ebs_mbps[BASELINE], OPTIMIZED("baselineBandwidthInMbps"),
                OPTIMIZED_FILTER("baseline-bandwidth-in-mbps")),
            ROW(TEXT, ebs_throughput, OPTIMIZED("baselineThroughputInMBps"),
                OPTIMIZED_FILTER("baseline-throughput-in-mbps")),
            ROW(INT, t.ebs_iops[BASELINE], OPTIMIZED("baselineIops"),
                OPTIMIZED_FILTER("baseline-iops")),
            ROW(INT, t.ebs_mbps[MAXIMUM], OPTIMIZED("maximumBandwidthInMbps"),
                OPTIMIZED_FILTER("maximum-bandwidth-in-mbps")),
            ROW(TEXT, ebs_max_throughput, OPTIMIZED("maximumThroughputInMBps"),
                OPTIMIZED_FILTER("maximum-throughput-in-mbps")),
            ROW(INT, t.ebs_iops[MAXIMUM], OPTIMIZED("maximumIops"),
                OPTIMIZED_FILTER("maximum-iops")),
            ROW(TEXT, t.ebs_nvme, "ebsInfo/nvmeSupport", "ebs-info.nvme-support"),
            ROW(INT, t.ebs_attachments, "ebsInfo/maximumEbsAttachments",
                "ebs-info.maximum-ebs-attachments"),
            ROW(TEXT, attachment_limit, "ebsInfo/attachmentLimitType",
                "ebs-info.attachment-limit-type"),
            { CONSTANT_FIELD("1"), .xml = "ebsInfo/maximumEbsCards" },
            ROW(TEXT, t.network, "networkInfo/networkPerformance",
                "network-info.network-performance"),
            ROW(INT, t.enis, "networkInfo/maximumNetworkInterfaces",
                "network-info.maximum-network-interfaces"),
            { CONSTANT_FIELD("1"), .xml = "networkInfo/maximumNetworkCards",
              .filter = "network-info.maximum-network-cards" },
            { CONSTANT_FIELD("0"), .xml = "networkInfo/defaultNetworkCardIndex" },
            { LIST_FIELD(struct type_item, network_cards, &card_schema),
              .xml = "networkInfo/networkCards" },
            ROW(INT, t.addresses, "networkInfo/ipv4AddressesPerInterface",
                "network-info.ipv4-addresses-per-interface"),
            ROW(INT, addresses6, "networkInfo/ipv6AddressesPerInterface",
                "network-info.ipv6-addresses-per-interface"),
            ROW(BOOL, ipv6, "networkInfo/ipv6Supported", "network-info.ipv6-supported"),
            ROW(TEXT, t.ena, "networkInfo/enaSupport", "network-info.ena-support"),
            { CONSTANT_FIELD("false"), .xml = "networkInfo/efaSupported",
              .filter = "network-info.efa-supported" },
            ROW(BOOL, in_transit, "networkInfo/encryptionInTransitSupported",
                "network-info.encryption-in-transit-supported"),
            { CONSTANT_FIELD("false"), .xml = "networkInfo/enaSrdSupported" },
            { CONSTANT_FIELD("false"), .xml = "networkInfo/secondaryNetworkSupported" },
            ROW(TEXTS, t.placement, "placementGroupInfo/supportedStrategies", NULL),
            ROW(BOOL, hibernation, "hibernationSupported", "hibernation-supported"),
            ROW(BOOL, burstable, "burstablePerformanceSupported",
                "burstable-performance-supported"),
            ROW(BOOL, hosts, "dedicatedHostsSupported", "dedicated-hosts-supported"),
            ROW(BOOL, recovery, "autoRecoverySupported", "auto-recovery-supported"),
            ROW(TEXTS, t.boot_modes, "supportedBootModes", "supported-boot-mode"),
            ROW(TEXT, enclaves, "nitroEnclavesSupport", "nitro-enclaves-support"),
            ROW(TEXT, tpm, "nitroTpmSupport", "nitro-tpm-support"),
            ROW(TEXTS, tpm_versions, "nitroTpmInfo/supportedVersions",
                "nitro-tpm-info.supported-versions"),
            { CONSTANT_FIELD("unsupported"), .xml = "phcSupport" },
            { CONSTANT_FIELD("supported"), .xml = "rebootMigrationSupport",
              .filter = "reboot-migration-support" },
            ROW(BOOL, here, "supportedInRegion", NULL),
            { CONSTANT_FIELD("unsupported"), .filter = "network-info.flexible-ena-queues-support" },
            { CONSTANT_FIELD("default"), .filter = "network-info.bandwidth-weightings" },
            NO_SUCH("network-info.efa-info.maximum-efa-interfaces"),
            NO_SUCH("processor-info.supported-features"),
            NO_SUCH("vcpu-info.valid-cores"),
            NO_SUCH("vcpu-info.valid-threads-per-core"),
            { 0 } },
};

static enum tri has(const struct instance_type *t, const char *feature)
{
    return instance_type_has(t, feature) ? YES : NO;
}

static const char *support(const struct instance_type *t, const char *feature)
{
    return instance_type_has(t, feature) ? "supported" : "unsupported";
}

static const char *mbyte(struct call *c, int64_t mbit)
{
    return mbit == ABSENT ? NULL : arena_printf(c->a, "%g", (double)mbit / 8);
}

static void take_storage(struct call *c, struct type_item *i, const struct instance_type *t)
{
    bool store = t->disks != ABSENT && t->disks > 0;
    i->storage = store ? YES : NO;
    i->storage_size = ABSENT;
    if (!store) {
        i->t.storage_nvme = i->t.storage_encryption = NULL;
        return;
    }
    i->storage_size = t->disks * t->disk_size;
    *list_add(c->a, &i->disks, struct type_disk) =
        (struct type_disk){ .size = t->disk_size, .count = t->disks, .type = t->disk_type };
}

static struct type_item type_item_of(struct call *c, const struct instance_type *t)
{
    struct type_item i = { .t = *t };
    i.t.free_tier = tri_of(t->free_tier);
    i.current = has(t, "current");
    i.bare_metal = has(t, "bare_metal");
    i.hibernation = has(t, "hibernation");
    i.burstable = has(t, "burstable");
    i.hosts = has(t, "dedicated_hosts");
    i.recovery = has(t, "auto_recovery");
    i.ipv6 = has(t, "ipv6");
    i.in_transit = has(t, "encryption_in_transit");
    i.here = instance_type_in_region(t, c->region) ? YES : NO;
    i.threads = t->vcpus / t->cores;
    i.addresses6 = i.ipv6 == YES ? t->addresses : 0;
    i.attachment_limit = text_is(t->hypervisor, "xen") ? "dedicated" : "shared";
    i.ebs_throughput = mbyte(c, t->ebs_mbps[BASELINE]);
    i.ebs_max_throughput = mbyte(c, t->ebs_mbps[MAXIMUM]);
    i.enclaves = support(t, "enclaves");
    i.tpm = support(t, "nitro_tpm");
    if (instance_type_has(t, "nitro_tpm"))
        strs_add(c->a, &i.tpm_versions, "2.0");
    *list_add(c->a, &i.network_cards, struct card) =
        (struct card){ .index = 0, .interfaces = t->enis, .performance = t->network };
    take_storage(c, &i, t);
    return i;
}

/* ---- DescribeInstanceTypes ---- */

struct describe_instance_types {
    struct listing list; /* ids: names of types */
    enum tri everywhere;
};

static const struct param describe_instance_types_params[] = {
    { "InstanceType", TEXTS(struct describe_instance_types, list.ids) },
    { "Filter", FILTERS(struct describe_instance_types, list.filters) },
    PAGING(struct describe_instance_types, list.page),
    { "IncludeUnsupportedInRegion", BOOL(struct describe_instance_types, everywhere) },
    { 0 },
};

static bool is_offered(const struct call *c, const struct describe_instance_types *in,
                       const struct instance_type *t)
{
    return in->everywhere == YES || instance_type_in_region(t, c->region);
}

static int check_type_names(struct call *c, const struct describe_instance_types *in)
{
    struct list unknown = { 0 };
    LIST_EACH (const char *, name, &in->list.ids) {
        const struct instance_type *t = instance_type_find(c->sim, *name);
        if (!t || !is_offered(c, in, t))
            strs_add(c->a, &unknown, *name);
    }
    return unknown.count ? fail(c, E_InstanceTypesUnknown, strs_join(c->a, &unknown, ", ")) : 0;
}

static const struct describe type_list = {
    .schema = &type_schema,
    .set = "instanceTypeSet",
};

static int describe_instance_types(struct call *c, const struct describe_instance_types *in)
{
    struct list items = { 0 };
    if (in->list.ids.count && in->list.page.max_results != ABSENT)
        return fail(c, E_PageWithIds, "instanceTypesSet", "maxResults");
    if (check_type_names(c, in))
        return -1;
    LIST_EACH (struct instance_type, t, instance_type_all(c->sim)) {
        if (is_offered(c, in, t) && (!in->list.ids.count || strs_have(&in->list.ids, t->name)))
            *list_add(c->a, &items, struct type_item) = type_item_of(c, t);
    }
    return describe_items(c, &type_list, &in->list, &items);
}

OPERATION(ec2, DescribeInstanceTypes, describe_instance_types,
          .errors = "InvalidInstanceType InvalidParameterCombination");

/* ---- DescribeInstanceTypeOfferings ---- */

struct describe_instance_type_offerings {
    struct listing list;
    const char *location_type;
};

static const char *const location_types[] = { "region", "availability-zone", "availability-zone-id",
                                              "outpost", NULL };

static const struct param describe_instance_type_offerings_params[] = {
    { "LocationType", TEXT(struct describe_instance_type_offerings, location_type),
      .values = location_types, .otherwise = "region" },
    { "Filter", FILTERS(struct describe_instance_type_offerings, list.filters) },
    PAGING(struct describe_instance_type_offerings, list.page),
    { 0 },
};

struct offering {
    const char *type, *location_type, *location;
};

static const struct schema offering_schema = {
    .name = "offering",
    .size = sizeof(struct offering),
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct offering, type), .xml = "instanceType", .filter = "instance-type" },
            { TEXT_FIELD(struct offering, location_type), .xml = "locationType" },
            { TEXT_FIELD(struct offering, location), .xml = "location", .filter = "location" },
            { 0 } },
};

/* by: what the location is, a Region, a zone or its id. */
static void add_offerings(struct call *c, struct list *into, const struct instance_type *t,
                          const char *by)
{
    struct offering o = { .type = t->name, .location_type = by, .location = c->region };
    if (!instance_type_in_region(t, c->region) || text_is(by, "outpost"))
        return;
    if (text_is(by, "region")) {
        *list_add(c->a, into, struct offering) = o;
        return;
    }
    LIST_EACH (struct zone, z, &region_find(c->sim, c->region)->zones) {
        if (!text_is(z->type, "availability-zone") || !instance_type_in_zone(t, z))
            continue;
        o.location = text_is(by, "availability-zone") ? z->name : z->id;
        *list_add(c->a, into, struct offering) = o;
    }
}

static const struct describe offering_list = {
    .schema = &offering_schema,
    .set = "instanceTypeOfferingSet",
};

static int describe_instance_type_offerings(struct call *c,
                                            const struct describe_instance_type_offerings *in)
{
    struct list items = { 0 };
    LIST_EACH (struct instance_type, t, instance_type_all(c->sim))
        add_offerings(c, &items, t, in->location_type);
    return describe_items(c, &offering_list, &in->list, &items);
}

OPERATION(ec2, DescribeInstanceTypeOfferings, describe_instance_type_offerings,
          .errors = "InvalidParameterValue");
