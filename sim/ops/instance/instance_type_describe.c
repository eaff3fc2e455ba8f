/* DescribeInstanceTypes and DescribeInstanceTypeOfferings, from the fixtures. */
#include "base/text.h"
#include "call/errors.h"
#include "call/op.h"
#include "catalog/instance_type.h"
#include "ops/describe.h"

/* ---- What an answer shows of a type ---- */

struct card {
    struct type_card is;
    int64_t index;
};

struct ebs_card {
    int64_t index, mbps[2], iops[2];
    const char *throughput[2]; /* MB/s */
};

struct type_disk {
    int64_t size, count;
    const char *type;
};

/* The accelerators of a kind, and their memory together. */
struct accelerators {
    struct list devices; /* struct accelerator */
    int64_t memory;
};

struct type_item {
    struct instance_type t;
    const char *enclaves, *tpm, *phc, *reboot_migration, *queues; /* supported, unsupported */
    const char *ebs_throughput[2];
    enum tri current, bare_metal, storage, hibernation, burstable, hosts, recovery, ipv6;
    enum tri in_transit, here, efa, srd, secondary;
    int64_t threads, storage_size, card_count, ebs_card_count;
    struct list tpm_versions; /* const char * */
    struct list disks, cards, ebs_cards; /* struct type_disk, struct card, struct ebs_card */
    struct accelerators gpu, fpga, inference, media, neuron;
};

static const struct schema card_schema = {
    .name = "network_card",
    .size = sizeof(struct card),
    .part = true,
    .fields =
        (const struct field[]){
            { INT_FIELD(struct card, index), .xml = "networkCardIndex" },
            { TEXT_FIELD(struct card, is.network), .xml = "networkPerformance" },
            { INT_FIELD(struct card, is.enis), .xml = "maximumNetworkInterfaces" },
            { INT_FIELD(struct card, is.more_enis), .xml = "additionalFlexibleNetworkInterfaces" },
            { TEXT_FIELD(struct card, is.baseline_gbps), .xml = "baselineBandwidthInGbps" },
            { TEXT_FIELD(struct card, is.peak_gbps), .xml = "peakBandwidthInGbps" },
            { INT_FIELD(struct card, is.queues), .xml = "defaultEnaQueueCountPerInterface" },
            { INT_FIELD(struct card, is.most_queues), .xml = "maximumEnaQueueCount" },
            { INT_FIELD(struct card, is.most_queues_of_one),
              .xml = "maximumEnaQueueCountPerInterface" },
            { TEXTS_FIELD(struct card, is.kinds), .xml = "interfaceTypeSet" },
            { 0 } },
};

static const struct schema ebs_card_schema = {
    .name = "ebs_card",
    .size = sizeof(struct ebs_card),
    .part = true,
    .fields =
        (const struct field[]){
            { INT_FIELD(struct ebs_card, index), .xml = "ebsCardIndex" },
            { INT_FIELD(struct ebs_card, mbps[BASELINE]), .xml = "baselineBandwidthInMbps" },
            { TEXT_FIELD(struct ebs_card, throughput[BASELINE]),
              .xml = "baselineThroughputInMBps" },
            { INT_FIELD(struct ebs_card, iops[BASELINE]), .xml = "baselineIops" },
            { INT_FIELD(struct ebs_card, mbps[MAXIMUM]), .xml = "maximumBandwidthInMbps" },
            { TEXT_FIELD(struct ebs_card, throughput[MAXIMUM]), .xml = "maximumThroughputInMBps" },
            { INT_FIELD(struct ebs_card, iops[MAXIMUM]), .xml = "maximumIops" },
            { 0 } },
};

static const struct schema accelerator_schema = {
    .name = "accelerator",
    .size = sizeof(struct accelerator),
    .part = true,
    .fields =
        (const struct field[]){
            { TEXT_FIELD(struct accelerator, name), .xml = "name" },
            { TEXT_FIELD(struct accelerator, manufacturer), .xml = "manufacturer" },
            { INT_FIELD(struct accelerator, count), .xml = "count" },
            { INT_FIELD(struct accelerator, logical), .xml = "logicalGpuCount" },
            { TEXT_FIELD(struct accelerator, partition), .xml = "gpuPartitionSize" },
            { TEXTS_FIELD(struct accelerator, workloads), .xml = "workloadSet" },
            { INT_FIELD(struct accelerator, cores), .xml = "coreInfo/count" },
            { INT_FIELD(struct accelerator, core_version), .xml = "coreInfo/version" },
            { INT_FIELD(struct accelerator, memory), .xml = "memoryInfo/sizeInMiB" },
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
#define ACCELERATORS(m, element, list, total)                                                      \
    { LIST_FIELD(struct type_item, m.devices, &accelerator_schema), .xml = element "/" list },     \
    {                                                                                              \
        INT_FIELD(struct type_item, m.memory), .xml = element "/" total                            \
    }
#define OPTIMIZED(element) "ebsInfo/ebsOptimizedInfo/" element
#define TRACKING "networkInfo/connectionTrackingConfiguration/"
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
            ROW(TEXTS, t.processor_features, "processorInfo/supportedFeatures",
                "processor-info.supported-features"),
            ROW(TEXT, t.processor, "processorInfo/manufacturer", NULL),
            ROW(INT, t.vcpus, "vCpuInfo/defaultVCpus", "vcpu-info.default-vcpus"),
            ROW(INT, t.cores, "vCpuInfo/defaultCores", "vcpu-info.default-cores"),
            ROW(INT, threads, "vCpuInfo/defaultThreadsPerCore",
                "vcpu-info.default-threads-per-core"),
            ROW(TEXTS, t.valid_cores, "vCpuInfo/validCores", "vcpu-info.valid-cores"),
            ROW(TEXTS, t.valid_threads, "vCpuInfo/validThreadsPerCore",
                "vcpu-info.valid-threads-per-core"),
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
            ROW(INT, t.ebs.mbps[BASELINE], OPTIMIZED("baselineBandwidthInMbps"),
                OPTIMIZED_FILTER("baseline-bandwidth-in-mbps")),
            ROW(TEXT, ebs_throughput[BASELINE], OPTIMIZED("baselineThroughputInMBps"),
                OPTIMIZED_FILTER("baseline-throughput-in-mbps")),
            ROW(INT, t.ebs.iops[BASELINE], OPTIMIZED("baselineIops"),
                OPTIMIZED_FILTER("baseline-iops")),
            ROW(INT, t.ebs.mbps[MAXIMUM], OPTIMIZED("maximumBandwidthInMbps"),
                OPTIMIZED_FILTER("maximum-bandwidth-in-mbps")),
            ROW(TEXT, ebs_throughput[MAXIMUM], OPTIMIZED("maximumThroughputInMBps"),
                OPTIMIZED_FILTER("maximum-throughput-in-mbps")),
            ROW(INT, t.ebs.iops[MAXIMUM], OPTIMIZED("maximumIops"),
                OPTIMIZED_FILTER("maximum-iops")),
            ROW(TEXT, t.ebs_nvme, "ebsInfo/nvmeSupport", "ebs-info.nvme-support"),
            ROW(INT, t.ebs_attachments, "ebsInfo/maximumEbsAttachments",
                "ebs-info.maximum-ebs-attachments"),
            ROW(TEXT, t.ebs_limit, "ebsInfo/attachmentLimitType", "ebs-info.attachment-limit-type"),
            ROW(INT, ebs_card_count, "ebsInfo/maximumEbsCards", NULL),
            { LIST_FIELD(struct type_item, ebs_cards, &ebs_card_schema),
              .xml = "ebsInfo/ebsCardSet" },
            ROW(TEXT, t.network, "networkInfo/networkPerformance",
                "network-info.network-performance"),
            ROW(INT, t.enis, "networkInfo/maximumNetworkInterfaces",
                "network-info.maximum-network-interfaces"),
            ROW(INT, card_count, "networkInfo/maximumNetworkCards",
                "network-info.maximum-network-cards"),
            { CONSTANT_FIELD("0"), .xml = "networkInfo/defaultNetworkCardIndex" },
            { LIST_FIELD(struct type_item, cards, &card_schema),
              .xml = "networkInfo/networkCards" },
            ROW(INT, t.addresses, "networkInfo/ipv4AddressesPerInterface",
                "network-info.ipv4-addresses-per-interface"),
            ROW(INT, t.ipv6_addresses, "networkInfo/ipv6AddressesPerInterface",
                "network-info.ipv6-addresses-per-interface"),
            ROW(BOOL, ipv6, "networkInfo/ipv6Supported", "network-info.ipv6-supported"),
            ROW(TEXT, t.ena, "networkInfo/enaSupport", "network-info.ena-support"),
            ROW(BOOL, efa, "networkInfo/efaSupported", "network-info.efa-supported"),
            ROW(INT, t.efa_interfaces, "networkInfo/efaInfo/maximumEfaInterfaces",
                "network-info.efa-info.maximum-efa-interfaces"),
            ROW(BOOL, in_transit, "networkInfo/encryptionInTransitSupported",
                "network-info.encryption-in-transit-supported"),
            ROW(BOOL, srd, "networkInfo/enaSrdSupported", NULL),
            ROW(TEXTS, t.bandwidth_weightings, "networkInfo/bandwidthWeightings",
                "network-info.bandwidth-weightings"),
            ROW(TEXT, queues, "networkInfo/flexibleEnaQueuesSupport",
                "network-info.flexible-ena-queues-support"),
            { INT_FIELD(struct type_item, t.tcp_timeout),
              .xml = TRACKING "defaultTcpEstablishedTimeout" },
            { CONSTANT_FIELD("30"), .xml = TRACKING "defaultUdpTimeout" },
            { CONSTANT_FIELD("180"), .xml = TRACKING "defaultUdpStreamTimeout" },
            ROW(BOOL, secondary, "networkInfo/secondaryNetworkSupported", NULL),
            ROW(INT, t.secondary_addresses, "networkInfo/ipv4AddressesPerSecondaryInterface", NULL),
            ACCELERATORS(gpu, "gpuInfo", "gpus", "totalGpuMemoryInMiB"),
            ACCELERATORS(fpga, "fpgaInfo", "fpgas", "totalFpgaMemoryInMiB"),
            ACCELERATORS(inference, "inferenceAcceleratorInfo", "accelerators",
                         "totalInferenceMemoryInMiB"),
            ACCELERATORS(media, "mediaAcceleratorInfo", "accelerators", "totalMediaMemoryInMiB"),
            ACCELERATORS(neuron, "neuronInfo", "neuronDevices", "totalNeuronDeviceMemoryInMiB"),
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
            ROW(TEXT, phc, "phcSupport", NULL),
            ROW(TEXT, reboot_migration, "rebootMigrationSupport", "reboot-migration-support"),
            ROW(BOOL, here, "supportedInRegion", NULL),
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
    return mbit == ABSENT ? NULL : arena_printf(c->a, "%.10g", (double)mbit / 8);
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

static void take_cards(struct call *c, struct type_item *i, const struct instance_type *t)
{
    LIST_EACH (struct type_card, group, &t->cards) {
        for (int64_t n = 0; n < group->count; n++)
            *list_add(c->a, &i->cards, struct card) = (struct card){ *group, i->card_count++ };
    }
}

static void take_ebs(struct call *c, struct type_item *i, const struct instance_type *t)
{
    i->ebs_throughput[BASELINE] = mbyte(c, t->ebs.mbps[BASELINE]);
    i->ebs_throughput[MAXIMUM] = mbyte(c, t->ebs.mbps[MAXIMUM]);
    LIST_EACH (struct ebs_speed, s, &t->ebs_cards) {
        struct ebs_card card = { .index = (int64_t)i->ebs_cards.count,
                                 .mbps = { s->mbps[BASELINE], s->mbps[MAXIMUM] },
                                 .iops = { s->iops[BASELINE], s->iops[MAXIMUM] },
                                 .throughput = { mbyte(c, s->mbps[BASELINE]),
                                                 mbyte(c, s->mbps[MAXIMUM]) } };
        *list_add(c->a, &i->ebs_cards, struct ebs_card) = card;
    }
    i->ebs_card_count = i->ebs_cards.count ? (int64_t)i->ebs_cards.count : ABSENT;
}

static struct accelerators accelerators_of(struct call *c, const struct instance_type *t,
                                           const char *kind)
{
    struct accelerators found = { .memory = ABSENT };
    LIST_EACH (struct accelerator, device, &t->accelerators) {
        if (!text_is(device->kind, kind))
            continue;
        *list_add(c->a, &found.devices, struct accelerator) = *device;
        int64_t count = device->count ? device->count : device->logical; /* parts of one */
        if (device->memory != ABSENT)
            found.memory = (found.memory == ABSENT ? 0 : found.memory) + count * device->memory;
    }
    return found;
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
    i.efa = has(t, "efa");
    i.srd = has(t, "ena_srd");
    i.secondary = has(t, "secondary_network");
    i.phc = support(t, "phc");
    i.reboot_migration = support(t, "reboot_migration");
    i.queues = t->flexible_queues == YES ? "supported" : "unsupported";
    i.gpu = accelerators_of(c, t, "gpu");
    i.fpga = accelerators_of(c, t, "fpga");
    i.inference = accelerators_of(c, t, "inference");
    i.media = accelerators_of(c, t, "media");
    i.neuron = accelerators_of(c, t, "neuron");
    i.enclaves = support(t, "enclaves");
    i.tpm = support(t, "nitro_tpm");
    if (instance_type_has(t, "nitro_tpm"))
        strs_add(c->a, &i.tpm_versions, "2.0");
    take_cards(c, &i, t);
    take_ebs(c, &i, t);
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

/* None where some are named: the others need not be read. */
static const struct list *all_types(const struct call *c, const struct describe_instance_types *in)
{
    static const struct list none;
    return in->list.ids.count ? &none : instance_type_all(c->sim);
}

static const struct describe type_list = {
    .schema = &type_schema,
    .set = "instanceTypeSet",
    .page = { .usual = 100 }, /* its largest page is its usual one [guess] */
};

static int describe_instance_types(struct call *c, const struct describe_instance_types *in)
{
    struct list items = { 0 };
    if (in->list.ids.count && in->list.page.max_results != ABSENT)
        return fail(c, E_PageWithIds, "instanceTypesSet", "maxResults");
    if (check_type_names(c, in))
        return -1;
    LIST_EACH (const char *, name, &in->list.ids) {
        if (!LIST_FIND(struct type_item, &items, t.name, *name))
            *list_add(c->a, &items, struct type_item) =
                type_item_of(c, instance_type_find(c->sim, *name));
    }
    LIST_EACH (const struct instance_type *, t, all_types(c, in)) {
        if (is_offered(c, in, *t))
            *list_add(c->a, &items, struct type_item) = type_item_of(c, *t);
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
    LIST_EACH (const struct instance_type *, t, instance_type_all(c->sim))
        add_offerings(c, &items, *t, in->location_type);
    return describe_items(c, &offering_list, &in->list, &items);
}

OPERATION(ec2, DescribeInstanceTypeOfferings, describe_instance_type_offerings,
          .errors = "InvalidParameterValue");
