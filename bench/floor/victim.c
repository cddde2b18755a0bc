// victim: what the measured runs run.
//   victim crowd N       N sleeping processes
//   victim bomb          a fork bomb
//   victim tick MILLIS   wakes as often as that, and does next to nothing
//   victim eat N FILE    N processes that fill memory, a page after the other; FILE tells when the
//                        last page was asked for, in nanoseconds of the monotonic clock
#include "victims.h"
#include <sys/mman.h>

static void tick(long millis)
{
    struct timespec pause_time = {millis / 1000, millis % 1000 * 1000000};
    while (1)
        nanosleep(&pause_time, NULL);
}

static void eat(int count, const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || ftruncate(fd, 4096))
        fail(path);
    volatile int64_t *last = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    for (int i = 1; i < count; i++)
        if (fork() == 0)
            break;
    while (1) {
        size_t size = 1 << 20;
        volatile char *memory =
            mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        for (size_t at = 0; at < size; at += 4096) {
            struct timespec t;
            clock_gettime(CLOCK_MONOTONIC, &t);
            *last = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
            memory[at] = 1;
        }
    }
}

int main(int argc, char **argv)
{
    if (argc == 3 && !strcmp(argv[1], "crowd"))
        crowd(atoi(argv[2]));
    if (argc == 2 && !strcmp(argv[1], "bomb"))
        bomb();
    if (argc == 3 && !strcmp(argv[1], "tick"))
        tick(atol(argv[2]));
    if (argc == 4 && !strcmp(argv[1], "eat"))
        eat(atoi(argv[2]), argv[3]);
    return 2;
}
