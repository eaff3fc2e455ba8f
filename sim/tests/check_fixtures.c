/* Fixtures: the built-in ones are what they should be, files on top of them replace by name, and
 * every kind of mistake is told with file and line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "catalog/default_network.h"
#include "catalog/fixtures.h"
#include "catalog/instance_type.h"
#include "catalog/kernel.h"
#include "catalog/price.h"
#include "catalog/public_image.h"
#include "catalog/quota.h"
#include "catalog/region.h"

/* last: its macro fail() would stand in the way of call/call.h */
#include <check.h>

static struct arena arena;
static struct sim sim;
static struct call call;
static char folder[] = "/tmp/check_fixtures_XXXXXX";

static void set_up(void)
{
    sim = (struct sim){ 0 };
    call = (struct call){ .a = &arena, .sim = &sim };
    memcpy(strrchr(folder, '_') + 1, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void tear_down(void)
{
    ck_assert_int_eq(system(arena_printf(&arena, "rm -r '%s'", folder)), 0);
    arena_release(&arena);
}

static const char *write_file(const char *name, const char *text)
{
    const char *path = arena_printf(&arena, "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_ge(fputs(text, out), 0);
    fclose(out);
    return path;
}

/* Loads the built-in fixtures and perhaps one path; NULL or the complaint. */
static const char *load(const char *path)
{
    struct list paths = { 0 };
    const char *error = NULL;
    if (path)
        strs_add(&arena, &paths, path);
    sim.fixtures = fixtures_load(&arena, &paths, &error);
    ck_assert((sim.fixtures == NULL) == (error != NULL));
    return error;
}

static void load_built_in(void)
{
    const char *error = load(NULL);
    ck_assert_msg(!error, "%s", error);
}

/* ---- What is built in ---- */

START_TEST(test_regions)
{
    load_built_in();
    const struct list *all = region_all(&sim);
    ck_assert_uint_eq(all->count, 34);
    ck_assert_str_eq(list_at(all, struct region, 0)->name, "ap-south-2");
    ck_assert_str_eq(list_at(all, struct region, 33)->name, "ap-southeast-7");
    const struct region *virginia = region_find(&sim, "us-east-1");
    ck_assert_str_eq(virginia->opt_in, "opt-in-not-required");
    const struct zone *zone = zone_find(virginia, "use1-az3");
    ck_assert_str_eq(zone->name, "us-east-1e");
    ck_assert_str_eq(zone->group_long_name, "US East (N. Virginia) 1");
    ck_assert(zone_usable(zone));
    ck_assert_ptr_eq(zone_find(virginia, "us-east-1e"), zone);
    ck_assert_ptr_null(zone_find(virginia, "us-west-2a"));
    ck_assert_ptr_null(region_find(&sim, "us-gov-west-1"));
}
END_TEST

START_TEST(test_edge_zones)
{
    load_built_in();
    const struct zone *zone = zone_find(region_find(&sim, "us-east-1"), "us-east-1-bue-1a");
    ck_assert(!zone_usable(zone));
    ck_assert_str_eq(zone->geography, "Argentina");
    ck_assert_ptr_null(zone->sub_geography);
    ck_assert_str_eq(zone->parent_id, "use1-az2");
    ck_assert_str_eq(zone->border_group, "us-east-1-bue-1");
    ck_assert_str_eq(zone->opt_in, "not-opted-in");
    zone = zone_find(region_find(&sim, "ap-northeast-1"), "apne1-wl1-nrt-wlz1");
    ck_assert_str_eq(zone->border_group, "ap-northeast-1-wl1-nrt-wlz-1");
    ck_assert_ptr_null(zone->geography);
}
END_TEST

START_TEST(test_kernels)
{
    load_built_in();
    ck_assert_str_eq(kernel_counterpart(&sim, "us-east-1", "aki-5c21674b", "eu-west-1"),
                     "aki-dc9ed9af");
    ck_assert_str_eq(kernel_counterpart(&sim, "us-east-1", "aki-04206613", "eu-west-1"),
                     "aki-1c9fd86f");
    ck_assert_str_eq(kernel_counterpart(&sim, "us-east-1", "aki-5c21674b", "us-east-1"),
                     "aki-5c21674b");
    ck_assert_ptr_null(kernel_counterpart(&sim, "us-east-1", "aki-5c21674b", "eu-north-1"));
    ck_assert_ptr_null(kernel_counterpart(&sim, "eu-west-1", "aki-5c21674b", "us-east-1"));
    ck_assert_ptr_null(kernel_find(&sim, "eu-north-1", NULL));
}
END_TEST

static bool offered(const char *type, const char *region, const char *zone)
{
    return instance_type_in_zone(instance_type_find(&sim, type),
                                 zone_find(region_find(&sim, region), zone));
}

/* Those that are read when somebody asks for them are as good as the others. */
START_TEST(test_every_instance_type)
{
    load_built_in();
    const struct list *all = instance_type_all(&sim);
    ck_assert_uint_gt(all->count, 1300);
    LIST_EACH (const struct instance_type *, t, all) {
        ck_assert_ptr_eq(instance_type_find(&sim, (*t)->name), *t);
        ck_assert_uint_ge((*t)->cards.count, 1);
    }
    ck_assert_ptr_null(instance_type_find(&sim, ""));
    ck_assert_ptr_null(instance_type_find(&sim, "m5"));
    ck_assert_ptr_null(instance_type_find(&sim, "1x.large"));
    ck_assert_ptr_null(instance_type_find(&sim, NULL));
}
END_TEST

START_TEST(test_instance_types)
{
    load_built_in();
    const struct instance_type *type = instance_type_find(&sim, "t3.micro");
    ck_assert_int_eq(type->vcpus, 2);
    ck_assert_int_eq(type->memory, 1024);
    ck_assert_int_eq(type->ebs.mbps[MAXIMUM], 2085);
    ck_assert_int_eq(type->free_tier, YES);
    ck_assert_str_eq(type->hypervisor, "nitro");
    ck_assert(instance_type_has(type, "burstable"));
    ck_assert(offered("t3.micro", "us-east-1", "us-east-1a"));
    ck_assert(!offered("t3.micro", "us-east-1", "us-east-1e"));
    ck_assert(!offered("t3.micro", "us-east-1", "us-east-1-bos-1a"));
    ck_assert(!offered("m1.small", "eu-central-1", "eu-central-1a"));
    ck_assert(offered("m1.small", "eu-west-1", "eu-west-1a"));
    ck_assert_ptr_null(instance_type_find(&sim, "t3.enormous"));
}
END_TEST

/* What a size gives itself wins over its family. */
START_TEST(test_instance_type_sizes)
{
    load_built_in();
    const struct instance_type *metal = instance_type_find(&sim, "m5.metal");
    ck_assert_ptr_null(metal->hypervisor);
    ck_assert(instance_type_has(metal, "bare_metal"));
    ck_assert(!strs_have(&metal->boot_modes, "uefi"));
    ck_assert(strs_have(&instance_type_find(&sim, "m5.large")->boot_modes, "uefi"));
    const struct instance_type *old = instance_type_find(&sim, "m1.small");
    ck_assert(strs_have(&old->virtualization, "paravirtual"));
    ck_assert(strs_have(&old->root_devices, "instance-store"));
    ck_assert_int_eq(old->disk_size, 160);
    ck_assert_int_eq(old->ebs.iops[BASELINE], ABSENT);
    ck_assert_str_eq(old->ena, "unsupported");
}
END_TEST

START_TEST(test_network)
{
    load_built_in();
    ck_assert_str_eq(default_subnet_cidr(&call, 0), "172.31.0.0/20");
    ck_assert_str_eq(default_subnet_cidr(&call, 5), "172.31.80.0/20");
    ck_assert_str_eq(private_domain(&call, "us-east-1"), "ec2.internal");
    ck_assert_str_eq(private_domain(&call, "eu-west-1"), "eu-west-1.compute.internal");
    ck_assert_str_eq(public_domain(&call, "us-east-1"), "compute-1.amazonaws.com");
    ck_assert_str_eq(public_domain(&call, "eu-west-1"), "eu-west-1.compute.amazonaws.com");
}
END_TEST

START_TEST(test_quotas_and_prices)
{
    load_built_in();
    ck_assert_int_eq(quota(&sim, "images"), 50000);
    ck_assert_int_eq(quota(&sim, "pending-snapshots-per-cold-volume"), 1);
    struct region_prices here = prices_in(&call, "us-east-1"),
                         there = prices_in(&call, "sa-east-1");
    ck_assert_int_eq(here.snapshot_gb_month, DOLLAR / 20);
    ck_assert_int_eq(here.snapshot_archive_gb_month, 12500);
    ck_assert_int_eq(there.snapshot_gb_month, 68000);
    ck_assert_int_eq(list_at(&there.volumes, struct volume_price, 0)->gb_month, 190000);
    ck_assert_int_eq(timed_copy_price(&sim, 15), 20000);
    ck_assert_int_eq(timed_copy_price(&sim, 30), 18000);
    ck_assert_int_eq(timed_copy_price(&sim, 2880), 5000);
}
END_TEST

static const char *parameter(const char *region, const char *name)
{
    struct list all = public_parameters(&call, region);
    LIST_EACH (struct public_parameter, p, &all) {
        if (text_is(p->name, name))
            return p->image;
    }
    return NULL;
}

START_TEST(test_public_parameters)
{
    load_built_in();
    static const char al2023[] =
        "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64";
    ck_assert_str_eq(parameter("us-east-1", al2023), "ami-0d27e0fb3bac4d724");
    const char *elsewhere = parameter("mx-central-1", al2023);
    ck_assert(text_starts(elsewhere, "ami-0") && strlen(elsewhere) == 21);
    ck_assert_str_ne(elsewhere, parameter("ap-east-2", al2023));
    ck_assert_ptr_null(
        parameter("eu-north-1", "/aws/service/ami-amazon-linux-latest/amzn-ami-pv-x86_64-ebs"));
}
END_TEST

/* ---- Files on top ---- */

START_TEST(test_replaces_by_name)
{
    const char *error =
        load(write_file("mine.yaml", "quotas:\n"
                                     "  - {name: public-images, value: 1, source: guess}\n"
                                     "  - {name: mine, value: 7, source: guess}\n"
                                     "network: {vpc_cidr: 10.0.0.0/16}\n"
                                     "regions:\n"
                                     "  - {name: ap-east-2, code: ape2, long_name: Taipei,"
                                     " opt_in: not-opted-in, zones: {a: 9}}\n"
                                     "  - {name: moon-1, code: moo1, long_name: Moon,"
                                     " opt_in: opted-in, zones: {a: 1}}\n"));
    ck_assert_msg(!error, "%s", error);
    ck_assert_int_eq(quota(&sim, "public-images"), 1);
    ck_assert_int_eq(quota(&sim, "mine"), 7);
    ck_assert_int_eq(quota(&sim, "images"), 50000);
    ck_assert_str_eq(default_subnet_cidr(&call, 1), "10.0.16.0/20");
    ck_assert_str_eq(private_domain(&call, "us-east-1"), "ec2.internal");
    ck_assert_uint_eq(region_all(&sim)->count, 35);
    ck_assert_str_eq(list_at(region_all(&sim), struct region, 7)->opt_in, "not-opted-in");
    ck_assert_uint_eq(region_find(&sim, "ap-east-2")->zones.count, 1);
    ck_assert_str_eq(list_at(region_all(&sim), struct region, 34)->name, "moon-1");
    ck_assert_int_eq(prices_in(&call, "moon-1").snapshot_gb_month, DOLLAR / 20);
}
END_TEST

START_TEST(test_adds_images)
{
    static const char text[] = "images:\n"
                               "  - owner: '111122223333'\n"
                               "    images:\n"
                               "      - name: golden\n"
                               "        architecture: arm64\n"
                               "        created: '2026-01-15'\n"
                               "        regions: [eu-west-1]\n"
                               "        mappings: [{device: /dev/sda1, size: 20},"
                               " {device: /dev/sdb, size: 1}]\n";
    const char *error = load(write_file("a.yaml", text));
    ck_assert_msg(!error, "%s", error);
    const struct list *images = &sim.fixtures->images;
    const struct public_image *golden = list_at(images, struct public_image, images->count - 1);
    ck_assert_str_eq(golden->location, "111122223333/golden");
    ck_assert_str_eq(golden->machine.usage_operation, "RunInstances");
    ck_assert_ptr_null(golden->owner_alias);
    ck_assert(public_image_in(golden, "eu-west-1"));
    ck_assert(!public_image_in(golden, "us-east-1"));
    const struct public_mapping *m = golden->mappings.items;
    ck_assert_str_eq(m[0].type, "gp2");
    ck_assert_int_eq(m[0].delete_on_termination, YES);
    ck_assert_int_eq(m[1].delete_on_termination, NO);
}
END_TEST

START_TEST(test_folder)
{
    write_file("b.yaml", "quotas: [{name: tags, value: 2, source: guess}]\n");
    write_file("a.yaml", "quotas: [{name: tags, value: 1, source: guess}]\n");
    write_file("notes.txt", "no: [fixture\n");
    write_file("empty.yaml", "# nothing yet\nquotas:\n");
    const char *error = load(folder);
    ck_assert_msg(!error, "%s", error);
    ck_assert_int_eq(quota(&sim, "tags"), 2);
}
END_TEST

/* The example that docs/fixtures.md shows. Tests run in the root of the project. */
START_TEST(test_documented_example)
{
    char text[65536] = "";
    FILE *in = fopen("docs/fixtures.md", "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, in), 0);
    fclose(in);
    char *from = strstr(text, "```yaml\n"), *to = from ? strstr(from, "\n```\n") : NULL;
    ck_assert_ptr_nonnull(to);
    to[1] = '\0';
    const char *error = load(write_file("example.yaml", from + strlen("```yaml\n")));
    ck_assert_msg(!error, "%s", error);
    ck_assert_int_eq(quota(&sim, "public-images"), 1);
    ck_assert(!region_enabled(region_find(&sim, "ap-east-2")));
}
END_TEST

/* ---- Mistakes ---- */

static const struct mistake {
    const char *text, *complaint; /* what follows "FILE:" */
} mistakes[] = {
    { "quotas: [1\n", "2: did not find expected ',' or ']'; a YAML file was expected" },
    { "- 1\n",
      "1: no sections; one of regions, edge_zones, kernels, instance_types, images, network,"
      " quotas, prices, organizations, subscriptions, systems, packages, commands, urls was "
      "expected" },
    { "\nzones: []\n", "2: 'zones' is not known here; one of regions, edge_zones, kernels,"
                       " instance_types, images, network, quotas, prices, organizations,"
                       " subscriptions, systems, packages, commands, urls was expected" },
    { "quotas: {}\n", "1: 'quotas' cannot be read; a list was expected" },
    { "network: []\n", "1: 'network' cannot be read; a mapping was expected" },
    { "quotas:\n  - tags\n", "2: no entry of 'quotas'; a mapping was expected" },
    { "quotas:\n  - {name: x, source: guess}\n", "2: 'value' is missing; an integer was expected" },
    { "quotas:\n  - {name: x, value: many, source: guess}\n",
      "2: 'value' is 'many'; an integer was expected" },
    { "quotas:\n  - {name: x, value: 1, source: guess, colour: red}\n",
      "2: 'colour' is not known here" },
    { "quotas:\n  - name: x\n    value: 1\n    source: hearsay\n",
      "4: 'source' is 'hearsay'; one of guide, model, recorded, guess was expected" },
    { "quotas:\n  - {name: x, value: 1, source: guess}\n  - {name: x, value: 2, source: guess}\n",
      "3: 'x' stands in this file twice; one entry of a name was expected" },
    { "regions:\n  - {name: r-1, code: r1, long_name: R, opt_in: opted-in, zones: [a]}\n",
      "2: 'zones' cannot be read; a mapping of letters to numbers, as in {a: 6, b: 1} was "
      "expected" },
    { "regions:\n  - {name: r-1, code: r1, long_name: R, opt_in: opted-in, zones: {one: 1}}\n",
      "2: 'one' is no zone; a letter and the number of the zone id, as in {a: 6} was expected" },
    { "regions:\n  - {name: r-1, code: r1, long_name: R, opt_in: opted-in, zones: {a: 1, b: 1}}\n",
      "2: the zone r1-az1 stands here twice; another number for each letter was expected" },
    { "edge_zones:\n  - {name: z, id: z1, region: us-east-1, type: local-zone, group: g,\n"
      "     group_long_name: G, parent: us-west-2a}\n",
      "3: 'us-west-2a' is no zone; a zone of us-east-1 was expected" },
    { "kernels:\n  - {name: k, location: l, owner: 137112412989, architecture: i386,\n"
      "     created: '2020-01-01', ids: {}}\n",
      "2: 'owner' is no account number; twelve digits in quotes was expected" },
    { "kernels:\n  - {name: k, location: l, owner: '137112412989', architecture: i386,\n"
      "     created: '2020-01-01', ids: {us-east-9: aki-12345678}}\n",
      "3: 'us-east-9' is no Region; a name of the section regions was expected" },
    { "kernels:\n  - {name: k, location: l, owner: '137112412989', architecture: i386,\n"
      "     created: soon, ids: {}}\n",
      "3: 'created' is 'soon'; a time (ISO 8601) was expected" },
    { "instance_types:\n  - family: x9\n",
      "2: 'sizes' is missing; a list of that name was expected" },
    { "network: {vpc_cidr: 10.0.0.0/19}\n", "1: '10.0.0.0/19' has no room for 6 subnets of /20; a "
                                            "block such as 172.31.0.0/16 was expected" },
    { "network: {vpc_cidr: 10.0.0.0.0/16}\n", "1: '10.0.0.0.0/16' has no room for 6 subnets of /20;"
                                              " a block such as 172.31.0.0/16 was expected" },
    { "prices: {snapshot_gb_month: free}\n",
      "1: 'free' is no amount; a decimal number such as 0.05 was expected" },
};

START_TEST(test_mistake)
{
    const struct mistake *m = &mistakes[_i];
    const char *path = write_file("bad.yaml", m->text);
    ck_assert_str_eq(load(path), arena_printf(&arena, "%s:%s", path, m->complaint));
}
END_TEST

/* Mistakes in an image: what stands after its name and architecture. */
static const struct mistake image_mistakes[] = {
    { "mappings: []", "6: 'golden' has no root volume; a mapping with 'size' in the first place was"
                      " expected" },
    { "mappings: [{device: xvdb, virtual: ephemeral0}]",
      "6: 'golden' has no root volume; a mapping with 'size' in the first place was expected" },
    { "mappings: [{device: xvda}]", "8: no volume for 'xvda'; 'size', or 'virtual' was expected" },
    { "mappings: [{device: xvda, size: 0}]", "8: 'size' is '0'; between 1 and 65536 was expected" },
    { "mappings: [{device: xvda, size: 8, type: gp4}]",
      "8: 'type' is 'gp4'; one of gp2, gp3, io1, io2, st1, sc1, standard was expected" },
    { "mappings: [{device: xvda, size: 8}, {device: xvdb, virtual: floppy}]",
      "8: 'floppy' is no instance store volume; ephemeral and a number was expected" },
    { "mappings: [{device: xvda, size: 8}, {device: xvdb, last_device: sdz, virtual: ephemeral0}]",
      "8: no devices from 'xvdb' to 'sdz'; names that differ in the last letter was expected" },
    { "root_device_type: instance-store", "6: 'golden' has no manifest; 'location' was expected" },
    { "kernel: vmlinuz\n        mappings: [{device: xvda, size: 8}]",
      "8: 'vmlinuz' is no kernel; a name of the section kernels was expected" },
    { "kernel: pv-grub-hd0_1.05-i386.gz\n        mappings: [{device: xvda, size: 8}]",
      "8: ap-south-2 has no kernel 'pv-grub-hd0_1.05-i386.gz'; 'regions' that have it was "
      "expected" },
    { "regions: [us-east-1]\n        source_region: us-west-2\n"
      "        mappings: [{device: xvda, size: 8}]",
      "9: 'golden' is not in us-west-2; one of its 'regions' was expected" },
    { "ids: {us-east-1: ami-1}\n        mappings: [{device: xvda, size: 8}]",
      "8: 'ami-1' is no identifier; ami- and 17 hex digits, or 8 was expected" },
};

START_TEST(test_image_mistake)
{
    const struct mistake *m = &image_mistakes[_i];
    const char *path = write_file("bad.yaml", arena_printf(&arena,
                                                           "images:\n"
                                                           "  - owner: '111122223333'\n"
                                                           "    images:\n"
                                                           "\n"
                                                           "      # the only one\n"
                                                           "      - name: golden\n"
                                                           "        architecture: arm64\n"
                                                           "        %s\n"
                                                           "        created: '2026-01-15'\n",
                                                           m->text));
    ck_assert_str_eq(load(path), arena_printf(&arena, "%s:%s", path, m->complaint));
}
END_TEST

START_TEST(test_unreadable)
{
    const char *nowhere = arena_printf(&arena, "%s/nowhere", folder);
    ck_assert_str_eq(load(nowhere),
                     arena_printf(&arena,
                                  "%s: No such file or directory; a YAML file or a folder of"
                                  " them was expected",
                                  nowhere));
    ck_assert_str_eq(load(folder), arena_printf(&arena,
                                                "%s: no fixtures in it; files ending in .yaml"
                                                " were expected",
                                                folder));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fixtures");
    TCase *t = tcase_create("fixtures");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test_regions);
    tcase_add_test(t, test_edge_zones);
    tcase_add_test(t, test_kernels);
    tcase_add_test(t, test_instance_types);
    tcase_add_test(t, test_instance_type_sizes);
    tcase_add_test(t, test_every_instance_type);
    tcase_add_test(t, test_network);
    tcase_add_test(t, test_quotas_and_prices);
    tcase_add_test(t, test_public_parameters);
    tcase_add_test(t, test_replaces_by_name);
    tcase_add_test(t, test_adds_images);
    tcase_add_test(t, test_folder);
    tcase_add_test(t, test_documented_example);
    tcase_add_loop_test(t, test_mistake, 0, sizeof mistakes / sizeof *mistakes);
    tcase_add_loop_test(t, test_image_mistake, 0, sizeof image_mistakes / sizeof *image_mistakes);
    tcase_add_test(t, test_unreadable);
    suite_add_tcase(s, t);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
