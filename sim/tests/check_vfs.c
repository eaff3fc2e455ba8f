/* A disk that fails: each operation of SQLite on a file in its turn, over a script of calls that
 * touches every table, jobs, checkpoints and guests. After each the process answers or has ended
 * cleanly, the file opens, nothing that was acknowledged is missing, nothing half done is to be
 * seen. The same for a loss of power, and for memory.
 *
 * The first failures come one by one, later ones in steps; AMISIM_SWEEP=1 tries each,
 * AMISIM_ONLY=n the n-th alone and shows what it makes the program say. */
#include "tests/fault_vfs.h"
#include "tests/fresh.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/log.h"
#include "base/text.h"
#include "scenario/scenario.h"
#include "world/seed.h"

#define BLOCK_SIZE 524288

/* ---- The script ---- */

struct ask {
    const char *service, *target, *method, *path, *query, *body;
    bool block; /* the body is a block of EBS direct */
};

#define EC2(query)                                                                                 \
    {                                                                                              \
        "ec2", NULL, "POST", "/", "", query, false                                                 \
    }
#define KMS(operation, body)                                                                       \
    {                                                                                              \
        "kms", "TrentService." operation, "POST", "/", "", body, false                             \
    }
#define SSM(operation, body)                                                                       \
    {                                                                                              \
        "ssm", "AmazonSSM." operation, "POST", "/", "", body, false                                \
    }
#define EBS(method, path, query, body)                                                             \
    {                                                                                              \
        "ebs", NULL, method, path, query, body, false                                              \
    }
#define BLOCK(path)                                                                                \
    {                                                                                              \
        "ebs", NULL, "PUT", path, "", NULL, true                                                   \
    }
#define OWN(method, path, query, body)                                                             \
    {                                                                                              \
        "ec2", NULL, method, "/_amisim/" path, query, body, false                                  \
    }

/* {vol} stands for the last identifier of that kind that an answer had. */
static const struct ask script[] = {
    OWN("PUT", "scenarios/late", "",
        "rules: [{when: {operations: [CreateTags]}, what: {stale: {calls: 2}}},"
        " {when: {operations: [CreateKeyPair], nth: 1}, what: {hide: {calls: 2}}}]"),
    EC2("Action=CreateVolume&AvailabilityZone=us-east-1a&Size=1&ClientToken=one"),
    EC2("Action=CreateTags&ResourceId.1={vol}&Tag.1.Key=a&Tag.1.Value=b"),
    EC2("Action=DescribeTags&Filter.1.Name=resource-id&Filter.1.Value.1={vol}"),
    EC2("Action=CreateKeyPair&KeyName=k&KeyType=ed25519"),
    EC2("Action=DescribeKeyPairs&KeyName.1=k"),
    EBS("POST", "/snapshots", "", "{\"VolumeSize\":1,\"ClientToken\":\"t\"}"),
    BLOCK("/snapshots/{snap}/blocks/0"),
    BLOCK("/snapshots/{snap}/blocks/3"),
    EBS("POST", "/snapshots/completion/{snap}", "", ""),
    EBS("GET", "/snapshots/{snap}/blocks", "", ""),
    EC2("Action=RegisterImage&Name=one&Architecture=x86_64&RootDeviceName=/dev/xvda"
        "&VirtualizationType=hvm&EnaSupport=true&BlockDeviceMapping.1.DeviceName=/dev/xvda"
        "&BlockDeviceMapping.1.Ebs.SnapshotId={snap}"),
    EC2("Action=ModifyImageAttribute&ImageId={ami}&LaunchPermission.Add.1.UserId=222233334444"),
    EC2("Action=RunInstances&ImageId={ami}&InstanceType=t3.micro&IamInstanceProfile.Name=p&"
        "MinCount=1&MaxCount=1"),
    OWN("PUT", "guests/{i}/files/srv/a", "", "some bytes"),
    OWN("POST", "guests/{i}/sync", "", ""),
    OWN("GET", "guests/{i}/files/srv/a", "", ""),
    OWN("POST", "clock", "", "{\"advance\":\"1h\"}"),
    EC2("Action=CreateImage&InstanceId={i}&Name=two"),
    OWN("POST", "checkpoints/here", "", ""),
    EC2("Action=CopyImage&SourceImageId={ami}&SourceRegion=us-east-1&Name=three"),
    EC2("Action=CreateSnapshot&VolumeId={vol}&Description=d"),
    EC2("Action=LockSnapshot&SnapshotId={snap}&LockMode=governance&LockDuration=1"),
    EC2("Action=CopySnapshot&SourceSnapshotId={snap}&SourceRegion=us-east-1&Encrypted=true"),
    EC2("Action=ModifySnapshotTier&SnapshotId={snap}&StorageTier=archive"),
    EC2("Action=EnableFastSnapshotRestores&AvailabilityZone.1=us-east-1a&SourceSnapshotId.1={"
        "snap}"),
    EC2("Action=ModifyVolume&VolumeId={vol}&Size=2"),
    EC2("Action=CreateLaunchTemplate&LaunchTemplateName=lll&LaunchTemplateData.ImageId={ami}"),
    EC2("Action=CreateSecurityGroup&GroupName=g&GroupDescription=d"),
    EC2("Action=CreateStoreImageTask&ImageId={ami}&Bucket=bucket"),
    EC2("Action=EnableEbsEncryptionByDefault"),
    EC2("Action=CreateReplaceRootVolumeTask&InstanceId={i}"),
    EC2("Action=EnableSnapshotBlockPublicAccess&State=block-all-sharing"),
    KMS("CreateKey", "{\"Description\":\"d\"}"),
    KMS("CreateAlias", "{\"AliasName\":\"alias/a\",\"TargetKeyId\":\"{key}\"}"),
    KMS("CreateGrant",
        "{\"KeyId\":\"{key}\",\"GranteePrincipal\":\"arn:aws:iam::111122223333:root\","
        "\"Operations\":[\"Decrypt\"]}"),
    SSM("PutParameter", "{\"Name\":\"/a\",\"Value\":\"v\",\"Type\":\"String\"}"),
    OWN("POST", "clock", "", "{\"advance\":\"40d\"}"),
    EC2("Action=DeregisterImage&ImageId={ami}"),
    EC2("Action=TerminateInstances&InstanceId.1={i}"),
    OWN("POST", "checkpoints/here/restore", "", ""),
    EC2("Action=CreateVolume&AvailabilityZone=us-east-1a&Size=3"),
    OWN("POST", "reset", "account=111122223333", ""),
    EC2("Action=CreateVolume&AvailabilityZone=us-east-1a&Size=4"),
    OWN("PUT", "state", "",
        "{\"version\":2,\"tables\":{\"setting\":{\"columns\":[\"name\",\"value\"],"
        "\"rows\":[[\"ids\",77],[\"seeded\",1]]}}}"),
    EC2("Action=CreateVolume&AvailabilityZone=us-east-1a&Size=5"),
};

#define STEPS (sizeof script / sizeof *script)

/* What the answers said, under the word that stands for it. */
struct known {
    const char *word, *sign;
    char id[64];
};

static struct known known[] = { { "vol", "vol-", "vol-0" },    { "snap", "snap-", "snap-0" },
                                { "ami", "ami-", "ami-0" },    { "i", ">i-", "i-0" },
                                { "key", "\"KeyId\":\"", "" }, { 0 } };

static void learn(const char *body)
{
    for (struct known *k = known; k->word; k++) {
        size_t sign = strlen(k->sign), skipped = text_is(k->word, "i") ? 1 : 0;
        const char *at = strstr(body, k->sign);
        if (!at)
            continue;
        at += text_is(k->word, "key") ? sign : skipped;
        size_t length = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789-");
        if (length < sizeof k->id)
            snprintf(k->id, sizeof k->id, "%.*s", (int)length, at);
    }
}

static const char *filled(struct arena *a, const char *text)
{
    for (const struct known *k = known; text && k->word; k++) {
        const char *at = strstr(text, arena_printf(a, "{%s}", k->word));
        if (at)
            text = arena_printf(a, "%.*s%s%s", (int)(at - text), text, k->id,
                                at + strlen(k->word) + 2);
    }
    return text;
}

static const char *header(const void *headers, const char *name)
{
    const struct ask *s = headers;
    static char scope[200];
    if (text_is(name, "Authorization")) {
        snprintf(scope, sizeof scope,
                 "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/%s/aws4_request,"
                 " SignedHeaders=host, Signature=0",
                 s->service);
        return scope;
    }
    if (s->block && text_is(name, "x-amz-Checksum"))
        return "tAwxgAgWAt0K1xXWD3v780t3erlGZ/MYbDLRljAlS8c=";
    if (s->block && text_is(name, "x-amz-Checksum-Algorithm"))
        return "SHA256";
    if (text_is(name, "x-amz-ChangedBlocksCount"))
        return "2";
    if (s->block && text_is(name, "x-amz-Data-Length"))
        return "524288";
    return text_is(name, "X-Amz-Target") ? s->target
           : text_is(name, "Host")       ? "localhost"
           : text_is(name, "X-Amisim")   ? "1"
                                         : NULL;
}

/* ---- The world ---- */

/* What a run tells the one that started it. */
struct told {
    uint64_t acknowledged; /* the state after the last good answer */
    uint64_t in_doubt[3 * STEPS]; /* those that were to come and were refused since */
    int doubts;
    uint64_t checkpoint; /* what is set aside: to bring it back is a commit of its own */
    int statuses[STEPS];
    long operations;
    bool wrong;
    char what[200];
};

static struct fresh world;
static struct told *told;

/* Everything that is stored, as one number; not what no client sees, nor how often rules of
 * scenarios were met: a call that is refused met them. */
static uint64_t state_of(struct sim *sim)
{
    uint64_t sum = 0;
    struct arena a = { 0 };
    struct list tables = { 0 };
    struct rows *r = store_query(sim->store,
                                 "SELECT name FROM sqlite_master WHERE type = 'table'"
                                 " AND name NOT IN ('content', 'fault_rule_state') ORDER BY name",
                                 NULL);
    while (rows_next(r))
        strs_add(&a, &tables, rows_text(r, 0, &a));
    LIST_EACH (const char *, table, &tables) {
        const char *columns = store_word(
            &(struct call){ .a = &a, .store = sim->store },
            "SELECT group_concat('quote(' || name || ')', '||') FROM pragma_table_info(?)",
            SQL_ARGS(SQL_TEXT(*table)));
        const char *rest =
            text_is(*table, "setting") ? " WHERE name NOT IN ('ids', 'clock.machine')" : "";
        r = store_query(sim->store,
                        arena_printf(&a, "SELECT %s FROM \"%s\"%s", columns, *table, rest), NULL);
        while (rows_next(r))
            sum = sum * 31 + hash_text(rows_text(r, 0, &a)) + hash_text(*table);
    }
    arena_release(&a);
    return sum;
}

static uint64_t looked_at(struct sim *sim)
{
    fault_plan.paused = true;
    uint64_t state = state_of(sim);
    fault_plan.paused = false;
    return state;
}

static void open_or_end(struct fresh *f, const char *path)
{
    const char *error = NULL;
    f->sim = (struct sim){ .clock = &f->clock,
                           .contents = &contents,
                           .perform = pipeline_perform,
                           .fixtures = world.sim.fixtures,
                           .pace = PACE_INSTANT,
                           .version = "test",
                           .seed = 1 };
    f->clock = (struct clock){ .still = true, .start = 1780000000000 };
    f->sim.store = store_open(&f->process, path, contents.schemas, &error);
    if (!f->sim.store) {
        fprintf(stderr, "%s\n", error);
        _exit(EXIT_FAILURE);
    }
    store_begin(f->sim.store);
    f->sim.ids.state = (uint64_t)store_setting(f->sim.store, "ids", 1);
    clock_open(&f->clock, f->sim.store);
    scenarios_open(&f->sim, &f->process, &(struct list){ 0 }, &error);
    if (!pipeline_commit(&f->sim))
        _exit(EXIT_FAILURE);
}

static int serve(struct fresh *f, const struct ask *s)
{
    static char block[BLOCK_SIZE];
    const char *body = s->block ? block : filled(&f->request, s->body);
    struct request r = { .method = s->method,
                         .path = filled(&f->request, s->path),
                         .query = s->query,
                         .header = header,
                         .headers = s,
                         .body = body ? body : "",
                         .size = s->block ? BLOCK_SIZE
                                 : body   ? strlen(body)
                                          : 0 };
    memset(block, 7, sizeof block);
    struct reply reply = pipeline_serve(&f->sim, &f->request, &r);
    if (reply.status < 300)
        learn(arena_strndup(&f->request, reply.body, reply.size));
    else if (getenv("AMISIM_ONLY"))
        fprintf(stderr, "%d %s %.*s\n", reply.status, r.path, (int)reply.size, reply.body);
    return reply.status;
}

static void complain(const char *what, size_t step)
{
    told->wrong = true;
    snprintf(told->what, sizeof told->what, "%s at step %zu", what, step);
    _exit(EXIT_FAILURE);
}

/* Nobody was told of it yet, but the disk may have it. */
static uint64_t doubted(uint64_t state)
{
    told->in_doubt[told->doubts++] = state;
    return state;
}

static void acknowledge(uint64_t state)
{
    told->acknowledged = state;
    told->doubts = 0;
}

/* For themselves: a call that is refused after them leaves what they did. */
static void run_jobs(struct fresh *f)
{
    pipeline_run_due(&f->sim);
    if (!pipeline_pending(&f->sim))
        return;
    uint64_t after = doubted(looked_at(&f->sim));
    if (pipeline_flush(&f->sim))
        acknowledge(after);
}

/* One call as the loop makes it: an answer leaves when its commit is on the disk. */
static void take(struct fresh *f, size_t i)
{
    run_jobs(f);
    bool restores = strstr(script[i].path, "/restore") != NULL;
    if (restores)
        doubted(told->checkpoint);
    int status = serve(f, &script[i]);
    uint64_t after = doubted(looked_at(&f->sim));
    if (!pipeline_flush(&f->sim))
        status = 500;
    told->statuses[i] = status;
    uint64_t now = status < 500 ? after : looked_at(&f->sim);
    if (status >= 500 && now != told->acknowledged && (!restores || now != told->checkpoint))
        complain("a refused call left something", i);
    if (now != told->acknowledged) /* an answer to a read makes nothing sure */
        acknowledge(now);
    if (status == 200 && strstr(script[i].path, "/checkpoints/here") && !restores)
        told->checkpoint = now;
    arena_reset(&f->request);
}

static _Noreturn void run_script(const char *path)
{
    open_or_end(&world, path);
    acknowledge(looked_at(&world.sim));
    for (size_t i = 0; i < STEPS; i++)
        take(&world, i);
    told->operations = fault_plan.count;
    scenarios_close(&world.sim);
    store_close(world.sim.store);
    _exit(EXIT_SUCCESS);
}

/* ---- Trying ---- */

#define FIRST 12

static char folder[] = "/tmp/amisim-vfs-XXXXXX";

static const char *database(void)
{
    static char path[sizeof folder + 8];
    snprintf(path, sizeof path, "%s/db", folder);
    return path;
}

static void remove_database(void)
{
    char wal[64];
    snprintf(wal, sizeof wal, "%s-wal", database());
    unlink(database());
    unlink(wal);
}

static int run(void (*child)(const char *path), enum fault_mode mode, long at)
{
    static long last; /* a start afterwards has no fault of its own */
    last = mode == FAULT_NONE ? last : at;
    int status;
    told->wrong = false;
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        if (!getenv("AMISIM_ONLY"))
            dup2(nowhere, STDERR_FILENO);
        fault_arm(mode, at);
        child(database());
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status), "mode %d, operation %ld: signal %d", mode, at,
                  WTERMSIG(status));
    ck_assert_msg(!told->wrong, "mode %d, operation %ld: %s", mode, last, told->what);
    return WEXITSTATUS(status);
}

/* What a new start finds, and that it goes on. */
static _Noreturn void start_again(const char *path)
{
    struct told before = *told;
    open_or_end(&world, path);
    uint64_t found = looked_at(&world.sim);
    bool known_state = found == before.acknowledged;
    for (int i = 0; i < before.doubts; i++)
        known_state |= found == before.in_doubt[i];
    if (!known_state)
        complain("the file is neither as acknowledged nor with a call that was in doubt", 0);
    if (serve(&world, &script[1]) != 200 || !pipeline_flush(&world.sim))
        complain("no call is taken", 0);
    _exit(EXIT_SUCCESS);
}

static void try_one(enum fault_mode mode, long at)
{
    remove_database();
    acknowledge(0);
    run(run_script, mode, at);
    bool began = told->acknowledged != 0;
    if (!began) /* it never was open: then it may be anything that a start makes a world of */
        return;
    ck_assert_msg(run(start_again, FAULT_NONE, 0) == EXIT_SUCCESS,
                  "mode %d, operation %ld: it does not start again", mode, at);
}

/* The first ones, then one in so many; AMISIM_SWEEP says in how many. */
static bool is_tried(long n, long step)
{
    return n <= FIRST || (n - FIRST) % step == 0;
}

static void sweep(enum fault_mode mode)
{
    const char *asked = getenv("AMISIM_SWEEP"), *only = getenv("AMISIM_ONLY");
    if (only) {
        try_one(mode, strtol(only, NULL, 10));
        return;
    }

    remove_database();
    ck_assert_int_eq(run(run_script, mode, LONG_MAX), EXIT_SUCCESS);
    long operations = told->operations, tried = 0;
    ck_assert_int_gt(operations, 100);
    long step = asked ? strtol(asked, NULL, 10) : operations / 16 | 1;
    for (long at = 1; at <= operations; at++) {
        if (!is_tried(at, step))
            continue;
        try_one(mode, at);
        tried++;
    }
    printf("mode %d: %ld of %ld operations failed in their turn\n", mode, tried, operations);
}

/* ---- Tests ---- */

static void set_up(void)
{
    const char *error = NULL;
    fault_vfs_begin();
    log_open(getenv("AMISIM_ONLY") ? LOG_TEXT : LOG_OFF);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    world.sim.fixtures = fixtures_load(&world.process, &(struct list){ 0 }, &error);
    told = mmap(NULL, sizeof *told, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert(told != MAP_FAILED);
}

static void tear_down(void)
{
    remove_database();
    rmdir(folder);
    munmap(told, sizeof *told);
    arena_release(&world.process);
}

START_TEST(test_the_script_is_taken)
{
    ck_assert_int_eq(run(run_script, FAULT_NONE, 0), EXIT_SUCCESS);
    for (size_t i = 0; i < STEPS; i++)
        ck_assert_msg(told->statuses[i] / 100 == 2, "step %zu: %d", i, told->statuses[i]);
}
END_TEST

START_TEST(test_one_operation_fails)
{
    sweep(FAULT_ONCE);
}
END_TEST

START_TEST(test_all_fail_from_then_on)
{
    sweep(FAULT_STAYS);
}
END_TEST

START_TEST(test_power_is_lost)
{
    sweep(FAULT_POWER);
}
END_TEST

START_TEST(test_memory_is_short)
{
    sweep(FAULT_MEMORY);
}
END_TEST

/* Each by its own name (CK_RUN_CASE): they take long when all is tried. */
static void add(Suite *s, const char *name, const TTest *test)
{
    TCase *t = tcase_create(name);
    tcase_set_timeout(t, 24 * 3600);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, test);
    suite_add_tcase(s, t);
}

int main(void)
{
    Suite *s = suite_create("vfs");
    add(s, "script", test_the_script_is_taken);
    add(s, "once", test_one_operation_fails);
    add(s, "stays", test_all_fail_from_then_on);
    add(s, "power", test_power_is_lost);
    add(s, "memory", test_memory_is_short);
    return run_suite(s);
}
