/* packer NAME FILE PACKED: reads a YAML file and writes what it says as bytes (base/value.h:
 * value_pack). The build runs it for each file of fixtures/, so that what is wrong in one of them
 * stops the build. NAME is what the file is called in messages. */
#include <stdio.h>
#include <stdlib.h>

#include "base/value.h"

static const char *read_file(struct arena *a, const char *path, size_t *ret_size)
{
    FILE *in = fopen(path, "rb");
    if (!in || fseek(in, 0, SEEK_END) != 0)
        return NULL;
    long size = ftell(in);
    char *bytes = arena_bytes(a, (size_t)size + 1);
    rewind(in);
    *ret_size = fread(bytes, 1, (size_t)size, in);
    fclose(in);
    return *ret_size == (size_t)size ? bytes : NULL;
}

static bool write_file(const char *path, const char *bytes, size_t size)
{
    FILE *out = fopen(path, "wb");
    bool written = out && fwrite(bytes, 1, size, out) == size;
    return out && fclose(out) == 0 && written;
}

static int complain(const char *what)
{
    fprintf(stderr, "%s\n", what);
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct arena a = { 0 };
    size_t size = 0;
    const char *error = NULL;
    if (argc != 4)
        return complain("packer NAME FILE PACKED");
    const char *text = read_file(&a, argv[2], &size);
    if (!text)
        return complain(arena_printf(&a, "%s: cannot be read", argv[2]));
    const struct value *v = value_from_yaml(&a, argv[1], text, size, &error);
    if (!v)
        return complain(error);
    const char *packed = value_pack(&a, argv[1], v, &size);
    if (!write_file(argv[3], packed, size))
        return complain(arena_printf(&a, "%s: cannot be written", argv[3]));
    arena_release(&a);
    return EXIT_SUCCESS;
}
