/* Which image an instance may be launched from, and on which types of machines: the checks of
 * RunInstances in AWS's order (identifier, existence, permission, state, how image and type go
 * together). */
#include "base/text.h"
#include "call/errors.h"
#include "call/id.h"
#include "catalog/kernel.h"
#include "catalog/subscription.h"
#include "ops/instance/instance_run.h"
#include "world/image/image_setting.h"
#include "world/ssm/ssm_parameter.h"

/* ---- The image ---- */

int launch_find_image(struct call *c, const char *id, struct image *ret)
{
    if (id_check(c, "ami-", id))
        return -1;
    if (!image_find(c, id, ret) || image_forgotten(c, ret)
        || (ret->deregistered != ABSENT && !text_is(ret->owner, c->account)))
        return fail(c, E_ImageNotFound, id);
    if (ret->deregistered != ABSENT || ret->recycle_enter != ABSENT)
        return fail(c, E_ImageGone, id);
    if (!image_visible(c, ret) || !image_allowed(c, ret))
        return fail(c, E_ImagesForeign, id);
    if (!text_is(ret->state, "available"))
        return fail(c, E_ImageState, id, ret->state);
    return 0;
}

/* ---- Image and type ---- */

int launch_check_architecture(struct call *c, const struct instance_type *type,
                              const struct machine *m)
{
    if (strs_have(&type->architectures, m->architecture))
        return 0;
    return fail(c, E_LaunchArchitecture, strs_join(c->a, &type->architectures, ","),
                m->architecture);
}

int launch_check_virtualization(struct call *c, const struct instance_type *type,
                                const struct machine *m)
{
    if (strs_have(&type->virtualization, m->virtualization))
        return 0;
    return fail(c, E_LaunchVirtualization, *list_at(&type->virtualization, const char *, 0),
                type->name);
}

int launch_check_kernel(struct call *c, const struct machine *m, const char *kernel)
{
    if (text_is(m->virtualization, "hvm"))
        return fail(c, E_LaunchKernelHvm);
    return kernel && !kernel_find(c->sim, c->region, kernel) ? fail(c, E_ImageNotFound, kernel) : 0;
}

/* The oldest types take hvm images of Windows alone, whatever DescribeInstanceTypes says of them.
 */
static bool takes_no_hvm(const struct launch *l)
{
    static const char *const families[] = { "c1", "m1", "m2", "t1", NULL };
    return text_is(l->image.machine.virtualization, "hvm") && text_any(l->type->family, families)
           && !text_is(l->image.machine.platform, "windows");
}

/* The mode it boots in; NULL when the type does not have the one that the image insists on. */
static const char *boot_mode_of(const struct launch *l)
{
    const struct list *modes = &l->type->boot_modes;
    const char *wanted = l->image.machine.boot_mode;
    if (text_is(wanted, "uefi-preferred"))
        return strs_have(modes, "uefi") ? "uefi" : "legacy-bios";
    if (!wanted) /* images that name none boot as their architecture always did [guide] */
        return text_starts(l->image.machine.architecture, "arm64") ? "uefi" : "legacy-bios";
    return strs_have(modes, wanted) ? wanted : NULL;
}

static int check_type(struct call *c, struct launch *l)
{
    const char *name = l->in->type;
    l->type = instance_type_find(c->sim, name);
    if (!l->type)
        return fail(c, E_InvalidValue, name, "InstanceType", "");
    if (!instance_type_in_region(l->type, c->region))
        return fail(c, E_LaunchUnsupported);
    l->boot_mode = boot_mode_of(l); /* looked at first [reports.md] */
    if (!l->boot_mode && text_is(l->image.machine.boot_mode, "uefi"))
        return fail(c, E_LaunchUefi, name);
    if (launch_check_architecture(c, l->type, &l->image.machine))
        return -1;
    if (takes_no_hvm(l))
        return fail(c, E_LaunchNoHvm);
    if (launch_check_virtualization(c, l->type, &l->image.machine))
        return -1;
    if (text_is(l->type->ena, "required") && l->image.machine.ena != YES)
        return fail(c, E_LaunchEna, name);
    if (!strs_have(&l->type->root_devices, l->image.machine.root_type))
        return fail(c, E_LaunchRootDevice, l->image.id, name);
    if (!l->boot_mode)
        return fail(c, E_LaunchBootMode, l->image.machine.boot_mode, name);
    if (text_is(l->image.machine.tpm, "v2.0") && !instance_type_has(l->type, "nitro_tpm"))
        return fail(c, E_LaunchTpm, name);
    return 0;
}

static int check_kernel(struct call *c, struct launch *l)
{
    l->kernel = l->in->kernel ? l->in->kernel : l->image.machine.kernel;
    l->ramdisk = l->in->ramdisk ? l->in->ramdisk : l->image.machine.ramdisk;
    if (!l->in->kernel && !l->in->ramdisk)
        return 0;
    if (launch_check_kernel(c, &l->image.machine, l->in->kernel))
        return -1;
    return l->in->ramdisk ? fail(c, E_ImageNotFound, l->in->ramdisk) : 0;
}

static int check_features(struct call *c, const struct launch *l)
{
    const struct run_instances *in = l->in;
    bool store = text_is(l->image.machine.root_type, "instance-store");
    if (store && in->shutdown_behavior)
        return fail(c, E_LaunchShutdownBehavior);
    if (in->credits.value && !instance_type_has(l->type, "burstable"))
        return fail(c, E_LaunchCredits, l->type->name);
    if (in->enclave.on == YES && !instance_type_has(l->type, "enclaves"))
        return fail(c, E_LaunchEnclave, l->type->name);
    if (in->hibernation.on == YES && (store || !instance_type_has(l->type, "hibernation")))
        return fail(c, E_LaunchHibernation, l->type->name);
    int64_t threads = l->type->vcpus / l->type->cores;
    if (in->cpu.cores != ABSENT && (in->cpu.cores < 1 || in->cpu.cores > l->type->cores))
        return fail(c, E_LaunchCores, (long long)in->cpu.cores);
    if (in->cpu.threads != ABSENT && (in->cpu.threads < 1 || in->cpu.threads > threads))
        return fail(c, E_LaunchThreads, (long long)in->cpu.threads);
    return 0;
}

/* The terms of a product of another account must have been accepted. */
static int check_subscription(struct call *c, const struct image *image)
{
    LIST_EACH (struct product_code, code, &image->machine.product_codes) {
        if (text_is(code->type, "marketplace") && !text_is(image->owner, c->account)
            && !marketplace_subscription_has(c->sim, c->account, code->code))
            return fail(c, E_OptInRequired, code->code);
    }
    return 0;
}

int launch_image(struct call *c, struct launch *l)
{
    const char *image;
    if (ssm_parameter_image(c, l->in->image, &image) || launch_find_image(c, image, &l->image)
        || check_subscription(c, &l->image))
        return -1;
    if (check_type(c, l) || check_kernel(c, l))
        return -1;
    return check_features(c, l);
}
