// Compiled without exceptions: has all that make_mistake calls, in a form that aborts.
#include "mistakes.hpp"

void use_without_exceptions();

void use_without_exceptions() { make_mistake(mistake_count); }
