// libcrypto's SHA-1, which WebSocket's handshake asks for.
#include <openssl/sha.h>
