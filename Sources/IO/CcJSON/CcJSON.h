// libcjson: reads and writes JSON.
#include <cjson/cJSON.h>
