/* Pausing: frames, and processes as values. See shell_state.h. */
#include <string.h>

#include "base/text.h"
#include "guest/shell/shell_state.h"

#define LARGEST_STATE ((size_t)8 << 20)

/* ---- Frames ---- */

struct value *frame_new(struct shell *sh)
{
    return value_new(sh->s->a, VALUE_MAP);
}

void frame_put(struct shell *sh, struct value *frame)
{
    *list_add(sh->s->a, &sh->s->task->frames, struct value *) = frame;
}

const struct value *frame_take(struct shell *sh)
{
    struct list *frames = &sh->s->task->frames;
    return frames->count ? *list_at(frames, struct value *, --frames->count) : NULL;
}

bool shell_pausing(const struct shell *sh)
{
    return sh->s->pause != PAUSE_NONE && !sh->s->killed;
}

/* ---- Texts and numbers ---- */

/* What is text stands as it is behind a 't', other bytes as base64 behind a 'b'. */
void keep_text(struct shell *sh, struct value *to, const char *key, const void *bytes, size_t n)
{
    struct arena *a = sh->s->a;
    bool plain = !n || (!memchr(bytes, '\0', n) && text_is_xml(bytes, n));
    const char *text = plain ? arena_printf(a, "t%.*s", (int)n, n ? (const char *)bytes : "")
                             : arena_printf(a, "b%s", base64_encode(a, bytes, n));
    value_add_text(a, to, key, text);
}

static const char *text_of(struct shell *sh, const struct value *v, size_t *ret_n)
{
    const char *text = v && v->type == VALUE_TEXT ? v->text : "t", *bytes = NULL;
    *ret_n = 0;
    if (*text == 'b')
        bytes = base64_decode(sh->s->a, text + 1, ret_n);
    if (bytes)
        return bytes;
    *ret_n = *text ? strlen(text + 1) : 0;
    return *text ? text + 1 : "";
}

const char *kept_text(struct shell *sh, const struct value *from, const char *key, size_t *ret_n)
{
    return text_of(sh, value_get(from, key), ret_n);
}

void keep_texts(struct shell *sh, struct value *to, const char *key, const struct list *texts)
{
    struct value *all = value_add_new(sh->s->a, to, key, VALUE_LIST);
    LIST_EACH (const char *, text, texts)
        keep_text(sh, all, NULL, *text, strlen(*text));
}

void kept_texts(struct shell *sh, const struct value *from, const char *key, struct list *ret)
{
    size_t n;
    const struct value *v = value_get(from, key);
    for (v = v ? v->first : NULL; v; v = v->next)
        strs_add(sh->s->a, ret, text_of(sh, v, &n));
}

int64_t kept_number(const struct value *from, const char *key)
{
    const struct value *v = value_get(from, key);
    return v ? v->number : 0;
}

static void keep_numbers(struct shell *sh, struct value *to, const char *key,
                         const struct list *all)
{
    struct value *numbers = value_add_new(sh->s->a, to, key, VALUE_LIST);
    LIST_EACH (int64_t, n, all)
        value_add_int(sh->s->a, numbers, NULL, *n);
}

static void kept_numbers(struct shell *sh, const struct value *from, const char *key,
                         struct list *ret)
{
    const struct value *v = value_get(from, key);
    for (v = v ? v->first : NULL; v; v = v->next)
        *list_add(sh->s->a, ret, int64_t) = v->number;
}

/* ---- Variables, functions, descriptors ---- */

void keep_descriptors(struct shell *sh, struct value *to, const char *key, const struct list *all)
{
    struct value *list = value_add_new(sh->s->a, to, key, VALUE_LIST);
    LIST_EACH (struct descriptor, d, all) {
        value_add_int(sh->s->a, list, NULL, d->number);
        value_add_int(sh->s->a, list, NULL, d->file);
    }
}

void kept_descriptors(struct shell *sh, const struct value *from, const char *key, struct list *ret)
{
    const struct value *v = value_get(from, key);
    for (v = v ? v->first : NULL; v && v->next; v = v->next->next)
        *list_add(sh->s->a, ret, struct descriptor) =
            (struct descriptor){ v->number, v->next->number };
}

/* exported, readonly, integer, lower, upper, set */
static int64_t bits_of(const struct variable *v)
{
    return v->exported | v->readonly << 1 | v->integer << 2 | v->lower << 3 | v->upper << 4
           | v->set << 5;
}

static void keep_variable(struct shell *sh, struct value *all, const struct variable *v)
{
    struct value *one = value_add_new(sh->s->a, all, NULL, VALUE_MAP), *items;
    keep_text(sh, one, "name", v->name, strlen(v->name));
    value_add_int(sh->s->a, one, "kind", v->kind);
    value_add_int(sh->s->a, one, "bits", bits_of(v));
    if (v->value)
        keep_text(sh, one, "value", v->value, strlen(v->value));
    if (!v->items.count)
        return;
    items = value_add_new(sh->s->a, one, "items", VALUE_LIST);
    LIST_EACH (struct item, i, &v->items) {
        struct value *item = value_add_new(sh->s->a, items, NULL, VALUE_MAP);
        keep_text(sh, item, "key", i->key, strlen(i->key));
        value_add_int(sh->s->a, item, "index", i->index);
        keep_text(sh, item, "value", i->value, strlen(i->value));
    }
}

static void kept_variable(struct shell *sh, const struct value *from, struct variable *ret)
{
    size_t n;
    int64_t bits = kept_number(from, "bits");
    const struct value *items = value_get(from, "items");
    *ret = (struct variable){ .name = kept_text(sh, from, "name", &n),
                              .kind = (enum variable_kind)kept_number(from, "kind"),
                              .exported = bits & 1,
                              .readonly = bits & 2,
                              .integer = bits & 4,
                              .lower = bits & 8,
                              .upper = bits & 16,
                              .set = bits & 32 };
    if (value_get(from, "value"))
        ret->value = kept_text(sh, from, "value", &n);
    for (items = items ? items->first : NULL; items; items = items->next) {
        struct item *i = list_add(sh->s->a, &ret->items, struct item);
        i->key = kept_text(sh, items, "key", &n);
        i->index = kept_number(items, "index");
        i->value = kept_text(sh, items, "value", &n);
    }
}

void keep_variables(struct shell *sh, struct value *to, const char *key, const struct list *all)
{
    struct value *list = value_add_new(sh->s->a, to, key, VALUE_LIST);
    LIST_EACH (struct variable, v, all)
        keep_variable(sh, list, v);
}

void kept_variables(struct shell *sh, const struct value *from, const char *key, struct list *ret)
{
    const struct value *v = value_get(from, key);
    for (v = v ? v->first : NULL; v; v = v->next)
        kept_variable(sh, v, list_add(sh->s->a, ret, struct variable));
}

static void keep_functions(struct shell *sh, struct value *to)
{
    struct value *list = value_add_new(sh->s->a, to, "functions", VALUE_LIST);
    LIST_EACH (struct function, f, &sh->functions) {
        struct value *one = value_add_new(sh->s->a, list, NULL, VALUE_MAP);
        keep_text(sh, one, "name", f->name, strlen(f->name));
        value_add_int(sh->s->a, one, "program", (int64_t)f->program);
        value_add_int(sh->s->a, one, "number", (int64_t)f->number);
    }
}

static void kept_functions(struct shell *sh, const struct value *from)
{
    size_t n;
    const struct value *v = value_get(from, "functions");
    sh->functions = (struct list){ 0 };
    for (v = v ? v->first : NULL; v; v = v->next)
        *list_add(sh->s->a, &sh->functions, struct function) =
            (struct function){ kept_text(sh, v, "name", &n), (size_t)kept_number(v, "program"),
                               (size_t)kept_number(v, "number") };
}

static void keep_traps(struct shell *sh, struct value *to)
{
    struct list texts = { 0 };
    LIST_EACH (struct trap, t, &sh->traps) {
        strs_add(sh->s->a, &texts, t->signal);
        strs_add(sh->s->a, &texts, t->text);
    }
    keep_texts(sh, to, "traps", &texts);
}

static void kept_traps(struct shell *sh, const struct value *from)
{
    struct list texts = { 0 };
    kept_texts(sh, from, "traps", &texts);
    sh->traps = (struct list){ 0 };
    for (size_t i = 0; i + 1 < texts.count; i += 2)
        *list_add(sh->s->a, &sh->traps, struct trap) =
            (struct trap){ *list_at(&texts, const char *, i),
                           *list_at(&texts, const char *, i + 1) };
}

/* ---- A process ---- */

static void keep_user(struct shell *sh, struct value *to, const struct shell_user *u)
{
    struct value *user = value_add_new(sh->s->a, to, "user", VALUE_MAP);
    keep_text(sh, user, "name", u->name, strlen(u->name));
    keep_text(sh, user, "home", u->home, strlen(u->home));
    keep_text(sh, user, "login", u->login, strlen(u->login));
    value_add_int(sh->s->a, user, "uid", u->uid);
    value_add_int(sh->s->a, user, "gid", u->gid);
    keep_numbers(sh, user, "groups", &u->groups);
}

static struct shell_user kept_user(struct shell *sh, const struct value *from)
{
    size_t n;
    const struct value *user = value_get(from, "user");
    struct shell_user u = { .name = kept_text(sh, user, "name", &n),
                            .home = kept_text(sh, user, "home", &n),
                            .login = kept_text(sh, user, "login", &n),
                            .uid = kept_number(user, "uid"),
                            .gid = kept_number(user, "gid") };
    kept_numbers(sh, user, "groups", &u.groups);
    return u;
}

static const struct kept_field {
    const char *name;
    size_t at;
} numbers[] = {
    { "umask", offsetof(struct shell, umask) },
    { "pid", offsetof(struct shell, pid) },
    { "last", offsetof(struct shell, last_background) },
    { "status", offsetof(struct shell, status) },
    { "seconds", offsetof(struct shell, seconds) },
    { NULL, 0 },
};

void keep_process(struct shell *sh, struct value *to, const struct shell *process)
{
    struct arena *a = sh->s->a;
    struct shell *p = arena_new(a, struct shell);
    struct value *v = value_add_new(a, to, "process", VALUE_MAP), *variables;
    const bool *options = (const bool *)&process->options;
    *p = *process;
    for (const struct kept_field *f = numbers; f->name; f++)
        value_add_int(a, v, f->name, *(const int64_t *)(const void *)((const char *)p + f->at));
    value_add_bool(a, v, "bash", p->bash);
    keep_text(sh, v, "name", p->name, strlen(p->name));
    keep_text(sh, v, "folder", p->folder, strlen(p->folder));
    keep_texts(sh, v, "arguments", &p->arguments);
    keep_numbers(sh, v, "pipe_status", &p->pipe_status);
    keep_descriptors(sh, v, "descriptors", &p->descriptors);
    keep_user(sh, v, &p->user);
    keep_functions(p, v);
    keep_traps(p, v);
    variables = value_add_new(a, v, "variables", VALUE_LIST);
    LIST_EACH (struct variable *, one, &p->variables)
        keep_variable(sh, variables, *one);
    struct value *flags = value_add_new(a, v, "options", VALUE_LIST);
    for (size_t i = 0; i < sizeof process->options; i++)
        value_add_int(a, flags, NULL, options[i]);
    value_add_int(a, v, "option_at", (int64_t)p->option_at);
    value_add_int(a, v, "option_in", (int64_t)p->option_in);
}

void kept_process(struct shell *sh, const struct value *from, struct shell *process)
{
    size_t n, i = 0;
    const struct value *v = value_get(from, "process"), *all = value_get(v, "variables"),
                       *flags = value_get(v, "options");
    bool *options = (bool *)&process->options;
    for (const struct kept_field *f = numbers; f->name; f++)
        *(int64_t *)(void *)((char *)process + f->at) = kept_number(v, f->name);
    process->bash = value_get(v, "bash") && value_get(v, "bash")->flag;
    process->name = kept_text(sh, v, "name", &n);
    process->folder = kept_text(sh, v, "folder", &n);
    process->arguments = process->pipe_status = process->descriptors = process->variables =
        (struct list){ 0 };
    kept_texts(sh, v, "arguments", &process->arguments);
    kept_numbers(sh, v, "pipe_status", &process->pipe_status);
    kept_descriptors(sh, v, "descriptors", &process->descriptors);
    process->user = kept_user(sh, v);
    kept_functions(process, v);
    kept_traps(process, v);
    for (all = all ? all->first : NULL; all; all = all->next) {
        struct variable *one = arena_new(sh->s->a, struct variable);
        kept_variable(sh, all, one);
        *list_add(sh->s->a, &process->variables, struct variable *) = one;
    }
    for (flags = flags ? flags->first : NULL; flags && i < sizeof process->options;
         flags = flags->next)
        options[i++] = flags->number != 0;
    process->option_at = (size_t)kept_number(v, "option_at");
    process->option_in = (size_t)kept_number(v, "option_in");
}

/* ---- The session ---- */

static void keep_file(struct shell *sh, struct value *all, const struct open_file *file)
{
    struct value *v = value_add_new(sh->s->a, all, NULL, VALUE_MAP);
    value_add_int(sh->s->a, v, "kind", file->kind);
    if (file->path)
        keep_text(sh, v, "path", file->path, strlen(file->path));
    if (file->bytes.n)
        keep_text(sh, v, "bytes", file->bytes.at, file->bytes.n);
    value_add_int(sh->s->a, v, "at", (int64_t)file->at);
    value_add_bool(sh->s->a, v, "error", file->error);
    if (file->kind != FILE_PROGRAM)
        return;
    value_add_int(sh->s->a, v, "program", (int64_t)file->program);
    value_add_int(sh->s->a, v, "number", (int64_t)file->number);
    value_add_int(sh->s->a, v, "owner", file->owner);
    value_add_int(sh->s->a, v, "input", file->input);
    keep_descriptors(sh, v, "descriptors", &file->descriptors);
}

static void recall_file(struct shell *sh, const struct value *v)
{
    size_t n;
    struct open_file *file = arena_new(sh->s->a, struct open_file);
    file->kind = (enum file_kind)kept_number(v, "kind");
    file->path = value_get(v, "path") ? kept_text(sh, v, "path", &n) : NULL;
    file->at = (size_t)kept_number(v, "at");
    file->error = value_get(v, "error") && value_get(v, "error")->flag;
    file->program = (size_t)kept_number(v, "program");
    file->number = (size_t)kept_number(v, "number");
    file->owner = kept_number(v, "owner");
    file->input = kept_number(v, "input");
    kept_descriptors(sh, v, "descriptors", &file->descriptors);
    const char *bytes = kept_text(sh, v, "bytes", &n);
    buffer_add(sh->s->a, &file->bytes, bytes, n);
    sh->s->unwritten |= file->kind == FILE_PATH && n;
    *list_add(sh->s->a, &sh->s->files, struct open_file *) = file;
}

static void keep_task(struct shell *sh, struct value *all, const struct task *t)
{
    struct arena *a = sh->s->a;
    struct value *v = value_add_new(a, all, NULL, VALUE_MAP), *frames;
    value_add_int(a, v, "program", (int64_t)t->program);
    value_add_int(a, v, "number", (int64_t)t->number);
    value_add_int(a, v, "pause", t->pause);
    value_add_int(a, v, "wake", t->wake);
    value_add_int(a, v, "status", t->status);
    value_add_bool(a, v, "done", t->done);
    value_add_bool(a, v, "waited", t->waited);
    keep_process(sh, v, t->shell);
    frames = value_add_new(a, v, "frames", VALUE_LIST);
    LIST_EACH (struct value *, frame, &t->frames)
        value_add(frames, NULL, *frame);
}

static void recall_task(struct shell *sh, const struct value *v)
{
    struct arena *a = sh->s->a;
    struct task *t = arena_new(a, struct task);
    const struct value *frames = value_get(v, "frames");
    t->program = (size_t)kept_number(v, "program");
    t->number = (size_t)kept_number(v, "number");
    t->pause = (enum pause_kind)kept_number(v, "pause");
    t->wake = kept_number(v, "wake");
    t->status = kept_number(v, "status");
    t->done = value_get(v, "done") && value_get(v, "done")->flag;
    t->waited = value_get(v, "waited") && value_get(v, "waited")->flag;
    t->shell = arena_new(a, struct shell);
    t->shell->s = sh->s;
    t->shell->next_phase = -1;
    t->shell->substituted = -1;
    kept_process(sh, v, t->shell);
    for (struct value *frame = frames ? frames->first : NULL; frame; frame = frame->next)
        *list_add(a, &t->frames, struct value *) = frame;
    *list_add(a, &sh->s->tasks, struct task *) = t;
}

const char *session_keep(struct session *s)
{
    struct shell *sh = (*list_at(&s->tasks, struct task *, 0))->shell;
    struct value *v = value_new(s->a, VALUE_MAP), *programs, *files, *tasks;
    value_add_int(s->a, v, "next_pid", s->next_pid);
    value_add_int(s->a, v, "chance", (int64_t)s->chance.state);
    value_add_int(s->a, v, "input_at", (int64_t)s->input_at);
    keep_text(sh, v, "out", s->out.at, s->r->keep ? s->out.n : 0);
    keep_text(sh, v, "err", s->err.at, s->r->keep ? s->err.n : 0);
    programs = value_add_new(s->a, v, "programs", VALUE_LIST);
    for (size_t i = 1; i < s->programs.count; i++) { /* the first is the script */
        const struct program *p = *list_at(&s->programs, struct program *, i);
        struct value *one = value_add_new(s->a, programs, NULL, VALUE_MAP);
        keep_text(sh, one, "text", p->text, strlen(p->text));
        value_add_bool(s->a, one, "bash", p->bash);
        value_add_int(s->a, one, "line", p->first_line);
    }
    files = value_add_new(s->a, v, "files", VALUE_LIST);
    LIST_EACH (struct open_file *, file, &s->files)
        keep_file(sh, files, *file);
    tasks = value_add_new(s->a, v, "tasks", VALUE_LIST);
    LIST_EACH (struct task *, t, &s->tasks)
        keep_task(sh, tasks, *t);
    const char *text = value_to_json(s->a, v, 0);
    if (strlen(text) <= LARGEST_STATE)
        return text;
    shell_kill(sh, "amisim: killed: a script may keep 8 MiB while it sleeps\n");
    return NULL;
}

void session_recall(struct session *s, const char *state)
{
    size_t n;
    const char *error;
    struct shell sh = { .s = s };
    const struct value *v = value_from_json(s->a, state, strlen(state), &error);
    const struct value *programs = value_get(v, "programs"), *files = value_get(v, "files"),
                       *tasks = value_get(v, "tasks");
    s->next_pid = kept_number(v, "next_pid");
    s->chance.state = (uint64_t)kept_number(v, "chance");
    s->input_at = (size_t)kept_number(v, "input_at");
    const char *out = kept_text(&sh, v, "out", &n);
    buffer_add(s->a, &s->out, out, n);
    const char *err = kept_text(&sh, v, "err", &n);
    buffer_add(s->a, &s->err, err, n);
    for (programs = programs ? programs->first : NULL; programs; programs = programs->next) {
        const char *text = kept_text(&sh, programs, "text", &n);
        *list_add(s->a, &s->programs, struct program *) = program_parse(
            s->a, text, value_get(programs, "bash")->flag, (int)kept_number(programs, "line"));
    }
    for (files = files ? files->first : NULL; files; files = files->next)
        recall_file(&sh, files);
    for (tasks = tasks ? tasks->first : NULL; tasks; tasks = tasks->next)
        recall_task(&sh, tasks);
}
