/* A fresh simulator in memory, for unit tests: no sockets, a frozen clock, seed 1. */
#ifndef TESTS_FRESH_H
#define TESTS_FRESH_H

#include <string.h>

#include "call/op.h"
#include "catalog/fixtures.h"
#include "contents/contents.h"
#include "server/pipeline.h"
#include "store/noun.h"
#include "tests/suite.h"
#include "time/clock.h"
#include "time/job.h"

struct fresh {
    struct arena process, request;
    struct clock clock;
    struct sim sim;
};

/* kinds NULL: those of the world. path NULL: in memory. */
static inline void fresh_open(struct fresh *f, const struct schema *const *schemas,
                              const char *path)
{
    const char *error = NULL;
    memset(f, 0, sizeof *f);
    f->sim = (struct sim){ .clock = &f->clock,
                           .contents = &contents,
                           .perform = pipeline_perform,
                           .pace = PACE_INSTANT,
                           .version = "test",
                           .seed = 1 };
    f->sim.fixtures = fixtures_load(&f->process, &(struct list){ 0 }, &error);
    ck_assert_msg(f->sim.fixtures != NULL, "%s", error);
    f->sim.store = store_open(&f->process, path, schemas ? schemas : contents.schemas, &error);
    ck_assert_msg(f->sim.store != NULL, "%s", error);
    f->clock.still = true;
    clock_open(&f->clock, f->sim.store);
    f->sim.ids.state = 1;
}

static inline void fresh_close(struct fresh *f)
{
    store_close(f->sim.store);
    arena_release(&f->request);
    arena_release(&f->process);
}

static inline struct call fresh_call(struct fresh *f)
{
    return (struct call){ .a = &f->request,
                          .sim = &f->sim,
                          .store = f->sim.store,
                          .account = "111122223333",
                          .region = "us-east-1",
                          .now = clock_now(&f->clock) };
}

#endif
