/* Start-up, semihosting and measurement for the Cortex-M4 of the MPS2 AN386. It needs no C library. */
#include "board.h"

int main(void);

extern uint32_t data_start[], data_end[], data_source[], bss_start[], bss_end[], stack_top[];

_Noreturn void reset(void);
_Noreturn void fault(void);

__attribute__((section(".vectors"), used)) static const struct {
    const void *stack;
    void (*handlers[15])(void);
} vectors = {stack_top, {reset, fault, fault, fault, fault, fault}};

void reset(void) {
    /* The calling convention passes numbers in the FPU's registers, so it must be on (Cortex-M4 manual, CPACR). */
    *(volatile uint32_t *)0xe000ed88u |= 0xfu << 20;
    __asm__ volatile("dsb\n\tisb");
    for (uint32_t *to = data_start, *from = data_source; to < data_end;) {
        *to++ = *from++;
    }
    for (uint32_t *to = bss_start; to < bss_end;) {
        *to++ = 0;
    }
    board_exit(main());
}

void fault(void) {
    board_say("hard fault\n");
    board_exit(102);
}

/* Semihosting (Arm, "Semihosting for AArch32 and AArch64"). */
enum { SYS_WRITEC = 0x03, SYS_EXIT_EXTENDED = 0x20, APPLICATION_EXIT = 0x20026 };

static int semihosting(int operation, const void *argument) {
    register int number __asm__("r0") = operation;
    register const void *block __asm__("r1") = argument;
    __asm__ volatile("bkpt 0xab" : "+r"(number) : "r"(block) : "memory");
    return number;
}

void board_write(const char *bytes, size_t length) {
    while (length-- > 0) {
        semihosting(SYS_WRITEC, bytes++);
    }
}

void board_say(const char *string) {
    while (*string != '\0') {
        semihosting(SYS_WRITEC, string++);
    }
}

void board_say_number(const char *name, uint32_t value) {
    char digits[10];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    board_say(name);
    board_write("=", 1);
    board_write(digits + at, sizeof digits - at);
    board_write("\n", 1);
}

void board_exit(int code) {
    const uint32_t block[2] = {APPLICATION_EXIT, (uint32_t)code};
    semihosting(SYS_EXIT_EXTENDED, block);
    for (;;) {
    }
}

/* SysTick (ARMv7-M manual): a counter that runs down with the processor's clock of 25 MHz. */
#define SYST_CSR (*(volatile uint32_t *)0xe000e010u)
#define SYST_RVR (*(volatile uint32_t *)0xe000e014u)
#define SYST_CVR (*(volatile uint32_t *)0xe000e018u)
/* With `-icount shift=0` an instruction takes a nanosecond. */
#define INSTRUCTIONS_PER_TICK 40u

#define PAINT 0xa5c35a3cu

__attribute__((noinline)) void board_measure(void (*work)(void)) {
    volatile uint32_t *top;
    __asm__ volatile("mov %0, sp" : "=r"(top));
    volatile uint32_t *at;
    /* Between static data and stack pointer there is nothing but unused stack. */
    for (at = bss_end; at < top; at++) {
        *at = PAINT;
    }
    SYST_RVR = 0x00ffffffu;
    SYST_CVR = 0;
    SYST_CSR = 5;
    uint32_t start = SYST_CVR;
    work();
    uint32_t end = SYST_CVR;
    for (at = bss_end; at < top && *at == PAINT; at++) {
    }
    board_say_number("stack", (uint32_t)((const volatile char *)top - (const volatile char *)at));
    board_say_number("instructions", ((start - end) & 0x00ffffffu) * INSTRUCTIONS_PER_TICK);
    board_say_number("static", (uint32_t)((char *)bss_end - (char *)data_start));
}
