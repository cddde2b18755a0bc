// Where the kernel enters the program: argc, argv and the environment lie on the stack, which has
// no frame yet. launcher_main() is told where.
#if defined(__x86_64__)
__asm__(".globl _start\n"
        "_start:\n\t"
        "xor %ebp, %ebp\n\t"
        "mov %rsp, %rdi\n\t"
        "and $-16, %rsp\n\t"
        "call launcher_main\n\t"
        "ud2\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n"
        "_start:\n\t"
        "mov x29, #0\n\t"
        "mov x30, #0\n\t"
        "mov x0, sp\n\t"
        "bl launcher_main\n\t"
        "brk #1\n");
#endif
