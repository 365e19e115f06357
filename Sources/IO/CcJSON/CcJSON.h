// libcjson: reads JSON.
#include <cjson/cJSON.h>
