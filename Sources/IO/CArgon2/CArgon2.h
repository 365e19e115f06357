// libargon2: hashes of passwords that cost memory.
#include <argon2.h>
