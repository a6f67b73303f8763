/* What the programs for the board share: output, exit, and what a piece of work costs. */
#ifndef BOARD_H
#define BOARD_H

#include <stddef.h>
#include <stdint.h>

/* Writes bytes to the host's terminal, by semihosting: the emulator (or a debugger) does what the program asks for. */
void board_write(const char *bytes, size_t length);

/* Likewise, a string that ends with a NUL byte. */
void board_say(const char *string);

/* Writes `name=value` and a line end. */
void board_say_number(const char *name, uint32_t value);

/* Ends the program, and the emulator with it. */
_Noreturn void board_exit(int code);

/* Runs `work` and writes its stack, from the stack pointer of this function to the deepest byte that was written, its
 * instructions (if QEMU runs with `-icount shift=0`), and the bytes of static data. */
void board_measure(void (*work)(void));

#endif
