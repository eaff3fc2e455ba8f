/* Where the sshd of each instance answers (--ssh). */
#include "call/op.h"
#include "reply/emit.h"

static int list_ssh_doors(struct call *c, const struct no_input *in)
{
    (void)in;
    emit_bool(c, "enabled", c->sim->ssh);
    emit_list(c, "doors");
    LIST_EACH (struct ssh_door, door, &c->sim->ssh_doors) {
        emit_item(c);
        emit_text(c, "instance", door->instance);
        emit_text(c, "address", door->address);
        emit_int(c, "port", door->port);
        emit_close(c);
    }
    emit_close(c);
    return 0;
}

OPERATION_AS(control, ListSshDoors, list_ssh_doors, no_params, struct no_input,
             .route = "GET /_amisim/ssh", .errors = "");
