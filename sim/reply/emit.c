/* See emit.h. */
#include "reply/emit.h"

#include "base/log.h"
#include "base/timefmt.h"
#include "reply/out.h"

static void push(struct out *o, struct value *v)
{
    if (o->depth == (int)(sizeof o->stack / sizeof *o->stack))
        BUG("an answer nested too deeply");
    o->stack[o->depth++] = o->at;
    o->at = v;
}

/* Somebody looks out for identifiers: those that the answer shows are noted. Hardly ever, so that
 * every text need not make room for it. */
static __attribute__((noinline)) void note_shown(struct call *c, const char *text)
{
    if (strs_have(c->watched, text) && !strs_have(&c->shown, text))
        strs_add(c->a, &c->shown, text);
}

void emit_text(struct call *c, const char *name, const char *text)
{
    if (!text)
        return;
    if (c->watched)
        note_shown(c, text);
    if (c->out->xml)
        xml_text(c->out->xml, name, text);
    else
        value_add_text(c->a, c->out->at, name, text);
}

void emit_int(struct call *c, const char *name, int64_t number)
{
    if (number == ABSENT)
        return;
    if (c->out->xml)
        xml_text(c->out->xml, name, arena_printf(c->a, "%lld", (long long)number));
    else
        value_add_int(c->a, c->out->at, name, number);
}

void emit_bool(struct call *c, const char *name, bool flag)
{
    if (c->out->xml)
        xml_text(c->out->xml, name, flag ? "true" : "false");
    else
        value_add_bool(c->a, c->out->at, name, flag);
}

void emit_tri(struct call *c, const char *name, enum tri flag)
{
    if (flag != UNSET)
        emit_bool(c, name, flag == YES);
}

void emit_time(struct call *c, const char *name, int64_t ms)
{
    if (ms != ABSENT)
        emit_text(c, name, time_format_ms(c->a, ms));
}

void emit_time_s(struct call *c, const char *name, int64_t ms)
{
    if (ms != ABSENT)
        emit_text(c, name, time_format_s(c->a, ms));
}

void emit_real(struct call *c, const char *name, double number)
{
    if (c->out->xml) {
        xml_text(c->out->xml, name, arena_printf(c->a, "%g", number));
        return;
    }
    struct value *v = value_new(c->a, VALUE_REAL);
    v->real = number;
    value_add(c->out->at, name, v);
}

void emit_epoch(struct call *c, const char *name, int64_t ms)
{
    if (ms != ABSENT)
        emit_real(c, name, (double)ms / 1000);
}

void emit_null(struct call *c, const char *name)
{
    if (!c->out->xml)
        value_add_new(c->a, c->out->at, name, VALUE_NULL);
}

void emit_tree(struct call *c, const char *name, const struct value *tree)
{
    if (c->out->xml)
        BUG("a tree has no XML form");
    struct value *copy = arena_new(c->a, struct value);
    *copy = *tree;
    copy->next = NULL;
    value_add(c->out->at, name, copy);
}

void emit_open(struct call *c, const char *name)
{
    if (c->out->xml)
        xml_open(c->out->xml, name);
    else
        push(c->out, value_add_new(c->a, c->out->at, name, VALUE_MAP));
}

void emit_close(struct call *c)
{
    if (c->out->xml)
        xml_close(c->out->xml);
    else if (c->out->depth)
        c->out->at = c->out->stack[--c->out->depth];
    else
        BUG("emit_close without its emit_open");
}

void emit_list(struct call *c, const char *name)
{
    if (c->out->xml)
        xml_open(c->out->xml, name);
    else
        push(c->out, value_add_new(c->a, c->out->at, name, VALUE_LIST));
}

void emit_item(struct call *c)
{
    emit_open(c, c->out->xml ? "item" : NULL);
}

void emit_item_text(struct call *c, const char *text)
{
    emit_text(c, c->out->xml ? "item" : NULL, text);
}

void emit_texts(struct call *c, const char *name, const struct list *texts)
{
    emit_list(c, name);
    LIST_EACH (const char *, text, texts)
        emit_item_text(c, *text);
    emit_close(c);
}

const char *emit_as_json(struct call *c)
{
    return value_to_json(c->a, c->out->root, 0);
}

void emit_bytes(struct call *c, const char *content_type, const void *bytes, size_t n)
{
    c->out->content_type = content_type;
    c->out->bytes = bytes;
    c->out->size = n;
}

bool emit_mark(struct call *c, struct emit_mark *ret)
{
    if (!c->out->xml || c->watched)
        return false;
    *ret = (struct emit_mark){ xml_mark(c->out->xml), xml_place(c->out->xml) };
    return true;
}

const char *emit_since(const struct call *c, const struct emit_mark *mark, size_t *ret_size)
{
    return xml_since(c->out->xml, mark->at, ret_size);
}

void emit_again(struct call *c, const char *bytes, size_t n)
{
    xml_raw(c->out->xml, bytes, n);
}

size_t emit_size(const struct call *c)
{
    return xml_size(c->out->xml);
}

const char *emit_piece(struct call *c, bool last, size_t *ret_n)
{
    return xml_piece(c->out->xml, last, ret_n);
}

void emit_go_on(struct call *c)
{
    xml_go_on(c->out->xml, c->a);
}
