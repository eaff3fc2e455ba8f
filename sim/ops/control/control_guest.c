/* The guest's files and what images caught of them: /_amisim/guests and /_amisim/images. */
#include "base/text.h"
#include "call/op.h"
#include "catalog/public_image.h"
#include "guest/boot/boot.h"
#include "guest/guest.h"
#include "guest/guest_file.h"
#include "ops/control/control.h"
#include "reply/emit.h"
#include "reply/emit_noun.h"
#include "store/noun.h"
#include "world/seed.h"

struct file_input {
    const char *instance, *path;
};

#define INSTANCE                                                                                   \
    {                                                                                              \
        "instance", TEXT(struct file_input, instance), .flags = PARAM_REQUIRED | PARAM_PATH        \
    }
#define INSTANCE_AND_PATH                                                                          \
    INSTANCE,                                                                                      \
    {                                                                                              \
        "path", TEXT(struct file_input, path), .flags = PARAM_REQUIRED | PARAM_PATH                \
    }

static const struct param file_params[] = {
    INSTANCE_AND_PATH,
    { 0 },
};

static const struct param instance_params[] = {
    INSTANCE,
    { 0 },
};

static const struct param write_params[] = {
    INSTANCE_AND_PATH,
    { "content", .type = PARAM_BLOB, .flags = PARAM_BODY },
    { 0 },
};

int control_instance(struct call *c, const char *id, struct instance *ret)
{
    if (!store_get(c, &instance_schema, id, ret))
        return fail(c, 404, "NoSuchInstance", "There is no instance %s", id);
    c->account = ret->owner;
    c->region = ret->region;
    store_get(c, &instance_schema, id, ret); /* now with its owner's tags */
    return 0;
}

static int enter_guest(struct call *c, const char *id, struct instance *ret)
{
    if (control_instance(c, id, ret))
        return -1;
    if (instance_is_windows(ret))
        return fail(c, 409, "UnsupportedGuest", "Windows guests have no simulated file system");
    if (!text_is(ret->state, "running"))
        return fail(c, 409, "GuestNotRunning", "The instance %s is %s", id, ret->state);
    boot_catch_up(c, ret);
    return 0;
}

#define GUEST_ERRORS "NoSuchInstance GuestNotRunning UnsupportedGuest"

static const char *absolute(struct call *c, const char *path)
{
    return arena_printf(c->a, "/%s", path ? path : "");
}

/* ---- Files ---- */

static int write_guest_file(struct call *c, const struct file_input *in)
{
    struct instance i;
    const char *path = absolute(c, in->path);
    if (enter_guest(c, in->instance, &i))
        return -1;
    const char *error = guest_write(c, &i, path, c->body, c->body_size);
    if (error)
        return fail(c, 400, "BadPath", "%s: %s", path, error);
    emit_text(c, "path", path);
    emit_int(c, "size", (int64_t)c->body_size);
    return 0;
}

OPERATION_AS(control, WriteGuestFile, write_guest_file, write_params, struct file_input,
             .route = "PUT /_amisim/guests/{instance}/files/{path+}",
             .flags = OP_WRITES | OP_TAKES_BYTES, .errors = GUEST_ERRORS " BadPath",
             .effects =
                 "the file is in the guest's page cache; it reaches the disk 30 s later, or with "
                 "sync, stop or reboot");

static int remove_guest_file(struct call *c, const struct file_input *in)
{
    struct instance i;
    const char *path = absolute(c, in->path);
    if (enter_guest(c, in->instance, &i))
        return -1;
    const char *error = guest_remove(c, &i, path);
    if (error)
        return fail(c, 404, "NoSuchFile", "%s: %s", path, error);
    emit_text(c, "path", path);
    return 0;
}

OPERATION_AS(control, RemoveGuestFile, remove_guest_file, file_params, struct file_input,
             .route = "DELETE /_amisim/guests/{instance}/files/{path+}", .flags = OP_WRITES,
             .errors = GUEST_ERRORS " NoSuchFile");

static int emit_folder(struct call *c, const struct instance *i, const char *path)
{
    struct list entries = { 0 };
    if (!guest_list(c, i, path, &entries))
        return fail(c, 404, "NoSuchFile", "There is no %s", path);
    emit_text(c, "path", path);
    emit_list(c, "entries");
    LIST_EACH (struct dir_entry, e, &entries) {
        emit_item(c);
        emit_text(c, "name", e->name);
        emit_text(c, "type", e->is_folder ? "folder" : "file");
        if (!e->is_folder)
            emit_int(c, "size", e->size);
        emit_time(c, "changed", e->changed);
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

/* Reading may make the file system of a public image: it writes. */
static int read_guest_file(struct call *c, const struct file_input *in)
{
    struct instance i;
    size_t n = 0;
    const char *path = absolute(c, in->path);
    if (enter_guest(c, in->instance, &i))
        return -1;
    const void *bytes = guest_read(c, &i, path, &n);
    if (!bytes)
        return emit_folder(c, &i, path);
    emit_bytes(c, "application/octet-stream", bytes, n);
    return 0;
}

OPERATION_AS(control, ReadGuestFile, read_guest_file, file_params, struct file_input,
             .route = "GET /_amisim/guests/{instance}/files/{path+}", .flags = OP_WRITES | OP_OPEN,
             .errors = GUEST_ERRORS " NoSuchFile");

static int list_guest_files(struct call *c, const struct file_input *in)
{
    struct instance i;
    return enter_guest(c, in->instance, &i) ? -1 : emit_folder(c, &i, "/");
}

OPERATION_AS(control, ListGuestFiles, list_guest_files, instance_params, struct file_input,
             .route = "GET /_amisim/guests/{instance}/files", .flags = OP_WRITES | OP_OPEN,
             .errors = GUEST_ERRORS);

static int sync_guest(struct call *c, const struct file_input *in)
{
    struct instance i;
    if (enter_guest(c, in->instance, &i))
        return -1;
    guest_sync(c, &i);
    emit_text(c, "status", "ok");
    return 0;
}

OPERATION_AS(control, SyncGuest, sync_guest, instance_params, struct file_input,
             .route = "POST /_amisim/guests/{instance}/sync", .flags = OP_WRITES,
             .errors = GUEST_ERRORS, .effects = "what the page cache holds reaches the disks");

/* ---- What an image caught ---- */

struct get_consistency {
    const char *image;
};

static const struct param get_consistency_params[] = {
    { "image", TEXT(struct get_consistency, image), .flags = PARAM_REQUIRED | PARAM_PATH },
    { 0 },
};

struct consistency {
    bool mounted, apart;
    int64_t files, bytes, at;
};

static void add_caught(struct consistency *v, const struct snapshot_content *caught)
{
    v->mounted |= caught->mounted == YES;
    v->apart |= v->at != ABSENT && v->at != caught->at;
    v->at = caught->at;
    LIST_EACH (struct missing_write, l, &caught->lost) {
        v->files++;
        v->bytes += l->bytes;
    }
}

static const char *consistency_in_words(struct call *c, const struct consistency *v, size_t volumes)
{
    if (!volumes)
        return "Nothing is known of what this image holds: no volume was caught for it.";
    if (!v->mounted)
        return "Consistent: no guest was writing to the volumes when they were caught.";
    const char *lost =
        v->files ? arena_printf(c->a, "%lld changed files (%lld bytes) had not reached the disk",
                                (long long)v->files, (long long)v->bytes)
                 : "everything written had reached the disk";
    return arena_printf(
        c->a,
        "Crash-consistent: the guest was running, its file systems are marked as "
        "mounted; %s.%s",
        lost, v->apart ? " The volumes were caught at different moments and can disagree." : "");
}

static int get_consistency(struct call *c, const struct get_consistency *in)
{
    struct image image;
    struct consistency v = { .at = ABSENT };
    struct list all = { 0 };
    region_ready(c->sim, public_image_region(c->sim, in->image));
    if (!store_get(c, &image_schema, in->image, &image))
        return fail(c, 404, "NoSuchImage", "There is no image %s", in->image);
    LIST_EACH (struct mapping, m, &image.mappings) {
        struct snapshot_content caught;
        if (m->snapshot && snapshot_caught(c, m->snapshot, &caught)) {
            *list_add(c->a, &all, struct snapshot_content) = caught;
            add_caught(&v, &caught);
        }
    }
    emit_text(c, "image", image.id);
    emit_text(c, "summary", consistency_in_words(c, &v, all.count));
    emit_bool(c, "consistent", all.count && !v.mounted);
    emit_bool(c, "sameMoment", !v.apart);
    emit_int(c, "lostFiles", v.files);
    emit_int(c, "lostBytes", v.bytes);
    emit_nouns(c, "volumes", &snapshot_content_schema, &all, VIEW_DESCRIBED);
    return 0;
}

OPERATION(control, GetConsistency, get_consistency,
          .route = "GET /_amisim/images/{image}/consistency", .errors = "NoSuchImage");
