/* Words as fields and texts. See shell_expand.h. */
#include "guest/shell/shell_expand.h"

#include <string.h>

#include "base/text.h"

/* ---- Parts ---- */

/* bash's $(< file) */
static const struct word *only_a_file(const struct shell *sh, const struct node *n)
{
    const struct node *one = n->nodes.count == 1 ? *list_at(&n->nodes, struct node *, 0) : NULL;
    const struct redirect *r = one && one->redirects.count == 1 ? one->redirects.items : NULL;
    bool alone = r && one->kind == NODE_COMMAND && !one->words.count && !one->assignments.count;
    return sh->bash && alone && r->kind == REDIRECT_IN && r->fd == 0 ? &r->word : NULL;
}

static void read_file(struct shell *sh, const struct word *name, struct buffer *out)
{
    const char *bytes, *path = shell_expand_one(sh, name);
    size_t n;
    const char *why = shell_stopped(sh) ? NULL : shell_read(sh, path, &bytes, &n);
    if (shell_stopped(sh))
        return;
    if (why)
        shell_protest(sh, "%s: %s", path, why);
    else
        buffer_add(sh->s->a, out, bytes, n);
    sh->status = why != NULL;
}

static void add_output(struct shell *sh, const struct part *p, struct fields *f)
{
    struct buffer out = { 0 };
    const char *text;
    size_t n;
    if (!memo_recall(sh, &text, &n)) {
        const struct word *file = only_a_file(sh, p->node);
        if (file)
            read_file(sh, file, &out);
        else
            shell_eval_apart(sh, p->node, &out);
        if (sh->s->pause || sh->s->killed)
            return;
        text = buffer_text(sh->s->a, &out);
        n = strlen(text); /* what stands behind a NUL is lost, as there */
        while (n && text[n - 1] == '\n')
            n--;
        text = arena_strndup(sh->s->a, text, n);
        memo_add(sh, text, n);
    }
    sh->substituted = sh->status;
    fields_add_value(sh, f, text, p->quoted);
}

static void add_arithmetic(struct shell *sh, const struct part *p, struct fields *f)
{
    const char *text;
    size_t n;
    int64_t number;
    const char *expression = shell_expand_one(sh, p->first);
    if (shell_stopped(sh))
        return;
    if (!memo_recall(sh, &text, &n)) {
        if (!shell_arithmetic(sh, expression, &number))
            return;
        text = arena_printf(sh->s->a, "%lld", (long long)number);
        n = strlen(text);
        memo_add(sh, text, n);
    }
    fields_add_value(sh, f, text, p->quoted);
}

/* <( ) is run at once and read later; >( ) is run when what writes into it is done. */
static void add_process(struct shell *sh, const struct part *p, struct fields *f)
{
    int64_t number = 63;
    struct buffer out = { 0 };
    if (!p->output)
        shell_eval_apart(sh, p->node, &out);
    if (sh->s->pause || sh->s->killed)
        return;
    while (number > 20 && shell_file(sh, number))
        number--;
    int64_t file = shell_open(sh, p->output ? FILE_PROGRAM : FILE_BYTES);
    struct open_file *open = *list_at(&sh->s->files, struct open_file *, (size_t)file);
    open->bytes = out;
    if (p->output) {
        open->program = shell_program_of(sh->s, p->node);
        open->number = p->node->number;
        open->owner = sh->pid;
    }
    LIST_EACH (struct descriptor, d, &sh->descriptors)
        *list_add(sh->s->a, &open->descriptors, struct descriptor) = *d;
    shell_connect(sh, number, file);
    const char *path = arena_printf(sh->s->a, "/dev/fd/%lld", (long long)number);
    fields_add(sh, f, path, strlen(path), true);
}

/* ~ and ~name at the beginning of a word. */
static size_t add_home(struct shell *sh, const char *text, bool last, struct fields *f)
{
    size_t n = strcspn(text, "/:");
    struct shell_user user;
    if (*text != '~' || (!text[n] && !last))
        return 0;
    const char *home = n == 1 ? shell_variable(sh, "HOME") : NULL;
    if (n == 1 && !home)
        home = sh->user.home;
    if (n > 1 && shell_user_named(sh, arena_strndup(sh->s->a, text + 1, n - 1), &user))
        home = user.home;
    if (!home)
        return 0;
    fields_add(sh, f, home, strlen(home), true);
    return n;
}

void expand_parts(struct shell *sh, const struct word *w, struct fields *f)
{
    LIST_EACH (struct part, p, &w->parts) {
        bool first = p == w->parts.items,
             last = p + 1 == (struct part *)w->parts.items + w->parts.count;
        size_t home = 0;
        if (shell_stopped(sh))
            return;
        switch (p->kind) {
        case PART_TEXT:
            if (first && !p->quoted)
                home = add_home(sh, p->text, last, f);
            if (f->loose)
                fields_add_value(sh, f, p->text + home, p->quoted);
            else
                fields_add(sh, f, p->text + home, strlen(p->text + home), p->quoted);
            break;
        case PART_PARAMETER:
            expand_parameter(sh, p, f);
            break;
        case PART_COMMAND:
            add_output(sh, p, f);
            break;
        case PART_ARITHMETIC:
            add_arithmetic(sh, p, f);
            break;
        case PART_PROCESS:
            add_process(sh, p, f);
            break;
        }
    }
}

/* ---- Words ---- */

static void expand_word(struct shell *sh, const struct word *w, struct list *ret)
{
    struct fields f = { .ret = ret, .split = true };
    expand_parts(sh, w, &f);
    if (!shell_stopped(sh))
        fields_close(sh, &f);
}

/* name=value of a declaring command is no field. */
static void expand_assignment(struct shell *sh, const struct assignment *set, struct list *ret)
{
    const char *value = set->list || set->index ? NULL : shell_expand_one(sh, &set->value);
    strs_add(sh->s->a, ret,
             value ? arena_printf(sh->s->a, "%s%s%s", set->name, set->append ? "+=" : "=", value)
                   : set->name);
}

void shell_expand(struct shell *sh, const struct list *words, struct list *ret)
{
    LIST_EACH (struct word, w, words) {
        struct list braces = { 0 };
        if (shell_stopped(sh))
            return;
        if (w->assignment) {
            expand_assignment(sh, w->assignment, ret);
            continue;
        }
        if (!w->braces) {
            expand_word(sh, w, ret);
            continue;
        }
        expand_braces(sh, w, &braces);
        LIST_EACH (struct word, one, &braces) {
            if (!shell_stopped(sh))
                expand_word(sh, one, ret);
        }
    }
}

/* ---- Assignments ---- */

/* index NULL: the next one. */
struct member {
    const char *index, *value;
};

static struct list expand_elements(struct shell *sh, const struct assignment *set)
{
    struct list members = { 0 };
    LIST_EACH (struct element, e, &set->elements) {
        struct list values = { 0 }, one = { .items = &e->value, .count = 1, .capacity = 1 };
        const char *index = e->index ? shell_expand_one(sh, e->index) : NULL;
        if (index)
            strs_add(sh->s->a, &values, shell_expand_one(sh, &e->value));
        else
            shell_expand(sh, &one, &values);
        LIST_EACH (const char *, value, &values)
            *list_add(sh->s->a, &members, struct member) = (struct member){ index, *value };
    }
    return members;
}

static void assign_list(struct shell *sh, const struct assignment *set)
{
    int64_t next = 0;
    struct list members = expand_elements(sh, set);
    struct variable *v = variable_make(sh, set->name);
    if (shell_stopped(sh))
        return;
    if (v->readonly) {
        variable_set(sh, set->name, "");
        return;
    }
    if (v->kind == VARIABLE_PLAIN && v->set && set->append)
        variable_set_item(sh, v, "0", v->value);
    if (v->kind == VARIABLE_PLAIN)
        v->kind = VARIABLE_ARRAY;
    if (!set->append)
        v->items = (struct list){ 0 };
    v->set = true;
    v->value = NULL;
    if (v->items.count && v->kind == VARIABLE_ARRAY)
        next = list_at(&v->items, struct item, v->items.count - 1)->index + 1;
    LIST_EACH (struct member, m, &members) {
        if (m->index && v->kind == VARIABLE_ARRAY && !shell_arithmetic(sh, m->index, &next))
            return;
        const char *number = arena_printf(sh->s->a, "%lld", (long long)next++);
        variable_set_item(sh, v, m->index && v->kind == VARIABLE_MAP ? m->index : number, m->value);
    }
}

static const char *joined(struct shell *sh, const struct variable *v, const char *before,
                          const char *value)
{
    int64_t a = 0, b = 0;
    if (v && v->integer && shell_arithmetic(sh, before ? before : "0", &a)
        && shell_arithmetic(sh, value, &b))
        return arena_printf(sh->s->a, "%lld", (long long)(int64_t)((uint64_t)a + (uint64_t)b));
    return arena_printf(sh->s->a, "%s%s", before ? before : "", value);
}

void shell_assign(struct shell *sh, const struct assignment *set)
{
    const char *done;
    size_t n;
    struct variable *v = variable_find(sh, set->name);
    if (set->list) {
        assign_list(sh, set);
        return;
    }
    const char *index = set->index ? shell_expand_one(sh, set->index) : NULL;
    const char *value = shell_expand_one(sh, &set->value);
    if (shell_stopped(sh) || (set->append && memo_recall(sh, &done, &n)))
        return;
    if (set->append) {
        const char *before = !v      ? NULL
                             : index ? variable_item(sh, v, index)
                                     : variable_value(sh, v);
        value = joined(sh, v, before, value);
    }
    if (index)
        variable_set_item(sh, variable_make(sh, set->name), index, value);
    else
        variable_set(sh, set->name, value);
    if (set->append)
        memo_add(sh, "", 0);
}
