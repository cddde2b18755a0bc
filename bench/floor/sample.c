// sample LIST: the floor under sampling: the control files that LIST names, one a line, are opened
// once and read with pread(2), and the numbers at the beginning of their lines' ends are added up.
#include "floor.h"
#include <sys/resource.h>

static int *descriptor;
static int files;
static volatile long sum;

static long numbers(const char *text, ssize_t length)
{
    long all = 0, number = 0;
    for (ssize_t i = 0; i < length; i++)
        if (text[i] >= '0' && text[i] <= '9')
            number = 10 * number + (text[i] - '0');
        else {
            all += number;
            number = 0;
        }
    return all;
}

static double once(const char *line)
{
    (void)line;
    char text[16384];
    double start = now();
    for (int i = 0; i < files; i++) {
        ssize_t length = pread(descriptor[i], text, sizeof text, 0);
        if (length < 0)
            fail("pread");
        sum += numbers(text, length);
    }
    return now() - start;
}

int main(int argc, char **argv)
{
    struct rlimit most;
    if (argc != 2 || getrlimit(RLIMIT_NOFILE, &most))
        return 2;
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    FILE *list = fopen(argv[1], "r");
    if (!list)
        fail(argv[1]);
    char path[4096];
    while (fgets(path, sizeof path, list)) {
        path[strcspn(path, "\n")] = 0;
        descriptor = realloc(descriptor, sizeof(int) * (size_t)(files + 1));
        descriptor[files] = open(path, O_RDONLY | O_CLOEXEC);
        if (descriptor[files++] < 0)
            fail(path);
    }
    serve(once);
    return 0;
}
