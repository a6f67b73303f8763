/* The program that the other is measured against: start-up, output, measurement, and no work. */
#include "board.h"
#include "request.h"

static char buffer[REQUEST_URL_BYTES];
static volatile uint64_t now = REQUEST_NOW;

static void nothing(void) { buffer[0] = (char)now; }

int main(void) {
    board_measure(nothing);
    board_say(buffer);
    return 0;
}
