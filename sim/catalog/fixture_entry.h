/* One entry of a section of a fixture file, for the files that decode sections. */
#ifndef CATALOG_FIXTURE_ENTRY_H
#define CATALOG_FIXTURE_ENTRY_H

#include "call/op.h"

struct embedded_file;
struct fixtures;

/* A built-in file whose name begins so is not read at the start: who needs it calls
 * fixtures_read_late. */
#define LATE_TYPES "instance-types-"

/* Decodes one entry; reads what was decoded before it from *f, and fails with fixtures_wrong(). */
typedef int fixtures_decoder(struct call *c, struct fixtures *f, const struct value *entry);
fixtures_decoder region_decode, edge_zone_decode, kernel_decode, instance_type_decode,
    public_image_decode, default_network_decode, quota_decode, prices_decode, organization_decode,
    marketplace_subscription_decode, guest_system_decode, package_decode, guest_command_decode,
    guest_url_decode;

/* None is read yet. */
struct late_types *late_types_new(struct arena *a);
/* A value with the children of the other one. */
struct value *fixtures_copy(struct arena *a, const struct value *v);
/* The member of a group with the keys of the group that it does not give itself; `members` is the
 * list that it stands in. */
struct value *fixtures_member(struct arena *a, const struct value *member,
                              const struct value *group, const char *members);
/* Decodes the members of the groups of such a file, which is of one section, into *into, which has
 * the tables that were read at the start, too. What is made lives as long as the process. */
void fixtures_read_late(const struct fixtures *f, const struct embedded_file *file,
                        const char *members, fixtures_decoder *decode, struct fixtures *into);
/* Names and values of an entry by its table. */
int fixtures_decode(struct call *c, const struct param *params, const struct value *entry,
                    void *into);
/* "file:line: what; expected was expected", and -1. */
int fixtures_wrong(struct call *c, const struct value *at, const char *what, const char *expected);
/* -1 and a complaint unless it is twelve digits in quotes: a number would lose its zeros. */
int fixtures_account(struct call *c, const struct value *account);
/* The same for each of a list, which may be NULL. */
int fixtures_accounts(struct call *c, const struct value *accounts);
/* The text with {region} replaced. */
const char *fixtures_in_region(struct arena *a, const char *text, const char *region);

#endif
