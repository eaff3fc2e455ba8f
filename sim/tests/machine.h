/* A Linux machine whose files a shell may change: a root volume, and a data volume at /mnt/sdf. */
#ifndef TESTS_MACHINE_H
#define TESTS_MACHINE_H

#include "guest/guest.h"
#include "store/noun.h"
#include "world/volume/volume.h"

static inline struct instance machine_make(struct call *c)
{
    struct instance machine = { 0 };
    struct volume v;
    struct volume_spec spec = volume_spec_new();
    const char *error;
    schema_init(&instance_schema, &machine);
    machine.id = "i-0123456789abcdef0";
    machine.owner = c->account;
    machine.region = c->region;
    machine.machine.root_device = "/dev/xvda";
    machine.private_dns = "ip-172-31-0-4.ec2.internal";
    machine.machine.architecture = "x86_64";
    instance_put(c, &machine);
    spec.zone = "us-east-1a";
    spec.type = "gp3";
    spec.size = 1;
    volume_create(c, &spec, &v);
    volume_attach(c, &v, machine.id, "/dev/xvda", YES);
    volume_create(c, &spec, &v);
    volume_attach(c, &v, machine.id, "/dev/sdf", YES);
    guest_make_directory(c, &machine, "/srv", &error);
    guest_make_directory(c, &machine, "/root", &error);
    return machine;
}

#endif
