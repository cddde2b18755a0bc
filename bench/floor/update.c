// update FILE VALUE VALUE …: the floor under a live update: opens each control file, writes one of
// its two values, the other the next time, and closes it.
#include "floor.h"

static int count;
static char **words;
static int turn;

static double once(const char *line)
{
    (void)line;
    turn = !turn;
    double start = now();
    for (int i = 0; i + 2 < count; i += 3) {
        int fd = open(words[i], O_WRONLY | O_CLOEXEC);
        const char *value = words[i + 1 + turn];
        if (fd < 0 || write(fd, value, strlen(value)) < 0)
            fail(words[i]);
        close(fd);
    }
    return now() - start;
}

int main(int argc, char **argv)
{
    count = argc - 1;
    words = argv + 1;
    serve(once);
    return 0;
}
