/* The shell of a guest: grammar, words, commands on files, pauses, and what hostile scripts
 * cost. No simulator stands behind it: the machine is tests/memory_host.h. */
#include "tests/suite.h"

#include "base/text.h"
#include "guest/shell/shell.h"
#include "tests/memory_host.h"

static struct arena a;
static struct memory_host machine;

static void set_up(void)
{
    machine = memory_host_new(&a);
}

static void tear_down(void)
{
    arena_release(&a);
}

static const char *out(struct shell_run *r)
{
    return shell_visible_output(&a, &r->out, SHELL_MAX_OUT);
}

static const char *err(struct shell_run *r)
{
    return shell_visible_output(&a, &r->err, SHELL_MAX_ERR);
}

static struct shell_run begin(const char *script, bool bash)
{
    machine.base.dash = !bash;
    return (struct shell_run){
        .script = script, .name = "sh", .folder = "/", .bash = bash, .keep = SHELL_MAX_OUT
    };
}

/* To its end, whatever it sleeps. */
static struct shell_run run(const char *script, bool bash)
{
    struct shell_run r = begin(script, bash);
    const char *why = NULL;
    ck_assert_msg(shell_check(&a, script, bash, &why), "%s", why);
    do {
        shell_run(&a, &machine.base, &r);
        machine.base.now += r.pause;
    } while (r.end == SHELL_SLEEPS);
    return r;
}

static void says(const char *script, const char *expected)
{
    struct shell_run r = run(script, true);
    ck_assert_msg(r.end == SHELL_ENDED && r.status == 0 && !*err(&r), "%s: %s", script, err(&r));
    ck_assert_msg(text_is(out(&r), expected), "%s: %s", script, out(&r));
}

static void fails(const char *script, bool bash, int64_t status, const char *expected)
{
    struct shell_run r = run(script, bash);
    ck_assert_msg(r.status == status, "%s: %d", script, (int)r.status);
    ck_assert_msg(text_is(err(&r), expected), "%s: %s", script, err(&r));
}

/* ---- Grammar ---- */

START_TEST(test_words)
{
    says("echo a   b 'c  d' \"e  f\" g\\ h", "a b c  d e  f g h\n");
    says("echo one # two", "one\n");
    says("echo a#b '#c'", "a#b #c\n");
    says("echo long\\\ner", "longer\n");
    says("X='a  b'; echo $X \"$X\" '$X' \"\\$X\" ${X}c", "a b a  b $X $X a bc\n");
    says("X=; echo [$X] \"\" $X end", "[]  end\n");
    says("A=1 B=2; echo $A$B $C $? $#", "12 0 0\n");
    says("echo ~ ~/x '~' a~", "/root /root/x ~ a~\n");
    says("echo $ a$ \"$\"", "$ a$ $\n");
    says("", "");
}
END_TEST

START_TEST(test_lists)
{
    says("true && echo yes || echo no", "yes\n");
    says("false && echo yes || echo no", "no\n");
    says("false || false || echo third", "third\n");
    says("! false && echo not", "not\n");
    says("echo a; echo b\necho c;", "a\nb\nc\n");
    says("true &&\n\n echo next", "next\n");
    says("if false; then echo 1; elif true; then echo 2; else echo 3; fi", "2\n");
    says("if false; then echo 1; fi; echo $?", "0\n");
    says("for i in a \"b c\" d; do echo -n \"<$i>\"; done", "<a><b c><d>");
    says("for i in 1 2; do for j in x y; do echo $i$j; done; done", "1x\n1y\n2x\n2y\n");
    says("for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done", "1\n3\n");
    says("while true; do echo once; break; done; echo out", "once\nout\n");
    says("until test -e /srv/x; do touch /srv/x; done; ls /srv", "x\n");
    says("{ echo a; echo b; } && echo c", "a\nb\nc\n");
    says("echo hello | cat | tee /srv/t; cat /srv/t", "hello\nhello\n");
}
END_TEST

START_TEST(test_here_documents)
{
    says("N=v; cat <<E > /srv/h; cat /srv/h\nfirst $N\n second \\$N\nE\n", "first v\n second $N\n");
    says("cat <<'E'\n$N `x`\nE\necho after", "$N `x`\nafter\n");
    says("cat <<-E\n\t\tone\n\tE\n", "one\n");
    says("cat <<A <<B\nfirst\nA\nsecond\nB\n", "second\n");
}
END_TEST

START_TEST(test_status)
{
    fails("false", true, 1, "");
    fails("exit 3; echo never", true, 3, "");
    fails("set -e; false; echo never", true, 1, "");
    fails("set -e; if false; then :; fi; false || true; false && true; ! true; exit 9", true, 9,
          "");
    fails("set -e\nfor i in 1; do\nfalse\ndone\necho never", true, 1, "");
    fails("set -eu; echo $NOBODY", true, 1, "sh: line 1: NOBODY: unbound variable\n");
    fails("set -x; echo a  b", true, 0, "+ echo a b\n");
    fails("yum install x", true, 127, "sh: line 1: yum: command not found\n");
    fails("\nyum", false, 127, "sh: 2: yum: not found\n");
    fails("/opt/x", true, 127, "sh: line 1: /opt/x: No such file or directory\n");
    fails("echo > /srv/x; /srv/x", true, 126, "sh: line 1: /srv/x: Permission denied\n");
}
END_TEST

START_TEST(test_syntax_errors)
{
    struct shell_run r = run("echo before\nfi\necho never", false);
    ck_assert_str_eq(out(&r), "before\n");
    ck_assert_str_eq(err(&r), "sh: 2: Syntax error: \"fi\" unexpected\n");
    ck_assert_int_eq(r.status, 2);
    fails("if true; then", true, 2, "sh: line 1: syntax error: unexpected end of file\n");
    fails("echo 'open", true, 2, "sh: line 1: unexpected EOF while looking for matching `''\n");
    fails("for i\"", true, 2, "sh: line 1: unexpected EOF while looking for matching `\"'\n");
    fails("a && && b", true, 2,
          "sh: line 1: syntax error near unexpected token `&&'\nsh: line 1: `a && && b'\n");
    fails("| cat", false, 2, "sh: 1: Syntax error: \"|\" unexpected\n");
}
END_TEST

START_TEST(test_what_is_not_simulated)
{
    static const char *const scripts[] = {
        "select x in a b; do :; done",
        "coproc cat",
        NULL,
    };
    for (const char *const *script = scripts; *script; script++) {
        const char *why = NULL;
        ck_assert_msg(!shell_check(&a, *script, true, &why), "%s", *script);
        ck_assert_msg(text_starts(why, "line "), "%s", why);
    }
}
END_TEST

/* ---- Files ---- */

START_TEST(test_redirections)
{
    says("echo one > /srv/f; echo two >> /srv/f; cat < /srv/f", "one\ntwo\n");
    says("nothing 2> /srv/e; cat /srv/e", "sh: line 1: nothing: command not found\n");
    says("{ echo; }; cat /none > /srv/both 2>&1; cat /srv/both",
         "\ncat: /none: No such file or directory\n");
    says("cat /none &> /dev/null; echo $?", "1\n");
    says("cat /srv/f > /srv/f; ls -l /srv/f >/dev/null; [ -s /srv/f ] || echo empty", "empty\n");
    fails("echo x > /no/f", true, 1, "sh: line 1: /no/f: No such file or directory\n");
    fails("echo x > /no/f", false, 2, "sh: 1: cannot create /no/f: Directory nonexistent\n");
    fails("cat < /no/f", false, 2, "sh: 1: cannot open /no/f: No such file\n");
    fails("echo x > /srv", true, 1, "sh: line 1: /srv: Is a directory\n");
    fails("echo >&2 lost", true, 0, "lost\n");
}
END_TEST

START_TEST(test_files)
{
    says("mkdir -p /srv/a/b && touch /srv/a/b/c && ls /srv/a && ls -d /srv/a/b/c",
         "b\n/srv/a/b/c\n");
    says("cp -r /srv/a /srv/d; ls /srv/d/b", "c\n");
    says("echo text > /srv/a/x; mv /srv/a /srv/e; cat /srv/e/x; test -e /srv/a || echo gone",
         "text\ngone\n");
    says("rm -rf /srv/e /srv/nothing; ls /srv", "d\n");
    says("cd /srv; mkdir one; cd one/../one; pwd; cd; pwd", "/srv/one\n/root\n");
    fails("cd /srv; mkdir one", true, 1, "mkdir: cannot create directory 'one': File exists\n");
    fails("rmdir /srv/d", true, 1, "rmdir: failed to remove '/srv/d': Directory not empty\n");
    fails("rm /srv/d", true, 1, "rm: cannot remove '/srv/d': Is a directory\n");
    fails("rm -rf /", true, 1,
          "rm: it is dangerous to operate recursively on '/'\n"
          "rm: use --no-preserve-root to override this failsafe\n");
    fails("mv /srv/d /srv/d/b", true, 1,
          "mv: cannot move '/srv/d' to a subdirectory of itself, '/srv/d/b/d'\n");
    fails("rm -z", true, 1, "rm: invalid option -- 'z'\nTry 'rm --help' for more information.\n");
    says("truncate -s 3 /srv/t; [ -s /srv/t ] && ls /srv/t", "/srv/t\n");
    says("ls /mnt", "sdf\n");
    says("echo on data > /mnt/sdf/file; cat /mnt/sdf/file; rm -rf /mnt/* 2>/dev/null; ls /mnt; ls "
         "/mnt/sdf",
         "on data\nsdf\n");
}
END_TEST

START_TEST(test_patterns)
{
    says("cd /srv; touch ab ac bc .hidden 'a*'; echo a* *c [!a]* 'a*' \"a*\" x*",
         "a* ab ac ac bc bc a* a* x*\n");
    says("cd /; echo /srv/a? /s*/b[a-c]", "/srv/a* /srv/ab /srv/ac /srv/bc\n");
    says("cd /srv; P='a*'; echo $P \"$P\"; rm a\\*; echo $P", "a* ab ac a*\nab ac\n");
    says("rm -rf /srv/*; ls /srv; ls -A /srv", ".hidden\n");
}
END_TEST

START_TEST(test_echo_and_printf)
{
    struct shell_run dash = run("echo 'a\\tb'", false);
    ck_assert_str_eq(out(&dash), "a\tb\n");
    says("echo 'a\\tb'; echo -e 'a\\tb'; echo -n c", "a\\tb\na\tb\nc");
    says("printf '%s=%d\\n' a 1 b 2", "a=1\nb=2\n");
    says("printf 'plain\\n'; printf '%%|%b|' 'x\\ny'", "plain\n%|x\ny|");
}
END_TEST

START_TEST(test_the_machine)
{
    says("hostname; hostname -s; uname; uname -m; whoami; id -u",
         "ip-172-31-0-4.ec2.internal\nip-172-31-0-4\nLinux\nx86_64\nroot\n0\n");
    says("sudo -n echo as root; command -v sync; command -v yum || echo none",
         "as root\n/usr/bin/sync\nnone\n");
    says("[ 2 -gt 1 ] && [ -n x ] && [ ! -e /none ] && test a != b && echo all", "all\n");
    struct shell_run r = run("shutdown -h now; echo still", true);
    ck_assert_str_eq(r.power, "halt");
    ck_assert_int_eq(r.power_delay, 0);
    ck_assert_str_eq(out(&r), "still\n");
    r = run("sudo shutdown -r +5", true);
    ck_assert_str_eq(r.power, "reboot");
    ck_assert_int_eq(r.power_delay, 5 * 60000);
}
END_TEST

/* ---- Pauses ---- */

START_TEST(test_sleep_keeps_everything)
{
    struct shell_run r = begin("set -e\ncd /srv; X='a b'\nfor i in 1 2; do\nsleep 1.5\necho $i $X\n"
                               "pwd\ndone\nnone | cat",
                               true);
    int64_t slept = 0;
    for (shell_run(&a, &machine.base, &r); r.end == SHELL_SLEEPS;
         shell_run(&a, &machine.base, &r)) {
        slept += r.pause;
        machine.base.now += r.pause;
    }
    ck_assert_int_eq(slept, 3000);
    ck_assert_str_eq(out(&r), "1 a b\n/srv\n2 a b\n/srv\n");
    ck_assert_str_eq(err(&r), "sh: line 8: none: command not found\n");
    ck_assert_int_eq(r.status, 0);
    ck_assert_ptr_null(r.state);
}
END_TEST

START_TEST(test_a_frozen_file_system_waits)
{
    struct shell_run r = begin("echo a > /mnt/sdf/f; fsfreeze -f /mnt/sdf; echo mid\n"
                               "echo b >> /mnt/sdf/f; cat /mnt/sdf/f",
                               true);
    shell_run(&a, &machine.base, &r);
    ck_assert_int_eq(r.end, SHELL_WAITS);
    ck_assert_str_eq(out(&r), "mid\n");
    shell_run(&a, &machine.base, &r);
    ck_assert_int_eq(r.end, SHELL_WAITS);
    struct shell_run thaw = run("touch /srv/other; fsfreeze -u /mnt/sdf", true);
    ck_assert(thaw.thawed);
    shell_run(&a, &machine.base, &r);
    ck_assert_int_eq(r.end, SHELL_ENDED);
    ck_assert_str_eq(out(&r), "mid\na\nb\n");
    fails("fsfreeze -u /", true, 1, "fsfreeze: /: unfreeze failed: Invalid argument\n");
}
END_TEST

/* Whatever it is nested in, a pause ends where it began. */
START_TEST(test_a_pause_may_stand_anywhere)
{
    says("x=$(echo a; sleep 1; echo b); echo \"$x\"", "a\nb\n");
    says("f() { local v=$1; sleep 1; echo $v $#; return 4; }; v=out; f in; echo $? $v",
         "in 1\n4 out\n");
    says("(cd /srv; x=1; sleep 1; pwd); pwd; echo [$x]", "/srv\n/\n[]\n");
    says("for i in 1 2; do sleep 1; echo $i; done | while read l; do sleep 1; echo \"<$l>\"; done",
         "<1>\n<2>\n");
    says("case $(sleep 1; echo abc) in a*) sleep 1; echo took ;; esac", "took\n");
    says("{ sleep 1; echo kept; } > /srv/f; cat /srv/f", "kept\n");
    says("i=1; echo $((i++)) $(sleep 1) $i", "1 2\n");
    says("a=(1 $(sleep 1; echo 2) 3); a+=($(sleep 1; echo 4)); echo ${a[@]}", "1 2 3 4\n");
    says("x=a; x+=$(sleep 1; echo b); echo $x; echo ${y:=c}$(sleep 1) $y", "ab\nc c\n");
    says("eval 'sleep 1; echo in'; sh -c 'sleep 1; echo $0' name; sudo -n sleep 1", "in\nname\n");
    says("echo 'a b' | xargs -n1 sh -c 'sleep 1; echo got $0'", "got a\ngot b\n");
    says("mkdir /srv/d; touch /srv/d/x /srv/d/y; find /srv/d -type f -exec sleep 1 \\; -print",
         "/srv/d/x\n/srv/d/y\n");
    says("trap 'sleep 1; echo bye' EXIT; (exit 0)", "bye\n");
    says("echo 'sleep 1; echo $1; set -- z' > /srv/s; set -- p; . /srv/s q; echo $1", "q\np\n");
    says("[[ $(sleep 1; echo x) == x ]] && if sleep 1; then echo so; fi", "so\n");
    fails("set -e; f() { sleep 1; false; echo never; }; f", true, 1, "");
}
END_TEST

START_TEST(test_what_runs_beside)
{
    says("(sleep 2; echo late) & (sleep 1; echo soon) & wait; echo all", "soon\nlate\nall\n");
    says("(exit 3) & wait $!; echo $?", "3\n");
    says("sleep 100 & kill $!; wait $!; echo $?", "143\n");
    says("x=1; x=2 & wait; echo $x", "1\n");
    int64_t began = machine.base.now;
    says("sleep 5 & sleep 3; wait; echo", "\n");
    ck_assert_int_eq(machine.base.now - began, 5000);
}
END_TEST

/* ---- Users ---- */

START_TEST(test_users_and_owners)
{
    says("useradd -m ann; id ann; ls -ld /home/ann; su - ann -c 'pwd; whoami; echo $HOME'",
         "uid=1000(ann) gid=1000(ann) groups=1000(ann)\n"
         "drwx------ 2 ann ann   4096 Jan  1 00:00 /home/ann\n/home/ann\nann\n/home/ann\n");
    says("usermod -aG wheel ann; id -nG ann; getent group wheel", "ann wheel\nwheel:x:10:ann\n");
    says("echo secret > /srv/s; chmod 600 /srv/s; sudo -u ann cat /srv/s 2>&1; echo $?",
         "cat: /srv/s: Permission denied\n1\n");
    says("chown ann:users /srv/s; stat -c '%U %G %a' /srv/s; sudo -u ann cat /srv/s",
         "ann users 600\nsecret\n");
    says("sudo -u ann sh -c 'echo x > /srv/t' 2>&1 || echo refused; ls /srv",
         "sh: line 1: /srv/t: Permission denied\nrefused\ns\n");
    says("sudo -u ann sh -c 'umask 077; echo x > /tmp/t'; stat -c '%U %a' /tmp/t", "ann 600\n");
    says("useradd bob; sudo -u bob rm /tmp/t 2>&1; sudo -u ann rm /tmp/t; ls /tmp",
         "rm: cannot remove '/tmp/t': Operation not permitted\n");
    says("su - bob -c 'sudo id' 2>&1; su - ann -c 'sudo id -u'",
         "sudo: a password is required\n0\n");
    says("ln -s /srv/s /srv/l; cat /srv/l; readlink /srv/l; rm /srv/l; ls /srv",
         "secret\n/srv/s\ns\n");
    struct shell_run r = begin("whoami; echo > /srv/no", true);
    r.user = "ann";
    shell_run(&a, &machine.base, &r);
    ck_assert_str_eq(out(&r), "ann\n");
    ck_assert_str_eq(err(&r), "sh: line 1: /srv/no: Permission denied\n");
}
END_TEST

/* ---- A terminal, and input that comes by and by ---- */

START_TEST(test_a_session_keeps_what_it_learnt)
{
    static const char *const lines[] = { "cd /srv; x=1", "f() { echo f $x; }", "f; pwd", "exit 7" };
    struct shell_run r = begin(lines[0], true);
    r.session = true;
    for (size_t i = 0; i < 4; i++) {
        r.script = lines[i];
        shell_run(&a, &machine.base, &r);
        if (i == 2)
            ck_assert_msg(text_ends(out(&r), "f 1\n/srv\n"), "%s", out(&r));
        ck_assert(r.left == (i == 3));
    }
    ck_assert_int_eq(r.status, 7);
    r = begin("for i in 1; do", true);
    r.session = true;
    shell_run(&a, &machine.base, &r);
    ck_assert(r.unfinished);
}
END_TEST

START_TEST(test_input_that_comes_later)
{
    struct shell_run r = begin("read a; echo \"got $a\"; cat", true);
    r.input_open = true;
    shell_run(&a, &machine.base, &r);
    ck_assert_int_eq(r.end, SHELL_READS);
    r.input = "one\ntwo\n";
    r.input_size = 8;
    shell_run(&a, &machine.base, &r);
    ck_assert_int_eq(r.end, SHELL_READS);
    ck_assert_str_eq(out(&r), "got one\n");
    r.input_open = false;
    shell_run(&a, &machine.base, &r);
    ck_assert_int_eq(r.end, SHELL_ENDED);
    ck_assert_str_eq(out(&r), "got one\ntwo\n");
}
END_TEST

/* ---- Hostile scripts ---- */

START_TEST(test_bounds)
{
    struct shell_run r = run("while true; do true; done", true);
    ck_assert_int_eq(r.status, 137);
    ck_assert_str_eq(err(&r), "amisim: killed: a script may take 50000 steps before it sleeps\n");
    r = run("X=xxxxxxxxxxxxxxxx; while true; do X=$X$X; done", true);
    ck_assert_int_eq(r.status, 137);
    r = run(
        "echo xxxxxxxx > /srv/f; while true; do cat /srv/f /srv/f > /srv/g; mv /srv/g /srv/f; done",
        true);
    ck_assert_int_eq(r.status, 137);
    r = run("X='sudo sudo sudo sudo sudo'; $X $X $X $X true", true);
    ck_assert_int_eq(r.status, 126);
    says("test ! ! ! '' && [ ! ! x ] && echo odd", "odd\n");
    fails("cp -r / /srv/all", true, 1,
          "cp: cannot copy a directory, '/', into itself, '/srv/all'\n");
    char *deep = arena_alloc(&a, 6001);
    for (int i = 0; i < 3000; i++)
        memcpy(deep + 2 * i, "{ ", 2);
    const char *why = NULL;
    ck_assert(!shell_check(&a, deep, true, &why));
    char *stars = arena_alloc(&a, 20001);
    memset(stars, '*', 20000);
    memcpy(stars, "echo /srv/", 10);
    r = run(stars, true);
    ck_assert_int_eq(r.status, 0);
}
END_TEST

START_TEST(test_output_is_cut)
{
    struct shell_run r = run("X=0123456789; X=$X$X$X$X$X$X$X$X$X$X; X=$X$X$X$X$X$X$X$X$X$X;"
                             " for i in 1 2 3; do echo $X$X$X$X$X$X$X$X$X$X; done",
                             true);
    ck_assert_uint_eq(strlen(out(&r)), SHELL_MAX_OUT);
    ck_assert(text_ends(out(&r), "--output truncated--"));
    r = run("printf '\\377\\001ok'", true);
    ck_assert_str_eq(out(&r), "??ok");
    r = run("echo -e '\\0377\\0001ok\\0'", true);
    ck_assert_str_eq(out(&r), "??ok?\n");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("shell");
    TCase *t = tcase_create("shell");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, test_words);
    tcase_add_test(t, test_lists);
    tcase_add_test(t, test_here_documents);
    tcase_add_test(t, test_status);
    tcase_add_test(t, test_syntax_errors);
    tcase_add_test(t, test_what_is_not_simulated);
    tcase_add_test(t, test_redirections);
    tcase_add_test(t, test_files);
    tcase_add_test(t, test_patterns);
    tcase_add_test(t, test_echo_and_printf);
    tcase_add_test(t, test_the_machine);
    tcase_add_test(t, test_sleep_keeps_everything);
    tcase_add_test(t, test_a_frozen_file_system_waits);
    tcase_add_test(t, test_a_pause_may_stand_anywhere);
    tcase_add_test(t, test_what_runs_beside);
    tcase_add_test(t, test_users_and_owners);
    tcase_add_test(t, test_a_session_keeps_what_it_learnt);
    tcase_add_test(t, test_input_that_comes_later);
    tcase_add_test(t, test_bounds);
    tcase_add_test(t, test_output_is_cut);
    suite_add_tcase(s, t);
    return run_suite(s);
}
