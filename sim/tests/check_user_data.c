/* User data as cloud-init takes it apart: types, MIME, gzip, archives, includes. What cloud-init
 * itself makes of the same bytes is compared by client-tests/cloud-init. */
#include "tests/suite.h"

#include "base/gzip.h"
#include "base/value.h"
#include "guest/boot/user_data.h"

static struct arena a;

static const char *fetch(const struct user_data_source *s, const char *url)
{
    (void)s;
    return strcmp(url, "http://files/one") == 0    ? "#!/bin/sh\necho one\n"
           : strcmp(url, "http://files/two") == 0  ? "#include http://files/one\n"
           : strcmp(url, "http://files/loop") == 0 ? "#include\nhttp://files/loop\n"
                                                   : NULL;
}

/* "TYPE NAME;TYPE NAME" of all parts. */
static const char *parts_of(const char *bytes, size_t n, struct user_data *d)
{
    static const struct user_data_source source = { fetch };
    struct list all = { 0 };
    user_data_read(&a, &source, bytes, n, d);
    LIST_EACH (struct mime_part, p, &d->parts)
        strs_add(&a, &all, arena_printf(&a, "%s %s", p->type, p->filename));
    return strs_join(&a, &all, ";");
}

static void expect(const char *text, const char *parts)
{
    struct user_data d;
    ck_assert_str_eq(parts_of(text, strlen(text), &d), parts);
    ck_assert_msg(!d.error, "%s", d.error);
}

static const char *content(const struct user_data *d, size_t i)
{
    return list_at(&d->parts, struct mime_part, i)->bytes;
}

START_TEST(test_first_characters_say_what_it_is)
{
    expect("#!/bin/bash\n", "text/x-shellscript part-001");
    expect("\n #!/bin/bash\n", "text/x-shellscript part-001");
    expect("#cloud-config\npackages: []\n", "text/cloud-config part-001");
    expect("#Cloud-Config\n", "text/cloud-config part-001");
    expect("#cloud-boothook\n", "text/cloud-boothook part-001");
    expect("#part-handler\n", "text/part-handler part-001");
    expect("## template: jinja\n#cloud-config\n", "text/jinja2 part-001");
    expect("\xef\xbb\xbf#!/bin/sh\n", "text/x-not-multipart part-001");
    expect("nonsense", "text/x-not-multipart part-001");
    expect("", "");
}
END_TEST

START_TEST(test_message_comes_apart)
{
    struct user_data d;
    const char *text = "Content-Type: multipart/mixed; boundary=\"=B=\"\r\n"
                       "MIME-Version: 1.0\r\n\r\nfor old readers\r\n--=B=\r\n"
                       "Content-Type: text/x-shellscript; charset=\"us-ascii\"\r\n"
                       "Content-Transfer-Encoding: base64\r\n"
                       "Content-Disposition: attachment;\r\n filename=\"run.sh\"\r\n\r\n"
                       "IyEvYmluL3NoCmVj\r\naG8gaGkK\r\n--=B=  \r\n"
                       "Content-Type: multipart/alternative; boundary=in\r\n\r\n"
                       "--in\n\n#cloud-config\nruncmd: [ls]\n--in\n"
                       "Content-Type: text/strange\nContent-Transfer-Encoding: "
                       "quoted-printable\n\na=3Db=\nc\n--in--\n"
                       "\r\n--=B=--\r\nafterwards\r\n";
    ck_assert_str_eq(parts_of(text, strlen(text), &d),
                     "text/x-shellscript run.sh;text/cloud-config part-002;text/strange part-003");
    ck_assert_str_eq(content(&d, 0), "#!/bin/sh\necho hi\n");
    ck_assert_str_eq(content(&d, 1), "#cloud-config\nruncmd: [ls]");
    ck_assert_str_eq(content(&d, 2), "a=bc");
}
END_TEST

START_TEST(test_archive_and_include)
{
    struct user_data d;
    expect("#cloud-config-archive\n- '#!/bin/sh'\n- {content: 'a: 1'}\n"
           "- {type: text/cloud-boothook, content: x, filename: early}\n- 7\n",
           "text/x-shellscript part-001;text/cloud-config part-002;text/cloud-boothook early");
    expect("#include http://files/two\n# a remark\n\nhttp://files/one\n",
           "text/x-shellscript part-001;text/x-shellscript part-002");
    parts_of("#include\nhttp://elsewhere/x\n", 28, &d);
    ck_assert_str_eq(d.error, "HTTPConnectionPool: Max retries exceeded (amisim serves only what a "
                              "fixture holds) for url: http://elsewhere/x");
    const char *loop = "#include http://files/loop";
    parts_of(loop, strlen(loop), &d);
    ck_assert_str_eq(d.error, "amisim follows 8 includes in one another");
}
END_TEST

/* printf '#!/bin/sh\n' | gzip -n9 */
static const char packed[] = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x53\x56\xd4\x4f\xca\xcc"
                             "\xd3\x2f\xce\xe0\x02\x00\x1d\x9d\xfb\x04\x0a\x00\x00\x00";

START_TEST(test_gzip_is_opened)
{
    size_t n = 0, size = sizeof packed - 1;
    char twice[2 * sizeof packed];
    ck_assert_str_eq(gzip_open(&a, packed, size, 100, &n), "#!/bin/sh\n");
    ck_assert_uint_eq(n, 10);
    ck_assert_ptr_null(gzip_open(&a, packed, size, 9, &n)); /* more than wanted */
    ck_assert_ptr_null(gzip_open(&a, packed, size - 9, 100, &n)); /* cut */
    ck_assert_ptr_null(gzip_open(&a, "plain", 5, 100, &n));
    memcpy(twice, packed, size);
    memcpy(twice + size, packed, size);
    ck_assert_str_eq(gzip_open(&a, twice, 2 * size, 100, &n), "#!/bin/sh\n#!/bin/sh\n");
    struct user_data d;
    ck_assert_str_eq(parts_of(packed, size, &d), "text/x-shellscript part-001");
    ck_assert_str_eq(content(&d, 0), "#!/bin/sh\n");
}
END_TEST

START_TEST(test_yaml_of_others)
{
    const char *error = NULL;
    const char *text = "base: &b {x: 1, y: 2}\nuse: {<<: *b, y: 3}\nk: old\nk: new\nl: [*b, *b]\n";
    struct value *v = value_from_yaml_loose(&a, "f", text, strlen(text), &error);
    ck_assert_msg(v, "%s", error);
    ck_assert_str_eq(value_to_json(&a, v, 0),
                     "{\"base\":{\"x\":1,\"y\":2},\"use\":{\"y\":3,\"x\":1},\"k\":\"new\","
                     "\"l\":[{\"x\":1,\"y\":2},{\"x\":1,\"y\":2}]}");
    ck_assert_ptr_null(value_from_yaml_loose(&a, "f", "a: *none", 8, &error));
    ck_assert_str_eq(error, "f:1: found undefined alias 'none'");
}
END_TEST

START_TEST(test_aliases_are_bounded)
{
    const char *error = NULL;
    struct list wide = { 0 }, tall = { 0 };
    strs_add(&a, &wide, "a0: &a0 [x]");
    strs_add(&a, &tall, "a0: &a0 [x]");
    for (int i = 1; i < 40; i++) {
        strs_add(&a, &wide, arena_printf(&a, "a%d: &a%d [*a%d, *a%d]", i, i, i - 1, i - 1));
        strs_add(&a, &tall, arena_printf(&a, "a%d: &a%d [*a%d]", i, i, i - 1));
    }
    const char *text = strs_join(&a, &wide, "\n");
    ck_assert_ptr_null(value_from_yaml_loose(&a, "f", text, strlen(text), &error));
    ck_assert_str_eq(error, "f:15: more than 100000 values");
    text = strs_join(&a, &tall, "\n");
    ck_assert_ptr_null(value_from_yaml_loose(&a, "f", text, strlen(text), &error));
    ck_assert_str_eq(error, "f:32: nested too deeply: 32 levels are the most");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("user_data");
    TCase *t = tcase_create("user_data");
    tcase_add_test(t, test_first_characters_say_what_it_is);
    tcase_add_test(t, test_message_comes_apart);
    tcase_add_test(t, test_archive_and_include);
    tcase_add_test(t, test_gzip_is_opened);
    tcase_add_test(t, test_yaml_of_others);
    tcase_add_test(t, test_aliases_are_bounded);
    suite_add_tcase(s, t);
    return run_suite(s);
}
