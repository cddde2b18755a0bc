// Where the kernel enters the program: argc, argv and the environment lie on the stack, which has
// no frame yet. The launcher needs none of them: argv is for whoever looks at `ps`.
#if defined(__x86_64__)
__asm__(".globl _start\n"
        "_start:\n\t"
        "xor %ebp, %ebp\n\t"
        "and $-16, %rsp\n\t"
        "call launcher_main\n\t"
        "ud2\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n"
        "_start:\n\t"
        "mov x29, #0\n\t"
        "mov x30, #0\n\t"
        "bl launcher_main\n\t"
        "brk #1\n");
#endif
