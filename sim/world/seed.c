/* A new world gets the public images and kernels of the fixtures. */
#include "base/text.h"
#include "world/fixtures.h"

bool fixtures_seed(struct sim *sim, const char **ret_error)
{
    *ret_error = NULL;
    return sim->fixtures != NULL;
}
