/* HTTP heads at the guard: who is a program, who is a page, and under which name they call. */
#include "tests/fresh.h"

#include "base/text.h"
#include "request/guard.h"

struct head {
    const char *path, *host, *origin, *site;
};

static const char *head_value(const void *headers, const char *name)
{
    const struct head *h = headers;
    return text_is(name, "Host")             ? h->host
           : text_is(name, "Origin")         ? h->origin
           : text_is(name, "Sec-Fetch-Site") ? h->site
                                             : NULL;
}

static struct sim sim;
static struct arena arena;

static const char *verdict(const struct service *s, const struct head *h)
{
    struct call c = { .a = &arena, .sim = &sim };
    struct request r = { .method = "GET",
                         .path = h->path ? h->path : "/",
                         .query = "",
                         .header = head_value,
                         .headers = h };
    guard(&c, &r, s);
    return c.outcome.code ? c.outcome.code : "";
}

static void open_guard(void)
{
    memset(&sim, 0, sizeof sim);
}

static void close_guard(void)
{
    arena_release(&arena);
}

static void allow(const char *text)
{
    ck_assert(guard_is_name(text));
    strs_add(&arena, &sim.allowed, text);
}

static void each(const struct service *s, const char *const *texts, bool origins, const char *code)
{
    for (; *texts; texts++) {
        struct head h = { .host = origins ? "localhost:4566" : *texts };
        h.origin = origins ? *texts : NULL;
        ck_assert_msg(text_is(verdict(s, &h), code), "%s: %s", *texts, verdict(s, &h));
    }
}

static const char *const machine[] = { "localhost",
                                       "LOCALHOST:1",
                                       "localhost.:4566",
                                       "127.0.0.1:4566",
                                       "127.0.0.53",
                                       "127.1:80",
                                       "[::1]",
                                       "[::1]:4566",
                                       "eu.localhost:1",
                                       "a.b.LocalHost.:1",
                                       "ec2.eu-west-1.localhost",
                                       NULL };
static const char *const aws[] = { "ec2.us-east-1.amazonaws.com", "EC2.amazonaws.com:443",
                                   "ec2.us-east-1.api.aws", "ec2.cn-north-1.amazonaws.com.cn.",
                                   NULL };
static const char *const strangers[] = { "evil.test",
                                         "evil.test:4566",
                                         "localhost.evil.test",
                                         "127.0.0.1.evil.test",
                                         "127.0.0.1@evil.test",
                                         "evil.test@127.0.0.1",
                                         "localhost:4566@evil.test",
                                         "amazonaws.com.evil.test",
                                         "evilamazonaws.com",
                                         ".localhost",
                                         "evillocalhost",
                                         "0.0.0.0:4566",
                                         "[::]:4566",
                                         "[::1",
                                         "[::1]evil.test",
                                         "[::ffff:1.2.3.4]",
                                         "192.168.0.1",
                                         "127",
                                         "localhost:port",
                                         "localhost:4566 ",
                                         "localhost:1:2",
                                         "host.docker.internal",
                                         "localhost..",
                                         ":4566",
                                         ".",
                                         "[",
                                         "]",
                                         "",
                                         NULL };

START_TEST(test_hosts)
{
    each(&service_ec2, machine, false, "");
    each(&service_control, machine, false, "");
    each(&service_ec2, aws, false, "");
    each(&service_control, aws, false, "ForeignHost");
    each(&service_ec2, strangers, false, "ForeignHost");
    each(&service_ssm, strangers, false, "ForeignHost");
    each(&service_control, strangers, false, "ForeignHost");
    struct head none = { 0 };
    ck_assert_str_eq(verdict(&service_ec2, &none), "");
    ck_assert_str_eq(verdict(&service_control, &none), "ForeignHost");
}
END_TEST

START_TEST(test_exposed)
{
    sim.exposed = true;
    each(&service_ec2, strangers, false, "");
    each(&service_control, strangers, false, "ForeignHost");
    ck_assert_str_eq(verdict(&service_ec2, &(struct head){ .host = "evil.test:4566",
                                                           .origin = "http://evil.test:4566" }),
                     "ForeignOrigin");
}
END_TEST

START_TEST(test_allowed_hosts)
{
    static const char *const any_port[] = { "amisim.test", "AMISIM.test.:99", NULL };
    static const char *const one_port[] = { "host.docker.internal:4566", NULL };
    static const char *const others[] = {
        "x.amisim.test",        "amisim.test.evil",        "amisim",
        "host.docker.internal", "host.docker.internal:45", NULL
    };
    allow("amisim.test");
    allow("host.docker.internal:4566");
    allow("[fd00::1]");
    each(&service_control, any_port, false, "");
    each(&service_ebs, one_port, false, "");
    each(&service_ebs, others, false, "ForeignHost");
    ck_assert_str_eq(verdict(&service_kms, &(struct head){ .host = "[fd00::1]:1" }), "");
    ck_assert(!guard_is_name(""));
    ck_assert(!guard_is_name("http://amisim.test"));
    ck_assert(!guard_is_name("a b"));
    ck_assert(!guard_is_name("a@b"));
    ck_assert(!guard_is_name("a:b"));
}
END_TEST

START_TEST(test_origins)
{
    static const char *const own[] = { "http://localhost:4566", "http://127.0.0.1:4566",
                                       "http://[::1]:4566", "http://a.localhost:4566", NULL };
    static const char *const foreign[] = { "null",
                                           "",
                                           "http://localhost",
                                           "http://localhost:3000",
                                           "http://localhost:45660",
                                           "https://localhost:4566",
                                           "http://evil.test",
                                           "http://evil.test:4566",
                                           "http://localhost:4566@evil.test",
                                           "http://localhost.evil.test:4566",
                                           "http://ec2.us-east-1.amazonaws.com:4566",
                                           "file://",
                                           "chrome-extension://localhost:4566",
                                           "localhost:4566",
                                           "http://",
                                           "http://0.0.0.0:4566",
                                           "http://localhost:4566 http://evil.test",
                                           NULL };
    each(&service_ec2, own, true, "");
    each(&service_control, own, true, "");
    each(&service_ec2, foreign, true, "ForeignOrigin");
    each(&service_control, foreign, true, "ForeignOrigin");
}
END_TEST

START_TEST(test_allowed_origins)
{
    static const char *const pages[] = { "http://localhost:3000", "https://app.test:8443",
                                         "https://app.test", NULL };
    static const char *const foreign[] = { "http://localhost:3001", "http://127.0.0.1:3000",
                                           "https://app.test.evil", NULL };
    allow("localhost:3000");
    allow("app.test");
    each(&service_ec2, pages, true, "");
    each(&service_ec2, foreign, true, "ForeignOrigin");
    struct head h = { .host = "localhost:4566",
                      .origin = "http://localhost:3000",
                      .site = "same-site" };
    ck_assert_str_eq(verdict(&service_ec2, &h), "");
}
END_TEST

START_TEST(test_sites)
{
    static const char *const sites[][2] = { { "cross-site", "ForeignOrigin" },
                                            { "same-site", "ForeignOrigin" },
                                            { "", "ForeignOrigin" },
                                            { "Same-Origin", "ForeignOrigin" },
                                            { "same-origin", "" },
                                            { "none", "" } };
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) {
        struct head h = { .host = "127.0.0.1:4566", .site = sites[i][0] };
        ck_assert_str_eq(verdict(&service_ec2, &h), sites[i][1]);
        ck_assert_str_eq(verdict(&service_control, &h), sites[i][1]);
    }
}
END_TEST

/* A target that is a whole URL says whom the client believes to talk to. */
START_TEST(test_targets)
{
    struct head good = { "http://ec2.eu-west-1.amazonaws.com/?x", "evil.test", NULL, NULL },
                bad = { "http://evil.test/?x", "localhost", NULL, NULL },
                user = { "http://localhost@evil.test/", "localhost", NULL, NULL },
                path = { "/http://evil.test/", "localhost", NULL, NULL };
    ck_assert_str_eq(verdict(&service_ec2, &good), "");
    ck_assert_str_eq(verdict(&service_ec2, &bad), "ForeignHost");
    ck_assert_str_eq(verdict(&service_ec2, &user), "ForeignHost");
    ck_assert_str_eq(verdict(&service_ec2, &path), "");
}
END_TEST

START_TEST(test_loopback)
{
    ck_assert(guard_is_loopback("127.0.0.1"));
    ck_assert(guard_is_loopback("127.0.0.2"));
    ck_assert(guard_is_loopback("::1"));
    ck_assert(guard_is_loopback("localhost"));
    ck_assert(!guard_is_loopback("0.0.0.0"));
    ck_assert(!guard_is_loopback("::"));
    ck_assert(!guard_is_loopback("192.168.1.1"));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("guard");
    TCase *t = tcase_create("heads");
    tcase_add_checked_fixture(t, open_guard, close_guard);
    tcase_add_test(t, test_hosts);
    tcase_add_test(t, test_exposed);
    tcase_add_test(t, test_allowed_hosts);
    tcase_add_test(t, test_origins);
    tcase_add_test(t, test_allowed_origins);
    tcase_add_test(t, test_sites);
    tcase_add_test(t, test_targets);
    tcase_add_test(t, test_loopback);
    suite_add_tcase(s, t);
    return run_suite(s);
}
