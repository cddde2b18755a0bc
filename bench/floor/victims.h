// Processes to be ended.
#ifndef VICTIMS_H
#define VICTIMS_H
#include "floor.h"

// `count` sleeping processes, this one among them.
static inline void crowd(int count)
{
    for (int i = 1; i < count; i++)
        if (fork() == 0)
            break;
    while (1)
        pause();
}

// Every process forks for as long as it may, and tries again.
static inline void bomb(void)
{
    signal(SIGCHLD, SIG_IGN);
    while (1)
        if (fork() < 0)
            sched_yield();
}
#endif
