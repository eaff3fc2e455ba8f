/* The guest's file system: libext2fs on a layer, held against the real e2fsck; and a script on it.
 */
#include "tests/fresh.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/timefmt.h"
#include "guest/ext4.h"
#include "guest/guest.h"
#include "guest/guest_file.h"
#include "guest/shell_host.h"
#include "store/block.h"
#include "world/volume/volume.h"

static struct fresh f;

static struct disk_ref open_disk(int64_t gib)
{
    fresh_open(&f, NULL, NULL);
    return (struct disk_ref){ .store = f.sim.store,
                              .layer = layer_new(f.sim.store, 0),
                              .gib = gib,
                              .now = INT64_C(1790000000000),
                              .a = &f.request };
}

static const unsigned char uuid[16] = {
    1, 2, 3, 4, 5, 6, 0x47, 8, 0x89, 10, 11, 12, 13, 14, 15, 16
};

/* Writes the disk to a sparse file and lets a program look at it, whose words are told when it
 * fails or finds nothing. */
static int look_at(const struct disk_ref *d, const char *program, const char *find)
{
    char path[] = "/tmp/amisim-disk-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, d->gib << 30), 0);
    unsigned char *bytes = arena_alloc(&f.request, BLOCK_SIZE);
    struct list blocks = layer_blocks(d->store, &f.request, d->layer, 0, INT32_MAX);
    LIST_EACH (struct placed, p, &blocks) {
        layer_read(d->store, d->layer, p->position, bytes);
        ck_assert_int_eq(pwrite(fd, bytes, BLOCK_SIZE, p->position * BLOCK_SIZE), BLOCK_SIZE);
    }
    close(fd);
    int status = system(arena_printf(&f.request, "%s %s >%s.log 2>&1 && grep -q '%s' %s.log",
                                     program, path, path, find, path));
    if (status)
        (void)!system(arena_printf(&f.request, "cat %s.log", path));
    unlink(path);
    unlink(arena_printf(&f.request, "%s.log", path));
    return WEXITSTATUS(status);
}

/* 0 clean, 4 errors */
static int fsck(const struct disk_ref *d)
{
    return look_at(d, "/sbin/e2fsck -fn", "");
}

START_TEST(test_a_new_file_system_is_clean_and_small)
{
    struct disk_ref d = open_disk(8);
    const char *error = NULL;
    ck_assert_int_eq(ext4_state(&d), EXT4_NONE);
    ck_assert_msg(ext4_make(&d, uuid, "root", &error) == 0, "%s", error);
    ck_assert_int_eq(ext4_state(&d), EXT4_CLEAN);
    ck_assert_int_lt(layer_count(d.store, d.layer) * BLOCK_SIZE, 5000000);
    ck_assert_int_eq(fsck(&d), 0);
    fresh_close(&f);
}
END_TEST

START_TEST(test_files)
{
    struct disk_ref d = open_disk(1);
    const char *error = NULL;
    size_t n;
    char *large = arena_alloc(&f.request, 3000000);
    memset(large, 'x', 3000000);
    ck_assert_int_eq(ext4_make(&d, uuid, "root", &error), 0);
    ck_assert_msg(ext4_write(&d, "/etc/motd", "hello\n", 6, &error) == 0, "%s", error);
    ck_assert_int_eq(ext4_write(&d, "/var/lib/app/large", large, 3000000, &error), 0);
    ck_assert_int_eq(ext4_write(&d, "/etc/motd", "hello again\n", 12, &error), 0);
    ck_assert_mem_eq(ext4_read(&d, "/etc/motd", &n), "hello again\n", 12);
    ck_assert_uint_eq(n, 12);
    ck_assert_mem_eq(ext4_read(&d, "/var/lib/app/large", &n), large, 3000000);
    ck_assert_ptr_null(ext4_read(&d, "/nothing", &n));
    ck_assert_ptr_null(ext4_read(&d, "/etc", &n));
    struct list entries = { 0 };
    ck_assert(ext4_list(&d, "/etc", &entries));
    ck_assert_uint_eq(entries.count, 1);
    ck_assert_str_eq(list_at(&entries, struct dir_entry, 0)->name, "motd");
    ck_assert_int_eq(list_at(&entries, struct dir_entry, 0)->size, 12);
    ck_assert_int_eq(list_at(&entries, struct dir_entry, 0)->changed, d.now);
    ck_assert(!ext4_list(&d, "/etc/motd", &entries));
    for (int i = 0; i < 300; i++) /* more names than one directory block holds */
        ck_assert_int_eq(ext4_write(&d,
                                    arena_printf(&f.request, "/many/a-rather-long-file-name-%d", i),
                                    "x", 1, &error),
                         0);
    ck_assert_int_eq(ext4_remove(&d, "/var/lib/app/large", &error), 0);
    ck_assert_int_eq(ext4_remove(&d, "/var/lib/app/large", &error), -1);
    ck_assert_int_eq(ext4_remove(&d, "/etc", &error), -1); /* a folder is no file */
    ck_assert_int_eq(fsck(&d), 0);
    fresh_close(&f);
}
END_TEST

/* 32 bits end in 2038, ext4's 34 in 2446: what comes after is written as that, as Linux does. */
START_TEST(test_times)
{
    static const struct {
        const char *now, *year, *shown;
    } cases[] = { { "2026-09-21T14:13:20Z", "2026", "2026-09-21T14:13:20Z" },
                  { "2050-01-01T00:00:00Z", "2050", "2050-01-01T00:00:00Z" },
                  { "2106-02-07T06:28:16Z", "2106", "2106-02-07T06:28:16Z" },
                  { "2300-06-01T12:00:01Z", "2300", "2300-06-01T12:00:01Z" },
                  { "9999-12-31T23:59:59Z", "2446", "2446-05-10T22:38:55Z" } };
    struct disk_ref d = open_disk(1);
    const char *error = NULL;
    struct dir_entry entry;
    ck_assert(time_parse(cases[_i].now, &d.now));
    ck_assert_int_eq(ext4_make(&d, uuid, "root", &error), 0);
    ck_assert_int_eq(ext4_write(&d, "/etc/motd", "hello\n", 6, &error), 0);
    ck_assert_int_eq(ext4_mark(&d, true, &error), 0);
    static const char *const paths[] = { "/etc/motd", "/etc", "/lost+found", "/" };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        ck_assert(ext4_look(&d, paths[i], &entry));
        ck_assert_str_eq(time_format_s(&f.request, entry.changed), cases[_i].shown);
        const char *show = arena_printf(&f.request, "/sbin/debugfs -R 'stat %s'", paths[i]);
        ck_assert_int_eq(
            look_at(&d, show, arena_printf(&f.request, "mtime: .* %s", cases[_i].year)), 0);
    }
    ck_assert_int_eq(ext4_mark(&d, false, &error), 0);
    ck_assert_int_eq(fsck(&d), 0);
    fresh_close(&f);
}
END_TEST

/* Many files between a begin and an end: one opening, one file system. */
START_TEST(test_batch)
{
    struct disk_ref d = open_disk(1);
    const char *error = NULL;
    size_t n;
    ck_assert_int_eq(ext4_begin(&d, true, &error), -1);
    ck_assert_int_eq(ext4_end(&d, &error), 0);
    ck_assert_int_eq(ext4_make(&d, uuid, "root", &error), 0);
    ck_assert_int_eq(ext4_begin(&d, true, &error), 0);
    for (int i = 0; i < 2000; i++)
        ck_assert_int_eq(
            ext4_write(&d, arena_printf(&f.request, "/srv/%d/%d", i % 7, i), "x", 1, &error), 0);
    ck_assert_int_eq(ext4_remove(&d, "/srv/0/7", &error), 0);
    ck_assert_ptr_null(ext4_read(&d, "/srv/0/7", &n));
    ck_assert_ptr_nonnull(ext4_read(&d, "/srv/1/8", &n));
    ck_assert_int_eq(ext4_end(&d, &error), 0);
    ck_assert_ptr_null(ext4_read(&d, "/srv/0/7", &n));
    ck_assert_ptr_nonnull(ext4_read(&d, "/srv/4/1999", &n));
    ck_assert_int_eq(fsck(&d), 0);
    fresh_close(&f);
}
END_TEST

START_TEST(test_folders)
{
    struct disk_ref d = open_disk(1);
    const char *error = NULL;
    size_t n;
    ck_assert_int_eq(ext4_make(&d, uuid, "root", &error), 0);
    ck_assert_msg(ext4_make_directory(&d, "/srv/app/data", &error) == 0, "%s", error);
    ck_assert_int_eq(ext4_make_directory(&d, "/srv/app", &error), 0);
    ck_assert_int_eq(ext4_remove_directory(&d, "/srv/app", &error), -1); /* not empty */
    ck_assert_int_eq(ext4_remove_directory(&d, "/srv/app/data", &error), 0);
    ck_assert_int_eq(ext4_remove_directory(&d, "/srv/app/data", &error), -1);
    for (int i = 0; i < 300; i++)
        ck_assert_int_eq(
            ext4_make_directory(&d, arena_printf(&f.request, "/many/a-rather-long-name-%d", i),
                                &error),
            0);
    for (int i = 0; i < 300; i++)
        ck_assert_int_eq(
            ext4_remove_directory(&d, arena_printf(&f.request, "/many/a-rather-long-name-%d", i),
                                  &error),
            0);
    /* each in the place of the other */
    ck_assert_int_eq(ext4_write(&d, "/srv/app", "file", 4, &error), 0);
    ck_assert_mem_eq(ext4_read(&d, "/srv/app", &n), "file", 4);
    ck_assert_int_eq(ext4_remove_directory(&d, "/srv/app", &error), -1);
    ck_assert_int_eq(ext4_make_directory(&d, "/srv/app", &error), 0);
    ck_assert_ptr_null(ext4_read(&d, "/srv/app", &n));
    ck_assert_int_eq(fsck(&d), 0);
    fresh_close(&f);
}
END_TEST

START_TEST(test_mounted_is_not_clean)
{
    struct disk_ref d = open_disk(1);
    const char *error = NULL;
    ck_assert_int_eq(ext4_make(&d, uuid, "data", &error), 0);
    ck_assert_int_eq(ext4_mark(&d, true, &error), 0);
    ck_assert_int_eq(ext4_state(&d), EXT4_MOUNTED);
    ck_assert_int_eq(ext4_write(&d, "/a", "b", 1, &error), 0);
    ck_assert_int_eq(ext4_state(&d), EXT4_MOUNTED);
    ck_assert_int_eq(ext4_mark(&d, false, &error), 0);
    ck_assert_int_eq(ext4_state(&d), EXT4_CLEAN);
    ck_assert_int_eq(fsck(&d), 0);
    fresh_close(&f);
}
END_TEST

START_TEST(test_the_same_calls_make_the_same_bytes)
{
    const char *error = NULL;
    struct arena keep = { 0 };
    unsigned char *digests[2];
    size_t n[2];
    for (int i = 0; i < 2; i++) {
        struct disk_ref d = open_disk(1);
        ck_assert_int_eq(ext4_make(&d, uuid, "root", &error), 0);
        ck_assert_int_eq(ext4_write(&d, "/etc/motd", "hello\n", 6, &error), 0);
        digests[i] = layer_digests(d.store, &keep, d.layer, &n[i]);
        fresh_close(&f);
    }
    ck_assert_uint_eq(n[0], n[1]);
    ck_assert_mem_eq(digests[0], digests[1], n[0]);
    arena_release(&keep);
}
END_TEST

START_TEST(test_paths)
{
    ck_assert_ptr_null(ext4_path_error("/etc/motd"));
    ck_assert_ptr_nonnull(ext4_path_error("etc"));
    ck_assert_ptr_nonnull(ext4_path_error("/etc/../passwd"));
    ck_assert_ptr_nonnull(ext4_path_error("/a//b"));
    ck_assert_ptr_nonnull(ext4_path_error("/./a"));
    ck_assert_ptr_null(ext4_path_error("/..a/b..c/"));
    char longest[400] = "/";
    memset(longest + 1, 'a', 300);
    ck_assert_ptr_nonnull(ext4_path_error(longest));
}
END_TEST

/* ---- A script on a machine: what the shell's own tests (check_shell.c) cannot see ---- */

/* A root volume, and a data volume at /mnt/sdf. */
static struct instance machine_make(struct call *c)
{
    struct instance machine = { 0 };
    struct volume v;
    struct volume_spec spec = volume_spec_new();
    schema_init(&instance_schema, &machine);
    machine.id = "i-0123456789abcdef0";
    machine.owner = c->account;
    machine.region = c->region;
    machine.machine.root_device = "/dev/xvda";
    machine.private_dns = "ip-172-31-0-4.ec2.internal";
    machine.machine.architecture = "x86_64";
    instance_put(c, &machine);
    spec.zone = "us-east-1a";
    spec.type = "gp3";
    spec.size = 1;
    volume_create(c, &spec, &v);
    volume_attach(c, &v, machine.id, "/dev/xvda", YES);
    volume_create(c, &spec, &v);
    volume_attach(c, &v, machine.id, "/dev/sdf", YES);
    guest_make_directory(c, &machine, "/srv");
    guest_make_directory(c, &machine, "/root");
    return machine;
}

START_TEST(test_a_script_changes_the_disks)
{
    fresh_open(&f, NULL, NULL);
    struct call c = fresh_call(&f);
    struct instance machine = machine_make(&c);
    struct shell_run r = {
        .script = "mkdir -p /srv/a && echo text > /srv/a/x && cp -r /srv/a /mnt/sdf\n"
                  "sync; rm -r /srv/a; ls /srv /mnt; cat /mnt/sdf/a/x\n"
                  "hostname -s; uname -m; rm -rf /mnt/* 2>/dev/null; ls /mnt /mnt/sdf\n"
                  "fsfreeze -f /mnt/sdf; echo frozen; touch /mnt/sdf/y",
        .name = "sh",
        .folder = "/",
        .bash = true,
        .keep = SHELL_MAX_OUT
    };
    size_t n;
    guest_run_shell(&c, &machine, &r);
    ck_assert_str_eq(buffer_text(c.a, &r.err), "");
    ck_assert_str_eq(buffer_text(c.a, &r.out), "/mnt:\nsdf\n\n/srv:\ntext\nip-172-31-0-4\nx86_64\n"
                                               "/mnt:\nsdf\n\n/mnt/sdf:\nfrozen\n");
    ck_assert_int_eq(r.end, SHELL_WAITS);
    ck_assert(guest_freeze(&c, &machine, "/mnt/sdf", false));
    guest_run_shell(&c, &machine, &r);
    ck_assert_int_eq(r.end, SHELL_ENDED);
    ck_assert_ptr_nonnull(guest_read(&c, &machine, "/mnt/sdf/y", &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_ptr_null(guest_read(&c, &machine, "/srv/a/x", &n));
    fresh_close(&f);
}
END_TEST

int main(void)
{
    log_open(LOG_OFF);
    Suite *s = suite_create("guest");
    TCase *t = tcase_create("ext4");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, test_a_new_file_system_is_clean_and_small);
    tcase_add_test(t, test_files);
    tcase_add_loop_test(t, test_times, 0, 5);
    tcase_add_test(t, test_batch);
    tcase_add_test(t, test_folders);
    tcase_add_test(t, test_mounted_is_not_clean);
    tcase_add_test(t, test_the_same_calls_make_the_same_bytes);
    tcase_add_test(t, test_paths);
    tcase_add_test(t, test_a_script_changes_the_disks);
    suite_add_tcase(s, t);
    return run_suite(s);
}
