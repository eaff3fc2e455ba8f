/* What is left in an image: /_amisim/images/{image}/lint. */
#include "base/text.h"
#include "call/op.h"
#include "guest/image_lint.h"
#include "reply/emit.h"
#include "store/noun.h"

struct lint_image {
    const char *image;
};

static const struct param lint_image_params[] = {
    { "image", TEXT(struct lint_image, image), .flags = PARAM_REQUIRED | PARAM_PATH },
    { 0 },
};

/* Reading may make the file system of a public image: it writes. */
static int lint_image(struct call *c, const struct lint_image *in)
{
    struct image image;
    bool looked;
    if (!store_get(c, &image_schema, in->image, &image))
        return fail(c, 404, "NoSuchImage", "There is no image %s", in->image);
    struct list found = image_lint(c, &image, &looked);
    emit_text(c, "image", image.id);
    emit_bool(c, "clean", !found.count);
    emit_bool(c, "looked", looked);
    emit_list(c, "findings");
    LIST_EACH (struct lint_finding, f, &found) {
        emit_item(c);
        emit_text(c, "rule", f->rule);
        emit_text(c, "path", f->path);
        emit_text(c, "text", f->text);
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

OPERATION(control, LintImage, lint_image, .route = "GET /_amisim/images/{image}/lint",
          .flags = OP_WRITES | OP_OPEN, .errors = "NoSuchImage");
